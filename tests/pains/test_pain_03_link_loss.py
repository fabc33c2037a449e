"""Pain 3: what was read is kept over link loss and restart.

Kills, power cuts, lying brokers and a full disk have campaigns of their own, see
docs/reference/pains.md. Here: values of a serial line, while nobody takes them and the agent ends.
"""

import asyncio
from pathlib import Path

import pytest

from edge_agent.assembly import open_agent
from edge_agent.installation import load_installation
from edge_agent.poll import Poll, pending_bytes
from edge_agent.spool import Spool
from edge_agent.waiting import read_again, waiting_as
from evidence.clock import SteppedClock
from tests.pains.bench import Meter, Row, benched
from tests.unit.edge_agent.site import KEY, START_NS, S, world

ROW = Row(
    name="bus",
    kind="serial-tcp",
    meters=[Meter(spoken=each, number=n) for n, each in enumerate(("rtu", "dlt645", "cjt188"), 1)],
)
POLLS = 20


def before_and_after(folder: Path) -> tuple[list[Poll], list[Poll]]:
    """What was read without a collector, and what the next agent finds in the spool."""

    async def meeting() -> list[Poll]:
        async with benched(folder, ROW) as bench:
            polls = await bench.poll(POLLS)
            bench.agent.spool.close()  # killed: no batch is closed, nothing is said
            for line in bench.agent.parts.lines.values():
                await line.close()
            bench.agent.stop = _gone  # type: ignore[method-assign]
        return polls

    polls = asyncio.run(meeting())
    clock = SteppedClock(START_NS + 86_400 * S)
    agent = open_agent(load_installation(folder / "agent.toml"), KEY, world(clock))
    found = [each for each in read_again(agent.spool.waiting) if isinstance(each, Poll)]
    agent.spool.close()
    return polls, found


async def _gone() -> None:
    """It was killed."""


def test_every_poll_of_a_killed_agent_is_there_when_it_starts_again(tmp_path: Path) -> None:
    polls, found = before_and_after(tmp_path)
    assert len(polls) == POLLS * len(ROW.meters)
    assert found == polls


def test_an_agent_that_keeps_its_polls_in_memory_would_lose_them(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Spool, "keep", _in_memory)
        polls, found = before_and_after(tmp_path)
    assert len(polls) == POLLS * len(ROW.meters)
    assert found == []


def _in_memory(spool: Spool, polls: list[Poll], **_more: object) -> None:
    spool._waiting += [waiting_as(n, each, pending_bytes(each)) for n, each in enumerate(polls)]
