"""Months of the ledger: which leaves belong to one, and whether it is over long enough. Pure.

A month is a run of leaves in order of admission, so that a clock that was set back cannot tear
it apart: it ends before the first leaf that was received in a later month.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from evidence.clock import NS_PER_S

_MONTH: Final = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


class Run(NamedTuple):
    """The leaves of a month: positions `first` to `last`, both with it."""

    month: str
    first: int
    last: int


def month_of(at_ns: int) -> str:
    """The UTC month of an instant (POSIX ns), such as 2026-01."""
    return dt.datetime.fromtimestamp(at_ns // NS_PER_S, tz=dt.UTC).strftime("%Y-%m")


def is_month(text: str) -> bool:
    """Whether a text is a month, such as 2026-01."""
    return _MONTH.fullmatch(text) is not None


def months_before(month: str, count: int) -> str:
    """The month so many months earlier; the first one there is if there are not as many."""
    year, number = int(month[:4]), int(month[5:]) - 1
    whole = max(12, year * 12 + number - count)
    return f"{whole // 12:04d}-{whole % 12 + 1:02d}"


def runs(received: Iterable[tuple[int, int]], floor: str = "") -> Iterator[Run]:
    """The months of leaves in order of admission; the last one may go on.

    Args:
        received: Position and instant of commit (UTC ns) of each leaf.
        floor: The first month that is not archived yet; what came under an earlier one since,
            by a clock that was set back, belongs to it.
    """
    run: Run | None = None
    for position, at_ns in received:
        month = max(month_of(at_ns), floor)
        if run is not None and month <= run.month:
            run = run._replace(last=position)
            continue
        if run is not None:
            yield run
        run = Run(month, position, position)
    if run is not None:
        yield run
