"""Three days without a network, and then a thin one (row 10): the backlog drains.

The spool is filled through the agent's own polling on a stepped clock; then the agent's command
delivers it over a wire of 1 Mbit/s and goes on reading its meters meanwhile. Leaves go in their
order, so what is read meanwhile is delivered last.
"""

import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from tests.faults.campaign import Campaign, Tally
from tests.faults.following import TimeFile
from tests.faults.growth import peak_KiB
from tests.faults.netns import Wire, wired
from tests.system.bank import POINTS, BankMeters, devices, unlike
from tests.system.parting import PARTING, PartedWorks
from tests.system.streamed import streamed
from tests.system.works import ROOT, Terms

HOUR_NS: Final = 3_600_000_000_000
PERIOD_S: Final = 60.0
LIVE_S: Final = 5.0
MOST_KiB: Final = 150 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """What was polled, for how long, and what the network gives afterwards.

    Attributes:
        meters, points: Of each of so many meters so many points, once a minute.
        hours: Without a network.
        rate: Of the wire afterwards.
        within_s: Is enough to deliver it all.
    """

    meters: int
    points: int
    hours: int
    rate: str
    within_s: float

    @property
    def names(self) -> tuple[str, ...]:
        """The points' channels."""
        return tuple(POINTS)[: self.points]

    @property
    def polls(self) -> int:
        """Of each meter."""
        return round(self.hours * 3600 / PERIOD_S)


class BacklogWorks(PartedWorks):
    """The bank's meters, an agent behind a wire, and what it could not deliver."""

    def __init__(self, folder: Path, wire: Wire, outage: Outage) -> None:
        self.outage = outage
        batches = Terms(meters=outage.meters, max_age_s=10.0, readings=10)  # as they come
        super().__init__(folder, wire, batches)
        self.meters.close()
        with wire.on("near"):
            self.meters = BankMeters(first=outage.polls)
        config = self.collector_dir / "collector.toml"
        accepted = "accept_simulated_clock = true\n[broker]"
        config.write_text(config.read_text().replace("[broker]", accepted))

    def _agent_config(self, collector_line: str) -> str:
        head = super()._agent_config(collector_line).partition("[[lines.devices]]")[0]
        return head + devices(self.outage.meters, self.outage.names, PERIOD_S)

    def fill(self) -> int:
        """Fills the spool with all hours up to now; the most that the process held, KiB."""
        config, clock = self.agent_dir / "agent.toml", self.folder / "time"
        start_ns = time.time_ns() // HOUR_NS * HOUR_NS - self.outage.hours * HOUR_NS
        TimeFile(clock).show(start_ns)
        words = (str(config), str(clock), str(self.outage.hours), "undelivered")
        command = (sys.executable, "-m", "tests.system.banked_agent", *words)
        most = 0
        with subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as agent:
            assert agent.stdin is not None
            assert agent.stdout is not None
            for _ in agent.stdout:
                most = peak_KiB(agent.pid)
                agent.stdin.write(b"\n")
                agent.stdin.flush()
        assert agent.returncode == 0
        return most

    def live(self) -> None:
        """From now on the meters are asked over a socket, and more often."""
        config = self.agent_dir / "agent.toml"
        text = config.read_text().replace(f"period_s = {PERIOD_S}", f"period_s = {LIVE_S}")
        begin, _, rest = text.partition('host = "127.0.0.1"\nport = ')
        _, _, end = rest.partition("\n")
        config.write_text(f'{begin}host = "127.0.0.1"\nport = {self.meters.port}\n{end}')

    @property
    def left(self) -> int:
        """How many leaves the spool of the ended agent holds."""
        path = self.agent_dir / "state" / "spool.sqlite"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            return int(db.execute("SELECT count(*) FROM leaf").fetchone()[0])

    def wait_for(self, leaves: int) -> float:
        """Seconds until the ledger holds so many leaves."""
        start = time.monotonic()
        while self.leaves < leaves:
            assert time.monotonic() < start + self.outage.within_s, f"{self.leaves} of {leaves}"
            time.sleep(0.05)
        return time.monotonic() - start

    def log(self) -> Iterator[bytes]:
        """The one log's leaves; then signatures, roots and receipts are found to fit."""
        return streamed(self.collector_dir / "state", self.agent_key, self.collector_key)


@contextmanager
def backlog_works(folder: Path, outage: Outage) -> Iterator[BacklogWorks]:
    """A works whose agent is still without a network; ended whatever happens."""
    with wired() as wire:
        works = BacklogWorks(folder, wire, outage)
        try:
            yield works
        finally:
            works.close()


def _play(outage: Outage, _seed: int, folder: Path) -> Tally:
    with backlog_works(folder, outage) as works:
        filling_KiB = works.fill()
        left = works.left
        works.live()
        works.wire.slow(outage.rate)
        works.start()
        seconds = works.wait_for(left)
        assert works.agent.process is not None
        draining_KiB = peak_KiB(works.agent.process.pid)
        works.drain()
        wrong = unlike(works.log(), outage.meters, outage.names, outage.polls)
        assert not wrong, "\n".join(wrong[:20])
        assert max(filling_KiB, draining_KiB) <= MOST_KiB, f"{filling_KiB}, {draining_KiB} KiB"
        assert works.meters.answers > 0, "no live reading was taken"
        tally = Counter(hours=outage.hours, leaves=left, live_answers=works.meters.answers)
    tally["readings"] = outage.polls * outage.meters * outage.points
    tally["drained_in_s"], tally["most_KiB"] = round(seconds), max(filling_KiB, draining_KiB)
    return tally


THREE_DAYS: Final = Outage(meters=50, points=20, hours=72, rate="1mbit", within_s=7200.0)
HOUR: Final = Outage(meters=5, points=20, hours=1, rate="1mbit", within_s=60.0)
"""What is played in every check."""


def backlog(name: str, outage: Outage) -> Campaign:
    """A campaign of one round of an outage."""
    points = outage.meters * outage.points
    return Campaign(
        name=name,
        rows=(10,),
        fault=f"{outage.hours} h of {points:,} points a minute wait in the spool; then the "
        f"network gives {outage.rate}, while polling goes on",
        holds="every reading is delivered in its order; the agent never holds more than 150 MiB",
        counted="hours",
        figure=outage.hours,
        play=partial(_play, outage),
        controls=PARTING.controls,
    )


BACKLOG: Final = backlog("backlog-72-h", THREE_DAYS)
BACKLOG_SAMPLE: Final = backlog("backlog-sample", HOUR)
