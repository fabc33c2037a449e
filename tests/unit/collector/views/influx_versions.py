"""How each version of InfluxDB answers: paths, statuses, and the shape of its errors.

1.x is held against the real 1.6.7 in tests/contract. 2.x and 3.x are built from the sources of
influxdata/influxdb, read at v2.9.1 (d4fa194), v3.4.1 (7617104) and v3.10.0 (a1e8994); each answer
names the file it is from. What a line's fault is called is told in the stand-in's own words.
"""

import json
from collections.abc import Mapping
from typing import Any, Final, Protocol

from tests.unit.collector.views.influx_held import Conflict, Held, Looked, Unparsed

Told = tuple[int, Mapping[str, str], bytes]
"""Status, headers and body of an answer."""
NOTHING: Final[Told] = (204, {}, b"")
_JSON: Final = {"Content-Type": "application/json"}


def said(status: int, body: object, **headers: str) -> Told:
    """An answer in JSON."""
    return status, {**_JSON, **headers}, json.dumps(body).encode()


def _results(result: Mapping[str, Any]) -> Told:
    return said(200, {"results": [result]})


class Version(Protocol):
    """One version's speech."""

    version: str
    write_path: str

    def unauthorized(self, path: str, authorization: str, token: str) -> Told | None:
        """The refusal of who has not the token; None if it is taken."""
        ...

    def ping(self) -> Told: ...

    def write(self, held: Held, query: Mapping[str, str], body: bytes) -> Told: ...

    def ask(self, held: Held, query: Mapping[str, str]) -> Told: ...


class One:
    """1.x, as 1.6.7 answers."""

    version = "1.6.7"
    write_path = "/write"

    def unauthorized(self, _path: str, _authorization: str, _token: str) -> Told | None:
        return None

    def ping(self) -> Told:
        return 204, {"X-Influxdb-Version": self.version}, b""

    def write(self, held: Held, query: Mapping[str, str], body: bytes) -> Told:
        if query.get("precision", "ns") not in ("n", "ns", "u", "ms", "s", "m", "h"):
            return said(400, {"error": f"invalid precision {query['precision']!r}"})
        if query.get("db") not in held.databases:
            return said(404, {"error": f'database not found: "{query.get("db", "")}"'})
        looked = held.looked(body)
        held.keep(looked.points)
        if looked.unparsed:
            words = "; ".join(_unable(each) for each in looked.unparsed)
            return said(400, {"error": f"partial write: {words} dropped=0"})
        refused = len(looked.conflicts) + len(looked.late)
        if refused:
            words = f"partial write: {_dropped(looked)} dropped={refused}"
            return said(400, {"error": words})
        return NOTHING

    def ask(self, held: Held, query: Mapping[str, str]) -> Told:
        text = query.get("q", "")
        if text.startswith("CREATE DATABASE"):
            held.databases.add(text.split('"')[1])
            return _results({"statement_id": 0})
        found = held.asked(text)
        if found is None or query.get("epoch") != "ns":
            return said(400, {"error": "error parsing query"})
        if query.get("db") not in held.databases:
            missing = f"database not found: {query.get('db', '')}"
            return _results({"statement_id": 0, "error": missing})
        return _results(found)


def _unable(each: Unparsed) -> str:
    """models/points.go, ParsePointsWithPrecision: 1.x and 2.x alike."""
    return f"unable to parse '{each.line}': {each.why}"


def _dropped(looked: Looked) -> str:
    """tsdb/field_validator.go; v1/coordinator/points_writer.go, SummariseDropped."""
    if looked.conflicts:
        one = looked.conflicts[-1]
        return (
            f'field type conflict: input field "{one.field}" on measurement "{one.measurement}"'
            f" is type {one.found}, already exists as type {one.held}"
        )
    return f"dropped {len(looked.late)} points outside retention policy of duration 720h0m0s"


class Two:
    """2.x, as v2.9.1 answers."""

    version = "v2.9.1"
    write_path = "/api/v2/write"

    def _wrong(self, status: int, code: str, message: str) -> Told:
        """kit/transport/http/error_handler.go, WriteErrorResponse."""
        return said(
            status,
            {"code": code, "message": message},
            **{"Content-Type": "application/json; charset=utf-8", "X-Platform-Error-Code": code},
        )

    def unauthorized(self, path: str, authorization: str, token: str) -> Told | None:
        """http/tokens.go, GetToken; http/errors.go, UnauthorizedError. /ping is open."""
        scheme, _, given = authorization.partition(" ")
        known = scheme.lower() in ("token", "bearer") and given == token
        if known or path == "/ping" or not token:
            return None
        return self._wrong(401, "unauthorized", "unauthorized access")

    def ping(self) -> Told:
        """http/legacy/ping_handler.go; the headers are of http/handler.go."""
        return 204, {"X-Influxdb-Version": self.version, "X-Influxdb-Build": "OSS"}, b""

    def write(self, held: Held, query: Mapping[str, str], body: bytes) -> Told:
        """http/write_handler.go, handleWrite and decodeWriteRequest, in their order."""
        if query.get("precision", "ns") not in ("ns", "us", "ms", "s"):
            words = "invalid precision; valid precision units are ns, us, ms, and s"
            return self._wrong(400, "invalid", words)
        bucket, org = query.get("bucket", ""), query.get("org", "")
        if not bucket:
            return self._wrong(404, "not found", "bucket not found")
        if not org:  # organization.go
            return self._wrong(400, "invalid", "Please provide either orgID or org")
        if org not in held.orgs:  # tenant/error_org.go
            return self._wrong(404, "not found", f'organization name "{org}" not found')
        if bucket not in held.databases:  # tenant/error_bucket.go
            return self._wrong(404, "not found", f'bucket "{bucket}" not found')
        return self._taken(held, held.looked(body))

    def _taken(self, held: Held, looked: Looked) -> Told:
        """One line that is none has all refused; of others the good ones are stored."""
        if looked.unparsed:  # http/points/points_parser.go
            return self._wrong(400, "invalid", "\n".join(_unable(each) for each in looked.unparsed))
        held.keep(looked.points)
        refused = len(looked.conflicts) + len(looked.late)
        if not refused:
            return NOTHING
        words = f"partial write: {_dropped(looked)} dropped={refused}"  # tsdb/shard.go
        message = f"failure writing points to database: {words}"
        return self._wrong(422, "unprocessable entity", message)

    def ask(self, held: Held, query: Mapping[str, str]) -> Told:
        """v1/coordinator/statement_executor.go: what is asked is a mapping, not a bucket."""
        mapped = held.databases if held.mapped is None else held.mapped
        if query.get("db") not in mapped:
            words = f"database not found: {query.get('db', '')}"  # influxql/query/executor.go
            return _results({"statement_id": 0, "error": words})
        found = held.asked(query.get("q", ""))
        if found is None or query.get("epoch") != "ns":
            return self._wrong(400, "invalid", "error parsing query")
        return _results(found)


