"""One owner per physical line, however many devices share it: order, gaps, second attempts.

A line is a serial bus, or the host and port of a gateway. Its time is what the devices compete for:
a device that fails is asked last, and only in the time that is set aside for such tries.
"""

import asyncio
from collections import deque
from collections.abc import Hashable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import msgspec

from edge_agent.blocks import Ask, BlockLimits, halve, learn, pieces, still_held
from edge_agent.driver import Driver, Reply
from edge_agent.errors import (
    AgentError,
    AnswerTimeoutError,
    IllegalBlockError,
    NotPolledError,
    UnreachableError,
)
from edge_agent.learned import BlockMemory, relearned
from edge_agent.schedule import ANSWERING, BackOff, Health, after_failure, turns
from evidence.clock import Clock
from evidence.errors import Words

_RESTING = Words("it did not answer before; the next try comes later", "此前未应答；稍后将再次尝试")
_NO_TIME = Words("the line's spare time is used up", "线路的备用时间已用完")
_JUST_FAILED = Words("it failed earlier in this cycle", "该设备在本周期内已失败")


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """One device on a line.

    Attributes:
        name: Its name in the configuration.
        driver: How it is asked.
        turnaround_s: Time the device needs after its answer before it can be asked again, >= 0.
        silence_s: Time for which the whole line rests after this device did not answer, >= 0: at
            least its longest delay where a gateway cannot tell a late answer from the next one's.
        reports: Whether the device connects to us, and so must be awaited before it is asked.
    """

    name: str
    driver: Driver[Any]
    turnaround_s: float = 0.0
    silence_s: float = 0.0
    reports: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRules:
    """How a line shares its time.

    Attributes:
        gap_s: Least time between an answer and the next request, >= 0.
        spare_s: Time that a cycle may lose on second attempts and on devices that failed before and
            fail again, >= 0. It is overrun by one device's time-outs at most; one such device a
            cycle is always tried.
        most_splits: Blocks that may be halved in a cycle, >= 0; the next cycle goes on from there.
        limits_kept_ns: How long the learned blocks are believed.
        back_off: How long a silent device is left alone.
    """

    gap_s: float = 0.0
    spare_s: float = 1.0
    most_splits: int = 16
    limits_kept_ns: int = 3_600_000_000_000
    back_off: BackOff = field(default_factory=BackOff)


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one request, or of one piece of it.

    Attributes:
        device: Name of the station.
        planned: The request as it was planned.
        request: The request as it was sent: `planned`, or a part of it.
        answer: The reply, or why there is none.
    """

    device: str
    planned: Hashable
    request: Hashable
    answer: Reply | AgentError


class Line:
    """The one owner of a physical line.

    Args:
        stations: The devices on it.
        clock: Measures the pauses of silent devices.
        rules: How the line's time is shared.
        memory: Keeps over restarts what is learned about blocks; None forgets it.
    """

    def __init__(
        self,
        stations: Iterable[Station],
        *,
        clock: Clock,
        rules: LineRules | None = None,
        memory: BlockMemory | None = None,
    ) -> None:
        self._stations = {station.name: station for station in stations}
        self._clock, self._rules = clock, rules or LineRules()
        self._bus = _Bus(self._rules.gap_s)
        self._healths = dict.fromkeys(self._stations, ANSWERING)
        self._limits: dict[str, BlockLimits] = {}
        self._memory = memory
        self._turn = asyncio.Lock()

    @property
    def healths(self) -> Mapping[str, Health]:
        """The health of every device, by name."""
        return dict(self._healths)

    async def cycle(self, asks: Mapping[str, Sequence[Ask]]) -> tuple[Outcome, ...]:
        """The outcomes of one round of requests; each planned request has at least one.

        Callers wait for each other. A device that does not answer is skipped for the rest of the
        cycle; one that answers wrongly is asked its next request.

        Args:
            asks: What to ask, by the name of the station.
        """
        async with self._turn:
            now_ns = self._clock.monotonic_ns()
            order = turns({name: self._healths[name] for name in asks}, now_ns)
            cycle = _Cycle(self._rules)
            for name in order.answering:
                await self._poll(name, asks[name], cycle)
            for name in order.suspects:
                await self._probe(name, asks[name], cycle)
            for name in order.resting:
                cycle.leave_out(name, asks[name], NotPolledError(name, reason=_RESTING))
        return tuple(cycle.outcomes)

    async def attend(self) -> None:
        """Returns once devices that connect to us can; all others are connected when asked.

        What is in the way is told when they are asked.
        """
        async with self._turn:
            for station in self._stations.values():
                if station.reports:
                    with suppress(AgentError):
                        await station.driver.open()

    async def close(self) -> None:
        """Returns once no device on the line has a connection."""
        async with self._turn:
            for station in self._stations.values():
                await station.driver.close()

    async def _probe(self, name: str, asks: Sequence[Ask], cycle: "_Cycle") -> None:
        """Half-open: the first request decides whether the others are worth their time."""
        if cycle.probe_failed and cycle.spare_s <= 0:
            cycle.leave_out(name, asks, NotPolledError(name, reason=_NO_TIME))
            return
        started_s = _bus_time_s()
        await self._poll(name, asks, cycle)
        if self._healths[name].failures:
            cycle.probe_failed = True
            cycle.spare_s -= _bus_time_s() - started_s

    async def _poll(self, name: str, asks: Sequence[Ask], cycle: "_Cycle") -> None:
        now_ns = self._clock.monotonic_ns()
        known = self._limits.get(name) or self._recalled(name, asks, now_ns)
        self._limits[name] = still_held(known, now_ns, self._rules.limits_kept_ns)
        todo = deque((ask, part) for ask in asks for part in pieces(self._limits[name], ask))
        fault = cycle.line_fault
        failed = fault is not None
        while todo:
            planned, ask = todo.popleft()
            answer = fault or await self._attempt(name, ask, cycle)
            if (halves := self._halved(name, ask, answer, cycle)) is not None:
                todo.extendleft((planned, half) for half in reversed(halves))
                continue
            cycle.add(name, planned, ask, answer)
            if fault is None and isinstance(answer, AgentError) and answer.skips_device:
                fault, failed = cycle.fault_for_the_rest(name, answer), True
        self._note(name, failed=failed)

    async def _attempt(self, name: str, ask: Ask, cycle: "_Cycle") -> Reply | AgentError:
        station = self._stations[name]
        answer = await self._bus.exchange(station, ask.request)
        if not isinstance(answer, UnreachableError):
            return answer
        if self._healths[name].failures or cycle.spare_s <= 0:
            return answer
        started_s = _bus_time_s()
        answer = await self._bus.exchange(station, ask.request)
        cycle.spare_s -= _bus_time_s() - started_s
        return answer

    def _halved(
        self, name: str, ask: Ask, answer: Reply | AgentError, cycle: "_Cycle"
    ) -> tuple[Ask, Ask] | None:
        if not isinstance(answer, IllegalBlockError) or not cycle.splits_left:
            return None
        if (halves := halve(ask)) is not None:
            cycle.splits_left -= 1
            self._limits[name] = learn(self._limits[name], ask, halves)
            if self._memory is not None:
                self._memory.keep(name, self._limits[name])
        return halves

    def _recalled(self, name: str, asks: Sequence[Ask], now_ns: int) -> BlockLimits:
        """What was known about a device's blocks before the agent was started."""
        refused = frozenset() if self._memory is None else self._memory.recalled(name)
        return relearned(tuple(asks), refused, now_ns)

    def _note(self, name: str, *, failed: bool) -> None:
        before = self._healths[name]
        if failed:
            now_ns = self._clock.monotonic_ns()
            self._healths[name] = after_failure(before, now_ns, self._rules.back_off)
            return
        self._healths[name] = ANSWERING
        if before.failures > self._rules.back_off.tolerated:  # it may be another device now
            self._limits[name] = BlockLimits(since_ns=self._clock.monotonic_ns())


