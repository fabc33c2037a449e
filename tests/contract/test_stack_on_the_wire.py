"""A stack's instruments over HJ 212, Modbus and OPC UA, read by an agent's own lines.

The same minute is read everywhere: as a measurement, while gases flow, and while a plant stands.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path

import pytest

import simulators
from calibration.indication import MissReason
from carbonmeter.ports import free_port
from edge_agent.assembly import lines_of
from edge_agent.cycle import by_device, poll_of
from edge_agent.installation import Installation, load_installation
from edge_agent.line import Line
from edge_agent.poll import Lacking, Reading
from edge_agent.tick import Tick
from evidence.clock import start_scaled_clock
from simulators.instant import instant_ns
from simulators.load import load_plant
from simulators.plant import Plant
from simulators.serve import lines_of as simulated_lines
from simulators.serve import opened_lines
from simulators.stack.place import StackPlace
from simulators.stack.watch import StackWatch

HOST = "127.0.0.1"
SHIPPED = Path(simulators.__file__).parent / "scenarios"
HEAD = """
schema = 1
[agent]
id = "a"
site = "works"
state_dir = "state"
"""
LINES = """
[[lines]]
name = "centre"
kind = "hj212"
host = "127.0.0.1"
port = {centre}
timeout_s = 20
[[lines.devices]]
name = "now"
profile = "hj212-2017-co2-percent"
serial = "LOG-BOILER"
address = "BOILER000000000000000001"
channels = ["co2", "velocity", "flow"]
[[lines.devices]]
name = "past"
profile = "{profiles}/stack-logger.toml"
serial = "DAT-BOILER"
address = "BOILER000000000000000002"
channels = ["co2", "velocity", "co2_hour", "co2_amount_hour"]
[[lines]]
name = "analysers"
kind = "modbus-tcp"
host = "127.0.0.1"
port = {analysers}
timeout_s = 20
[[lines.devices]]
name = "marsic"
profile = "sick-marsic300"
serial = "MARSIC-SINTER"
unit_id = 1
channels = ["co2", "h2o"]
[[lines.devices]]
name = "o2"
profile = "xinze-analyser-v2"
serial = "O2-BOILER"
unit_id = 2
channels = ["o2"]
[[lines.devices]]
name = "duct"
profile = "xinze-flow-plc-v17"
serial = "FLOW-BOILER"
unit_id = 3
channels = ["temperature", "pressure", "velocity"]
[[lines]]
name = "plc"
kind = "opcua"
opcua = {{ url = "opc.tcp://127.0.0.1:{plc}", security = {{ type = "none" }} }}
timeout_s = 20
[[lines.devices]]
name = "tags"
profile = "{profiles}/stack-plc.toml"
serial = "PLC-BOILER"
channels = ["co2", "o2", "velocity"]
"""
Told = dict[str, float | MissReason]


class Site:
    """An agent's lines, and the simulated plant that they read."""

    def __init__(self, installation: Installation, lines: dict[str, Line], plant: Plant) -> None:
        self._installation, self._lines, self._plant = installation, lines, plant

    def watch(self, serial: str) -> StackWatch:
        place = self._plant.of_serial[serial]
        assert isinstance(place, StackPlace)
        return place.watch

    async def told(self, line: str, name: str, at_ns: int) -> Told:
        """What one poll brings: numbers, and why there is none."""
        device = self._installation.devices[name]
        outcomes = by_device(await self._lines[line].cycle({name: device.asks}))
        poll = poll_of(device, outcomes[name], Tick(sequence=1, at_ns=at_ns))
        shown: Told = {}
        whole: list[Reading | Lacking] = [*poll.readings, *poll.lacking]
        for each in whole:
            channel = device.setup.channels[each.channel].name
            shown[channel] = each.number if isinstance(each, Reading) else each.reason
        return shown


def local(text: str) -> int:
    return instant_ns(datetime.fromisoformat(f"{text}:20+08:00"))


def at(
    folder: Path,
    when: str,
    story: Callable[[Site, int], Awaitable[None]],
    lines: tuple[str, ...] = ("centre", "analysers", "plc"),
) -> None:
    """Runs a story at a local time of the shipped scenario, with some of its lines."""
    centre = free_port()
    text = (SHIPPED / "stack.toml").read_text("utf-8").replace("port = 5212", f"port = {centre}")
    text = text.replace('"profiles/', f'"{SHIPPED}/profiles/')
    (folder / "stack.toml").write_text(text, encoding="utf-8")
    asyncio.run(_meeting(folder, centre, local(when), story, lines))


