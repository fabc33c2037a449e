"""A day of the agent and the collector in little time, and what they hold meanwhile (row 31).

Agent and collector are processes of their own. The agent's clock is stepped as fast as the
machine allows; its meters answer at once; spool, broker, ledger and judge are the real ones.
At the end of each hour of the agent's time both are looked at, once the judge has followed.
"""

import json
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from carbonmeter.ports import free_port
from tests.contract.mosquitto import SEARCHED, Mosquitto
from tests.faults.campaign import Campaign, Control, Tally
from tests.faults.following import TimeFile
from tests.faults.growth import Bound, Holding, added_KiB, grown, holding
from tests.system.bank import POINTS, devices, unlike
from tests.system.ready import listens
from tests.system.streamed import streamed
from tests.system.works import ROOT, Terms, Works, until

START_NS: Final = 1_767_225_600_000_000_000
WHO: Final = ("agent", "collector")
DERIVED: Final = "derived.sqlite"
HOUR_S: Final = 1800.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What is polled, and for how long.

    Attributes:
        meters, points: Of each of so many meters so many points.
        period_s: Of the polls.
        readings: Of a channel, after which a batch is closed.
        hours: Of the agent's time.
        bound: On what the second half may add.
    """

    meters: int
    points: int
    period_s: float
    readings: int
    hours: int
    bound: Bound = field(default_factory=Bound)

    @property
    def names(self) -> tuple[str, ...]:
        """The points' channels."""
        return tuple(POINTS)[: self.points]

    @property
    def polls(self) -> int:
        """Of each meter."""
        return round(self.hours * 3600 / self.period_s)


DAY: Final = Load(meters=5, points=10, period_s=1.0, readings=1, hours=24)
"""86,400 batches of 50 readings: more commits, receipts and judgements than 1,000 points make."""
FULL_WIDTH: Final = Load(meters=50, points=20, period_s=10.0, readings=1, hours=24)
"""1,000 points in each batch, 8,640 batches."""


SAMPLE: Final = Load(meters=4, points=10, period_s=60.0, readings=1, hours=5)
"""480 batches: what is played in every check."""
SPOOL: Final = "[spool]\nlimit_MiB = 4096"


class BankWorks(Works):
    """A works whose meters are the bank's, in the agent's own process."""

    def __init__(self, folder: Path, load: Load) -> None:
        self.load = load
        program = shutil.which("mosquitto", path=SEARCHED)
        assert program is not None, "mosquitto is not installed"
        self.mosquitto = Mosquitto(folder=folder, program=program, port=free_port())
        super().__init__(folder, self.mosquitto, self._terms())
        self.time = folder / "time"
        TimeFile(self.time).show(START_NS)
        config = self.collector_dir / "collector.toml"
        self.collector.module = "tests.system.followed_collector"
        self.collector.words = (str(self.time), *self.collector.words[1:])
        accepted = "accept_simulated_clock = true\n[broker]"
        config.write_text(config.read_text().replace("[broker]", accepted))

    def _terms(self) -> Terms:
        return Terms(
            meters=self.load.meters, max_age_s=3600.0, readings=self.load.readings, more=SPOOL
        )

    def _agent_config(self, collector_line: str) -> str:
        head = super()._agent_config(collector_line).partition("[[lines.devices]]")[0]
        return head + devices(self.load.meters, self.load.names, self.load.period_s)

    @property
    def judged(self) -> int:
        """How many leaves the judge has followed."""
        path = self.collector_dir / "state" / DERIVED
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as db:
            row = db.execute("SELECT next FROM cursor").fetchone()
        return 0 if row is None else int(row[0])

    def bank_agent(self, *more: str) -> subprocess.Popen[bytes]:
        """The agent's process on the bank's meters; it says when an hour is over, and waits."""
        config, hours = self.agent_dir / "agent.toml", str(self.load.hours)
        words = (str(config), str(self.time), hours, *more)
        with (self.folder / "agent.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.system.banked_agent", *words],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )

    def log(self) -> Iterator[bytes]:
        """The one log's leaves; then signatures, roots and receipts are found to fit."""
        return streamed(self.collector_dir / "state", self.agent_key, self.collector_key)


