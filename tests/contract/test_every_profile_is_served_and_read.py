"""Every profile of the catalogue, for nothing but being there: served, and read by an agent.

The simulator speaks the profile's protocol on a real socket or pseudo terminal; the agent reads
it through its whole own path, configuration to poll. Both share codecs, so this proves that the
profile is usable, not that it is true: that is for vectors and foreign implementations.
"""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from carbonmeter.ports import free_port
from device_profiles.dialects import dialect_of, reader_of, requests_of
from device_profiles.formats import NotAvailable
from device_profiles.load import catalogue, load_profile
from device_profiles.model import DeviceProfile
from device_profiles.spoken import spoken_of
from edge_agent.assembly import lines_of
from edge_agent.installation import load_installation
from edge_agent.probe_once import ProbedChannel, probe_all
from evidence.clock import SystemClock
from simulators.serve import Line, lone_line, serve
from simulators.servers.spoken_station import SpokenStation

HOST = "127.0.0.1"
IDS = catalogue()
ON_BYTES = [each for each in IDS if load_profile(each).profile.protocol not in {"opcua", "hj212"}]
HEAD = """
schema = 1
[agent]
id = "line-1"
site = "works"
state_dir = "state"
"""
ON_NETWORK = """
[[lines]]
name = "{name}"
kind = "{kind}"
host = "127.0.0.1"
port = {port}
{more}
"""
ON_PORT = """
[[lines]]
name = "{name}"
kind = "serial"
path = "{path}"
{more}
"""
DEVICE = """
[[lines.devices]]
name = "{name}"
profile = "{profile}"
serial = "{serial}"
address = "{address}"
"""


def lone(profile_id: str, kind: str = "", framing: str = "rtu", port: int = 0) -> Line:
    """A device of a profile, with a serial number of its own."""
    serial = str(700_000 + IDS.index(profile_id))
    return lone_line(load_profile(profile_id).profile, port, kind, framing, serial)


def step(profile: DeviceProfile, name: str) -> float:
    """How far the nearest number that the device can show may be."""
    channel = profile.channel(name)
    return channel.resolution or abs(channel.scale)


@pytest.mark.parametrize("profile_id", IDS)
def test_what_a_device_composes_its_reader_reads(profile_id: str) -> None:
    profile = load_profile(profile_id).profile
    (_, place), *_ = lone_line(profile, 1).standing
    shown, names = place.shown(0), [channel.name for channel in profile.channels]
    reader, read = reader_of(profile, names), {}
    for request in requests_of(profile, names):
        content = place.content(request, 0)
        held = set(reader.held(request))
        for at, raw, number in reader.places(request, content):
            assert at in held
            assert dialect_of(profile).decoding(profile, names[at])(raw) is not None
            read[names[at]] = number
    assert read.keys() == set(names)
    for name, number in read.items():
        if name in shown:
            assert number == pytest.approx(shown[name], rel=1e-6, abs=step(profile, name))
        else:
            assert isinstance(number, NotAvailable) or number == 0


def config_of(line: Line, reached: int | str, framing: str = "rtu") -> str:
    # Who reports connects when it likes: it is waited for.
    more = "timeout_s = 20" if line.kind == "hj212" else f'framing = "{framing}"'
    if isinstance(reached, str):
        head = ON_PORT.format(name=line.id, path=reached, more=more)
    else:
        head = ON_NETWORK.format(name=line.id, kind=line.kind, port=reached, more=more)
    devices = (
        DEVICE.format(
            name=f"{line.id}-{number}",
            profile=place.site.profile.id,
            address=address,
            serial=place.site.serial,
        )
        for number, (address, place) in enumerate(line.standing)
    )
    return head + "".join(devices)


