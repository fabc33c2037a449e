"""Rows 3, 4, 5: the agent as it runs, 50 devices of 20 points, against other gateways.

`carbonmeter agent run` polls simulated devices, calibrates, states uncertainty, signs, spools
with synchronous=FULL and publishes at QoS 1 to a mosquitto, where a listener gives receipts.
The peers poll the same devices and publish at QoS 1 to the same mosquitto; none of them
calibrates, signs, or keeps a durable spool. CPU is each process's own, read from outside.

Flat out: the agent polls on a grid, so its own maximum is searched among grids: the most that
it delivers of polls that are done. A peer polls as fast as it goes.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from statistics import median
from subprocess import Popen
from types import ModuleType

from benchmarks.figures import Bound, Figure, Pair, compared, measured, skipped
from benchmarks.listener import Heard, read_heard
from benchmarks.processes import UnavailableError, cpu_s, devices, rss_kB, scratch_folder
from benchmarks.works import (
    POINTS,
    Site,
    StandstillError,
    agent_at_work,
    listening,
    mosquitto,
    wait_until,
)

DEVICES, ROUNDS, OTHER_ROUNDS = 50, 5, 3
SETTLE_S, SPAN_S, SLOW_SPAN_S = 3.0, 10.0, 20.0
SLOW_S = 1.0
DEMANDED = DEVICES * POINTS / SLOW_S
GRIDS_S = (0.5, 0.2, 0.1, 0.072, 0.05, 0.036, 0.025, 0.018, 0.012, 0.01)
PEERS = ("modpoll", "node_red", "thingsboard")
AT_LEAST = {"modpoll": (3, 1.5), "node_red": (2, 1), "thingsboard": (12, 6)}
AT_1_S = {"modpoll": (1, 1.5), "thingsboard": (0.2, 0.5)}
CPU_A_POINT = Bound(goal=0.6, gate=1.0)
SHARE = Bound(goal=0.999, gate=0.99, sense=">=", of="subject")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What a process did in a while, from outside."""

    seconds: float
    cpu_s: float
    points: int
    missed: int
    rss_kB: int

    @property
    def cpu_us_a_point(self) -> float:
        """CPU that a delivered point took."""
        return self.cpu_s / max(self.points, 1) * 1e6

    @property
    def points_a_core(self) -> float:
        """Points that a second of CPU delivers."""
        return self.points / max(self.cpu_s, 1e-9)

    @property
    def per_s(self) -> float:
        """Points delivered in a second."""
        return self.points / self.seconds


