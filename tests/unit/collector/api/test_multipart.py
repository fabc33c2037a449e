"""Forms with files: as a foreign client writes them, and never anything else."""

from contextlib import suppress

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.api.multipart import MOST_PARTS, FormPart, form_parts
from collector.api.refusal import FormError

NAMES = st.text(st.characters(codec="ascii", exclude_characters='\x00\r\n"%\\'), min_size=1)
MARK = "multipart/form-data; boundary=b"


@given(
    fields=st.dictionaries(NAMES.filter(lambda each: each.isprintable()), st.binary(max_size=60)),
    data=st.binary(max_size=500),
    filename=NAMES.filter(lambda each: each.isprintable()),
)
def test_what_a_foreign_client_writes_is_read(
    fields: dict[str, bytes], data: bytes, filename: str
) -> None:
    files = {"document": (filename, data, "application/xml")}
    sent = httpx.Request("POST", "http://x/", data=fields, files=files)
    fields.pop("document", None) if "document" in fields else None
    found = form_parts(sent.read(), sent.headers["content-type"])
    assert found[-1] == FormPart(name="document", filename=filename, data=data)
    texts = {each.name: each.data for each in found[:-1] if each.name != "document"}
    assert texts == fields


def test_a_name_beyond_ascii_is_kept() -> None:
    sent = httpx.Request(
        "POST", "http://x/", data={"a": "b"}, files={"document": ('证书 "1".xml', b"<a/>")}
    )
    assert form_parts(sent.read(), sent.headers["content-type"])[1].filename == '证书 "1".xml'


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_by_name(body: bytes) -> None:
    for each in (body, b"--b\r\n" + body, b"--b\r\n\r\n\r\n" + body + b"\r\n--b--"):
        with suppress(FormError):
            assert all(part.data in each for part in form_parts(each, MARK))


HEAD = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n'


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (HEAD + b"x\r\n--b--", "multipart/form-data"),
        (HEAD + b"x", MARK),
        (b"y" + HEAD + b"x\r\n--b--", MARK),
        (b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--", MARK),
        (b'--b\r\nContent-Disposition: form-data; name="\xff"\r\n\r\nx\r\n--b--', MARK),
        (b"--b\r\nA: " + b"x" * 5000 + b"\r\n\r\nx\r\n--b--", MARK),
        ((HEAD + b"x\r\n") * (MOST_PARTS + 1) + b"--b--", MARK),
        (b"", MARK),
    ],
)
def test_what_no_browser_sends_is_refused(body: bytes, kind: str) -> None:
    with pytest.raises(FormError):
        form_parts(body, kind)


def test_as_many_parts_as_allowed_are_read() -> None:
    assert len(form_parts((HEAD + b"x\r\n") * MOST_PARTS + b"--b--", MARK)) == MOST_PARTS
