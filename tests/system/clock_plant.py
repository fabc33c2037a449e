"""An agent whose clock is set by others, in virtual time that only the test knows."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from device_profiles.plan import ReadRequest
from edge_agent.agent import Agent
from edge_agent.assembly import attach_uplink, open_agent
from edge_agent.driver import Identification, Reply
from edge_agent.installation import load_installation
from edge_agent.line import Line, Station
from edge_agent.service import carried, ticks_due, ticks_gone
from evidence.clock import NS_PER_S, SteppedClock
from evidence.clock_kernel import Discipline
from evidence.judging.judgement import Position
from evidence.log.envelope import Envelope
from evidence.log.merkle import Frontier
from tests.unit.edge_agent.collector_stub import Collector, CollectorLink
from tests.unit.edge_agent.site import KEY, START_NS, device, world, write_site

HOUR_S: Final = 3600
HALF_HOUR_S: Final = 1800
CHANNEL: Final = "works/feeder-1/active_energy_import"


class RealClock(SteppedClock):
    """A clock of which the agent is to think that it is a machine's own."""

    __slots__ = ()

    @property
    def simulated(self) -> bool:
        return False


def power_kW(half_hour: int) -> int:
    """The load in a half hour since the start: 36, 72, ... 180, and over again."""
    return 36 * (1 + half_hour % 5)


def counted(second: int) -> int:
    """What the meter shows so many whole seconds after the start, in 0.01 kWh.

    No two seconds show the same: 36 kW is 0.01 kWh a second.
    """
    halves, rest = divmod(second, HALF_HOUR_S)
    fives, more = divmod(halves, 5)
    whole = fives * sum(map(power_kW, range(5))) + sum(map(power_kW, range(more)))
    return 100_000 + (HALF_HOUR_S * whole + rest * power_kW(halves)) // 36


@dataclass(slots=True)
class Meter:
    """A driver whose answers tell when they were given.

    Attributes:
        clock: The agent's: its monotonic reading is the true time since the start.
        served: Value -> true time, ns.
    """

    clock: SteppedClock
    served: dict[int, int] = field(default_factory=dict)

    async def open(self) -> None:
        """Nothing to do."""

    async def close(self) -> None:
        """Nothing to do."""

    async def identify(self) -> Identification:
        return Identification()

    async def exchange(self, request: ReadRequest) -> Reply:
        assert (request.address, request.count) == (0x5000, 4)
        value = counted(self.clock.monotonic_ns() // NS_PER_S)
        self.served[value] = START_NS + self.clock.monotonic_ns()
        raw, now_ns = value.to_bytes(8, "big"), self.clock.now_ns()
        return Reply(content=raw, raw=raw, requested_at_ns=now_ns, answered_at_ns=now_ns)


@dataclass
class Received(Collector):
    """A collector that notes what it took, and when."""

    arrivals: list[tuple[Position, bytes]] = field(default_factory=list)

    def _admit(self, envelope: Envelope, frontier: Frontier, head: bytes, text: str) -> None:
        super()._admit(envelope, frontier, head, text)
        where = Position(
            position=len(self.arrivals),
            agent="line-1",
            epoch=envelope.epoch,
            sequence=envelope.sequence,
            received_ns=self.at_ns,
        )
        self.arrivals.append((where, self.leaves[envelope.epoch][-1]))


class ClockPlant:
    """One meter, one agent, one collector that always knows the time.

    Args:
        folder: Of the agent's site.
        period_s: Of its polls.
        kept_s: A batch is closed once its first poll is so old.
        clock: Further lines of the configuration's table of the clock.
        offset_s: What the agent's clock is off by at the start.
        discipline: What is said of it then.
    """

    def __init__(
        self,
        folder: Path,
        *,
        period_s: float = 20.0,
        kept_s: float = 60.0,
        clock: str = "",
        offset_s: float = 0.0,
        discipline: Discipline | None = None,
    ) -> None:
        self.clock = RealClock(START_NS)
        self.clock.disciplined(discipline)
        self.offset_ns = 0
        self.steps: list[int] = []
        path = write_site(folder, device(period_s=period_s))
        path.write_text(
            path.read_text().replace("max_age_s = 3600", f"max_age_s = {kept_s}")
            + (f"[clock]\n{clock}\n" if clock else "")
        )
        self._set(round(offset_s * NS_PER_S))
        self.meter, self.collector = Meter(self.clock), Received(agent=KEY.verifier)
        self.link = CollectorLink(self.collector)
        self.agent = self._opened(path)
        self.shown = self.clock.now_ns(), 0
        self.last_ns = self.shown[0]
        self.link.connect()

    def _opened(self, path: Path) -> Agent:
        stations = [Station(name="feeder-1", driver=self.meter)]
        lines = {"bus-1": Line(stations, clock=self.clock)}
        agent = open_agent(load_installation(path), KEY, world(self.clock), lines)
        key = self.collector.key.verifier
        self.uplink = attach_uplink(agent, self.link, key, self.clock)
        return agent

    @property
    def true_ns(self) -> int:
        """The time, as only the collector knows it."""
        return START_NS + self.clock.monotonic_ns()

    def set_clock(self, offset_s: float) -> None:
        """Sets the agent's clock to be off by `offset_s`; it never shows a time before 1970."""
        before = self.offset_ns
        self._set(max(round(offset_s * NS_PER_S), NS_PER_S - self.true_ns))
        self.steps.append(self.offset_ns - before)

    def _set(self, offset_ns: int) -> None:
        by_ns, self.offset_ns = offset_ns - self.offset_ns, offset_ns
        if by_ns < 0:
            self.clock.step_back(-by_ns)
        else:
            self.clock.step_forward(by_ns)

    async def after(self, seconds: int = 1) -> None:
        """What the agent's service does once so much time has passed."""
        self.clock.advance(seconds * NS_PER_S)
        self.collector.at_ns = self.true_ns
        before, self.shown = self.shown, (self.clock.now_ns(), self.clock.monotonic_ns())
        now_ns, last_ns = self.shown[0], carried(self.last_ns, before, self.shown)
        devices = self.agent.devices_on("bus-1")
        due = ticks_due(devices, last_ns, now_ns)
        self.last_ns = last_ns
        if due:
            await self.agent.poll_line("bus-1", due)
            self.agent.missed({each.name: ticks_gone(each, last_ns, now_ns) for each in devices})
            self.last_ns = now_ns
        self.agent.close_due(now_ns)
        self.agent.pump()

    async def delivered(self) -> None:
        """Lets pass what it takes to have all receipted."""
        self.agent.close_batch(self.clock.now_ns())
        for _ in range(600):
            if self.uplink.delivered:
                return
            self.clock.advance(NS_PER_S)
            self.collector.at_ns = self.true_ns
            self.agent.pump()
        raise AssertionError("nothing was delivered in ten minutes")
