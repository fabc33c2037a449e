"""What answers badly: busy, broken off, somewhere else, no collector, an altered statement."""

import hashlib
import json

import pytest

from carbonmeter.client import (
    AnswerError,
    Client,
    CutError,
    DigestError,
    QuestionError,
    RefusedError,
    UnreachableError,
)
from carbonmeter.client.connection import Connection
from tests.unit.carbonmeter.client.conftest import Served
from tests.unit.carbonmeter.client.foreign import Said, saying
from tests.unit.collector.api.plant import LINE_1

ASKED = (LINE_1, "2026-03-30", "2026-04-04")
PROBLEM = {"type": "/docs/errors#E_STORE_BUSY", "title": "t", "status": 503, "where": "store"}
BUSY = Said(
    status=503,
    body=json.dumps({**PROBLEM, "detail": "too many requests", "code": "E_STORE_BUSY"}).encode(),
)

END = b'{"end":{"statements":0,"periods_without_data":1,"locked":0,"locked_differing":0,'
EMPTY = Said(
    body=END + b'"time_zone":"UTC","sha256":"%s"}}\n' % hashlib.sha256().hexdigest().encode()
)


def test_a_busy_collector_is_asked_again_after_longer_and_longer() -> None:
    waited: list[float] = []
    with saying([BUSY, BUSY, EMPTY]) as server:
        rows = Client(server.url, wait=waited.append).activity(*ASKED)
    assert (len(rows), waited, len(server.asked)) == (0, [1.0, 2.0], 3)


def test_it_says_itself_when_to_come_again_but_not_for_ever() -> None:
    waited: list[float] = []
    later = Said(status=503, headers=(("Retry-After", "7"),))
    much_later = Said(status=503, headers=(("Retry-After", "99999"),))
    never = Said(status=503, headers=(("Retry-After", "soon"),))
    with saying([later, much_later, never, EMPTY]) as server:
        Client(server.url, wait=waited.append).activity(*ASKED)
    assert waited == [7.0, 60.0, 4.0]


def test_what_stays_busy_is_told_with_its_code() -> None:
    waited: list[float] = []
    with saying([BUSY]) as server, pytest.raises(RefusedError, match="too many requests") as told:
        Client(server.url, tries=3, wait=waited.append).activity(*ASKED)
    assert (told.value.code, told.value.status, len(waited)) == ("E_STORE_BUSY", 503, 2)


def test_a_refusal_is_not_asked_again() -> None:
    refusal = Said(status=422, body=BUSY.body.replace(b"E_STORE_BUSY", b"E_QUERY"))
    with saying([refusal]) as server, pytest.raises(RefusedError, match="E_QUERY"):
        Client(server.url).activity(*ASKED)
    assert len(server.asked) == 1


def test_a_token_is_not_carried_to_where_an_answer_points() -> None:
    with saying([EMPTY]) as other:
        elsewhere = Said(status=302, headers=(("Location", f"{other.url}/x"),))
        with saying([elsewhere]) as server, pytest.raises(AnswerError, match="HTTP 302"):
            Client(server.url, "cmt_secret").activity(*ASKED)
    assert server.asked[0][1]["Authorization"] == "Bearer cmt_secret"
    assert other.asked == []


def test_nobody_there_is_said_so() -> None:
    with saying([Said()]) as server:
        url = server.url
    with pytest.raises(UnreachableError, match="E_CLIENT_UNREACHABLE"):
        Client(url, timeout_s=2.0).activity(*ASKED)


def test_an_answer_that_breaks_off_is_said_so() -> None:
    with saying([Said(body=b"[", cut=10)]) as server, pytest.raises(UnreachableError):
        Client(server.url).activity(*ASKED)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"{}",
        b"[1]",
        b'["\xff"]',
        b"[" * 100_000,
        b"[" + b'{"a":' * 100_000,
        b'[{"digest": null}]',
    ],
)
def test_bytes_of_no_collector_are_refused_by_name(body: bytes) -> None:
    with saying([Said(body=body)]) as server, pytest.raises(AnswerError, match="E_CLIENT_"):
        Client(server.url).activity(*ASKED)


def test_a_page_of_html_in_place_of_a_problem_is_told_by_its_status() -> None:
    with saying([Said(status=404, body=b"<html>")]) as server, pytest.raises(AnswerError) as told:
        Client(server.url).channels()
    assert "HTTP 404" in str(told.value)


def lines_of(served: Served) -> bytes:
    """What the collector answers."""
    asked = {"format": "json-lines", "channel": LINE_1, "start": ASKED[1], "end": ASKED[2]}
    asked["by"] = "day"
    return Connection(url=served.url).get("/api/v1/activity-data/export", asked).data


