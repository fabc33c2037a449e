"""Members of a bundle, policies and notes that are none: refused by a code, or by a check."""

import io
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carbonmeter.cli import main
from evidence.bundle.container import write_container
from evidence.bundle.form import MANIFEST
from evidence.bundle.outcome import Check
from evidence.bundle.policy import parse_policy
from evidence.errors import CodedError
from tests.unit.collector.agent_log import SIGNER, key_of
from tests.unit.evidence.bundle.made import Made, failed, members, packed
from tests.unit.evidence.bundle.test_each_check import WITNESS, pinned

Change = Callable[[bytes], bytes]
AGENT: Final = key_of("gw-1")
NOT_JSON: Final[Mapping[str, Change]] = {
    "empty": lambda _: b"",
    "null": lambda _: b"null",
    "a list": lambda _: b"[]",
    "a byte order mark": lambda data: b"\xef\xbb\xbf" + data,
    "UTF-16": lambda data: data.decode().encode("utf-16"),
    "cut": lambda data: data[:-3],
    "twice": lambda data: data + data,
    "a trailing zero byte": lambda data: data + b"\0",
    "invalid UTF-8": lambda data: data.replace(b'"', b'"\xff', 1),
    "half a surrogate pair": lambda data: data.replace(b'"carbonmeter', b'"\\ud800', 1),
    "depth 100,000": lambda _: b"[" * 100_000,
    "a depth that is closed": lambda data: b'{"x":' + b"[" * 9_000 + b"]" * 9_000 + b"," + data[1:],
    "a key twice": lambda data: b'{"software":"x",' + data[1:],
    "a key nobody knows": lambda data: b'{"later":1,' + data[1:],
    "a comment": lambda data: b"/**/" + data,
    "NaN": lambda data: data.replace(b"software", b'x":NaN,"software', 1),
}
OF_THE_STATEMENT: Final[Mapping[str, Change]] = {
    "NaN as a value": lambda data: _valued(data, b"NaN"),
    "infinity": lambda data: _valued(data, b"Infinity"),
    "1e400": lambda data: _valued(data, b"1e400"),
    "hexadecimal": lambda data: _valued(data, b"0x10"),
    "True": lambda data: _valued(data, b"True"),
    "a text": lambda data: _valued(data, b'"2393"'),
    "grouped digits": lambda data: _valued(data, b"2,393.2"),
    "full-width digits": lambda data: _valued(data, "２３".encode()),
    "no value": lambda data: _valued(data, b"null"),
    "a day that is not": lambda data: data.replace(b"-03-30T16", b"-02-30T16"),
    "hour 24": lambda data: data.replace(b"T16:00:00Z", b"T24:00:00Z"),
    "a leap second": lambda data: data.replace(b":00:00Z", b":59:60Z"),
    "no zone": lambda data: data.replace(b":00:00Z", b":00:00"),
    "another unit's spelling": lambda data: data.replace(b'"kW.h"', b'"KWH"'),
    "another unit": lambda data: data.replace(b'"unit":"kW.h"', b'"unit":"m3"', 1),
}


def _valued(data: bytes, value: bytes) -> bytes:
    before, _, rest = data.partition(b'"value":')
    return before + b'"value":' + value + rest[rest.index(b",") :]


def refusal(data: bytes) -> str:
    """The code by which a file is refused."""
    with pytest.raises(CodedError) as caught:
        failed(data)
    assert caught.value.say("zh").startswith(caught.value.code)
    return caught.value.code


def told(asked: Callable[[], Iterable[int]]) -> str:
    """The code of a refusal; the lowest number that was told, where nothing was refused."""
    try:
        return str(min(asked()))
    except CodedError as wrong:
        return wrong.code


def with_member(one: Made, name: str, change: Change) -> bytes:
    parts = members(one.data)
    changed = change(parts[name])
    assert changed != parts[name]
    if name != MANIFEST:
        return packed({**parts, name: changed})
    file = io.BytesIO()
    write_container(file, {**parts, name: changed}.items())
    return file.getvalue()


@pytest.mark.parametrize("change", NOT_JSON.values(), ids=NOT_JSON)
@pytest.mark.parametrize("name", [MANIFEST, "statement.json"])
def test_what_is_not_one_json_object_of_this_version_is_refused(
    one: Made, name: str, change: Change
) -> None:
    assert refusal(with_member(one, name, change)) == "E_BUNDLE"


@pytest.mark.parametrize("change", OF_THE_STATEMENT.values(), ids=OF_THE_STATEMENT)
def test_a_statement_whose_numbers_times_or_units_are_none_is_refused(
    one: Made, change: Change
) -> None:
    data = with_member(one, "statement.json", change)
    assert told(lambda: failed(data)) in ("E_BUNDLE", str(Check.STATEMENT))


BAD_BYTES: Final[Mapping[str, tuple[str, Change]]] = {
    "a tree without its size": ("tree.bin", lambda data: data[:7]),
    "a subtree short by a byte": ("tree.bin", lambda data: data[:-1]),
    "a subtree longer by a byte": ("tree.bin", lambda data: data + b"\0"),
    "a proof without its hashes": ("consistency.bin", lambda _: b"\0" * 11),
    "a proof of more hashes than there are": ("consistency.bin", lambda _: b"\0" * 8 + b"\xff" * 4),
    "a proof short by a byte": ("consistency.bin", lambda _: b"\0" * 11 + b"\1" + b"x" * 31),
}


