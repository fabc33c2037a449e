"""An agent and a device that is not the one installed, not set as stated, or not measuring."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from calibration.indication import MissReason
from device_profiles.load import load_profile
from device_profiles.parse import parse_profile
from edge_agent.agent import Agent
from edge_agent.assembly import World, open_agent
from edge_agent.init import make_key
from edge_agent.installation import load_installation
from edge_agent.poll import Lacking, Noted, Poll, Reading
from edge_agent.waiting import read_again
from evidence.clock import SteppedClock
from evidence.load import read_signing_key
from evidence.log.batch import Record, RecordKind
from simulators.fault import AnyFault, Silence
from simulators.place import Place, Site
from simulators.servers.modbus import ModbusServer

HOST, MINUTE_NS = "127.0.0.1", 60_000_000_000
PROFILE = """
schema = 1
id = "analyser"
maker = "Example"
model = "A1"
protocol = "modbus"
title = { en = "Analyser", zh = "分析仪" }
sources = [{ key = "manual", document = "Example A1 manual", page = "1", grade = "A" }]
parameters.ct_ratio = { default = 1.0, meaning = "of the transformer" }
modbus = {}
[[status]]
name = "mode"
source = { address = 10, format = "uint16" }
normal = [0]
marks = [
  { values = [1], means = "calibrating" },
  { values = [2], means = "maintenance" },
  { values = [3], means = "fault" },
]
[[identity]]
what = "serial"
number = { address = 20, format = "uint32" }
[[identity]]
what = "probe_serial"
number = { address = 22, format = "uint16" }
[[readback]]
name = "ct"
number = { address = 30, format = "uint16" }
parameter = "ct_ratio"
[[channels]]
name = "power"
kind_of_quantity = "active_power"
unit = "kW"
accumulation = "rate"
source = { address = 0, format = "uint16" }
multiply_by = ["ct_ratio"]
"""
CONFIG = """
schema = 1
[agent]
id = "line-1"
site = "works"
state_dir = "state"
[[lines]]
name = "bus"
kind = "modbus-tcp"
host = "127.0.0.1"
port = {port}
timeout_s = 0.3
[[lines.devices]]
name = "feeder"
profile = "analyser.toml"
serial = "4711"
probe_serial = "88"
parameters = {{ ct_ratio = 40.0 }}
identity_every = {every}
"""
OBJECTS = """[[identity]]
what = "model"
object_id = 1
"""


class Device:
    """A device whose registers a test changes by hand."""

    def __init__(self) -> None:
        self.registers = {0: 25, 10: 0, 20: 0, 21: 4711, 22: 88, 30: 40}
        self.faults: tuple[AnyFault, ...] = ()

    def served(self) -> Place:
        profile = parse_profile(PROFILE.encode(), "analyser.toml")
        site = Site(profile=profile, constants={}, parameters={}, faults=self.faults, gaps="zero")
        place = Place(site, ())
        place.image = lambda at_ns, active=(): replace(  # type: ignore[method-assign]
            Place.image(place, at_ns, active),
            words={(3, at): word for at, word in self.registers.items()},
        )
        return place


@asynccontextmanager
async def standing(folder: Path, device: Device, every: int = 1) -> AsyncIterator[Agent]:
    clock = SteppedClock(1_767_225_600_000_000_000)
    server = ModbusServer({1: device.served()}, clock)
    port = await server.start(HOST, 0)
    (folder / "analyser.toml").write_text(PROFILE, encoding="utf-8")
    config = folder / "agent.toml"
    config.write_text(CONFIG.format(port=port, every=every), encoding="utf-8")
    installation = load_installation(config)
    make_key(installation, os.urandom)
    key = read_signing_key(folder / "state" / "agent.key")
    agent = open_agent(installation, key, World(clock=clock, entropy=os.urandom))
    try:
        yield agent
    finally:
        await agent.stop()
        await server.close()


async def shown(agent: Agent, tick: int) -> Reading | Lacking:
    """What the next poll keeps of the one channel."""
    start_ns = 1_767_225_600_000_000_000
    await agent.poll(start_ns + tick * MINUTE_NS)
    polls = [each for each in read_again(agent.spool.waiting) if isinstance(each, Poll)]
    whole: list[Reading | Lacking] = [*polls[-1].readings, *polls[-1].lacking]
    (found,) = whole
    return found


def said(agent: Agent) -> list[Record]:
    noted = (each.record for each in read_again(agent.spool.waiting) if isinstance(each, Noted))
    return [record for record in noted if record.kind is RecordKind.IDENTITY]


def kept(folder: Path, changes: Sequence[dict[int, int]], every: int = 1) -> list[str]:
    """What comes of each poll, after the change of registers before it, and what was said."""

    async def meeting() -> list[str]:
        device = Device()
        found: list[str] = []
        async with standing(folder, device, every) as agent:
            for tick, change in enumerate(changes):
                device.registers |= change
                one = await shown(agent, tick)
                found.append(one.quality if isinstance(one, Reading) else one.reason)
            return [*map(str, found), f"{len(said(agent))} said"]

    return asyncio.run(meeting())


def test_a_device_that_measures_and_is_the_one_gives_values(tmp_path: Path) -> None:
    assert kept(tmp_path, [{}, {}]) == ["good", "good", "0 said"]


@pytest.mark.parametrize(
    ("mode", "made"),
    [(1, "calibrating"), (2, "maintenance"), (3, "device_fault"), (9, "device_warning")],
)
def test_what_a_status_word_says_becomes_a_miss_or_a_quality(
    tmp_path: Path, mode: int, made: str
) -> None:
    assert kept(tmp_path, [{}, {10: mode}, {10: 0}]) == ["good", made, "good", "0 said"]


def test_what_an_analyser_shows_of_its_gas_is_kept_beside_the_miss(tmp_path: Path) -> None:
    async def meeting() -> list[Reading | Lacking]:
        device = Device()
        async with standing(tmp_path, device) as agent:
            measuring = await shown(agent, 0)
            device.registers[10] = 1
            return [measuring, await shown(agent, 1)]

    measuring, calibrating = asyncio.run(meeting())
    assert isinstance(measuring, Reading)
    assert isinstance(calibrating, Lacking)
    assert calibrating.reason is MissReason.CALIBRATING
    assert (calibrating.raw, calibrating.number) == (measuring.raw, measuring.number)


def test_another_serial_number_stops_the_values_and_is_said_once(tmp_path: Path) -> None:
    changes: list[dict[int, int]] = [{}, {21: 4712}, {}, {21: 4711}]
    assert kept(tmp_path, changes) == ["good", "other_device", "other_device", "good", "2 said"]


def test_another_probe_behind_the_same_transmitter_stops_the_values(tmp_path: Path) -> None:
    assert kept(tmp_path, [{}, {22: 89}, {22: 88}]) == ["good", "other_device", "good", "2 said"]


def test_another_ratio_stops_the_values(tmp_path: Path) -> None:
    assert kept(tmp_path, [{}, {30: 60}, {30: 40}]) == ["good", "other_setting", "good", "2 said"]


def test_it_is_looked_at_every_so_many_polls(tmp_path: Path) -> None:
    changes: list[dict[int, int]] = [{}, {21: 4712}, {}, {}, {}]
    found = kept(tmp_path, changes, every=3)
    assert found == ["good", "good", "good", "other_device", "other_device", "1 said"]


def test_one_that_falls_silent_and_is_asked_anew_who_it_is_costs_its_own_readings_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin, mark, rest = PROFILE.partition("[[channels]]")
    with_objects = begin + OBJECTS + mark + rest
    monkeypatch.setattr("tests.contract.test_agent_knows_its_devices.PROFILE", with_objects)

    async def meeting() -> list[str]:
        device = Device()
        device.faults = (Silence(first_poll=5, last_poll=7),)
        async with standing(tmp_path, device) as agent:
            kept = [await shown(agent, tick) for tick in range(4)]
        return ["read" if isinstance(one, Reading) else str(one.reason) for one in kept]

    assert asyncio.run(meeting()) == ["read", "timeout", "timeout", "read"]


def test_the_control_without_identity_in_the_profile_takes_the_other_device_for_the_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin, _, rest = PROFILE.partition("[[identity]]")
    _, _, end = rest.partition("[[channels]]")
    bare = begin + "[[channels]]" + end
    monkeypatch.setattr("tests.contract.test_agent_knows_its_devices.PROFILE", bare)
    assert kept(tmp_path, [{}, {21: 4712}, {30: 60}]) == ["good", "good", "good", "0 said"]


def test_the_record_says_what_was_found_and_what_was_expected(tmp_path: Path) -> None:
    async def meeting() -> Record:
        device = Device()
        device.registers[21] = 99
        async with standing(tmp_path, device) as agent:
            await shown(agent, 0)
            (record,) = said(agent)
            return record

    facts = asyncio.run(meeting()).facts
    assert facts["device"] == "feeder"
    assert "99" in str(facts["finding_0"])
    assert "4711" in str(facts["finding_0"])


def test_profiles_of_the_catalogue_with_a_status_are_asked_for_it() -> None:
    profile = load_profile("xinze-analyser-v2").profile
    assert msgspec.to_builtins(profile)["status"]
