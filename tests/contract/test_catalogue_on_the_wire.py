"""Every profile of the catalogue, served by the simulator and read back by the agent's driver.

A new file in the catalogue is tested by being there. One event loop serves all of them, each on
a port of its own; a simulated device refuses what its profile does not declare.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest

from device_profiles.formats import Number
from device_profiles.identity import identity_findings, identity_objects, identity_reads, said
from device_profiles.load import catalogue, load_profile
from device_profiles.page import agent_lines
from device_profiles.parameters import parameters_of
from device_profiles.plan import ReadRequest, plan_reads
from device_profiles.readout import readout
from device_profiles.register_model import ModbusProfile
from device_profiles.status import conditions, status_reads, status_values
from edge_agent.config_parse import parse_config
from edge_agent.drivers.modbus import ModbusConnection
from edge_agent.drivers.modbus_driver import ModbusDriver
from evidence.clock import SystemClock
from simulators.place import Place
from simulators.serve import lone_line
from simulators.servers.modbus import ModbusServer

PROFILES = {
    profile.id: profile
    for profile in (load_profile(profile_id).profile for profile_id in catalogue())
    if isinstance(profile, ModbusProfile)
}
HOST = "127.0.0.1"
Replies = dict[ReadRequest, bytes]
AGENT = """
schema = 1
[agent]
id = "a"
site = "s"
state_dir = "."
"""


@dataclass(frozen=True, kw_only=True)
class Read:
    """What the agent's driver read of one device, and what the device shows."""

    shown: dict[str, float]
    channels: Replies
    status: Replies
    identity: Replies


async def exchanged(driver: ModbusDriver, reads: Sequence[ReadRequest]) -> Replies:
    return {read: (await driver.exchange(read)).content for read in reads}


@asynccontextmanager
async def served(profile: ModbusProfile) -> AsyncIterator[tuple[ModbusDriver, Place]]:
    (place,) = lone_line(profile, 0).places.values()
    strict = profile.modbus.gap_registers == 0
    place = Place(replace(place.site, gaps="exception" if strict else "zero"), ())
    server = ModbusServer({profile.modbus.unit_id: place}, SystemClock())
    port = await server.start(HOST, 0)
    connection = ModbusConnection(HOST, port, clock=SystemClock())
    try:
        yield ModbusDriver(connection, profile.modbus.unit_id, timeout_s=10.0), place
    finally:
        await connection.close()
        await server.close()


async def read_of(profile: ModbusProfile) -> Read:
    async with served(profile) as (driver, place):
        return Read(
            shown=place.indications(0),
            channels=await exchanged(driver, plan_reads(profile)),
            status=await exchanged(driver, status_reads(profile)),
            identity=await exchanged(driver, identity_reads(profile)),
        )


@pytest.fixture(scope="module")
def reads() -> dict[str, Read]:
    async def all_of_them() -> dict[str, Read]:
        return {name: await read_of(profile) for name, profile in PROFILES.items()}

    return asyncio.run(all_of_them())


def numbers(profile: ModbusProfile, read: Read) -> dict[str, object]:
    found = readout(profile, read.channels)
    return {name: each.number for name, each in found.items()}


@pytest.mark.parametrize("name", PROFILES)
def test_the_agent_reads_what_the_simulated_device_shows(name: str, reads: dict[str, Read]) -> None:
    profile, read = PROFILES[name], reads[name]
    found = numbers(profile, read)
    assert set(found) == {channel.name for channel in profile.channels}
    for channel, value in read.shown.items():
        number = found[channel]
        assert isinstance(number, Number), (channel, number)
        assert number == pytest.approx(value, rel=0.02, abs=1e-6)


@pytest.mark.parametrize("name", PROFILES)
def test_nothing_is_the_matter_with_a_simulated_device(name: str, reads: dict[str, Read]) -> None:
    profile = PROFILES[name]
    values = status_values(profile, reads[name].status)
    assert set(values) == {word.name for word in profile.status}
    assert all(not each for each in conditions(profile, values).values())


@pytest.mark.parametrize("name", PROFILES)
def test_a_simulated_device_is_the_one_of_its_profile_and_set_so(
    name: str, reads: dict[str, Read]
) -> None:
    profile = PROFILES[name]
    objects = {
        each.object_id: next(iter(each.expects), "x")
        for each in profile.identity
        if each.object_id is not None
    }
    assert tuple(sorted(objects)) == identity_objects(profile)
    device = said(profile, reads[name].identity, objects)
    assert len(device.identity) == len(profile.identity)
    assert len(device.settings) == len(profile.readback)
    told = identity_findings(profile, device, parameters=parameters_of(profile))
    assert [finding.say("en") for finding in told] == []


def test_some_devices_say_what_is_the_matter_and_who_they_are() -> None:
    assert sum(bool(profile.status) for profile in PROFILES.values()) >= 8
    assert sum(bool(profile.identity) for profile in PROFILES.values()) >= 4
    assert sum(bool(profile.readback) for profile in PROFILES.values()) >= 5


@pytest.mark.parametrize("name", PROFILES)
def test_the_lines_that_a_page_gives_for_agent_toml_are_taken_by_the_agent(name: str) -> None:
    config = parse_config((AGENT + agent_lines(PROFILES[name])).encode(), "agent.toml")
    (device,) = config.lines[0].devices
    assert device.profile == name
    assert set(device.parameters) == set(PROFILES[name].parameters)
