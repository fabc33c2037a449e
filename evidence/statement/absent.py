"""Polls that were due in hours of which nothing came: as many as in the hours beside them. Pure.

How often a channel is read may change, and what it is read like today says nothing of last year. So
an hour of which nothing came is taken to have been polled like the last one before it of which
something did; before the first one, like that. A period says so by its own hours alone.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import msgspec

from calibration.increment import NS_PER_HOUR
from evidence.statement.tallied import TalliedSpan

Span = tuple[int, int]


class Reach(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """From when to when hours reach, and how often was polled.

    Args:
        start_ns, end_ns: of the first and of the last hour, UTC ns.
        first_due, last_due: polls due in them.
        due_between: polls due in hours between them of which nothing came.
    """

    start_ns: int
    end_ns: int
    first_due: int
    last_due: int
    due_between: int = 0


def reach_of(windows: Sequence[TalliedSpan]) -> Reach:
    """The reach of hours of one channel, in order of time; at least one."""
    first, last = windows[0], windows[-1]
    return Reach(
        start_ns=first.start_ns,
        end_ns=last.end_ns,
        first_due=first.tally.expected,
        last_due=last.tally.expected,
        due_between=sum(
            _hours(a.end_ns, b.start_ns) * a.tally.expected for a, b in pairwise(windows)
        ),
    )


def absent_polls(reaches: Iterable[Reach], period: Span) -> int:
    """Polls due in all hours of [start, end) of which nothing came; UTC ns.

    Args:
        reaches: of parts of the period, in order; none at all says nothing.
        period: so many full hours.
    """
    parts = list(reaches)
    if not parts:
        return 0
    before = _hours(period[0], parts[0].start_ns) * parts[0].first_due
    after = _hours(parts[-1].end_ns, period[1]) * parts[-1].last_due
    between = sum(_hours(a.end_ns, b.start_ns) * a.last_due for a, b in pairwise(parts))
    return before + between + after + sum(each.due_between for each in parts)


def _hours(start_ns: int, end_ns: int) -> int:
    return (end_ns - start_ns) // NS_PER_HOUR
