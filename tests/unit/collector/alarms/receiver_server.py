"""A receiver of webhooks on a socket of its own; it keeps what it got and answers as it is told."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Got = tuple[dict[str, str], bytes]


class Listening(ThreadingHTTPServer):
    """The server; `answers` are given one after the other, the last one for good."""

    daemon_threads = True

    def __init__(self, *answers: int) -> None:
        self.got: list[Got] = []
        self.answers = list(answers)
        self.hangs = threading.Event()
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook"


class _Handler(BaseHTTPRequestHandler):
    server: Listening

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
        answers = self.server.answers
        status = answers.pop(0) if len(answers) > 1 else answers[0]
        if not status:
            self.server.hangs.wait(30)
            return
        self.send_response(status)
        self.send_header("location", self.server.url)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def listening(*answers: int) -> Iterator[Listening]:
    """A receiver that answers so; 0 is no answer."""
    server = Listening(*(answers or (204,)))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.hangs.set()
        server.shutdown()
        thread.join()
        server.server_close()
