"""A database that speaks InfluxDB: which one it is, what is written to it, what it has.

1.x takes lines at /write. 2.x and 3.x take them at /api/v2/write, by influxdb-client, without
its batches: these give up silently. All are asked at /query, in InfluxQL.
"""

import re
from base64 import b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import urlencode

import urllib3
from urllib3.exceptions import HTTPError

from calibration.increment import NS_PER_HOUR
from collector.views.influx_answer import Answer, error_of, told_version
from collector.views.influx_config import InfluxSection
from collector.views.influx_errors import InfluxAnswerSizeError, InfluxError, InfluxSpeechError
from collector.views.influx_hours import Counted, Key, hours_query, read_hours
from collector.views.influx_http import BoundedPool, answer_of, asked, unreachable
from evidence.errors import Words

if TYPE_CHECKING:
    from influxdb_client.client.influxdb_client import InfluxDBClient

_VERSION: Final = re.compile(r"v?([0-9]{1,3})\.")
_TEXT: Final = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """What opens a database; None where there is none. Never shown."""

    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)


class Server(Protocol):
    """A database that was found."""

    @property
    def version(self) -> str:
        """What it says it is."""
        ...

    def write(self, lines: bytes) -> Answer:
        """The answer to lines of line protocol, stamped in nanoseconds.

        Raises:
            InfluxUnreachableError, InfluxSpeechError: there is none.
        """
        ...

    def hours(self, start_ns: int, end_ns: int) -> dict[Key, Counted]:
        """What it has of all channels in [start, end), by the hour.

        Raises:
            InfluxError: it cannot be asked, or its answer is not one.
        """
        ...

    def close(self) -> None:
        """Closes its connections."""
        ...


def pool_of(section: InfluxSection) -> BoundedPool:
    """The connections to the configured address; none is open yet."""
    return BoundedPool(timeout_s=section.timeout_s, ca_file=section.ca_file)


def connect(section: InfluxSection, secrets: Secrets, pool: BoundedPool | None = None) -> Server:
    """The database at the configured address, as it says what it is.

    In 1.x the database is made if it is not there.

    Args:
        section: Of the configuration.
        secrets: What opens it.
        pool: The connections to use; new ones if left out. They are closed with the server.

    Raises:
        InfluxError: it does not answer, refuses, or is no InfluxDB.
    """
    asking = Asking(section, secrets, pool_of(section) if pool is None else pool)
    try:
        version = asking.version()
        major = section.api if section.api != "auto" else _major(version, asking.url)
        if major != "1":
            return NewServer(asking, version)
        asking.make_database()
        return OldServer(asking, version)
    except BaseException:
        asking.close()
        raise


def _major(version: str, where: str) -> str:
    found = _VERSION.match(version)
    if found is None or found[1] not in ("1", "2", "3"):
        raise InfluxSpeechError(
            where,
            what=Words(f"version '{version[:40]}' is not known", f"未知版本 '{version[:40]}'"),
        )
    return found[1]


