"""A month of raw readings of fifty channels, sealed in the lake: what month's sums are made of.

25 powers and 25 registers, 20 readings of each a leaf, signed, admitted and committed by the code
of every day. The store is told that they are judged: what judging costs, `collector_append` says.
"""

import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree
from typing import Final

import msgspec
import numpy as np

from benchmarks.factory import BEGIN_NS, Factory, corrected, timeline_for
from benchmarks.processes import SCRATCH
from collector.views.parquet import Lake, open_lake
from collector.views.parquet_list import Listing
from collector.views.parquet_runs import RUN_ROWS
from evidence.log.batch import Stream, StreamHead
from evidence.log.column import Progression, progression
from tests.unit.collector.api.plant import FILES, HEADS, LINE_1, POWER, raw_of

CHANNELS, DAYS, ROWS = 50, 30, 20
PERIOD_MS: Final = 60_000
SEED: Final = 20260108
START_MS: Final = BEGIN_NS // 1_000_000
_MS_PER_DAY: Final = 86_400_000
_DONE: Final = "whole"


def month(days: int = DAYS, period_ms: int = PERIOD_MS) -> Path:
    """The folder of the lake and its ledger; made at the first call, which takes some minutes."""
    folder = SCRATCH / f"month-{CHANNELS}-{days}-{period_ms}-{SEED}"
    if not (folder / _DONE).exists():
        rmtree(folder, ignore_errors=True)
        with Factory(folder) as factory:
            log(factory, days, period_ms)
            seal(factory)
        (folder / _DONE).touch()
    return folder


def head_of(number: int, period_ms: int) -> StreamHead:
    """Even numbers are powers, odd ones registers."""
    head = HEADS[LINE_1 if number % 2 else POWER]
    channel = f"jinan/line-{number:02}/{'energy' if number % 2 else 'power'}"
    subject = channel.rpartition("/")[0]
    measurand = msgspec.structs.replace(head.measurand, subject=subject)
    return msgspec.structs.replace(head, channel=channel, measurand=measurand, period_ms=period_ms)


def log(factory: Factory, days: int, period_ms: int) -> None:
    """Takes the leaves day by day, and one of a later day that seals the last; as judged."""
    random = np.random.default_rng(SEED)
    factory.clock.set_to(BEGIN_NS)
    factory.log_documents()
    heads = [head_of(number, period_ms) for number in range(CHANNELS)]
    polls = _MS_PER_DAY // period_ms // ROWS * ROWS
    for day in range(days):
        closed_ms = START_MS + (day + 1) * _MS_PER_DAY - 1
        factory.clock.set_to(closed_ms * 1_000_000)
        first = day * _MS_PER_DAY // period_ms + 1
        parts = [list(cut(of_day(random, head, first, polls))) for head in heads]
        factory.take((list(streams) for streams in zip(*parts, strict=True)), closed_ms)
    factory.clock.set_to(BEGIN_NS + (days + 2) * _MS_PER_DAY * 1_000_000)
    factory.log_documents(FILES[:1])
    _say_judged(factory)


def of_day(random: np.random.Generator, head: StreamHead, first: int, polls: int) -> Stream:
    """A day's readings of a channel as one stream, corrected where it is a power."""
    load = 80 + random.normal(0, 3, polls)
    is_power = head.channel.endswith("power")
    shown = np.round(load, 1) if is_power else np.round(first + np.cumsum(load) / 250, 2)
    numbers = range(first, first + polls)
    indication = tuple(shown.tolist())
    bare = Stream(
        head=head,
        rows=polls,
        sequence=progression(numbers),
        at_ms=progression([START_MS + number * head.period_ms for number in numbers]),
        raw=raw_of(indication),
        indication=indication,
    )
    return corrected(bare, timeline_for(head)) if is_power else bare


def cut(whole: Stream) -> Iterator[Stream]:
    """Streams of 20 readings each."""
    for at in range(0, whole.rows, ROWS):
        part = slice(at, at + ROWS)
        yield msgspec.structs.replace(
            whole,
            rows=ROWS,
            sequence=_after(whole.sequence, at),
            at_ms=_after(whole.at_ms, at),
            raw=whole.raw[part],
            indication=whole.indication[part],
            value=None if whole.value is None else whole.value[part],
            fresh=whole.fresh[part] if isinstance(whole.fresh, tuple) else whole.fresh,
            contributions=tuple(
                msgspec.structs.replace(each, contribution=each.contribution[part])
                for each in whole.contributions
                if isinstance(each.contribution, tuple)
            ),
        )


def _after(column: Progression, at: int) -> Progression:
    """The column from a row on; its steps are equal."""
    assert isinstance(column.steps, int)
    return msgspec.structs.replace(column, first=column.first + at * column.steps)


def _say_judged(factory: Factory) -> None:
    with sqlite3.connect(factory.folder / "derived.db") as db:
        db.execute("INSERT INTO cursor VALUES (1,?,0)", (factory.ledger.head().size,))
    db.close()


def seal(factory: Factory) -> None:
    """Seals all days that are due."""
    listing = Listing(factory.folder)
    try:
        open_lake(factory.folder / "lake", listing)
        Lake(
            folder=factory.folder / "lake",
            listing=listing,
            ledger=factory.ledger,
            store=factory.store,
            run_rows=RUN_ROWS,
        ).catch_up()
    finally:
        listing.close()


if __name__ == "__main__":
    print(month(*map(int, sys.argv[1:])))
