"""What a month's statements cost over HTTP, of one channel and of a thousand, and how that grows.

The folder holds a year of hours of a thousand channels. Each figure is one request to the whole
application - identity, statement, uncertainty, digest, keeping, JSON - by processor time, the
first of its kind: statements that were kept before are removed. `one by one` is the same month
of one channel with no day summed, as it is right after certificates came late.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.figures import Bound, Figure, measured
from benchmarks.year import CHANNELS, agent_name, channel_name, year
from collector.access import TokenFile
from collector.api.parts import Parts
from collector.api.pool import SourcePool
from collector.journal import open_journal
from collector.ledger_read import read_ledger
from collector.originals import Originals
from collector.people.sessions import Sessions
from collector.people.users import UserFile
from collector.store import Store
from evidence.clock import SystemClock
from tests.unit.collector.agent_log import SIGNER
from tests.unit.collector.api.plant import Asked, served

RUNS = 5
MONTH = "start=2026-02-01&end=2026-03-01"
ONE, ALL = (
    Bound(goal=50, gate=100, of="subject"),
    Bound(goal=5_000, gate=15_000, of="subject"),
)
_BASE = "/api/v1/activity-data"


def measure() -> list[Figure]:
    """The figures of statements; the year is made first if it is not there."""
    folder = year()
    with _opened(folder) as asked:
        return [*_of_one(folder, asked), *_of_many(folder, asked)]


def _of_one(folder: Path, asked: Asked) -> list[Figure]:
    energy = f"channel={channel_name(CHANNELS // 2 + 1)}"
    periods = {
        "a day": "start=2026-02-03&end=2026-02-04",
        "a quarter": "start=2026-02-01&end=2026-05-01",
        "eleven months": "start=2026-02-01&end=2027-01-01",
        "eleven months, by month": "start=2026-02-01&end=2027-01-01&by=month",
    }
    _ms(folder, asked, f"{energy}&{MONTH}")  # imports, and the agent's certificates
    month = [_ms(folder, asked, f"{energy}&{MONTH}") for _ in range(RUNS)]
    found = [measured(19, "statement of one channel, a month", month, unit="ms", bound=ONE)]
    for name, query in periods.items():
        took = [_ms(folder, asked, f"{energy}&{query}") for _ in range(RUNS)]
        found.append(measured(19, f"statement of one channel, {name}", took, unit="ms"))
    with _unsummed(folder, channel_name(CHANNELS // 2 + 1)):
        took = [_ms(folder, asked, f"{energy}&{MONTH}") for _ in range(RUNS)]
    name = "statement of one channel, a month, one by one"
    return [*found, measured(19, name, took, unit="ms", bound=ONE)]


def _of_many(folder: Path, asked: Asked) -> list[Figure]:
    """All channels at once, and as many single questions as tell how it grows."""
    found = []
    for count in (10, 100):
        names = [channel_name(number) for number in range(0, CHANNELS, CHANNELS // count)]
        took = [sum(_ms(folder, asked, f"channel={name}&{MONTH}") for name in names)]
        found.append(measured(19, f"statements of {count} channels, a month", took, unit="ms"))
    first = _ms(folder, asked, MONTH)
    took = [_ms(folder, asked, MONTH) for _ in range(3)]
    name = f"statements of {CHANNELS} channels in one answer, a month"
    return [
        *found,
        measured(19, f"{name}, for the first time", [first], unit="ms"),
        measured(19, name, took, unit="ms", bound=ALL),
    ]


def _ms(folder: Path, asked: Asked, query: str) -> float:
    with sqlite3.connect(folder / "derived.db", timeout=60) as db:
        db.execute("DELETE FROM activity")
    db.close()
    begin = time.process_time()
    answer = asked.get(f"{_BASE}?{query}")
    took_s = time.process_time() - begin
    assert answer.status_code == 200, answer.text[:500]
    return took_s * 1000


@contextmanager
def _opened(folder: Path) -> Iterator[Asked]:
    """The application on the folder, in this process."""

    def open_store() -> Store:
        path = folder / "derived.db"
        return Store(lambda: sqlite3.connect(path, timeout=60, check_same_thread=False))

    clock = SystemClock()
    parts = Parts(
        sources=SourcePool(open_store, lambda: read_ledger(folder)),
        tokens=TokenFile(folder),
        users=UserFile(folder),
        sessions=Sessions(SystemClock()),
        originals=Originals(folder),
        journal=lambda: open_journal(folder, "bench", clock),
        clock=clock,
        desk=SystemClock(),
        sites={agent_name(number): "jinan" for number in range(0, CHANNELS, 50)},
        collector_key=SIGNER.verifier,
        software="carbonmeter benchmark",
        broker_connected=lambda: True,
        ledger_writable=lambda: True,
        counters=dict,
    )
    try:
        yield served(parts)
    finally:
        parts.sources.close()


@contextmanager
def _unsummed(folder: Path, channel: str) -> Iterator[None]:
    """A channel's days put aside, and back."""
    with sqlite3.connect(folder / "derived.db", timeout=60) as db:
        days = db.execute("SELECT * FROM day WHERE channel=?", (channel,)).fetchall()
        db.execute("UPDATE day SET pattern=NULL, body=NULL WHERE channel=?", (channel,))
        db.commit()
        yield
        db.executemany("INSERT OR REPLACE INTO day VALUES (?,?,?,?)", days)
    db.close()
