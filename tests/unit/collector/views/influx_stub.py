"""A stand-in for InfluxDB on loopback: it stores, tells, and misbehaves as it is told.

1.x is held against the real 1.6.7 in tests/contract. The shapes of 2.x and 3.x are built from
InfluxData's documentation of /ping, /api/v2/write, /query and their errors; no such server was
there to be asked.
"""

import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.unit.collector.views.line_protocol import NotLineProtocolError, Read, read_line

HOUR_NS = 3_600_000_000_000
VERSIONS = {"1": "1.6.7", "2": "v2.7.11", "3": "3.4.1"}
Told = tuple[int, Mapping[str, str], bytes]
"""Status, headers and body of an answer."""
Fault = Callable[["Stub", str, bytes], Told | None]
"""Called with the path and the body of each request; None lets it be answered as usual."""
_QUERY = re.compile(
    r'SELECT count\("present"\) AS "polls", sum\("present"\) AS "readings", sum\("value"\) AS'
    r' "total" FROM "reading" WHERE time >= ([0-9]+) AND time < ([0-9]+)'
    r' GROUP BY time\(1h\), "channel" fill\(none\)'
)


class HangUpError(Exception):
    """The connection is dropped without an answer."""


@dataclass
class Stub:
    """The database. `points` is what it stores, by key: of two with one key the last counts."""

    major: str = "1"
    databases: set[str] = field(default_factory=lambda: {"carbonmeter"})
    token: str = ""
    points: dict[Any, Read] = field(default_factory=dict)
    bad: Callable[[Read], bool] = lambda _: False
    fault: Fault = lambda _stub, _path, _body: None
    asked: list[tuple[str, str]] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def readings(self) -> list[Read]:
        held = tuple(self.points.values())  # at once: a request may come meanwhile
        return [each for each in held if each.measurement == "reading"]

    def counts(self) -> Counter[str]:
        return Counter(each.tags["channel"] for each in self.readings)

    def writes(self) -> int:
        return sum(path in ("/write", "/api/v2/write") for _, path in self.asked)

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Told:
        split = urlsplit(target)
        query = {name: texts[0] for name, texts in parse_qs(split.query).items()}
        self.asked.append((method, split.path))
        self.queries += [query["q"]] if "q" in query else []
        told = self.fault(self, split.path, body)
        if told is not None:
            return told
        if self.token and headers.get("Authorization") != f"Token {self.token}":
            return self.refuse(401, "unauthorized", "unauthorized access")
        if split.path == "/ping":
            return (204 if self.major != "3" else 200), {}, b""
        if split.path == "/query":
            return self._query(query)
        wanted = "/write" if self.major == "1" else "/api/v2/write"
        if (method, split.path) != ("POST", wanted):
            return 404, {}, b"404 page not found"
        return self._write(query, body)

    def refuse(self, status: int, code: str, words: str) -> Told:
        """An error, in the words of this version."""
        said = {"error": words} if self.major == "1" else {"code": code, "message": words}
        return status, {"Content-Type": "application/json"}, json.dumps(said).encode()

    def _write(self, query: dict[str, str], body: bytes) -> Told:
        if query.get("precision", "ns") != "ns":
            return self.refuse(400, "invalid", "another precision")
        name = query.get("db" if self.major == "1" else "bucket", "")
        if self.major == "2" and "org" not in query:
            return self.refuse(400, "invalid", "org is missing")
        if name not in self.databases:
            return self.refuse(404, "not found", f'database not found: "{name}"')
        refused = self._store(body)
        if refused:
            words = f"partial write: {refused[0]} dropped={len(refused)}"
            status = 422 if self.major == "2" else 400
            return self.refuse(status, "unprocessable entity", words)
        return 204, {}, b""

    def _store(self, body: bytes) -> list[str]:
        refused = []
        for data in body.split(b"\n"):
            try:
                point = read_line(data)
            except NotLineProtocolError as wrong:
                refused.append(f"unable to parse '{data[:40]!r}': {wrong}")
                continue
            if self.bad(point):
                refused.append("field type conflict")
            else:
                self.points[point.key] = point
        return refused

    def _query(self, query: dict[str, str]) -> Told:
        text = query["q"]
        if text.startswith("CREATE DATABASE"):
            self.databases.add(text.split('"')[1])
            return 200, {}, b'{"results":[{"statement_id":0}]}'
        found = _QUERY.fullmatch(text)
        if found is None or query.get("epoch") != "ns":
            return self.refuse(400, "invalid", "error parsing query")
        if query.get("db") not in self.databases:
            return 200, {}, b'{"results":[{"statement_id":0,"error":"database not found"}]}'
        body = json.dumps({"results": [self.hours(int(found[1]), int(found[2]))]})
        return 200, {"Content-Type": "application/json"}, body.encode()

    def hours(self, start_ns: int, end_ns: int) -> dict[str, Any]:
        """As 1.x says it: nothing at all where there is no point."""
        found: dict[str, dict[int, list[Any]]] = {}
        for each in self.readings:
            if not start_ns <= each.stamp < end_ns:
                continue
            start = each.stamp - each.stamp % HOUR_NS
            row = found.setdefault(each.tags["channel"], {}).setdefault(start, [start, 0, 0, None])
            row[1] += "present" in each.fields
            row[2] += each.fields.get("present", 0)
            value = each.fields.get("value")
            if isinstance(value, float):
                row[3] = (row[3] or 0.0) + value
        series = [
            {
                "name": "reading",
                "tags": {"channel": channel},
                "columns": ["time", "polls", "readings", "total"],
                "values": [rows[start] for start in sorted(rows)],
            }
            for channel, rows in sorted(found.items())
        ]
        return {"statement_id": 0, "series": series} if series else {"statement_id": 0}


def _handler(stub: Stub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

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
            told = {"X-Influxdb-Version": VERSIONS[stub.major], **headers}
            for name, text in told.items():
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
