"""Row 16: a month's sums by channel and hour from the lake, against bare DuckDB and SQLite.

The same rows lie in the lake's sealed files, in a table of DuckDB's that holds nothing but
channel, instant and value, and in such a table of SQLite's. One thread each; processor time.
Sealing and size are told beside it.
"""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from benchmarks.factory import Factory
from benchmarks.figures import Bound, Figure, Pair, compared, measured
from benchmarks.month import CHANNELS, log, month, seal
from benchmarks.processes import scratch_folder
from collector.views.parquet_list import Listed, read_manifest

ROUNDS = 5
PERIOD_MS = 12_000
"""Five readings a minute of fifty channels: more than ten million a month."""
DUCKDB, SQLITE = Bound(goal=3.0, gate=5.0), Bound(goal=0.1, gate=0.5)
_HOURLY = "SELECT channel, instant // 3600000 AS hour, sum(value), count(*) FROM {} GROUP BY 1, 2"
_Ask = Callable[[], list[tuple[object, ...]]]


def measure() -> list[Figure]:
    """The figures of row 16."""
    folder = month(period_ms=PERIOD_MS)
    listed = [each for each in read_manifest(folder / "lake") if each.state == "current"]
    readings = [each for each in listed if each.dataset == "readings"]
    count = sum(each.rows for each in readings)
    size = sum(each.bytes for each in readings) / count
    leaves = (folder / "ledger.db").stat().st_size / count
    with scratch_folder() as scratch, duckdb.connect(scratch / "bare.db") as db:
        db.execute("SET threads=1")
        _name_lake(db, folder / "lake", readings)
        name = f"hourly sums of {count / 1e6:.1f} M readings"
        return [
            *_asked(name, db, scratch / "heap.db"),
            measured(16, "a reading in the lake", [size], unit="B"),
            measured(16, "a reading in the ledger", [leaves], unit="B"),
            measured(16, "readings/s sealed, 20 a channel and leaf", [_sealed()], unit="/s"),
        ]


def _sealed() -> float:
    """Readings a second of two days, from the ledger to files."""
    with scratch_folder() as folder, Factory(folder) as factory:
        log(factory, 2, 60_000)
        return 2 * CHANNELS * 1440 / _s(lambda: seal(factory))


def _asked(name: str, db: duckdb.DuckDBPyConnection, heap: Path) -> list[Figure]:
    db.execute(
        "CREATE TABLE bare AS SELECT channel, instant, value FROM lake WHERE value IS NOT NULL"
        " ORDER BY instant, channel"
    )
    ours = _ask(db, "lake")
    pairs = _pairs(_ask(db, "bare"), ours, ROUNDS)
    found = [compared(16, name, pairs, unit="s", against="bare DuckDB", bound=DUCKDB)]
    with sqlite3.connect(heap) as other:
        other.execute("CREATE TABLE bare (channel TEXT, instant INTEGER, value REAL)")
        rows = db.execute("SELECT channel, instant, value FROM bare")
        while portion := rows.fetchmany(50_000):
            other.executemany("INSERT INTO bare VALUES (?,?,?)", portion)
        query = _HOURLY.format("bare").replace("//", "/")
        pairs = _pairs(lambda: other.execute(query).fetchall(), ours, 2)
    other.close()
    return [*found, compared(16, name, pairs, unit="s", against="SQLite heap", bound=SQLITE)]


def _name_lake(db: duckdb.DuckDBPyConnection, lake: Path, readings: list[Listed]) -> None:
    """The lake's readings as DuckDB names them: the files that the manifest lists."""
    files = [str(lake / each.path) for each in readings]
    db.from_parquet(files, hive_partitioning=False).create_view("files")
    db.execute("CREATE VIEW lake AS SELECT channel, epoch_ms(instant) AS instant, value FROM files")


def _ask(db: duckdb.DuckDBPyConnection, source: str) -> _Ask:
    return lambda: db.execute(_HOURLY.format(source)).fetchall()


def _pairs(yardstick: _Ask, subject: _Ask, rounds: int) -> list[Pair]:
    theirs, ours = yardstick(), subject()
    assert len(theirs) == len(ours)
    return [(_s(yardstick), _s(subject)) for _ in range(rounds)]


def _s(ask: Callable[[], object]) -> float:
    begin = time.process_time()
    ask()
    return time.process_time() - begin
