"""Row 14: the collector's verify, decode and append, against a bare insert into DuckDB.

Ten leaves of 1,000 readings a commit: each message's signature and tree are verified, its leaf
decoded with every check, and appended at `synchronous=FULL`; DuckDB inserts as many rows of
channel, instant, value and uncertainty from an Arrow table that is ready. Judging, which
recomputes every reading, is told by itself. Both commits are durable, so what counts is the time
that passes, waiting for the disk included. Processor time alone,
which leaves it out of both sides, is told too. DuckDB has the two threads it takes on two cores,
as the yardstick of the budget had.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb
import msgspec
import numpy as np
import pyarrow as pa

from benchmarks.factory import AGENT, EPOCH, START_MS, Factory
from benchmarks.figures import Bound, Figure, compared, measured
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


class _Rate(NamedTuple):
    """Rows a second of elapsed time, and of processor time."""

    elapsed: float
    processor: float


def measure() -> list[Figure]:
    """The figures of row 14."""
    here = plant()
    compared_twice = [_appended(number, here.batch(number)) for number in SIZES]
    return [*(figure for some in compared_twice for figure in some), *_judged()]


def _appended(number: int, batch: Batch) -> list[Figure]:
    with scratch_folder() as folder, Factory(folder) as factory:
        factory.clock.set_to((SHOWN_MS + 60_000) * 1_000_000)
        bare = _Bare(folder / "bare.db", batch)
        rounds = [_pair(factory, bare, batch) for _ in range(ROUNDS + 1)][1:]
        bare.close()
    elapsed = [(theirs.elapsed, ours.elapsed) for theirs, ours in rounds]
    processor = [(theirs.processor, ours.processor) for theirs, ours in rounds]
    name, against = f"verified, decoded and appended, {number} readings a channel", "bare DuckDB"
    return [
        compared(14, f"rows/s {name}", elapsed, unit="/s", against=against, bound=BOUND),
        compared(14, f"rows/s of processor time {name}", processor, unit="/s", against=against),
    ]


def _rate(rows: int, work: Callable[[], object]) -> _Rate:
    """How fast work goes that does so many rows."""
    began, began_cpu = time.perf_counter(), time.process_time()
    work()
    return _Rate(
        elapsed=rows / (time.perf_counter() - began),
        processor=rows / (time.process_time() - began_cpu),
    )


class _Bare:
    """A table of DuckDB's, and as many rows as a commit of ours has."""

    def __init__(self, path: Path, batch: Batch) -> None:
        self._db = duckdb.connect(path)
        self._db.execute("CREATE TABLE r (channel VARCHAR, at_ms BIGINT, value DOUBLE, u DOUBLE)")
        self._db.register("ready", pa.concat_tables([_table(batch)] * LEAVES))

    def insert(self) -> None:
        """As many commits as ours are."""
        for _ in range(COMMITS):
            self._db.execute("INSERT INTO r SELECT * FROM ready")

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


def _pair(factory: Factory, bare: _Bare, batch: Batch) -> tuple[_Rate, _Rate]:
    messages = _messages(factory, batch)
    rows = len(messages) * sum(each.rows for each in batch.streams)
    return _rate(rows, bare.insert), _rate(rows, lambda: _take(factory, messages))


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


def _take(factory: Factory, messages: Sequence[bytes]) -> None:
    topic = batch_topic(AGENT)
    for first in range(0, len(messages), LEAVES):
        for message in messages[first : first + LEAVES]:
            admitted = factory.intake.feed(topic, message)
            assert isinstance(admitted, Admitted)
            decode(admitted.leaf)
        factory.intake.flush()
    assert factory.ledger.state(AGENT, EPOCH).size % len(messages) == 0


def _judged() -> list[Figure]:
    """What the judge takes of a day of ten powers that are read each minute, 20 readings a leaf."""
    with scratch_folder() as folder, Factory(folder) as factory:
        factory.clock.set_to((START_MS + 86_400_000) * 1_000_000)
        factory.log_documents()
        random = np.random.default_rng(1)
        days = [of_day(random, head_of(number, 60_000), 1, 1440) for number in range(0, 20, 2)]
        leaves = zip(*map(cut, days), strict=True)
        factory.take(map(list, leaves), START_MS + 86_400_000)
        rate = _rate(sum(each.rows for each in days), factory.judging.catch_up)
        assert not factory.store.lookup.faults(1)
    name = "readings/s of processor time judged: recomputed from raw and folded"
    return [measured(14, name, [rate.processor], unit="/s")]