class Three:
    """3 Core, as v3.10.0 answers; /write and /api/v2/write take all lines of a request or none.

    influxdb3_types/src/http.rs: "legacy behaviour was to not accept partial". The part that is
    not stored of a partial write is told at /api/v3/write_lp alone, which the view does not use.
    """

    version = "3.10.0"
    write_path = "/api/v2/write"

    def unauthorized(self, _path: str, authorization: str, token: str) -> Told | None:
        """influxdb3_server/src/http.rs, validate_auth_header; /ping is not open."""
        if not token:
            return None
        scheme, _, given = authorization.partition(" ")
        if authorization and (scheme not in ("Bearer", "Token", "Basic") or " " in given):
            return said(400, {"error": "Authorization header was malformed"})
        if given == token:
            return None
        return said(401, {"error": "the request was not authenticated"})

    def ping(self) -> Told:
        """influxdb3_server/src/http.rs, ping."""
        body = {"product_name": "InfluxDB 3 Core", "version": self.version, "revision": "a1e8994"}
        return said(200, body, **{"X-Influxdb-Version": self.version, "X-Influxdb-Build": "Core"})

    def _wrong(self, status: int, code: str, message: str) -> Told:
        """influxdb3_server/src/http.rs, V2WriteApiError: no content type is told."""
        return status, {}, json.dumps({"code": code, "message": message}).encode()

    def write(self, held: Held, query: Mapping[str, str], body: bytes) -> Told:
        """iox_http/src/write/v2.rs and single_tenant/mod.rs: org is not looked at."""
        known = ("ns", "n", "us", "u", "ms", "s", "nanosecond", "second")
        if query.get("precision", "ns") not in known:
            words = "failed to deserialize org/bucket/precision in request: unknown variant"
            return self._wrong(400, "invalid", words)
        name = query.get("bucket", "")
        if not name:
            return self._wrong(400, "invalid", "missing bucket value")
        if not body:
            return self._wrong(400, "invalid", "incoming write was empty")
        looked = held.looked(body)
        faulty: list[Unparsed | Conflict] = [*looked.unparsed, *looked.conflicts]
        if faulty:
            return self._refused(min(faulty, key=lambda each: each.number))
        held.databases.add(name)  # write_buffer/validator.rs: made if it is not there
        held.keep([*looked.points, *looked.late])  # taken, not shown, and deleted some time
        return NOTHING

    def _refused(self, first: Unparsed | Conflict) -> Told:
        """write_buffer/mod.rs, ParseError."""
        return self._wrong(400, "invalid", f"line protocol parse failed: {_fault(first)}")

    def ask(self, held: Held, query: Mapping[str, str]) -> Told:
        """iox_v1_query_api/src/handler.rs; influxdb3/tests/server/query.rs has the words."""
        name = query.get("db", "")
        found = held.asked(query.get("q", ""))
        if found is None or query.get("epoch") != "ns":
            return said(400, {"error": "error in InfluxQL statement"})
        if name not in held.databases:
            words = f"Cannot retrieve database: External error: database not found: {name}"
            return _results({"statement_id": 0, "error": words})
        return _results(found)


class ThreeBefore(Three):
    """3 Core up to v3.4.1: a line's fault is told as at /api/v3/write_lp."""

    version = "3.4.1"

    def _refused(self, first: Unparsed | Conflict) -> Told:
        fault = {
            "original_line": first.line,
            "line_number": first.number,
            "error_message": _fault(first),
        }
        body = {"error": "parsing failed for write_lp endpoint", "data": fault}
        return 400, {}, json.dumps(body).encode()


class ThreeZero(ThreeBefore):
    """v3.0.0: /ping tells its version in the body alone."""

    version = "3.0.0"

    def ping(self) -> Told:
        body = {"version": self.version, "revision": "e3d3ae0"}
        return 200, {}, json.dumps(body).encode()


def _fault(each: Unparsed | Conflict) -> str:
    """influxdb3_catalog/src/error.rs, InvalidColumnType; core/schema/src/lib.rs."""
    if isinstance(each, Unparsed):
        return each.why
    kinds = "iox::column_type::field::"
    expected, got = f"{kinds}{each.held}", f"{kinds}{each.found}"
    return f"invalid column type for column '{each.field}', expected {expected}, got {got}"


SPEECH: Final[Mapping[str, Version]] = {
    "1": One(),
    "2": Two(),
    "3": Three(),
    "3.4": ThreeBefore(),
    "3.0": ThreeZero(),
}