@contextmanager
def bank_works(folder: Path, load: Load) -> Iterator[BankWorks]:
    """Broker and collector of a works on the bank's meters, running."""
    works = BankWorks(folder, load)
    try:
        works.mosquitto.start()
        works.collector.start()
        until(lambda: listens(works), "the collector listens")
        yield works
    finally:
        works.close()


def hourly(works: BankWorks, *more: str) -> dict[str, list[Holding]]:
    """What agent and collector hold at the end of each hour of the agent's time."""
    found: dict[str, list[Holding]] = {who: [] for who in WHO}
    collector = works.collector.process
    assert collector is not None
    with _ended(works.bank_agent(*more), works.folder / "agent.log") as agent:
        for said in _hours(agent):
            _until_judged(works, int(said["leaves"]))
            found["agent"].append(holding(agent.pid))
            found["collector"].append(holding(collector.pid))
    return found


@contextmanager
def _ended(agent: subprocess.Popen[bytes], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The process, which ends by itself at the end, or is ended."""
    try:
        yield agent
        assert agent.wait(60) == 0, log.read_text()[-2000:]
    finally:
        agent.kill()
        agent.communicate()


def _until_judged(works: BankWorks, leaves: int) -> None:
    end = time.monotonic() + HOUR_S
    while works.judged < leaves:
        assert time.monotonic() < end, f"{works.judged} of {leaves} leaves were judged"
        time.sleep(0.02)


def _hours(agent: subprocess.Popen[bytes]) -> Iterator[Mapping[str, float]]:
    """What the agent says at the end of each hour; it goes on when the next is asked for."""
    assert agent.stdin is not None
    assert agent.stdout is not None
    for line in agent.stdout:
        yield json.loads(line)
        agent.stdin.write(b"\n")
        agent.stdin.flush()


def _play(load: Load, _seed: int, folder: Path) -> Tally:
    with bank_works(folder, load) as works:
        held = hourly(works)
        wrong = [what for who in WHO for what in grown(who, held[who], load.bound)]
        assert not wrong, "\n".join(wrong)
        wrong = unlike(works.log(), load.meters, load.names, load.polls)
        assert not wrong, "\n".join(wrong[:20])
        return _tally(load, held, works.leaves)


def _tally(load: Load, held: Mapping[str, Sequence[Holding]], leaves: int) -> Counter[str]:
    """Figures of a soak; the grown memory is of its second half."""
    tally = Counter(hours=load.hours, leaves=leaves)
    tally["readings"] = load.polls * load.meters * load.points
    for who, samples in held.items():
        tally[f"{who}_KiB"] = samples[-1].memory_KiB
        tally[f"{who}_grown_KiB"] = round(added_KiB(samples))
    return tally


def _leaking(_seed: int, folder: Path) -> Sequence[str]:
    """An agent that keeps every poll in a list; nobody waits for the judge."""
    with bank_works(folder, SAMPLE) as works:
        log = works.folder / "agent.log"
        with _ended(works.bank_agent("kept"), log) as agent:
            held = [holding(agent.pid) for _ in _hours(agent)]
        return grown("agent", held, SAMPLE.bound)


LEAK: Final = Control(
    defence="a poll is let go once it is in a batch; here a list keeps every one", find=_leaking
)


def soak(name: str, load: Load, what: str) -> Campaign:
    """A campaign of one round of a load."""
    return Campaign(
        name=name,
        rows=(31,),
        fault=f"{load.hours} h of time: {what}",
        holds="the second half of it adds less than 2 % and 1 MiB to what agent and collector have "
        "resident, by its slope, and no descriptor and no thread; every reading is in the ledger",
        counted="hours",
        figure=load.hours,
        play=partial(_play, load),
        controls=(LEAK,),
    )


SOAK_SAMPLE: Final = soak("soak-sample", SAMPLE, "40 points a minute")
SOAK_BY_SECONDS: Final = soak(
    "soak-by-seconds",
    DAY,
    "50 points at 1/s, and a batch, a commit, a receipt and a judgement each second: more of "
    "them than 1,000 points at 1/s make, in batches of a twentieth",
)
SOAK_FULL_WIDTH: Final = soak(
    "soak-full-width", FULL_WIDTH, "1,000 points every 10 s, a full batch each"
)
