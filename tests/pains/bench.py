"""Simulated instruments on real sockets and pseudo terminals, and a whole agent that reads them.

Time moves when it is told to, for the instruments and for the agent: so what every reading must
show is known, and that it was shown then.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from device_profiles.load import load_profile
from edge_agent.agent import Agent
from edge_agent.assembly import open_agent
from edge_agent.drivers.wire import Wire
from edge_agent.installation import load_installation
from edge_agent.line import Line as AskedLine
from edge_agent.poll import Poll
from edge_agent.waiting import read_again
from evidence.clock import Clock, SteppedClock
from simulators.plant import Plant, build
from simulators.scenario import parse_scenario
from simulators.serve import lines_of, opened_lines
from tests.unit.edge_agent.site import KEY, START_NS, S, world

HOST: Final = "127.0.0.1"
MINUTE_NS: Final = 60 * S
SPOKEN: Final = ("rtu", "ascii", "dlt645", "cjt188", "mbus", "iec62056")
"""What is spoken on lines of bytes."""
_PROFILES: Final = {
    "modbus": ("abb-b23", "active_energy_import"),
    "rtu": ("abb-b23", "active_energy_import"),
    "ascii": ("abb-b23", "active_energy_import"),
    "dlt645": ("dlt645-2007-three-phase", "active_energy_import"),
    "cjt188": ("cjt188-cold-water", "volume"),
    "mbus": ("kamstrup-multical-601", "heat"),
    "iec62056": ("landisgyr-e350", "active_energy_import"),
}
_SCENARIO: Final = """
schema = 1
id = "bench"
seed = 1
begins_at = 2026-01-01T00:00:00Z
[[processes]]
id = "steady"
kind = "constant"
value = 60.0
{lines}
{instruments}
"""
_AGENT: Final = """
schema = 1
[agent]
id = "line-1"
site = "works"
state_dir = "state"
[batch]
max_age_s = 3600
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """An instrument of the bench; its register begins at `begins` and counts 60 an hour.

    Attributes:
        spoken: What it speaks: a key of the bench's profiles.
        number: From which its address is made, 1 to 247.
        line: Number of its line, where several have meters of one address.
        faults: Inline tables of a scenario.
        channels: That the agent reads.
        file: The agent's profile, where it is none of the catalogue.
        own: The instrument's, likewise.
    """

    spoken: str
    number: int
    line: int = 0
    faults: str = ""
    begins: float = 0.0
    channels: tuple[str, ...] = ()
    file: str = ""
    own: str = ""

    @property
    def name(self) -> str:
        return f"{self.spoken}-{self.number}" + (f"-{self.line}" if self.line else "")

    @property
    def profile(self) -> str:
        return _PROFILES[self.spoken][0]

    @property
    def register(self) -> str:
        """The channel that counts."""
        return _PROFILES[self.spoken][1]

    @property
    def address(self) -> str:
        length = {"dlt645": 12, "cjt188": 14}.get(self.spoken, 0)
        return str(self.number).zfill(length)

    @property
    def read(self) -> tuple[str, ...]:
        return self.channels or (self.register,)

    def instrument(self, line: str) -> str:
        modbus = self.spoken in {"modbus", "rtu", "ascii"}
        where = f"unit_id = {self.number}" if modbus else f'address = "{self.address}"'
        return f"""
[[instruments]]
serial = "{self.name}"
profile = "{self.own or self.profile}"
line = "{line}"
{where}
process = "steady"
step_s = 60
register_start = {self.begins or 100.0 * self.number}
carries = [{{ channel = "{self.register}" }}]
faults = [{self.faults}]
"""

    def device(self) -> str:
        modbus = self.spoken in {"modbus", "rtu", "ascii"}
        where = f"unit_id = {self.number}" if modbus else f'address = "{self.address}"'
        return f"""
[[lines.devices]]
name = "{self.name}"
profile = "{self.file or self.profile}"
serial = "{self.name}"
channels = [{", ".join(f'"{each}"' for each in self.read)}]
{where}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the bench: its kind as a scenario names it, and who stands on it."""

    name: str
    kind: str
    meters: Sequence[Meter]
    timeout_s: float = 0.5
    late_s: float | None = None

    @property
    def framing(self) -> str:
        return "ascii" if any(each.spoken == "ascii" for each in self.meters) else "rtu"

    def form(self) -> str:
        return f'[[lines]]\nid = "{self.name}"\nkind = "{self.kind}"\nframing = "{self.framing}"\n'

    def asked(self, reached: int | str) -> str:
        late = "" if self.late_s is None else f"late_s = {self.late_s}"
        where = f'host = "{HOST}"\nport = {reached}'
        if isinstance(reached, str):
            where = f'path = "{reached}"'
        kind = "serial" if self.kind == "pty" else self.kind
        head = f"""
[[lines]]
name = "{self.name}"
kind = "{kind}"
framing = "{self.framing}"
timeout_s = {self.timeout_s}
{late}
{where}
"""
        return head + "".join(each.device() for each in self.meters)


