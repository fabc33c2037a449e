"""Simulated data loggers report to an agent's line on loopback: from scenario to poll.

Both sides share the codec: this proves the line, and the vectors of the standard prove the codec.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from msgspec.structs import replace

from calibration.indication import MissReason, Quality
from carbonmeter.ports import free_port
from edge_agent.assembly import lines_of
from edge_agent.cycle import by_device, poll_of
from edge_agent.installation import Installation, load_installation
from edge_agent.line import Line
from edge_agent.poll import Lacking, Poll, Reading
from edge_agent.strands import strands_of
from edge_agent.streams import streams_of
from edge_agent.tick import Tick
from evidence.clock import SystemClock
from evidence.errors import LeafContentError
from evidence.log.reread import check_raw
from simulators.fault import AnyFault
from simulators.load import load_plant
from simulators.plant import Plant
from simulators.serve import lines_of as simulated_lines
from simulators.serve import serve

HOST, CHANNELS = "127.0.0.1", ["so2", "o2", "velocity"]
ONE, TWO = "010000A8900016F000169DC0", "LOGGER_2"
AGENT = """
schema = 1
[agent]
id = "a"
site = "works"
state_dir = "state"
[[lines]]
name = "stacks"
kind = "hj212"
host = "127.0.0.1"
port = {port}
timeout_s = {timeout_s}
"""
DEVICE = """
[[lines.devices]]
name = "{mn}"
profile = "hj212-2017-cems"
serial = "S-{mn}"
address = "{mn}"
channels = ["so2", "o2", "velocity"]
"""
SCENARIO = """
schema = 1
id = "stacks"
seed = 1
begins_at = 2026-01-05T00:00:00Z
[[processes]]
id = "load"
kind = "constant"
value = 12.5
[[lines]]
id = "loggers"
kind = "hj212"
port = {port}
interval_s = 0.1
"""
LOGGER = """
[[instruments]]
serial = "{mn}"
profile = "hj212-2017-cems"
line = "loggers"
address = "{mn}"
process = "load"
carries = [{{ channel = "velocity" }}]
constants = {{ so2 = {so2}, o2 = 9.5 }}
faults = [{faults}]
"""
CALIBRATES = '{ kind = "data_flag", channel = "so2", flag = "C" }'
Shown = dict[str, Reading | Lacking]


class Meeting:
    """An agent's line and the loggers that report to it."""

    def __init__(self, installation: Installation, line: Line, plant: Plant) -> None:
        self.installation, self.line, self.plant = installation, line, plant
        self.polls = 0

    async def poll(self, mn: str = ONE) -> Shown:
        """What a poll of one device brings, by channel."""
        found = await self.polled(mn)
        whole: list[Reading | Lacking] = [*found.readings, *found.lacking]
        return {CHANNELS[each.channel]: each for each in whole}

    async def polled(self, mn: str = ONE) -> Poll:
        device = self.installation.devices[mn]
        outcomes = await self.line.cycle({mn: device.asks})
        self.polls += 1
        tick = Tick(sequence=self.polls, at_ns=SystemClock().now_ns())
        return poll_of(device, by_device(outcomes)[mn], tick)

    def strike(self, *faults: AnyFault) -> None:
        self.plant.of_serial[ONE].strike(faults)

    async def until(self, fits: Callable[[Shown], bool]) -> Shown:
        """The first poll that fits: what was on its way before may come first."""
        async with asyncio.timeout(30):
            while not fits(found := await self.poll()):
                pass
        return found


def meet(
    folder: Path,
    story: Callable[[Meeting], Awaitable[None]],
    *,
    loggers: Sequence[str] = (ONE,),
    devices: Sequence[str] = (ONE,),
    faults: str = "",
    timeout_s: float = 10,
) -> None:
    port = free_port()
    agent = AGENT.format(port=port, timeout_s=timeout_s)
    (folder / "agent.toml").write_text(agent + "".join(DEVICE.format(mn=mn) for mn in devices))
    shown = (LOGGER.format(mn=mn, so2=18 + n, faults=faults) for n, mn in enumerate(loggers))
    (folder / "plant.toml").write_text(SCENARIO.format(port=port) + "".join(shown))
    asyncio.run(_meeting(folder, story))


async def _meeting(folder: Path, story: Callable[[Meeting], Awaitable[None]]) -> None:
    plant, clock = load_plant(folder / "plant.toml"), SystemClock()
    installation = load_installation(folder / "agent.toml")
    (line,) = lines_of(installation, clock).values()
    stop = asyncio.Event()
    async with AsyncExitStack() as opened:
        await line.attend()
        opened.push_async_callback(line.close)
        lines = simulated_lines(plant, 0)
        serving = asyncio.create_task(serve(lines, clock, HOST, stop, lambda _: None))
        opened.push_async_callback(asyncio.wait, [serving])
        opened.callback(stop.set)
        async with asyncio.timeout(60):
            await story(Meeting(installation, line, plant))


def numbers(shown: Shown) -> dict[str, float]:
    return {name: each.number for name, each in shown.items() if isinstance(each, Reading)}


def reasons(shown: Shown) -> set[MissReason]:
    return {each.reason for each in shown.values() if isinstance(each, Lacking)}


