"""What a seal closes: the rows of days that are not open, from the leaves before it."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import takewhile

import numpy as np
import pyarrow as pa

from collector.views.parquet_columns import Column, days_of
from collector.views.parquet_runs import Runs
from collector.views.parquet_schema import READINGS, SegmentName
from collector.views.parquet_seal import Seal
from collector.views.rows import JudgedLeaf

Wanted = Callable[[int], bool]
"""Whether a day, counted from 1970, is asked for."""
_FIRST_DAY = dt.date(1970, 1, 1)


def day_text(day: int) -> str:
    """A day counted from 1970 as YYYY-MM-DD."""
    return (_FIRST_DAY + dt.timedelta(days=day)).isoformat()


def day_number(text: str) -> int:
    """YYYY-MM-DD as a day counted from 1970.

    Raises:
        ValueError: it is no date.
    """
    return (dt.date.fromisoformat(text) - _FIRST_DAY).days


def gather(
    leaves: Iterable[JudgedLeaf],
    seal: Seal,
    through: Mapping[int, int],
    runs: Runs,
    wanted: Wanted,
) -> int:
    """Puts what the seal closes into `runs`; from where leaves hold rows of open days.

    Args:
        leaves: in the order of the ledger; those from the seal on are not looked at.
        seal: what is open when.
        through: by day, the position before which its rows stand in segments already.
        runs: takes the rows.
        wanted: whether a day is asked for.

    Raises:
        OSError: a run cannot be written.
        LedgerError: a leaf cannot be read.
    """
    low, still_open = seal.position, seal.open_days
    for leaf in takewhile(lambda each: each.position < seal.position, leaves):
        for stream in leaf.streams:
            days = days_of(stream)
            found = _distinct(days)
            if any(day in still_open for day in found):
                low = min(low, leaf.position)
            due = [
                day
                for day in found
                if day not in still_open and leaf.position >= through.get(day, 0) and wanted(day)
            ]
            if due:
                all_due = len(due) == len(found)
                rows = np.ones(len(days), dtype=np.bool_) if all_due else np.isin(days, due)
                runs.add(stream, leaf.position, days, rows)
    return low


def _distinct(days: Column) -> list[int]:
    if not len(days):
        return []
    first = int(days[0])
    if first == days[-1] and bool(np.all(days == first)):
        return [first]
    return [int(day) for day in np.unique(days)]


def sealed(
    runs: Runs, seal: Seal, root: str, numbers: Mapping[int, int]
) -> Iterator[tuple[SegmentName, Iterator[pa.Table]]]:
    """Name and rows of the segments that a seal gives, by day.

    Args:
        runs: what was gathered.
        seal: which.
        root: of the ledger before the seal, hexadecimal.
        numbers: by day, how many segments it has already.
    """
    for day in sorted(runs.rows):
        name = SegmentName(
            dataset=READINGS,
            day=day_text(day),
            number=numbers.get(day, 0) + 1,
            from_position=runs.first[day],
            through_position=seal.position,
            ledger_root=root,
        )
        yield name, runs.tables(day)
