"""What was learned about blocks outlives a restart, and nothing depends on its file."""

import asyncio
from pathlib import Path

import pytest

from edge_agent.learned import NAME, BlockMemory
from edge_agent.line import Line, Station
from evidence.clock import SteppedClock
from tests.unit.edge_agent.modbus_server import serving
from tests.unit.edge_agent.test_line import BLOCK, addresses_read, illegal_at
from tests.unit.edge_agent.test_modbus_driver import driver_of

HOUR_NS = 3_600_000_000_000


def asked_by(memory: BlockMemory | None, clock: SteppedClock) -> int:
    """How many requests a freshly started line needs for a block with an illegal register."""

    async def meeting() -> int:
        async with serving(illegal_at(13)) as server:
            station = Station(name="meter", driver=driver_of(server))
            line = Line([station], clock=clock, memory=memory)
            outcomes = await line.cycle({"meter": (BLOCK,)})
            assert addresses_read(outcomes) == set(range(32)) - {12, 13}
            await line.close()
            return len(server.served)

    return asyncio.run(meeting())


def test_what_was_learned_is_asked_right_at_once_after_a_restart(tmp_path: Path) -> None:
    clock = SteppedClock(HOUR_NS)
    searched = asked_by(BlockMemory(tmp_path, clock), clock)
    assert asked_by(BlockMemory(tmp_path, clock), clock) == 5 < searched
    assert asked_by(None, clock) == searched  # the control: without a memory it is searched again


def test_it_is_believed_for_an_hour_and_not_from_the_future(tmp_path: Path) -> None:
    clock = SteppedClock(10 * HOUR_NS)
    searched = asked_by(BlockMemory(tmp_path, clock), clock)
    clock.advance(HOUR_NS)
    assert asked_by(BlockMemory(tmp_path, clock), clock) == searched
    earlier = SteppedClock(HOUR_NS)
    assert asked_by(BlockMemory(tmp_path, earlier), earlier) == searched


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff", b'{"meter":{}}', b"[" * 100_000, b'{"meter":null}']
)
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    assert BlockMemory(tmp_path, SteppedClock(0)).recalled("meter") == frozenset()


def test_without_a_state_directory_nothing_is_kept_and_nothing_fails(tmp_path: Path) -> None:
    clock = SteppedClock(HOUR_NS)
    asked_by(BlockMemory(tmp_path / "absent", clock), clock)
    assert not (tmp_path / "absent").exists()