def test_a_long_answer_that_was_cut_or_altered_as_a_whole_is_noticed(served: Served) -> None:
    sound = lines_of(served)
    *rows, last = sound.splitlines(keepends=True)
    wrong: tuple[tuple[bytes, type[AnswerError], str], ...] = (
        (b"".join(rows), CutError, "no last line after 5"),
        (sound[: len(rows[0]) + 40], AnswerError, "E_CLIENT_ANSWER"),
        (b"".join(rows[1:]) + last, CutError, "4 of 5 statements"),
        (rows[0] * 2 + b"".join(rows[2:]) + last, DigestError, "answer"),
        (sound + rows[0], AnswerError, "after the last"),
    )
    for body, kind, words in wrong:
        with saying([Said(body=body)]) as server, pytest.raises(kind, match=words):
            Client(server.url).activity(*ASKED)
    with saying([Said(body=sound)]) as server:
        assert len(Client(server.url).activity(*ASKED)) == len(rows)


def test_an_answer_in_chunks_without_a_last_one_is_said_so() -> None:
    body = b"5\r\n12345\r\n"
    chunked = ("Transfer-Encoding", "chunked"), ("Content-Disposition", 'filename="a.csv"')
    for rest, is_whole in ((b"", False), (b"0\r\n\r\n", True)):
        with saying([Said(body=body + rest, headers=chunked, is_bare=True)]) as server:
            client = Client(server.url)
            if is_whole:
                assert client.export("csv", *ASKED).data == b"12345"
                continue
            with pytest.raises(UnreachableError):
                client.export("csv", *ASKED)


def test_a_file_of_which_nobody_knows_the_end_is_refused() -> None:
    unknown = Said(body=b"x", headers=(("Content-Disposition", 'filename="a.csv"'),), is_bare=True)
    with saying([unknown]) as server, pytest.raises(AnswerError, match="nor an end"):
        Client(server.url).export("csv", *ASKED)


def test_pages_are_followed_to_the_last_and_a_list_that_leads_to_itself_is_left() -> None:
    more = Said(body=b"[]", headers=(("Next-Cursor", "abc"),))
    with saying([more, Said(body=b"[]")]) as server:
        assert Client(server.url).channels() == ()
        assert [path for path, _ in server.asked] == [
            "/api/v1/channels",
            "/api/v1/channels?cursor=abc",
        ]
    with saying([more]) as server, pytest.raises(AnswerError, match="Next-Cursor"):
        Client(server.url).channels()


def test_a_statement_that_was_altered_on_its_way_is_refused(served: Served) -> None:
    sound = lines_of(served)
    row = json.loads(sound.splitlines()[0])
    untouched = Said(body=sound)
    altered = Said(body=json.dumps({**row, "value": row["value"] + 1e-9}).encode())
    renamed = Said(body=json.dumps({**row, "news": "of a later version"}).encode())
    with saying([untouched, altered, renamed]) as server:
        assert len(Client(server.url).activity(*ASKED)) == 5
        for _ in range(2):
            with pytest.raises(DigestError, match="E_CLIENT_DIGEST"):
                Client(server.url).activity(*ASKED)


def test_another_statement_than_the_one_asked_for_is_refused(served: Served) -> None:
    (row,) = Client(served.url).activity(*ASKED)
    sound = Connection(url=served.url).get(f"/api/v1/activity-data/{row.digest}", {})
    with saying([Said(body=sound.data)]) as server, pytest.raises(DigestError):
        Client(server.url).statement("0" * 64)


def test_a_file_that_was_altered_on_its_way_is_refused() -> None:
    headers = (("Repr-Digest", "sha-256=:AAAA:"), ("Content-Disposition", 'filename="a.csv"'))
    with saying([Said(body=b"x", headers=headers)]) as server, pytest.raises(DigestError):
        Client(server.url).export("csv", *ASKED)


@pytest.mark.parametrize("url", ["", "127.0.0.1:8080", "file:///etc/passwd", "http://u:p@h/"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(QuestionError, match="E_CLIENT_QUESTION url"):
        Client(url)


@pytest.mark.parametrize("token", ["", "a b", "x\r\nHost: y", "令牌"])
def test_what_is_no_token_is_refused_and_not_quoted(token: str) -> None:
    with pytest.raises(QuestionError, match="E_CLIENT_QUESTION token") as told:
        Client("http://127.0.0.1:1", token)
    assert not token or token not in str(told.value)
