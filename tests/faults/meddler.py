"""A bad way to a database: HTTP requests are passed on, answered falsely, or held.

What it does is set by whoever holds it; how often it did it is counted.
"""

import http.client
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import urlsplit

NARROW_BYTES: Final = 2000
LOST_EVERY: Final = 3


class Way(StrEnum):
    """What becomes of a request."""

    FINE = "fine"
    """It is passed on."""
    GONE = "connections are dropped"
    REFUSES = "400 to every line"
    NARROW = "413 to all but small bodies"
    FAILS = "500"
    BUSY = "503, come again in a second"
    SLOW = "the answer comes after the time-out"
    HALF_OPEN = "no answer, and the connection stays"
    TRICKLES = "the answer comes byte by byte"
    FORGETFUL = "it is stored, and the answer is lost"
    LIES = "204, and of every third write nothing is stored"
    BABBLES = "an answer that is none"


BLOCKING: Final = frozenset(Way) - {Way.FINE, Way.NARROW, Way.LIES, Way.SLOW, Way.BABBLES}
"""Those under which nothing can be written for certain, each at once."""
_TOLD: Final[Mapping[Way, tuple[int, Mapping[str, str]]]] = {
    Way.REFUSES: (400, {}),
    Way.FAILS: (500, {}),
    Way.BUSY: (503, {"Retry-After": "1"}),
}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Whoever asked has hung up: that is no news."""


class Meddler:
    """In front of a database on loopback; `port` is where it is asked.

    Attributes:
        way: What becomes of requests from now on.
        done: How often each way was taken.
    """

    def __init__(self, upstream: int) -> None:
        self.upstream = upstream
        self.way = Way.FINE
        self.done: Counter[Way] = Counter()
        self._writes = 0
        self._ended = threading.Event()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Ends it, and whatever it holds."""
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        meddler = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _meddle(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                with suppress(OSError, http.client.HTTPException):
                    meddler._take(self, body)

            do_GET = do_POST = _meddle

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def _take(self, asked: BaseHTTPRequestHandler, body: bytes) -> None:
        way = self.way
        self.done[way] += 1
        if way in _TOLD:
            status, headers = _TOLD[way]
            return _answer(asked, status, headers, b'{"error":"so it was told"}')
        if way is Way.NARROW and len(body) > NARROW_BYTES:
            return _answer(asked, 413, {}, b'{"error":"Request Entity Too Large"}')
        if way is Way.LIES and self._is_lied_about(asked):
            return _answer(asked, 204, {}, b"")
        if way in _WAYS:
            return _WAYS[way](self, asked, body)
        return self._pass_on(asked, body)

    def _is_lied_about(self, asked: BaseHTTPRequestHandler) -> bool:
        if urlsplit(asked.path).path != "/write":
            return False
        self._writes += 1
        return self._writes % LOST_EVERY == 0

    def _pass_on(self, asked: BaseHTTPRequestHandler, body: bytes) -> None:
        _answer(asked, *self._asked(asked, body))

    def _asked(
        self, asked: BaseHTTPRequestHandler, body: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        link = http.client.HTTPConnection("127.0.0.1", self.upstream, timeout=20)
        try:
            link.request(asked.command, asked.path, body, dict(asked.headers.items()))
            answer = link.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        except OSError:
            asked.close_connection = True  # as if nothing were between
            raise
        finally:
            link.close()

    def _drop(self, asked: BaseHTTPRequestHandler, _body: bytes) -> None:
        asked.close_connection = True

    def _forget(self, asked: BaseHTTPRequestHandler, body: bytes) -> None:
        asked.close_connection = True
        self._asked(asked, body)

    def _hold(self, asked: BaseHTTPRequestHandler, _body: bytes) -> None:
        asked.close_connection = True
        while self.way is Way.HALF_OPEN and not self._ended.wait(0.05):
            pass

    def _delay(self, asked: BaseHTTPRequestHandler, body: bytes) -> None:
        told = self._asked(asked, body)
        self._ended.wait(1.5)
        _answer(asked, *told)

    def _trickle(self, asked: BaseHTTPRequestHandler, _body: bytes) -> None:
        asked.close_connection = True
        asked.wfile.write(b"HTTP/1.1 204 ")
        while self.way is Way.TRICKLES and not self._ended.wait(0.2):
            asked.wfile.write(b"N")

    def _babble(self, asked: BaseHTTPRequestHandler, _body: bytes) -> None:
        asked.close_connection = True
        asked.wfile.write(b"\x16\x03\x01 220 ready\r\n\r\n")


_WAYS: Final[Mapping[Way, Callable[[Meddler, BaseHTTPRequestHandler, bytes], None]]] = {
    Way.GONE: Meddler._drop,
    Way.FORGETFUL: Meddler._forget,
    Way.HALF_OPEN: Meddler._hold,
    Way.SLOW: Meddler._delay,
    Way.TRICKLES: Meddler._trickle,
    Way.BABBLES: Meddler._babble,
}


def _answer(
    asked: BaseHTTPRequestHandler, status: int, headers: Mapping[str, str], body: bytes
) -> None:
    asked.send_response_only(status)
    for name, text in headers.items():
        if name.lower() not in ("content-length", "transfer-encoding", "connection"):
            asked.send_header(name, text)
    if status != 204:
        asked.send_header("Content-Length", str(len(body)))
    asked.end_headers()
    asked.wfile.write(body if status != 204 else b"")