async def _meeting(
    folder: Path,
    centre: int,
    at_ns: int,
    story: Callable[[Site, int], Awaitable[None]],
    wanted: tuple[str, ...],
) -> None:
    plant, clock = load_plant(folder / "stack.toml"), start_scaled_clock(at_ns, 1.0)
    async with AsyncExitStack() as opened, asyncio.timeout(60):
        simulated = [line for line in simulated_lines(plant, 0) if line.id in wanted]
        ports = await opened.enter_async_context(opened_lines(simulated, clock, HOST))
        installation = _installed(folder, centre, ports.get("analysers", 9), ports.get("plc", 9))
        lines = {
            name: line for name, line in lines_of(installation, clock).items() if name in wanted
        }
        for line in lines.values():
            await line.attend()
            opened.push_async_callback(line.close)
        await story(Site(installation, lines, plant), at_ns)


def _installed(folder: Path, centre: int, analysers: object, plc: object) -> Installation:
    profiles = SHIPPED / "profiles"
    config = LINES.format(centre=centre, analysers=analysers, plc=plc, profiles=profiles)
    (folder / "agent.toml").write_text(HEAD + config, encoding="utf-8")
    return load_installation(folder / "agent.toml")


def test_one_minute_is_read_the_same_over_every_protocol(tmp_path: Path) -> None:
    async def story(here: Site, at_ns: int) -> None:
        boiler, sinter = here.watch("LOG-BOILER"), here.watch("MARSIC-SINTER")
        now = await here.told("centre", "now", at_ns)
        tags = await here.told("plc", "tags", at_ns)
        duct = await here.told("analysers", "duct", at_ns)
        o2 = await here.told("analysers", "o2", at_ns)
        marsic = await here.told("analysers", "marsic", at_ns)
        velocity = boiler.at("velocity", at_ns).value
        assert now["velocity"] == tags["velocity"] == pytest.approx(velocity)
        assert duct["velocity"] == pytest.approx(velocity)
        assert now["co2"] == tags["co2"] == pytest.approx(boiler.at("co2", at_ns).value)
        assert o2["o2"] == pytest.approx(tags["o2"]) == pytest.approx(boiler.at("o2", at_ns).value)
        assert now["flow"] == pytest.approx(boiler.at("flow", at_ns).value / 3600, abs=0.1)
        assert marsic["co2"] == pytest.approx(sinter.at("co2", at_ns).value)
        past = await here.told("centre", "past", at_ns)
        minute = boiler.at("co2", at_ns - 60_000_000_000).value
        assert past["co2"] == pytest.approx(minute)
        hour_ns = 3_600_000_000_000
        ends_ns = at_ns // hour_ns * hour_ns
        hour = boiler.mean("co2", ends_ns - hour_ns, ends_ns).value
        assert past["co2_hour"] == pytest.approx(hour, abs=0.01)
        mass = boiler.mean("co2_mass", ends_ns - hour_ns, ends_ns).value
        assert past["co2_amount_hour"] == pytest.approx(mass, rel=1e-6)
        true_t = float(boiler.true_at(ends_ns - hour_ns // 2).co2_t_h[0])
        assert mass == pytest.approx(true_t * 1000, rel=0.06)

    at(tmp_path, "2026-01-06T12:20", story)


def test_while_gases_flow_every_protocol_says_so(tmp_path: Path) -> None:
    async def story(here: Site, at_ns: int) -> None:
        now = await here.told("centre", "now", at_ns)
        assert now["co2"] is MissReason.CALIBRATING
        assert isinstance(now["velocity"], float)
        o2 = await here.told("analysers", "o2", at_ns)
        assert o2["o2"] is MissReason.CALIBRATING
        past = await here.told("centre", "past", at_ns)
        assert past["co2"] is MissReason.CALIBRATING
        assert isinstance(past["co2_hour"], float)

    at(tmp_path, "2026-01-06T02:14", story, lines=("centre", "analysers"))


def test_a_stopped_plant_and_a_broken_analyser_are_told_from_each_other(tmp_path: Path) -> None:
    async def stopped(here: Site, at_ns: int) -> None:
        now = await here.told("centre", "now", at_ns)
        assert set(now.values()) == {MissReason.STANDBY}

    async def broken(here: Site, at_ns: int) -> None:
        now = await here.told("centre", "now", at_ns)
        tags = await here.told("plc", "tags", at_ns)
        assert now["co2"] is MissReason.DEVICE_FAULT
        assert tags["co2"] is MissReason.DEVICE_FAULT
        assert isinstance(tags["velocity"], float)

    at(tmp_path, "2026-02-17T12:20", stopped, lines=("centre",))
    at(tmp_path, "2026-03-12T05:20", broken, lines=("centre", "plc"))
