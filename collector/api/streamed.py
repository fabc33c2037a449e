"""Answers that are sent while they are made, portion by portion.

A long answer has no length and no digest in its head, for nobody knows them yet. It goes in chunks
(RFC 9112, 7.1), and the last, empty one is sent only after all of it was made: where something goes
wrong on the way the connection is closed without it, and the reader's library says so.

Nothing is held while bytes are on their way: connections to store and ledger are lent for one
portion each. A reader that takes nothing for a while, or never comes to an end, is left.
"""

import asyncio
import base64
import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Final, TypeVar

from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from calibration.errors import CalibrationError
from collector.api.answer import REVALIDATE, tagged
from collector.api.pool import SourcePool, Sources
from collector.api.refusal import StoreBusyError
from collector.api.stream_errors import StreamTimeError
from collector.api.streams import Place
from evidence.errors import CodedError

MOST_S: Final = 3_600.0
"""For a whole answer that is sent while it is made."""
UNREAD_S: Final = 60.0
"""For one chunk to be taken."""
TRIES: Final = 12
"""For connections to be lent for a portion, each after the pool's own patience."""
Made = TypeVar("Made")
_logger: Final = logging.getLogger(__name__)


class Streamed(StreamingResponse):
    """An answer in chunks, within a time; the last chunk is sent only where all went well.

    Attributes:
        most_s: For all of it, seconds.
        unread_s: For one chunk to be taken, seconds.
        place: Among those that are sent at a time; None where it has none to give back.
    """

    most_s: float = MOST_S
    unread_s: float = UNREAD_S
    place: Place | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends it, and gives its place back: to whoever read it, was cut off, or went away."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            if self.place is not None:
                self.place.leave()

    async def stream_response(self, send: Send) -> None:
        """Sends it, or as much of it as can be made and is taken in time.

        It is too late then for a refusal: the server closes the connection of an answer that has no
        last chunk, and why is logged.
        """
        start = {"status": self.status_code, "headers": self.raw_headers}
        await send({"type": "http.response.start", **start})
        try:
            await self._sent(send)
        except (CodedError, CalibrationError) as wrong:
            _logger.warning("an answer was cut off: %s", wrong)
            return
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _sent(self, send: Send) -> None:
        try:
            async with asyncio.timeout(self.most_s):
                async for chunk in self.body_iterator:
                    await self._taken(send, chunk)
        except TimeoutError:
            raise StreamTimeError("answer", limit=f"{self.most_s:g}") from None

    async def _taken(self, send: Send, chunk: object) -> None:
        try:
            async with asyncio.timeout(self.unread_s):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        except TimeoutError:
            raise StreamTimeError("answer", limit=f"{self.unread_s:g}") from None


def streamed(
    place: Place, made: Iterator[bytes], media_type: str, headers: Mapping[str, str]
) -> Response:
    """200 in chunks, as they are made; what is wrong with the first is a refusal like any other.

    Args:
        place: among those that are sent at a time; given back when the answer ends.
        made: the portions.
        media_type: of all of it.
        headers: beside those of every long answer.

    Raises:
        CodedError, CalibrationError: the first portion cannot be made.
    """
    try:
        first = next(made, b"")
    except BaseException:
        place.leave()
        raise
    named = {"Cache-Control": "no-store", **headers}
    answer = Streamed(chain([first], made), media_type=media_type, headers=named)
    answer.place = place
    return answer


def whole(request: Request, data: bytes, media_type: str, headers: Mapping[str, str]) -> Response:
    """200 with a file and its digest, or 304."""
    sha256 = hashlib.sha256(data)
    named = {"Cache-Control": REVALIDATE, "Repr-Digest": repr_digest(sha256.digest()), **headers}
    return tagged(request, data, sha256.hexdigest(), named, media_type)


def repr_digest(sha256: bytes) -> str:
    """The field of RFC 9530."""
    return f"sha-256=:{base64.b64encode(sha256).decode('ascii')}:"


def lent(pool: SourcePool, making: Callable[[Sources], Made]) -> Made:
    """One portion, made from connections that are given back at once.

    A long answer waits for them with more patience than a short one: it was begun.

    Raises:
        StoreBusyError: they are in use all the time.
    """
    for _ in range(TRIES - 1):
        try:
            with pool.lease() as sources:
                return making(sources)
        except StoreBusyError:
            continue
    with pool.lease() as sources:
        return making(sources)
