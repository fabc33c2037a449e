"""Pain 10: every reading has the instant of its own answer, and an unsure clock says so.

Steps, holdover and starts without time have tests of their own, see docs/reference/pains.md.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from edge_agent.agent import Agent
from edge_agent.driver import Reply
from edge_agent.drivers.talk import TalkDriver
from edge_agent.poll import Poll
from edge_agent.waiting import read_again
from evidence.clock import ScaledClock, start_scaled_clock
from simulators.serve import lines_of, opened_lines
from tests.pains.bench import HOST, Meter, Row, agent_on, plant_of
from tests.unit.edge_agent.site import START_NS

FACTOR, DELAY_S = 100.0, 0.1
LATE = f"{{ kind = 'late_reply', delay_s = {DELAY_S}, first_poll = 1, last_poll = 1 }}"
METER = Meter(spoken="rtu", number=1, channels=("voltage_l1", "active_power"), faults=LATE)
ROW = Row(name="bus", kind="serial-tcp", meters=[METER], timeout_s=3.0)


def stamps(folder: Path) -> tuple[int, list[int]]:
    """The instant of a poll, and those of its two readings, of which the second came late; ms."""

    async def meeting() -> Poll:
        plant, clock = plant_of([ROW]), start_scaled_clock(START_NS, FACTOR)
        async with opened_lines(lines_of(plant, 0), clock, HOST) as reached:
            agent = agent_on(folder, [ROW], reached, clock)
            await _poll(agent, clock)
            (poll,) = [each for each in read_again(agent.spool.waiting) if isinstance(each, Poll)]
            await agent.stop()
        return poll

    poll = asyncio.run(meeting())
    return poll.at_ms, [each.at_ms for each in poll.readings]


async def _poll(agent: Agent, clock: ScaledClock) -> None:
    await agent.poll_line("bus", {METER.name: clock.now_ns()})


def test_a_reading_is_stamped_when_it_was_answered_and_not_once_for_a_poll(tmp_path: Path) -> None:
    at_ms, (first, second) = stamps(tmp_path)
    assert at_ms <= first
    assert second - first >= 1000 * DELAY_S * FACTOR


def test_one_stamp_for_a_poll_would_be_found(tmp_path: Path) -> None:
    with stamped_once():
        at_ms, found = stamps(tmp_path)
    assert found == [at_ms, at_ms] or found[0] == found[1]


@contextmanager
def stamped_once() -> Iterator[None]:
    """Of controls: every answer has the instant of the first question."""
    real, first = TalkDriver.exchange, list[int]()

    async def exchange(driver: TalkDriver, request: Any) -> Reply:  # noqa: ANN401 - as the original
        reply = await real(driver, request)
        first.append(reply.requested_at_ns)
        return Reply(
            content=reply.content,
            raw=reply.raw,
            requested_at_ns=first[0],
            answered_at_ns=first[0],
        )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TalkDriver, "exchange", exchange)
        yield
