"""A witness asks a collector that it does not trust, and is alone with what it remembers."""

import fcntl
import itertools
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from carbonmeter.cli import main
from carbonmeter.witness_asking import MAX_ANSWER, AnswerError, answered
from evidence.clock import SystemClock
from tests.unit.collector.agent_log import key_of

Answer = tuple[int, Mapping[str, str], bytes]


@contextmanager
def answering(answers: Mapping[str, Answer], seen: list[str]) -> Iterator[str]:
    """A server with an answer a path; `seen` gets each path that a token was sent to."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if "Authorization" in self.headers:
                seen.append(self.path)
            status, headers, body = answers[self.path.partition("?")[0]]
            self.send_response(status)
            for name, text in headers.items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

        def handle(self) -> None:
            try:
                super().handle()
            except ConnectionError:
                return  # the witness had enough

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_token_does_not_go_where_an_answer_leads() -> None:
    seen: list[str] = []
    answers: Mapping[str, Answer] = {
        "/here": (302, {"Location": "/elsewhere"}, b""),
        "/elsewhere": (200, {}, b"{}"),
    }
    with answering(answers, seen) as url, pytest.raises(AnswerError, match="302"):
        answered(f"{url}/here", "secret", SystemClock())
    assert seen == ["/here"]


def test_an_answer_without_end_is_cut() -> None:
    with (
        answering({"/": (200, {}, b" " * (2 * MAX_ANSWER))}, []) as url,
        pytest.raises(AnswerError, match="over 4000000 bytes"),
    ):
        answered(url, "", SystemClock())


class Hurried(SystemClock):
    """A clock on which an hour goes by between two looks."""

    def __init__(self) -> None:
        self._looks = itertools.count()

    def monotonic_ns(self) -> int:
        """An hour later each time."""
        return next(self._looks) * 3_600_000_000_000


def test_an_answer_that_takes_its_time_is_given_up() -> None:
    with (
        answering({"/": (200, {}, b"{}")}, []) as url,
        pytest.raises(AnswerError, match="more than 60 s"),
    ):
        answered(url, "", Hurried())


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://127.0.0.1/x", "collector:8080"])
def test_only_http_is_asked(address: str) -> None:
    with pytest.raises(AnswerError):
        answered(address, "", SystemClock())


def witness(url: str, folder: Path) -> int:
    key = key_of("gw-1").verifier.to_text()
    return main(
        [
            *("evidence", "witness", "--from", url, "--log", f"gw-1/{'0' * 32}"),
            *("--state", str(folder), "--key", str(folder / "own.key"), "--agent-key", key),
        ]
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[" * 100_000,
        b'{"checkpoint":"\\ud800"}',
        b'{"checkpoint":"\xff"}',
        b'{"checkpoint":7}',
        b'{"checkpoint":"x","proof":["zz"]}',
    ],
)
def test_an_answer_that_is_none_is_told_by_a_code(
    body: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with answering({"/api/v1/heads": (200, {}, body)}, []) as url:
        assert witness(url, tmp_path) in (2, 69)
    english, chinese = capsys.readouterr().err.splitlines()
    assert english.startswith("E_")
    assert english != chinese


def test_two_runs_do_not_follow_one_log_at_a_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each could find its head to go on from what was remembered, and both be cosigned."""
    with (tmp_path / f"gw-1-{'0' * 32}.lock").open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert witness("http://127.0.0.1:1", tmp_path) == 69
    assert "E_WITNESS_BUSY" in capsys.readouterr().err