@pytest.mark.parametrize(("name", "change"), BAD_BYTES.values(), ids=BAD_BYTES)
def test_proofs_of_a_wrong_length_are_refused(one: Made, name: str, change: Change) -> None:
    assert refusal(with_member(one, f"logs/0000/{name}", change)) == "E_BUNDLE"


BAD_FRAMES: Final[Mapping[str, Change]] = {
    "short by a byte": lambda data: data[:-1],
    "half a head": lambda data: data + b"\0" * 23,
    "a length beyond the end": lambda data: data + b"\0" * 20 + b"\0\0\0\1",
    "a length of 4 GiB": lambda data: data + b"\0" * 20 + b"\xff\xff\xff\xff",
    "a log that is not listed": lambda data: data + b"\0\0\0\x09" + b"\0" * 20,
}


@pytest.mark.parametrize("change", BAD_FRAMES.values(), ids=BAD_FRAMES)
def test_leaves_that_are_cut_or_of_no_log_are_refused(one: Made, change: Change) -> None:
    assert refusal(with_member(one, "leaves/00000.bin", change)) == "E_BUNDLE"


BAD_HEADS: Final[Mapping[str, Change]] = {
    "CRLF": lambda data: data.replace(b"\n", b"\r\n"),
    "a leading zero": lambda data: data.replace(b"\n14\n", b"\n014\n"),
    "no last newline": lambda data: data[:-1],
    "two roots": lambda data: data.replace(b"\n\n", b"\n" + data.split(b"\n")[2] + b"\n\n", 1),
    "no signature": lambda data: data.partition(b"\n\n")[0] + b"\n\n",
    "a cut signature": lambda data: data[:-20] + b"\n",
    "another size": lambda data: data.replace(b"\n14\n", b"\n13\n"),
    "a megabyte": lambda data: data + b"x" * 900_000 + b"\n",
    "not UTF-8": lambda data: b"\xff" + data,
}


@pytest.mark.parametrize("change", BAD_HEADS.values(), ids=BAD_HEADS)
def test_a_head_or_receipt_that_strays_from_its_form_fails_its_check(
    one: Made, change: Change
) -> None:
    head = failed(with_member(one, "logs/0000/checkpoint.txt", change))
    receipt = failed(with_member(one, "logs/0000/receipt.txt", change))
    assert Check.CHECKPOINT in head
    assert Check.RECEIPT in receipt


BAD_POLICIES: Final[Mapping[str, tuple[bytes, str]]] = {
    "nothing": (b"", "E_POLICY"),
    "another version": (b"schema = 2", "E_POLICY"),
    "a version in words": (b'schema = "1"', "E_POLICY"),
    "a byte order mark": (b"\xef\xbb\xbfschema = 1", "E_POLICY"),
    "not UTF-8": (b"schema = 1 # \xff", "E_POLICY"),
    "a key twice": (b"schema = 1\nschema = 1", "E_POLICY"),
    "a key nobody knows": (b"schema = 1\nforgive = true", "E_POLICY"),
    "over 256 KiB": (b"schema = 1\n#" + b" " * 256 * 1024, "E_POLICY"),
    "depth 100,000": (b"schema = " + b"[" * 100_000, "E_POLICY"),
    "a check that is none": (b"schema = 1\nrequire = [29]", "E_POLICY"),
    "a root too short": (
        b'schema = 1\n[[heads]]\norigin = "x"\nsize = 1\nroot = "00"',
        "E_POLICY",
    ),
    "a size below nothing": (
        b'schema = 1\n[[heads]]\norigin = "x"\nsize = -1\nroot = "' + b"0" * 64 + b'"',
        "E_POLICY",
    ),
    "a key that is none": (b'schema = 1\ncollectors = ["auditor"]', "E_KEY_TEXT"),
    "a secret key": (f'schema = 1\nwitnesses = ["{WITNESS.to_text()}"]'.encode(), "E_KEY_TEXT"),
    "an agent's key as the collector's": (
        f'schema = 1\ncollectors = ["{AGENT.verifier.to_text()}"]'.encode(),
        "E_KEY_ALGORITHM",
    ),
    "the collector's key as an agent's": (
        f'schema = 1\n[[agents]]\nid = "gw-1"\nkey = "{SIGNER.verifier.to_text()}"'.encode(),
        "E_KEY_ALGORITHM",
    ),
}


@pytest.mark.parametrize(("data", "code"), BAD_POLICIES.values(), ids=BAD_POLICIES)
def test_a_policy_that_is_none_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(CodedError) as caught:
        parse_policy(data, "policy.toml")
    assert caught.value.code == code
    assert WITNESS.to_text() not in str(caught.value)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_policy_or_refused_by_a_code(data: bytes) -> None:
    assert told(lambda: [parse_policy(data, "policy.toml").schema]) in ("E_POLICY", "1")


@given(note=st.binary(max_size=200))
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_witnessed_note_that_is_none_covers_nothing(one: Made, note: bytes) -> None:
    policy = pinned(witnesses=(WITNESS.verifier.to_text(),))
    assert failed(one.data, policy, note) == {Check.WITNESS}


def test_a_file_that_is_not_there_or_a_folder_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (tmp_path, tmp_path / "none.zip"):
        assert main(["evidence", "verify", str(path)]) == 2
        assert capsys.readouterr().err.startswith(f"E_BUNDLE_FILE {path}")
