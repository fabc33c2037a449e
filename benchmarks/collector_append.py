"""Row 14: the collector's verify, decode and append, against a bare insert into DuckDB.

Ten leaves of 1,000 readings a commit: each message's signature and tree are verified, its leaf
decoded with every check, and appended at `synchronous=FULL`; DuckDB inserts as many rows of
channel, instant, value and uncertainty from an Arrow table that is ready. Judging, which
recomputes every reading, is told by itself. Processor time; DuckDB has one thread.
"""

import time
from collections.abc import Sequence
from pathlib import Path

import duckdb
import msgspec
import numpy as np
import pyarrow as pa

from benchmarks.factory import AGENT, EPOCH, START_MS, Factory
from benchmarks.figures import Bound, Figure, Pair, compared, measured
from benchmarks.month import cut, head_of, of_day
from benchmarks.processes import scratch_folder
from benchmarks.readings import HEAD, plant
from benchmarks.readings import START_MS as SHOWN_MS
from collector.agents import batch_topic
from collector.outcome import Admitted
from evidence.log.batch import Batch, decode, values
from evidence.log.column import progressed
from evidence.log.in_parts import encode_parted
from evidence.log.parts import blind_of

ROUNDS, COMMITS, LEAVES = 7, 6, 10
SIZES = (60, 10)
BOUND = Bound(goal=0.4, gate=0.2, sense=">=")


def measure() -> list[Figure]:
    """The figures of row 14."""
    here = plant()
    return [*(_appended(number, here.batch(number)) for number in SIZES), _judged()]


def _appended(number: int, batch: Batch) -> Figure:
    with scratch_folder() as folder, Factory(folder) as factory:
        factory.clock.set_to((SHOWN_MS + 60_000) * 1_000_000)
        bare = _Bare(folder / "bare.db", batch)
        pairs = [_pair(factory, bare, batch) for _ in range(ROUNDS + 1)][1:]
        bare.close()
    name = f"rows/s verified, decoded and appended, {number} readings a channel"
    return compared(14, name, pairs, unit="/s", against="bare DuckDB insert", bound=BOUND)


class _Bare:
    """A table of DuckDB's, and as many rows as a commit of ours has."""

    def __init__(self, path: Path, batch: Batch) -> None:
        self._db = duckdb.connect(path)
        self._db.execute("SET threads=1")
        self._db.execute("CREATE TABLE r (channel VARCHAR, at_ms BIGINT, value DOUBLE, u DOUBLE)")
        self._rows = pa.concat_tables([_table(batch)] * LEAVES)

    def insert(self) -> float:
        """Rows a second."""
        rows = self._rows  # DuckDB finds it by its name
        begin = time.process_time()
        for _ in range(COMMITS):
            self._db.execute("INSERT INTO r SELECT * FROM rows")
        count = int(rows.num_rows)
        return COMMITS * count / (time.process_time() - begin)

    def close(self) -> None:
        """Closes the file."""
        self._db.close()


def _table(batch: Batch) -> pa.Table:
    found: dict[str, list[object]] = {"channel": [], "at_ms": [], "value": [], "u": []}
    for stream in batch.streams:
        found["channel"] += [stream.head.channel] * stream.rows
        found["at_ms"] += progressed(stream.at_ms, stream.rows)
        found["value"] += map(float, values(stream))
        found["u"] += [0.1] * stream.rows
    return pa.table(found)


def _pair(factory: Factory, bare: _Bare, batch: Batch) -> Pair:
    return bare.insert(), _taken(factory, _messages(factory, batch), batch)


def _messages(factory: Factory, batch: Batch) -> list[bytes]:
    """The next leaves of the agent, sealed."""
    log = factory.logs[AGENT]
    return [
        log.sealed(
            encode_parted(
                msgspec.structs.replace(
                    batch, agent=AGENT, epoch=EPOCH, sequence=log.frontier.size
                ),
                blind_of(HEAD.seed, log.frontier.size),
            )
        )
        for _ in range(COMMITS * LEAVES)
    ]


def _taken(factory: Factory, messages: Sequence[bytes], batch: Batch) -> float:
    """Rows a second."""
    topic, rows = batch_topic(AGENT), sum(each.rows for each in batch.streams)
    begin = time.process_time()
    for first in range(0, len(messages), LEAVES):
        for message in messages[first : first + LEAVES]:
            admitted = factory.intake.feed(topic, message)
            assert isinstance(admitted, Admitted)
            decode(admitted.leaf)
        factory.intake.flush()
    took_s = time.process_time() - begin
    assert factory.ledger.state(AGENT, EPOCH).size % len(messages) == 0
    return rows * len(messages) / took_s


def _judged() -> Figure:
    """What the judge takes of a day of ten powers that are read each minute, 20 readings a leaf."""
    with scratch_folder() as folder, Factory(folder) as factory:
        factory.clock.set_to((START_MS + 86_400_000) * 1_000_000)
        factory.log_documents()
        random = np.random.default_rng(1)
        days = [of_day(random, head_of(number, 60_000), 1, 1440) for number in range(0, 20, 2)]
        leaves = zip(*map(cut, days), strict=True)
        factory.take(map(list, leaves), START_MS + 86_400_000)
        begin = time.process_time()
        factory.judging.catch_up()
        rate = sum(each.rows for each in days) / (time.process_time() - begin)
        assert not factory.store.lookup.faults(1)
    return measured(14, "readings/s judged: recomputed from raw and folded", [rate], unit="/s")