def test_two_loggers_on_one_line_are_read_as_they_show(tmp_path: Path) -> None:
    async def story(here: Meeting) -> None:
        before_ms = SystemClock().now_ns() // 1_000_000
        first, second = await here.poll(ONE), await here.poll(TWO)
        assert numbers(first) == {"so2": 18.0, "o2": 9.5, "velocity": 12.5}
        assert numbers(second) == {"so2": 19.0, "o2": 9.5, "velocity": 12.5}
        so2, again = first["so2"], (await here.poll(ONE))["so2"]
        assert isinstance(so2, Reading)
        assert so2.raw.startswith(b"DataTime=20")
        assert so2.raw.endswith(b";a21026-Rtd=18.00,a21026-Flag=N")
        assert so2.quality is Quality.GOOD
        assert before_ms <= so2.at_ms < again.at_ms  # another message, with a stamp of its own

    meet(tmp_path, story, loggers=(ONE, TWO), devices=(ONE, TWO))


@pytest.mark.parametrize(
    ("flag", "made"),
    [
        ("N", Quality.GOOD),
        ("M", MissReason.MAINTENANCE),
        ("S", Quality.DEVICE_WARNING),
        ("", Quality.DEVICE_WARNING),
        ("C", MissReason.CALIBRATING),
        ("F", MissReason.STANDBY),
        ("D", MissReason.DEVICE_FAULT),
        ("B", MissReason.DEVICE_FAULT),
        ("T", MissReason.OUT_OF_RANGE),
    ],
)
def test_a_data_flag_becomes_a_quality_or_a_miss_of_its_factor_alone(
    tmp_path: Path, flag: str, made: Quality | MissReason
) -> None:
    async def story(here: Meeting) -> None:
        shown = await here.poll()
        so2 = shown["so2"]
        assert (so2.reason if isinstance(so2, Lacking) else so2.quality) == made
        assert so2.number == 18.0
        assert numbers(shown)["o2"] == 9.5
        assert shown["o2"].quality is Quality.GOOD

    meet(tmp_path, story, faults=f'{{ kind = "data_flag", channel = "so2", flag = "{flag}" }}')


@pytest.mark.parametrize(
    ("faults", "reason"),
    [
        ('{ kind = "sentinel", channel = "so2" }', MissReason.DEVICE_FAULT),
        (
            '{ kind = "sentinel", channel = "so2" }, ' + CALIBRATES,
            MissReason.CALIBRATING,
        ),
    ],
)
def test_a_flag_without_a_value_is_a_miss_for_its_reason(
    tmp_path: Path, faults: str, reason: MissReason
) -> None:
    async def story(here: Meeting) -> None:
        shown = await here.poll()
        assert reasons(shown) == {reason}
        assert numbers(shown) == {"o2": 9.5, "velocity": 12.5}

    meet(tmp_path, story, faults=faults)


@pytest.mark.parametrize(
    "fault",
    [
        '{ kind = "silence" }',
        '{ kind = "modbus_crc" }',
        '{ kind = "bad_checksum" }',
        '{ kind = "reboot" }',
        '{ kind = "answers_for_another", address = "STRANGER" }',
    ],
)
def test_a_logger_that_says_nothing_usable_is_a_timeout_and_nothing_old_is_read(
    tmp_path: Path, fault: str
) -> None:
    async def story(here: Meeting) -> None:
        shown = await here.poll()
        assert reasons(shown) == {MissReason.TIMEOUT}
        assert len(shown) == len(CHANNELS)
        here.strike()  # it is well again: the control
        shown = await here.until(lambda found: not reasons(found))
        assert numbers(shown) == {"so2": 18.0, "o2": 9.5, "velocity": 12.5}

    meet(tmp_path, story, faults=fault, timeout_s=0.4)


@pytest.mark.parametrize(
    "fault",
    ['{ kind = "split_packet", pause_s = 0.05 }', '{ kind = "lower_case_crc" }', ""],
)
def test_what_loggers_of_the_field_do_is_read(tmp_path: Path, fault: str) -> None:
    async def story(here: Meeting) -> None:
        for _ in range(2):
            assert numbers(await here.poll()) == {"so2": 18.0, "o2": 9.5, "velocity": 12.5}

    meet(tmp_path, story, faults=fault)


def test_what_was_read_under_a_flag_follows_from_the_logged_bytes(tmp_path: Path) -> None:
    async def story(here: Meeting) -> None:
        strands = strands_of([await here.polled()])
        profile = here.installation.devices[ONE].profile
        streams = streams_of(strands, here.installation.calibrations)
        assert len(streams) == len(CHANNELS)
        for stream in streams:
            check_raw(stream, profile)
            forged = replace(stream, indication=tuple(each + 1 for each in stream.indication))
            with pytest.raises(LeafContentError):
                check_raw(forged, profile)

    meet(tmp_path, story, faults='{ kind = "data_flag", channel = "so2", flag = "S" }')


def test_a_logger_of_an_unknown_mn_is_not_read(tmp_path: Path) -> None:
    async def story(here: Meeting) -> None:
        assert reasons(await here.poll()) == {MissReason.TIMEOUT}

    meet(tmp_path, story, loggers=(TWO,), timeout_s=0.4)


def test_a_logger_comes_back_after_the_line_was_closed(tmp_path: Path) -> None:
    async def story(here: Meeting) -> None:
        assert not reasons(await here.poll())
        await here.line.close()
        assert not reasons(await here.poll())

    meet(tmp_path, story)