class _Bus:
    """Keeps the line quiet where it must be: one request at a time, gaps between them."""

    def __init__(self, gap_s: float) -> None:
        self._gap_s = gap_s
        self._quiet_until_s = 0.0
        self._ready_at_s: dict[str, float] = {}

    async def exchange(self, station: Station, request: Hashable) -> Reply | AgentError:
        ready_s = max(self._quiet_until_s, self._ready_at_s.get(station.name, 0.0))
        if (wait_s := ready_s - _bus_time_s()) > 0:
            await asyncio.sleep(wait_s)
        try:
            return await station.driver.exchange(request)
        except AnswerTimeoutError as error:
            self._quiet_until_s = _bus_time_s() + station.silence_s
            return error
        except AgentError as error:
            return error
        finally:
            now_s = _bus_time_s()
            self._quiet_until_s = max(self._quiet_until_s, now_s + self._gap_s)
            self._ready_at_s[station.name] = now_s + station.turnaround_s


class _Cycle:
    """What one cycle has left to spend, and what came of it so far."""

    def __init__(self, rules: LineRules) -> None:
        self.spare_s, self.splits_left = rules.spare_s, rules.most_splits
        self.probe_failed = False
        self.line_fault: AgentError | None = None
        self.outcomes: list[Outcome] = []

    def add(self, name: str, planned: Ask, ask: Ask, answer: Reply | AgentError) -> None:
        self.outcomes.append(
            Outcome(device=name, planned=planned.request, request=ask.request, answer=answer)
        )

    def leave_out(self, name: str, asks: Sequence[Ask], error: AgentError) -> None:
        for ask in asks:
            self.add(name, ask, ask, error)

    def fault_for_the_rest(self, name: str, error: AgentError) -> AgentError:
        if error.skips_line:
            self.line_fault = error
            return error
        return NotPolledError(name, reason=_JUST_FAILED)


def _bus_time_s() -> float:
    # Gaps are physical, whatever the clock of the agent shows; only differences are used.
    return asyncio.get_running_loop().time()
