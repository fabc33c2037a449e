"""HTTP towards a database: every answer has an end, in bytes and in time."""

import http.client
import io
from typing import Any, Final

import urllib3
from urllib3.exceptions import HTTPError

from collector.views.influx_answer import Answer
from collector.views.influx_errors import (
    InfluxAnswerSizeError,
    InfluxSpeechError,
    InfluxUnreachableError,
)
from evidence.clock import NS_PER_S, SystemClock

MOST_BYTES: Final = 16 * 1024 * 1024
_PIECE: Final = 64 * 1024
CONNECT_S: Final = 5.0


class AnswerSizeError(HTTPError):
    """An answer has more bytes than are read."""


class BoundedPool(urllib3.PoolManager):
    """Connections whose answers end after 16 MiB, or after twice the time-out.

    No redirect is followed: a token is sent to nobody else. It is for one thread, and others
    may ask how long that thread waits: a peer that sends its headers byte by byte is not timed
    out.
    """

    def __init__(self, *, timeout_s: float, ca_file: str | None = None) -> None:
        timeout = urllib3.Timeout(connect=min(CONNECT_S, timeout_s), read=timeout_s)
        super().__init__(num_pools=2, maxsize=1, retries=False, timeout=timeout, ca_certs=ca_file)
        self._timeout_s = timeout_s
        self._clock = SystemClock()
        self._since_ns: int | None = None

    def waiting_s(self) -> float:
        """How long the present request waits for the end of its answer; 0 if there is none."""
        since_ns = self._since_ns
        return 0.0 if since_ns is None else (self._clock.monotonic_ns() - since_ns) / NS_PER_S

    def urlopen(  # type: ignore[override]
        self,
        method: str,
        url: str,
        redirect: bool = True,  # noqa: ARG002, FBT001, FBT002 - urllib3's signature
        **how: Any,  # noqa: ANN401 - urllib3's
    ) -> urllib3.BaseHTTPResponse:
        """As urllib3's, with the body read up to its bound."""
        self._since_ns = self._clock.monotonic_ns()
        try:
            return self._answered(method, url, how)
        finally:
            self._since_ns = None

    def _answered(self, method: str, url: str, how: dict[str, Any]) -> urllib3.BaseHTTPResponse:
        kept = {**how, "preload_content": False, "retries": False}
        kept["timeout"] = self.connection_pool_kw["timeout"]
        answer = super().urlopen(method, url, redirect=False, **kept)
        try:
            body = self._body(answer)
        except BaseException:
            answer.close()  # what is left of it is not read
            raise
        answer.release_conn()
        return urllib3.HTTPResponse(
            body=io.BytesIO(body),  # b"" stays b""
            headers=answer.headers,
            status=answer.status,
            reason=answer.reason,
            decode_content=False,
            request_method=method,
        )

    def _body(self, answer: urllib3.BaseHTTPResponse) -> bytes:
        end_ns = self._clock.monotonic_ns() + round(2 * self._timeout_s * NS_PER_S)
        pieces, size = [], 0
        while piece := answer.read1(_PIECE, decode_content=False):
            pieces.append(piece)
            size += len(piece)
            if size > MOST_BYTES:
                raise AnswerSizeError(f"an answer of more than {MOST_BYTES} bytes")
            if self._clock.monotonic_ns() > end_ns:
                raise HTTPError("the answer does not end")
        return b"".join(pieces)


def asked(
    pool: BoundedPool, method: str, url: str, headers: dict[str, str], body: bytes | None = None
) -> Answer:
    """The answer to a request.

    Raises:
        InfluxUnreachableError: there is none, or it does not end.
        InfluxAnswerSizeError: it has more than 16 MiB.
        InfluxSpeechError: it is not HTTP.
    """
    where = url.partition("?")[0]
    try:
        return answer_of(pool.request(method, url, headers=headers, body=body))
    except AnswerSizeError as problem:
        raise InfluxAnswerSizeError(where, what=str(problem)) from problem
    except (HTTPError, OSError) as problem:
        raise unreachable(where, problem) from problem
    except (http.client.HTTPException, ValueError) as problem:
        raise InfluxSpeechError(where, what=type(problem).__name__) from problem


def answer_of(response: urllib3.BaseHTTPResponse) -> Answer:
    """What came, for those who do not know urllib3."""
    headers = {name.lower(): text for name, text in response.headers.items()}
    return Answer(status=response.status, headers=headers, body=response.data or b"")


def unreachable(where: str, problem: Exception) -> InfluxUnreachableError:
    """The error over a connection that gave no answer."""
    reason = getattr(problem, "reason", None)
    text = str(reason if isinstance(reason, Exception) else problem)
    return InfluxUnreachableError(
        where, what=" ".join(text.split())[:200] or type(problem).__name__
    )
