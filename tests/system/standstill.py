"""Agent, broker or collector stands still for a while under load, and goes on (row 12).

What must hold afterwards: all that the oracle asks of a ledger, and that every tick of the poll
grid is told once, as a reading or as missed, without a burst of polls that catch up.
"""

import random
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from carbonmeter.ports import free_port
from evidence.clock import Clock, ScaledClock, SystemClock, start_scaled_clock
from tests.contract.mosquitto import SEARCHED, Mosquitto
from tests.faults.campaign import Campaign, Control, Tally
from tests.faults.stopping import stopped
from tests.system.meters import Meters
from tests.system.oracle import log_of
from tests.system.ready import found_by, listens
from tests.system.ticks import courses, crowded, untold
from tests.system.works import Command, Terms, Works, until

WHO: Final = ("agent", "broker", "collector")
KEEPALIVE_ROUND: Final = 10
"""Every tenth round stands still for longer than a keepalive of 15 s."""
VIRTUAL_START_NS: Final = 1_767_225_600_000_000_000
FACTOR: Final = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How time goes in a round.

    Attributes:
        terms: Of the works.
        clock: Of agent and collector.
        longest_s: A standstill, on the machine's clock.
    """

    terms: Terms
    clock: Clock
    longest_s: float


class ClockedMeters(Meters):
    """Meters that note their answers by another clock."""

    clock: Clock = SystemClock()

    def answer(self, unit: int) -> int:
        at_ns = self.clock.now_ns()
        shown = super().answer(unit)
        self.served[unit, self._last[unit]] = at_ns
        return shown


class StillWorks(Works):
    """A works on a clock, whose processes can be told to stand still."""

    def __init__(self, folder: Path, course: Course) -> None:
        program = shutil.which("mosquitto", path=SEARCHED)
        assert program is not None, "mosquitto is not installed"
        self.mosquitto = Mosquitto(folder=folder, program=program, port=free_port())
        super().__init__(folder, self.mosquitto, course.terms)
        self.meters.close()
        self.meters = self._clocked(course.clock)
        if isinstance(course.clock, ScaledClock):
            self._simulate(course.clock)

    def _clocked(self, clock: Clock) -> Meters:
        meters, config = ClockedMeters(), self.agent_dir / "agent.toml"
        meters.clock = clock
        before = f"port = {self.meters.port}\n"
        config.write_text(config.read_text().replace(before, f"port = {meters.port}\n"))
        return meters

    def _simulate(self, clock: ScaledClock) -> None:
        config = self.collector_dir / "collector.toml"
        accepted = "accept_simulated_clock = true\n[broker]"
        config.write_text(config.read_text().replace("[broker]", accepted))
        for command in (self.agent, self.collector):
            command.env["CARBONMETER_CLOCK"] = clock.to_text()

    @contextmanager
    def still(self, who: str) -> Iterator[None]:
        """One of agent, broker and collector stands still inside."""
        process = {
            "agent": self.agent.process,
            "broker": self.mosquitto.process,
            "collector": self.collector.process,
        }[who]
        assert process is not None
        with stopped(process):
            yield

    def told(self) -> list[str]:
        """What is wrong with the ticks of the poll grid."""
        period_ns = round(self.terms.period_s * 1e9)
        found = crowded(self.meters.served, period_ns)
        logs = log_of(self.collector_dir / "state", self.agent_key, self.collector_key)
        leaves = [leaf for epoch in logs.values() for leaf in epoch]
        for device, course in courses(leaves).items():
            found += [f"{device}: {what}" for what in untold(course, period_ns // 1_000_000)]
        return found

    def missed(self) -> Counter[str]:
        """How many ticks of all devices are named as missed, one by one and in gaps."""
        logs = log_of(self.collector_dir / "state", self.agent_key, self.collector_key)
        found = courses(leaf for epoch in logs.values() for leaf in epoch).values()
        ticks = sum(len(each.missed_ms) for each in found)
        return Counter(missed_ticks=ticks, gap_records=sum(len(each.gaps_ms) for each in found))


@contextmanager
def still_works(
    folder: Path, course: Course, module: str = "carbonmeter.cli"
) -> Iterator[StillWorks]:
    """A works that runs, its agent by `module`, and is ended whatever happens."""
    works = StillWorks(folder, course)
    works.agent.module = module
    try:
        works.mosquitto.start()
        works.collector.start()
        until(lambda: listens(works), "the collector listens")
        works.agent.start()
        works.delivered(2)
        yield works
    finally:
        works.close()


def _real(seed: int) -> Course:
    long = seed % KEEPALIVE_ROUND == KEEPALIVE_ROUND - 1
    return Course(terms=Terms(), clock=SystemClock(), longest_s=25.0 if long else 1.2)


def _scaled(_seed: int) -> Course:
    """Up to 11 minutes: more ticks than are named one by one."""
    return Course(
        terms=Terms(period_s=10.0, max_age_s=60.0),
        clock=start_scaled_clock(VIRTUAL_START_NS, FACTOR),
        longest_s=660.0 / FACTOR,
    )


def _play(course_of: Callable[[int], Course], seed: int, folder: Path) -> Tally:
    rng, course = random.Random(seed), course_of(seed)
    with still_works(folder, course) as works:
        for who in rng.sample(WHO, len(WHO)):
            _stand_still(works, who, rng.uniform(0.2, 1.0) * course.longest_s)
        _second_agent_is_refused(works)
        works.delivered(2)
        works.drain()
        kept = works.check()
        found = works.told()
        assert not found, "\n".join(found[:20])
        return Counter(stops=len(WHO) + 1, polls=len(kept)) + works.missed()


def _stand_still(works: StillWorks, who: str, pause_s: float) -> None:
    answers = works.meters.answers
    with works.still(who):
        time.sleep(pause_s)
        if who == "agent":
            asked = works.meters.answers - answers
            assert asked <= works.terms.meters, "it was asked while the agent stood still"
            works.committed.update(works.spool().polls)
    works.polled(works.terms.meters * 3)


def _second_agent_is_refused(works: StillWorks) -> None:
    """Whoever finds the agent standing still and starts another one gets an error, no polls."""
    second = _second(works, "carbonmeter.cli")
    with works.still("agent"):
        before = works.meters.answers
        second.start()
        assert second.process is not None
        assert second.process.wait(30) == 69, second.said()
        assert works.meters.answers <= before + works.terms.meters
    assert "E_" in second.said()


def _second(works: Works, module: str) -> Command:
    first = works.agent
    log = works.folder / "second.log"
    return Command(words=first.words, log=log, module=module, env=dict(first.env))


def _without_lock(_seed: int, folder: Path) -> Sequence[str]:
    """A second agent on the same spool, started while the first stands still."""
    with still_works(folder, _real(0)) as works:
        second = _second(works, "tests.system.unlocked_agent")
        try:
            with _still_between_commits(works):
                second.start()
                works.polled(works.terms.meters * 3)
            works.polled(works.terms.meters * 5)
        finally:
            _killed(second)
        return found_by(works.drain) or found_by(works.check)


@contextmanager
def _still_between_commits(works: StillWorks) -> Iterator[None]:
    """The agent stands still inside, and not with SQLite's own lock in its hand.

    That lock, too, keeps a second agent away, but only for as long as a commit takes.
    """
    spool = works.agent_dir / "state" / "spool.sqlite"
    while True:
        with works.still("agent"):
            if _unheld(spool):
                yield
                return
        time.sleep(0.01)


def _unheld(path: Path) -> bool:
    """Whether no process is committing to a database."""
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as db:
        try:
            db.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        db.execute("ROLLBACK")
        return True


def _killed(command: Command) -> None:
    if command.process is not None:
        command.process.kill()
        command.process.wait(10)


def _catching_up(_seed: int, folder: Path) -> Sequence[str]:
    """An agent that polls once for each tick that it missed."""
    with still_works(folder, _real(0), "tests.system.catching_up_agent") as works:
        with works.still("agent"):
            time.sleep(1.5)
        works.polled(works.terms.meters * 20)
        works.drain()
        return works.told()


_CONTROLS: Final = (
    Control(defence="the lock on the spool: a second agent may run", find=_without_lock),
    Control(defence="missed polls are named, never caught up", find=_catching_up),
)


def _play_real(seed: int, folder: Path) -> Tally:
    return _play(_real, seed, folder)


def _play_scaled(seed: int, folder: Path) -> Tally:
    return _play(_scaled, seed, folder)


def _lapsed(tally: Tally) -> None:
    assert tally["missed_ticks"] > 0, "no poll was ever missed"


STANDSTILL: Final = Campaign(
    name="standstill",
    rows=(12,),
    fault="SIGSTOP of agent, broker and collector in turn for up to 1.2 s, every tenth round "
    "for up to 25 s, so that keepalives lapse; a second agent is started meanwhile",
    holds="nothing is lost, doubled or altered; every tick is a reading or named as missed; "
    "no burst of polls; no second poller",
    counted="stops",
    figure=400,
    play=_play_real,
    closes=_lapsed,
    controls=_CONTROLS,
)
STANDSTILL_10_MINUTES: Final = Campaign(
    name="standstill-10-minutes",
    rows=(12,),
    fault="the same for 2 to 11 minutes of the agent's and the collector's own time, "
    "which goes 300 times as fast as the machine's",
    holds=STANDSTILL.holds,
    counted="stops",
    figure=100,
    play=_play_scaled,
    closes=_lapsed,
    controls=_CONTROLS[1:],
)
