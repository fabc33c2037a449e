"""Who may look: who has the token; without one, who names this machine."""

from base64 import b64encode

import pytest

from edge_agent.page.gate import Gate
from edge_agent.page.request import Refused, Request

TOKEN = b"correct-horse-battery"
OPEN, CLOSED = Gate(), Gate(TOKEN)


def asked(**fields: str) -> Request:
    return Request(method="GET", path="/", fields=fields)


def basic(text: bytes) -> str:
    return "Basic " + b64encode(text).decode()


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:8079", "LocalHost:1", "127.0.0.1", "127.8.0.1:80", "[::1]", "[::1]:80"],
)
def test_this_machines_own_names_need_no_token(host: str) -> None:
    assert OPEN.refused(asked(host=host)) is None


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8079", "127.0.0.1.evil.example", "localhost.evil.example",
     "10.0.0.7", "0.0.0.0", "[::]", "[::1", "::1:80:80", "", ":80", "2130706433"],
)  # fmt: skip
def test_a_strangers_name_for_this_machine_is_misdirected(host: str) -> None:
    assert OPEN.refused(asked(host=host)) == Refused(status=421)


@pytest.mark.parametrize(
    "shown",
    [f"Bearer {TOKEN.decode()}", f"bearer  {TOKEN.decode()}", basic(b"anybody:" + TOKEN), basic(b":" + TOKEN)],
)
def test_the_token_opens_from_anywhere(shown: str) -> None:
    assert CLOSED.refused(asked(host="10.0.0.7", authorization=shown)) is None


@pytest.mark.parametrize(
    "shown",
    ["", "Bearer", "Bearer ", f"Bearer {TOKEN.decode()}x", f"Bearer {TOKEN.decode()[:-1]}",
     TOKEN.decode(), "Basic", "Basic !!!", "Basic YQ", basic(TOKEN), basic(b"a:" + TOKEN + b":"),
     "Digest " + TOKEN.decode(), "Basic \xe9\xe9\xe9\xe9", "Bearer \xe9"],
)  # fmt: skip
def test_anything_else_does_not_not_even_from_this_machine(shown: str) -> None:
    assert CLOSED.refused(asked(host="localhost", authorization=shown)) == Refused(status=401)
