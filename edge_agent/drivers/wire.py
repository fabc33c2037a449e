"""What carries bytes to and from a line: a stream of them, in both directions, with no frames.

One wire is one physical line, a serial port or the socket of a serial server, whoever shares it.
"""

import asyncio
from abc import ABC, abstractmethod
from typing import Final

from device_profiles.speed import Speed
from device_profiles.traffic import About, Tap
from edge_agent.errors import ConnectionClosedError

MOST_KEPT: Final = 65_536
"""Bytes that wait to be understood; of what comes beyond, the latest are kept."""


class Wire(ABC):
    """One line's bytes. Subclasses open it, and call `_went`, `_came` and `_lost`.

    Args:
        where: The line, for messages.

    Attributes:
        tap: Is told all that goes over the line; None where nobody listens.
        about: Whom it concerns: what talks over the line sets it.
    """

    def __init__(self, where: str) -> None:
        self.where = where
        self.tap: Tap | None = None
        self.about = About(line=where, device="", protocol="")
        self._received = bytearray()
        self._news: asyncio.Future[None] | None = None

    @property
    @abstractmethod
    def is_open(self) -> bool:
        """Whether bytes can be sent."""

    @abstractmethod
    async def open(self, speed: Speed) -> None:
        """Returns once the line can be used.

        Raises:
            NoConnectionError: It cannot be opened.
        """

    @abstractmethod
    def send(self, data: bytes) -> None:
        """Hands bytes to the line.

        Raises:
            ConnectionClosedError: It is gone.
        """

    def change(self, speed: Speed) -> None:  # noqa: B027 - most wires have no speed
        """Bytes travel so from now on; a serial server has its own setting."""

    @abstractmethod
    async def close(self) -> None:
        """Returns once nothing of the line is held."""

    def forget(self) -> None:
        """What came so far is nobody's answer."""
        self._received.clear()

    async def take(self, within_s: float) -> bytes:
        """The bytes that came since the last time, one at least.

        Raises:
            TimeoutError: None came in time.
            ConnectionClosedError: The line is gone.
        """
        if not self._received:
            if not self.is_open:  # it was lost while nobody waited
                raise ConnectionClosedError(self.where)
            self._news = asyncio.get_running_loop().create_future()
            try:
                # Not wait_for: in Python 3.11 it forgets a cancellation that meets an answer.
                async with asyncio.timeout(within_s):
                    await self._news
            finally:
                self._news = None
        taken = bytes(self._received)
        self._received.clear()
        return taken

    async def quiet(self, gap_s: float, *, at_most_s: float) -> None:
        """Returns once nothing came for `gap_s`, or after `at_most_s`; what came is forgotten."""
        ends_s = asyncio.get_running_loop().time() + at_most_s
        while asyncio.get_running_loop().time() < ends_s:
            try:
                await self.take(gap_s)
            except TimeoutError:
                break
        self.forget()

    def _went(self, data: bytes) -> None:
        if self.tap is not None:
            self.tap(self.about, "sent", data)

    def _came(self, data: bytes) -> None:
        if self.tap is not None:
            self.tap(self.about, "received", data)
        self._received += data
        del self._received[:-MOST_KEPT]
        if self._news is not None and not self._news.done():
            self._news.set_result(None)

    def _lost(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_exception(ConnectionClosedError(self.where))
