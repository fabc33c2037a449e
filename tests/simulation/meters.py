"""Meters whose every answer is another value, and that answer late, wrongly, or not at all."""

import asyncio
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Final, Literal

from device_profiles.plan import ReadRequest
from edge_agent.driver import Identification, Reply
from edge_agent.errors import (
    AnswerTimeoutError,
    ConnectionClosedError,
    DeviceAnswerError,
    ForeignTransactionError,
)
from tests.system.meters import METER

if TYPE_CHECKING:
    from tests.simulation.gateway import Gateway

TIMEOUT_S: Final = 1.0
Mood = Literal["good", "silent", "closed", "foreign", "garbage", "sentinel", "late"]
MOODS: Final[tuple[Mood, ...]] = ("silent", "closed", "foreign", "garbage", "sentinel", "late")


@dataclass(slots=True, kw_only=True)
class Meter:
    """A meter; answer number n of unit u is u * 10^9 + n hundredths of a kWh.

    Attributes:
        mood: How it answers now.
        share: How often (0 to 1) it is in that mood.
    """

    unit: int
    rng: Random
    mood: Mood = "good"
    share: float = 1.0
    answers: int = 0

    def mood_now(self) -> Mood:
        """How it takes the next question."""
        return self.mood if self.rng.random() < self.share else "good"

    def answer(self) -> int:
        """The next value."""
        self.answers += 1
        return self.unit * METER + self.answers


class MeterDriver:
    """A `Driver` of one meter, for one machine."""

    def __init__(self, meter: Meter, gateway: "Gateway") -> None:
        self._meter, self._gateway = meter, gateway
        self._open: tuple[int, int] | None = None

    async def open(self) -> None:
        """There is nothing to open."""

    async def close(self) -> None:
        """There is nothing to close."""

    async def identify(self) -> Identification:
        """It says nothing."""
        return Identification()

    async def exchange(self, request: ReadRequest) -> Reply:
        """An answer, if the meter is so minded."""
        assert (request.address, request.count) == (0, 4)
        self._require_kept()
        asked_ns, mood, name = self._gateway.clock.now_ns(), self._meter.mood_now(), self._name
        if mood == "silent":
            await asyncio.sleep(TIMEOUT_S)
            raise AnswerTimeoutError(name, timeout_s=TIMEOUT_S)
        if mood == "closed":
            raise ConnectionClosedError(name)
        if mood == "foreign":
            raise ForeignTransactionError(name, answer=b"\x00\x01", found=1, limit=2)
        if mood == "garbage":
            raise DeviceAnswerError(name, answer=b"\xff")
        if mood == "late":
            await asyncio.sleep(self._meter.rng.uniform(0.05, TIMEOUT_S))
        return self._reply(asked_ns, 2**64 - 1 if mood == "sentinel" else self._value())

    @property
    def _name(self) -> str:
        return f"meter-{self._meter.unit}"

    def _value(self) -> int:
        value = self._meter.answer()
        unit, number = divmod(value, METER)
        stamp_ms = self._gateway.clock.now_ns() // 1_000_000
        self._gateway.book.served[unit, number] = (self._gateway.name, stamp_ms)
        self._open = (value, self._gateway.machine.refusals)
        return value

    def _reply(self, asked_ns: int, value: int) -> Reply:
        raw = value.to_bytes(8, "big")
        now_ns = self._gateway.clock.now_ns()
        return Reply(content=raw, raw=raw, requested_at_ns=asked_ns, answered_at_ns=now_ns)

    def _require_kept(self) -> None:
        """The answer before this one was committed, unless the disk was full."""
        before, self._open = self._open, None
        if before is None or before[1] != self._gateway.machine.refusals:
            return
        if not self._gateway.keeps(before[0]):
            self._gateway.world.complain(f"{self._gateway.name}: {before[0]} was read and not kept")