def watched(process: "Popen[str]", heard: Callable[[], Heard], seconds: float) -> Span:
    """What a process did in the next while."""
    before, cpu, begin = heard(), cpu_s(process), time.monotonic()
    time.sleep(seconds)
    after = heard()
    return Span(
        seconds=time.monotonic() - begin,
        cpu_s=cpu_s(process) - cpu,
        points=after.points - before.points,
        missed=after.missed - before.missed,
        rss_kB=rss_kB(process),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Devices and a broker on loopback, and a folder."""

    folder: Path
    broker: int
    port: int

    def agent(self, period_s: float, seconds: float, number: int = DEVICES) -> Span:
        """What the agent does on a grid, once it is under way."""
        site = Site(devices=number, period_s=period_s, ports=(self.port,))
        with agent_at_work(self.folder, self.broker, site) as agent:
            wait_until(lambda: agent.heard().points > 0, "the agent delivers")
            time.sleep(SETTLE_S)
            return watched(agent.process, agent.heard, seconds)

    def peer(self, peer: ModuleType, period_s: float | None, seconds: float) -> Span:
        """What another gateway does, once it is under way."""
        folder = self.folder / f"{peer.__name__}-{time.monotonic_ns()}"
        folder.mkdir()
        with (
            listening(folder, self.broker, peer.TOPIC) as counters,
            peer.at_work(folder, self.broker, self.port, DEVICES, period_s) as process,
        ):
            try:
                wait_until(lambda: read_heard(counters).points > 0, f"{peer.NAME} delivers")
            except StandstillError as wrong:
                raise UnavailableError(str(wrong)) from wrong
            time.sleep(SETTLE_S)
            return watched(process, lambda: read_heard(counters), seconds)

    def fastest_grid(self) -> float:
        """The grid on which the agent delivers most: its own maximum."""
        best = (0.0, GRIDS_S[0])
        for period_s in GRIDS_S:
            found = self.agent(period_s, SPAN_S / 2)
            best = max(best, (found.per_s, period_s))
            if found.per_s < 0.8 * best[0]:
                break
        return best[1]


@contextlib.contextmanager
def field() -> Iterator[Field]:
    """A field with one gateway, behind which all devices are."""
    with scratch_folder() as folder, mosquitto(folder) as broker, devices() as (port,):
        yield Field(folder=folder, broker=broker, port=port)


def measure() -> list[Figure]:
    """The figures of rows 3, 4 and 5."""
    with field() as here:
        grid_s = here.fastest_grid()
        return [figure for name in PEERS for figure in _against(here, name, grid_s)]


def _against(here: Field, name: str, grid_s: float) -> list[Figure]:
    peer = import_module(f"benchmarks.peers.{name}")
    rounds = ROUNDS if name == "modpoll" else OTHER_ROUNDS
    try:
        peer.prepare()
        fast = [(here.peer(peer, None, SPAN_S), here.agent(grid_s, SPAN_S)) for _ in range(rounds)]
        slow = [
            (here.peer(peer, SLOW_S, SLOW_SPAN_S), here.agent(SLOW_S, SLOW_SPAN_S))
            for _ in range(rounds)
        ]
    except UnavailableError as wrong:
        return [skipped(4, f"against {peer.NAME}", str(wrong))]
    return [*_flat_out(name, peer.NAME, fast, grid_s), *_at_1_s(name, peer.NAME, slow)]


_Rounds = list[tuple[Span, Span]]


def _flat_out(name: str, against: str, rounds: _Rounds, grid_s: float) -> list[Figure]:
    cpu = [(a.cpu_us_a_point, b.cpu_us_a_point) for a, b in rounds]
    core = [(a.points_a_core, b.points_a_core) for a, b in rounds]
    goal, gate = AT_LEAST[name]
    title = f"flat out (grid of {1000 * grid_s:g} ms)"
    least = Bound(goal=goal, gate=gate, sense=">=")
    per_core = compared(
        4, f"points/s a core, {title}", core, unit="/s", against=against, bound=least
    )
    if name != "modpoll":
        return [per_core]
    wall = [(a.per_s, b.per_s) for a, b in rounds]
    return [
        compared(3, f"CPU a point, {title}", cpu, unit="µs", against=against, bound=CPU_A_POINT),
        per_core,
        compared(4, f"points/s by the clock, {title}", wall, unit="/s", against=against),
    ]


def _at_1_s(name: str, against: str, rounds: _Rounds) -> list[Figure]:
    cpu: list[Pair] = [(100 * a.cpu_s / a.seconds, 100 * b.cpu_s / b.seconds) for a, b in rounds]
    memory = [(a.rss_kB / 1024, b.rss_kB / 1024) for a, b in rounds]
    bound = AT_1_S.get(name)
    most = Bound(goal=bound[0], gate=bound[1]) if bound else None
    found = [
        compared(5, "CPU at 1 s polls", cpu, unit="%", against=against, bound=most),
        compared(7, "resident memory at 1 s polls", memory, unit="MB", against=against),
    ]
    if name != "modpoll":
        return found
    share = [b.points / max(b.points + b.missed, 1) for _, b in rounds]
    theirs = median(a.per_s for a, _ in rounds) / DEMANDED
    told = measured(5, "share of 1 s polls delivered", share, unit="", bound=SHARE)
    return [*found, told, measured(5, f"the same by {against}", [theirs], unit="")]