class Asking:
    """What all versions are asked alike."""

    def __init__(self, section: InfluxSection, secrets: Secrets, pool: BoundedPool) -> None:
        self.section = section
        self.secrets = secrets
        self.url = section.url.rstrip("/")
        self.pool = pool
        self._headers = _authorization(section, secrets)

    def close(self) -> None:
        """Closes all connections."""
        self.pool.clear()

    def ask(
        self, method: str, path: str, query: dict[str, str], body: bytes | None = None
    ) -> Answer:
        """The answer to a request; an empty query is none."""
        url = f"{self.url}{path}?{urlencode(query)}" if query else f"{self.url}{path}"
        headers = self._headers if body is None else {**self._headers, "Content-Type": _TEXT}
        return asked(self.pool, method, url, headers, body)

    def version(self) -> str:
        """What the server says it is: in a header of /ping, or (3.0) in its body; "" if nowhere.

        Raises:
            InfluxSpeechError: it says nothing, and the configuration does not either.
        """
        answer = self.ask("GET", "/ping", {})
        if answer.status not in (200, 204):
            raise error_of(answer, f"{self.url}/ping", self.section.database)
        version = answer.headers.get("x-influxdb-version", "") or told_version(answer)
        if not version and self.section.api == "auto":
            raise InfluxSpeechError(
                f"{self.url}/ping",
                what=Words(
                    "no X-Influxdb-Version; state the api", "没有 X-Influxdb-Version；请指定 api"
                ),
            )
        return version

    def make_database(self) -> None:
        """Makes the database unless it is there; one that may not says so when it writes."""
        name = self.section.database.replace("\\", r"\\").replace('"', r"\"")
        self.ask("POST", "/query", {"q": f'CREATE DATABASE "{name}"'})

    def hours(self, start_ns: int, end_ns: int) -> dict[Key, Counted]:
        """As `Server.hours`; what is too much for one answer is asked for by halves."""
        try:
            return self._hours(start_ns, end_ns)
        except InfluxAnswerSizeError:
            half_ns = start_ns + (end_ns - start_ns) // (2 * NS_PER_HOUR) * NS_PER_HOUR
            if half_ns == start_ns:
                raise
        return self.hours(start_ns, half_ns) | self.hours(half_ns, end_ns)

    def _hours(self, start_ns: int, end_ns: int) -> dict[Key, Counted]:
        query = {
            "db": self.section.database,
            "epoch": "ns",
            "q": hours_query(start_ns, end_ns),
        }
        answer = self.ask("GET", "/query", query)
        if answer.status != 200:
            raise error_of(answer, f"{self.url}/query", self.section.database)
        return read_hours(answer.body, f"{self.url}/query")


def _authorization(section: InfluxSection, secrets: Secrets) -> dict[str, str]:
    if secrets.token is not None:
        return {"Authorization": f"Token {secrets.token}"}
    if section.username is None:
        return {}
    account = f"{section.username}:{secrets.password or ''}".encode()  # of any script
    return {"Authorization": f"Basic {b64encode(account).decode('ascii')}"}


class OldServer:
    """InfluxDB 1.x, and what speaks like it."""

    def __init__(self, asking: Asking, version: str) -> None:
        self._asking = asking
        self.version = version
        self.hours = asking.hours
        self.close = asking.close

    def write(self, lines: bytes) -> Answer:
        """As `Server.write`, at /write."""
        query = {"db": self._asking.section.database, "precision": "ns"}
        return self._asking.ask("POST", "/write", query, lines)


class NewServer:
    """InfluxDB 2.x or 3.x, written by influxdb-client, one request after the other."""

    def __init__(self, asking: Asking, version: str) -> None:
        self._asking = asking
        self.version = version
        self.hours = asking.hours
        self._client = _client(asking)

    def close(self) -> None:
        """As `Server.close`."""
        self._client.close()  # type: ignore[no-untyped-call]
        self._asking.close()

    def write(self, lines: bytes) -> Answer:
        """As `Server.write`, at /api/v2/write."""
        from influxdb_client.client.write_api import SYNCHRONOUS  # noqa: PLC0415 - only 2.x, 3.x
        from influxdb_client.rest import ApiException  # noqa: PLC0415

        section = self._asking.section
        try:
            with self._client.write_api(write_options=SYNCHRONOUS) as api:
                api.write(
                    bucket=section.bucket or section.database, org=section.org or "-", record=lines
                )
        except ApiException as refused:
            return _answer(refused)
        except (HTTPError, OSError) as problem:
            raise unreachable(f"{self._asking.url}/api/v2/write", problem) from problem
        except ValueError as problem:  # it takes every answer for UTF-8
            where = f"{self._asking.url}/api/v2/write"
            raise InfluxSpeechError(where, what=type(problem).__name__) from problem
        return Answer(status=204, headers={}, body=b"")


def _client(asking: Asking) -> "InfluxDBClient":
    from influxdb_client.client.influxdb_client import InfluxDBClient  # noqa: PLC0415 - heavy

    client = InfluxDBClient(url=asking.url, token=asking.secrets.token or "")
    # its own pool reads answers without end, and follows where they lead
    client.api_client.rest_client.pool_manager = asking.pool  # type: ignore[assignment]
    return client


def _answer(refused: Exception) -> Answer:
    response = getattr(refused, "response", None)
    if isinstance(response, urllib3.BaseHTTPResponse):
        return answer_of(response)
    plain = getattr(response, "urllib3_response", None)
    if isinstance(plain, urllib3.BaseHTTPResponse):
        return answer_of(plain)
    raise InfluxError("/api/v2/write", what=str(refused)[:200])
