"""Pain 2: a stale value is never published with a fresh time, and no value is never a zero."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

import edge_agent.cycle
import edge_agent.line
from device_profiles.dialects import reader_of
from device_profiles.formats import NotAvailable
from edge_agent.driver import Driver, Reply
from edge_agent.errors import AgentError
from edge_agent.poll import Poll
from evidence.clock import Clock
from tests.pains.bench import Bench, Meter, Row, benched

SILENT = '{ kind = "silence", first_poll = 2, last_poll = 7 }'
NOTHING = '{ kind = "sentinel", channel = "active_energy_import", first_poll = 2, last_poll = 3 }'
POLLS = 8


def row(spoken: str, faults: str) -> Row:
    kind = "modbus-tcp" if spoken == "modbus" else "serial-tcp"
    meter = Meter(spoken=spoken, number=1, faults=faults)
    return Row(name="bus", kind=kind, meters=[meter], timeout_s=0.1)


def polled(folder: Path, on: Row) -> Bench:
    async def meeting() -> Bench:
        async with benched(folder, on) as bench:
            await bench.poll(POLLS)
            return bench

    return asyncio.run(meeting())


def early(polls: list[Poll]) -> list[int]:
    """Stamps of readings that are not of their own poll."""
    return [one.at_ms for each in polls for one in each.readings if one.at_ms != each.at_ms]


@pytest.mark.parametrize("spoken", ["modbus", "rtu", "dlt645", "cjt188", "mbus", "iec62056"])
def test_a_meter_that_falls_silent_gives_misses_and_not_its_last_value(
    tmp_path: Path, spoken: str
) -> None:
    bench = polled(tmp_path, row(spoken, SILENT))
    assert len(bench.polls) == POLLS
    assert bench.wrong() == []
    assert early(bench.polls) == []
    (missed,), (shown,) = bench.missed().values(), bench.shown().values()
    assert len(missed) >= 3
    assert set(missed) <= {"timeout", "not_polled"}
    assert len(missed) + sum(map(len, shown)) == POLLS


def test_a_gateway_that_repeats_its_last_value_would_be_found(tmp_path: Path) -> None:
    with repeating_the_last_value():
        assert polled(tmp_path, row("rtu", SILENT)).wrong()


def test_a_sentinel_is_a_miss_and_not_a_number(tmp_path: Path) -> None:
    bench = polled(tmp_path, row("rtu", NOTHING))
    assert bench.wrong() == []
    assert bench.missed() == {"rtu-1": ["sentinel", "sentinel"]}


def test_a_gateway_that_makes_zero_of_nothing_would_be_found(tmp_path: Path) -> None:
    with zero_for_nothing():
        wrong = polled(tmp_path, row("rtu", NOTHING)).wrong()
    assert len(wrong) == 2
    assert "is 0 where" in wrong[0]


@contextmanager
def repeating_the_last_value() -> Iterator[None]:
    """Of controls: what was read last is given again, at the time of now."""

    class Repeating:
        def __init__(self, real: Driver[Any], clock: Clock) -> None:
            self._real, self._clock = real, clock
            self._last: Reply | None = None

        async def exchange(self, request: Any) -> Reply:  # noqa: ANN401 - as the original
            try:
                self._last = await self._real.exchange(request)
            except AgentError:
                if self._last is None:
                    raise
            assert self._last is not None
            now_ns = self._clock.now_ns()
            return Reply(
                content=self._last.content,
                raw=self._last.raw,
                requested_at_ns=now_ns,
                answered_at_ns=now_ns,
            )

        async def close(self) -> None:
            await self._real.close()

    made = edge_agent.line.Line.__init__

    def with_repeating(line: Any, stations: Any, *, clock: Clock, **more: Any) -> None:  # noqa: ANN401
        kept = [replace(each, driver=Repeating(each.driver, clock)) for each in stations]
        made(line, kept, clock=clock, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(edge_agent.line.Line, "__init__", with_repeating)
        yield


@contextmanager
def zero_for_nothing() -> Iterator[None]:
    """Of controls: what a device has no value for is read as 0."""

    class Zeroing:
        def __init__(self, *arguments: Any) -> None:  # noqa: ANN401 - as the original
            self._real = cast("Any", reader_of(*arguments))
            self.wholes, self.held = self._real.wholes, self._real.held

        def places(self, request: Any, content: bytes) -> Iterator[tuple[int, bytes, Any]]:  # noqa: ANN401
            for place, raw, number in self._real.places(request, content):
                yield place, raw, 0 if isinstance(number, NotAvailable) else number

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(edge_agent.cycle, "reader_of", Zeroing)
        patch.setattr(edge_agent.cycle, "RegisterReader", Zeroing)
        yield
