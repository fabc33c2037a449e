"""What stands before every route: size limits, security headers, counting, no traceback."""

import hashlib
import logging
import math
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from fastapi import Request, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from collector.api.answer import refusal_answer
from collector.api.limits import Limits, RequestSection
from collector.api.refusal import (
    BodySizeError,
    HeaderSizeError,
    InternalError,
    RateError,
    RequestError,
    TargetLengthError,
)
from collector.api.security import is_local
from collector.api.sent import require_uncoded
from collector.api.traffic import Traffic
from collector.dcc_reading import MOST_BYTES as MOST_DCC_BYTES
from collector.originals import MOST_BYTES
from evidence.clock import NS_PER_S, Clock, utc_text

MAX_BODY_BYTES: Final = 64 * 1024
MAX_TARGET_BYTES: Final = 8 * 1024
MAX_HEADER_BYTES: Final = 32 * 1024
LARGER_BODIES: Final[Mapping[str, int]] = {
    "/api/v1/originals": MOST_BYTES,
    "/api/v1/certificates/dcc": MOST_DCC_BYTES,
    "/certificates/new/dcc": MOST_DCC_BYTES + MAX_BODY_BYTES,
    "/sign-in": 2 * MAX_BODY_BYTES,  # a form that came too late goes along, written once more
}
"""Addresses that take more than others; what is not allowed is refused before it is read."""
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
HEADERS: Final = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    # with "no-referrer" a browser sends Origin: null along with the forms of our own pages
    b"referrer-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"cache-control": b"no-store",
}
_UNMATCHED: Final = "unmatched"
_logger: Final = logging.getLogger(__name__)


Telling = Callable[[Request, RequestError], Awaitable[Response]]


class Guard:
    """Middleware around all routes; headers that a route sets itself stay as they are."""

    def __init__(
        self, app: ASGIApp, *, traffic: Traffic, clock: Clock, requests: RequestSection
    ) -> None:
        self._app = app
        self._traffic = traffic
        self._clock = clock
        self._section, self._limits = requests, Limits(requests)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began_ns = self._clock.monotonic_ns()
        answer = _Answer(send)
        await self._answered(scope, receive, answer)
        method = scope["method"] if scope["method"] in METHODS else "other"
        route = getattr(scope.get("route"), "path", _UNMATCHED)
        self._traffic.add(method, route, answer.status, self._clock.monotonic_ns() - began_ns)

    async def _answered(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        request = Request(scope)
        try:
            require_small(request)
            require_uncoded(request)
            self._require_pace(request)
            await self._app(scope, receive, answer.send)
        except RequestError as refusal:
            told = await _telling(request)(request, refusal)
            await told(scope, receive, answer.send)
        except Exception:
            _logger.exception("a request failed: %s", scope["path"][:200])
            if answer.status:
                raise  # too late for another answer
            at = utc_text(self._clock.now_ns() // NS_PER_S * NS_PER_S)
            told = await _telling(request)(request, InternalError("collector", at=at))
            await told(scope, receive, answer.send)

    def _require_pace(self, request: Request) -> None:
        """Returns if the asker may ask now.

        Raises:
            RateError: they may not.
        """
        if is_local(request):
            return
        shown = request.headers.get("authorization", "")
        token = hashlib.sha256(shown.encode(errors="replace")).hexdigest() if shown else ""
        address = "?" if request.client is None else request.client.host
        wait_s = self._limits.wait_s(token, address, self._clock.monotonic_ns())
        if wait_s:
            limit = (
                self._section.per_token_a_minute if shown else self._section.per_address_a_minute
            )
            raise RateError("request", wait_s=math.ceil(wait_s), limit=limit)


async def told_to_programs(request: Request, error: RequestError) -> Response:
    """What is refused before every route, in JSON; nothing is shown of a mistake of ours."""
    return refusal_answer(request, error)


def _telling(request: Request) -> Telling:
    """How the application that answers a request tells what is refused before every route."""
    telling: Telling = request.app.state.telling
    return telling


class _Answer:
    """Passes an answer on, with the headers that every one has."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0

    async def send(self, message: Message) -> None:
        """Passes one message on."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            given = list(message.get("headers", ()))
            names = {name.lower() for name, _ in given}
            given += [(name, text) for name, text in HEADERS.items() if name not in names]
            message = {**message, "headers": given}
        await self._send(message)


def require_small(request: Request) -> None:
    """Returns if a request is as small as any that is asked in good faith.

    Raises:
        TargetLengthError, HeaderSizeError, BodySizeError: it is not.
    """
    scope = request.scope
    target = len(scope.get("raw_path") or b"") + len(scope["query_string"])
    if target > MAX_TARGET_BYTES:
        raise TargetLengthError("target", found=target, limit=MAX_TARGET_BYTES)
    fields = sum(len(name) + len(text) for name, text in scope["headers"])
    if fields > MAX_HEADER_BYTES:
        raise HeaderSizeError("headers", found=fields, limit=MAX_HEADER_BYTES)
    most = LARGER_BODIES.get(scope["path"], MAX_BODY_BYTES)
    length = request.headers.get("content-length", "0")
    chunked = "transfer-encoding" in request.headers
    if chunked or not length.isascii() or not length.isdigit() or len(length) > 12:
        raise BodySizeError("body", found="?", limit=most)
    if int(length) > most:
        raise BodySizeError("body", found=length, limit=most)
