"""The head of a request: strict where strangers speak, and never more than a refusal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.page.request import Refused, Request, request_of
from edge_agent.page.texts import TEXTS
from tests.unit.edge_agent.page.corpus import HOST, REFUSED


@pytest.mark.parametrize("name", REFUSED)
def test_what_must_be_refused_is_refused_with_its_status(name: str) -> None:
    head, status = REFUSED[name]
    assert request_of(head) == Refused(status=status)
    assert f"refused_{status}" in TEXTS


def test_a_browsers_request_is_read() -> None:
    head = (
        b"GET /devices/feeder-1?lang=zh&q=%E4%B8%80%20b+c&empty= HTTP/1.1\r\n"
        b"Host: localhost:8079\r\nAccept-Language:zh-CN,zh;q=0.9 \r\nX-Any: caf\xe9\r\n\r\n"
    )
    found = request_of(head)
    assert isinstance(found, Request)
    assert (found.method, found.path) == ("GET", "/devices/feeder-1")
    assert found.query == {"lang": "zh", "q": "一 b c"}
    assert found.fields["accept-language"] == "zh-CN,zh;q=0.9"


def test_a_program_of_http_1_0_need_name_no_host() -> None:
    assert isinstance(request_of(b"HEAD /healthz HTTP/1.0\r\n\r\n"), Request)
    assert isinstance(request_of(b"GET / HTTP/1.1\r\n" + HOST + b"Content-Length: 0\r\n\r\n"), Request)


def test_broken_escapes_are_no_error_of_ours() -> None:
    found = request_of(b"GET /%zz%ff%00?a=%ff&%&=&&b HTTP/1.1\r\n" + HOST + b"\r\n")
    assert isinstance(found, Request)
    assert found.path == "/%zz\ufffd\x00"


@given(st.binary(max_size=400))
def test_no_bytes_raise(data: bytes) -> None:
    assert isinstance(request_of(data), Request | Refused)


@given(
    st.sampled_from([head for head, _ in REFUSED.values()] + [b"GET / HTTP/1.1\r\n" + HOST + b"\r\n"]),
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 255)), min_size=1, max_size=6),
)
def test_no_change_of_a_known_head_raises(head: bytes, changes: list[tuple[int, int]]) -> None:
    data = bytearray(head)
    for place, byte in changes:
        data[place % len(data)] = byte
    assert isinstance(request_of(bytes(data)), Request | Refused)
