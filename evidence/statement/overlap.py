"""Periods of one channel that overlap, where their uncertainties cannot be put together. Pure.

What is new in each reading is the same deviation in every period that has the reading. Components
do not tell how much of it two periods that overlap in part have in common; taken for two things,
a day subtracted from its month would have its scatter in both.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from evidence.clock import parse_utc
from evidence.errors import PeriodError, Words
from evidence.statement.datum import ActivityData


def require_apart(data: Sequence[ActivityData]) -> None:
    """Returns if no two statements have readings in common whose own deviations are in both.

    A statement that stands twice is one. Registers alone may overlap: the readings at their ends
    have names.

    Raises:
        PeriodError: two periods of one channel overlap, and both have something new in each
            reading, which rates have.
    """
    once = {each.digest: each for each in data if _has_new(each)}.values()
    periods: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for each in once:
        span = parse_utc(each.period.start), parse_utc(each.period.end)
        periods[each.channel].append(span)
    for channel, spans in periods.items():
        if do_overlap(spans):
            what = Words(
                "its periods overlap, and what is new in each reading is in both",
                "其时段重叠，每个读数所特有的分量在二者中均有",
            )
            limit = Words("periods that do not overlap", "互不重叠的时段")
            raise PeriodError(channel, what=what, limit=limit)


def do_overlap(spans: Sequence[tuple[int, int]]) -> bool:
    """Whether any two spans, start and end in UTC ns, overlap."""
    return any(later < end for (_, end), (later, _) in pairwise(sorted(spans)))


def _has_new(datum: ActivityData) -> bool:
    return any(not each.shared and each.contribution != 0.0 for each in datum.components)