@dataclass(slots=True, kw_only=True)
class Bench:
    """Running instruments and an agent; see `benched`."""

    plant: Plant
    agent: Agent
    clock: SteppedClock
    polls: list[Poll] = field(default_factory=list)

    async def poll(self, times: int = 1) -> list[Poll]:
        """What came of so many polls, one a minute."""
        seen = len(self.agent.spool.waiting)
        for _ in range(times):
            self.clock.advance(MINUTE_NS - self.clock.now_ns() % MINUTE_NS)
            await self.agent.poll(self.clock.now_ns())
        kept = read_again(self.agent.spool.waiting[seen:])
        new = [each for each in kept if isinstance(each, Poll)]
        self.polls += new
        return new

    def shown(self, polls: Sequence[Poll] | None = None) -> dict[str, list[dict[str, float]]]:
        """What each device's channels showed in each of its polls."""
        found: dict[str, list[dict[str, float]]] = {}
        for each in self.polls if polls is None else polls:
            channels = self.channels(each)
            row = {channels[one.channel]: float(one.number) for one in each.readings}
            found.setdefault(each.device, []).append(row)
        return found

    def missed(self, polls: Sequence[Poll] | None = None) -> dict[str, list[str]]:
        """The reasons that each device's polls gave, one for a channel without a value."""
        found: dict[str, list[str]] = {}
        for each in self.polls if polls is None else polls:
            found.setdefault(each.device, []).extend(str(one.reason) for one in each.lacking)
        return found

    def channels(self, poll: Poll) -> tuple[str, ...]:
        device = self.agent.parts.installation.devices[poll.device]
        return tuple(each.name for each in device.profile.channels)

    def wrong(self, polls: Sequence[Poll] | None = None) -> list[str]:
        """Readings that are not what that instrument's channel showed when they are stamped."""
        found = []
        for each in self.polls if polls is None else polls:
            place, channels = self.plant.of_serial[each.device], self.channels(each)
            for one in each.readings:
                truth = place.indications(one.at_ms * 1_000_000)[channels[one.channel]]
                if abs(float(one.number) - truth) > 0.0101 + 1e-6 * abs(truth):
                    name = f"{each.device}/{channels[one.channel]}"
                    found.append(f"{name} is {one.number} where {truth} was shown")
        return found


def plant_of(rows: Sequence[Row]) -> Plant:
    """The instruments of some lines."""
    text = _SCENARIO.format(
        lines="".join(each.form() for each in rows),
        instruments="".join(one.instrument(row.name) for row in rows for one in row.meters),
    )
    scenario = parse_scenario(text.encode(), "bench")
    names = {each.profile for each in scenario.instruments}
    return build(scenario, {name: load_profile(name).profile for name in names}, {})


def agent_on(
    folder: Path,
    rows: Sequence[Row],
    reached: Mapping[str, int | str],
    clock: Clock,
    lines: Mapping[str, AskedLine] | None = None,
) -> Agent:
    """An agent that reads lines where they are reached."""
    path = folder / "agent.toml"
    path.write_text(_AGENT + "".join(row.asked(reached[row.name]) for row in rows))
    return open_agent(load_installation(path), KEY, world(clock), lines)


@asynccontextmanager
async def benched(folder: Path, *rows: Row) -> AsyncIterator[Bench]:
    """The lines, served, and an agent that has not polled yet."""
    clock, plant = SteppedClock(START_NS), plant_of(rows)
    async with opened_lines(lines_of(plant, 0), clock, HOST) as reached:
        agent = agent_on(folder, rows, reached, clock)
        try:
            yield Bench(plant=plant, agent=agent, clock=clock)
        finally:
            await agent.stop()


@contextmanager
def undrained() -> Iterator[None]:
    """Of controls: what came before a question is not forgotten, and no silence is waited for."""

    async def quiet(_wire: Wire, _gap_s: float, *, at_most_s: float) -> None:
        del at_most_s

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Wire, "quiet", quiet)
        patched.setattr(Wire, "forget", lambda _wire: None)
        yield
