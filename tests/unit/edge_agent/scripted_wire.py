"""A wire in virtual time: what it brings is written down beforehand, and when."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, Final, TypeVar

from device_profiles.speed import Speed
from edge_agent.drivers.wire import Wire
from edge_agent.errors import ConnectionClosedError
from tests.simulation.loop import VirtualLoop

LOST: Final = b""
"""In place of bytes: the line is gone."""
Script = Iterable[tuple[float, bytes]]
"""How long after a question what comes."""
ResultT = TypeVar("ResultT")


class ScriptedWire(Wire):
    """Brings the first script's bytes after the first question, and so on.

    Attributes:
        sent: Questions, and when they were sent.
        opened: How many times it was opened.
        speeds: Of its characters, and since when.
    """

    def __init__(self, *scripts: Script) -> None:
        super().__init__("scripted")
        self._left = list(scripts)
        self._open = False
        self.opened = 0
        self.sent: list[tuple[float, bytes]] = []
        self.speeds: list[tuple[float, int]] = []

    @property
    def is_open(self) -> bool:
        return self._open

    async def open(self, speed: Speed) -> None:
        del speed
        self._open = True
        self.opened += 1
        self.forget()

    def send(self, data: bytes) -> None:
        if not self._open:
            raise ConnectionClosedError(self.where)
        self.sent.append((now(), data))
        for after_s, what in self._left.pop(0) if self._left else ():
            asyncio.get_running_loop().call_later(after_s, self.brings, what)

    def brings(self, data: bytes) -> None:
        """It comes now."""
        if data == LOST:
            self._open = False
            self._lost()
        elif self._open:
            self._came(data)

    def change(self, speed: Speed) -> None:
        if not self.speeds or self.speeds[-1][1] != speed.bit_s:
            self.speeds.append((now(), speed.bit_s))

    async def close(self) -> None:
        self._open = False


def now() -> float:
    """Virtual seconds since the beginning."""
    return asyncio.get_running_loop().time()


def in_virtual_time(test: Coroutine[Any, Any, ResultT]) -> ResultT:
    """What a test returns, in no time at all."""
    loop = VirtualLoop()
    try:
        return loop.run_until_complete(test)
    finally:
        loop.close()


def apart(frame: bytes, gap_s: float, after_s: float = 0.0) -> list[tuple[float, bytes]]:
    """The bytes of a frame one by one."""
    return [(after_s + n * gap_s, frame[n : n + 1]) for n in range(len(frame))]
