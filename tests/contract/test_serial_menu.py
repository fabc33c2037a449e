"""Every fault of a line of bytes, on meters of three protocols, read by a whole agent."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

import simulators
from edge_agent.agent import Agent
from edge_agent.assembly import open_agent
from edge_agent.installation import load_installation
from edge_agent.poll import Poll
from edge_agent.waiting import read_again
from evidence.clock import SteppedClock
from simulators.instant import instant_ns
from simulators.load import load_plant
from simulators.plant import Plant
from simulators.serve import lines_of, opened_lines
from tests.unit.edge_agent.site import KEY, S, world

MENU = Path(simulators.__file__).parent / "scenarios" / "serial-menu.toml"
HOST, POLLS = "127.0.0.1", 9
HEAD = """
schema = 1
[agent]
id = "line-1"
site = "works"
state_dir = "state"
"""
LINE = """
[[lines]]
name = "{line}"
kind = "serial-tcp"
host = "127.0.0.1"
port = {port}
timeout_s = 0.2
late_s = 0.5
"""
DEVICE = """
[[lines.devices]]
name = "{serial}"
profile = "{profile}"
serial = "{serial}"
address = "{address}"
channels = ["{channel}"]
"""
BORNE = frozenset({"noise", "echo", "sound", "for-another"})
"""What costs no value."""
TOLD = {
    "silence": {"timeout", "not_polled"},
    "reboot": {"unreachable", "not_polled"},
    "late": {"timeout", "not_polled"},
    "truncated": {"timeout", "not_polled"},
    "garbage": {"timeout", "not_polled", "garbage", "checksum", "short_reply"},
    "duplicate": {"timeout", "not_polled", "garbage", "checksum", "foreign_reply"},
    "checksum": {"checksum", "timeout", "garbage"},
    "exception": {"exception", "garbage", "not_polled", "timeout"},
    "short": {"short_reply"},
    "sound": {"foreign_reply"},
    "for-another": {"foreign_reply"},
}
"""Under which reasons a fault is filed; which of them depends on what bytes happen to say."""


def config(plant: Plant, reached: dict[str, int | str]) -> str:
    parts = [HEAD]
    for line, seats in plant.seats.items():
        parts.append(LINE.format(line=line, port=reached[line]))
        parts += [
            DEVICE.format(
                serial=seat.place.instruments[0].serial,
                profile=seat.place.site.profile.id,
                address=seat.address,
                channel="volume" if line == "cjt188" else "active_energy_import",
            )
            for seat in seats
        ]
    return "".join(parts)


def polled(folder: Path) -> tuple[Plant, Agent]:
    plant = load_plant(MENU)
    clock = SteppedClock(instant_ns(plant.scenario.begins_at))

    async def meeting() -> Agent:
        async with opened_lines(lines_of(plant, 0), clock, HOST) as reached:
            path = folder / "agent.toml"
            path.write_text(config(plant, dict(reached)), encoding="utf-8")
            agent = open_agent(load_installation(path), KEY, world(clock))
            for _ in range(POLLS):
                clock.advance(400 * S)  # longer than any pause
                clock.advance(60 * S - clock.now_ns() % (60 * S))
                await agent.poll(clock.now_ns())
            for line in agent.parts.lines.values():
                await line.close()
            await asyncio.sleep(0.01)
        return agent

    return plant, asyncio.run(meeting())


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plant, tuple[Poll, ...]]:
    plant, agent = polled(tmp_path_factory.mktemp("menu"))
    polls = tuple(each for each in read_again(agent.spool.waiting) if isinstance(each, Poll))
    agent.spool.close()
    return plant, polls


def kind(serial: str) -> str:
    return serial.split("-", 1)[1]


def test_no_value_is_wrong_and_every_poll_is_a_value_or_a_reason(
    read: tuple[Plant, tuple[Poll, ...]],
) -> None:
    plant, polls = read
    assert len(polls) == POLLS * len(plant.places)
    for poll in polls:
        place = plant.of_serial[poll.device]
        assert len(poll.readings) + len(poll.lacking) == 1
        for one in poll.readings:
            truth = place.indications(one.at_ms * 1_000_000)
            channel = "volume" if poll.device.startswith("cjt188") else "active_energy_import"
            assert float(one.number) == pytest.approx(truth[channel], abs=0.0101), poll.device


def test_every_fault_is_found_and_filed_under_its_reason(
    read: tuple[Plant, tuple[Poll, ...]],
) -> None:
    _, polls = read
    missed: dict[str, Counter[str]] = {}
    for poll in polls:
        reasons = Counter(str(one.reason) for one in poll.lacking)
        missed[poll.device] = missed.get(poll.device, Counter()) + reasons
    for device, reasons in missed.items():
        if kind(device) in BORNE and kind(device) not in TOLD:
            assert not reasons, (device, reasons)
            continue
        assert set(reasons) <= TOLD[kind(device)], (device, reasons)
        if kind(device) not in BORNE:
            assert 1 <= reasons.total() < POLLS - 2, (device, reasons)


def test_every_meter_is_well_again_at_the_end(read: tuple[Plant, tuple[Poll, ...]]) -> None:
    plant, polls = read
    last = polls[-len(plant.places) :]
    assert [each.device for each in last if each.lacking] == []