def read_by_an_agent(
    folder: Path, lines: Sequence[Line], framing: str = "rtu"
) -> dict[str, ProbedChannel]:
    """What an agent reads of simulated lines, by channel."""

    async def meeting() -> list[ProbedChannel]:
        stop, reached = asyncio.Event(), asyncio.get_running_loop().create_future()
        async with AsyncExitStack() as opened:
            serving = asyncio.create_task(
                serve(lines, SystemClock(), HOST, stop, reached.set_result)
            )
            opened.callback(stop.set)
            found = await reached
            config = folder / "agent.toml"
            parts = [HEAD, *(config_of(line, found[line.id], framing) for line in lines)]
            config.write_text("".join(parts), encoding="utf-8")
            installation, clock = load_installation(config), SystemClock()
            rows = await probe_all(installation, lines_of(installation, clock), clock)
            stop.set()
            await serving
            return rows

    return {row.channel: row for row in asyncio.run(meeting())}


def compare(lines: Sequence[Line], rows: dict[str, ProbedChannel]) -> None:
    for line in lines:
        for number, (_, place) in enumerate(line.standing):
            profile = place.site.profile
            shown = place.indications(0)
            for channel in profile.channels:
                row = rows[f"works/{line.id}-{number}/{channel.name}"]
                assert row.error == "", (profile.id, row)
                if channel.name in shown and not row.miss:
                    expected = pytest.approx(
                        shown[channel.name], rel=1e-6, abs=step(profile, channel.name)
                    )
                    assert row.indication == expected, (profile.id, channel.name)


def test_every_profile_is_served_on_its_own_protocol_and_read_by_an_agent(tmp_path: Path) -> None:
    lines = [lone(each) for each in ON_BYTES]
    compare(lines, read_by_an_agent(tmp_path, lines))


def test_data_loggers_of_every_profile_report_to_one_line_of_an_agent(tmp_path: Path) -> None:
    reporting = [each for each in IDS if load_profile(each).profile.protocol == "hj212"]
    seats = [lone(each, port=1).loggers[0] for each in reporting]
    loggers = [replace(seat, mn=f"MN{number:022}") for number, seat in enumerate(seats)]
    line = Line(id="loggers", kind="hj212", port=free_port(), loggers=loggers)
    rows = read_by_an_agent(tmp_path, [line])
    compare([line], rows)
    assert not any(row.miss for row in rows.values())


@pytest.mark.parametrize("framing", ["rtu", "ascii"])
def test_every_modbus_profile_is_read_through_a_serial_server(tmp_path: Path, framing: str) -> None:
    profiles = [load_profile(each).profile for each in ON_BYTES]
    modbus = [each for each in profiles if each.protocol == "modbus"]
    lines = [lone(each.id, "serial-tcp", framing) for each in modbus]
    compare(lines, read_by_an_agent(tmp_path, lines, framing))


def test_devices_of_several_protocols_share_one_serial_port(tmp_path: Path) -> None:
    names = ["eastron-sdm630", "dlt645-2007-three-phase", "cjt188-cold-water", "abb-b23"]
    seats = [lone(each, "pty").seats[0] for each in names]
    line = Line(id="bus", kind="pty", seats=[_moved(seat, n) for n, seat in enumerate(seats)])
    compare([line], read_by_an_agent(tmp_path, [line]))


def _moved(seat: SpokenStation, number: int) -> SpokenStation:
    """The device under an address of its own: two Modbus devices have the same factory setting."""
    modbus = seat.place.site.profile.protocol == "modbus"
    return SpokenStation(
        place=seat.place,
        spoken=seat.spoken,
        address=str(10 + number) if modbus else seat.address,
    )


def test_modbus_is_read_over_datagrams(tmp_path: Path) -> None:
    lines = [lone("abb-b23", "modbus-udp")]
    compare(lines, read_by_an_agent(tmp_path, lines))


def test_every_protocol_on_a_line_says_which_addresses_it_takes() -> None:
    for each in ON_BYTES:
        profile = load_profile(each).profile
        spoken = spoken_of(profile)
        spoken.check_address(profile, spoken.lone_address)
        with pytest.raises(Exception, match="E_PROFILE_ADDRESS_TEXT"):
            spoken.check_address(profile, "?!")
