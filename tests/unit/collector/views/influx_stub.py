"""A stand-in for InfluxDB on loopback: it stores, tells, refuses, and misbehaves as it is told.

What it stores is in `influx_held`, how each version speaks in `influx_versions`.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.unit.collector.views.influx_held import HOUR_NS, Held
from tests.unit.collector.views.influx_versions import SPEECH, Told

Fault = Callable[["Stub", str, bytes], Told | None]
"""Called with the path and the body of each request; None lets it be answered as usual."""


class HangUpError(Exception):
    """The connection is dropped without an answer."""


@dataclass
class Stub(Held):
    """The database; `major` is a key of `SPEECH`."""

    major: str = "1"
    token: str = ""
    fault: Fault = lambda _stub, _path, _body: None
    asked_for: list[tuple[str, str]] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def writes(self) -> int:
        return sum(path in ("/write", "/api/v2/write") for _, path in self.asked_for)

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Told:
        split = urlsplit(target)
        query = {name: texts[0] for name, texts in parse_qs(split.query).items()}
        self.asked_for.append((method, split.path))
        self.queries += [query["q"]] if "q" in query else []
        told = self.fault(self, split.path, body)
        if told is not None:
            return told
        speech, authorization = SPEECH[self.major], headers.get("Authorization", "")
        refused = speech.unauthorized(split.path, authorization, self.token)
        if refused is not None:
            return refused
        if split.path == "/ping":
            return speech.ping()
        if split.path == "/query":
            return speech.ask(self, query)
        if (method, split.path) == ("POST", speech.write_path):
            return speech.write(self, query, body)
        return 404, {}, b"404 page not found"


def _handler(stub: Stub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # one packet an answer: two would each wait for the other's acknowledgement

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            try:
                status, headers, content = stub.answer(
                    self.command, self.path, dict(self.headers), body
                )
            except HangUpError:
                self.close_connection = True
                return
            self.send_response(status)
            for name, text in headers.items():
                self.send_header(name, text)
            if status != 204:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content if status != 204 else b"")

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@contextmanager
def served(stub: Stub) -> Iterator[Stub]:
    """The stand-in on a free port."""
    server = ThreadingHTTPServer(("127.0.0.1", stub.port), _handler(stub))
    server.daemon_threads = True
    stub.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


__all__ = ["HOUR_NS", "Fault", "HangUpError", "Stub", "Told", "served"]
