"""A UTC day of a channel's hours, summed once: what periods are made of.

Sums are taken day by day and then over the days. So a period comes out the same to the last
digit whether its days were kept or are summed from their hours again, and a year costs no more
than its days.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

import msgspec

from calibration.increment import NS_PER_HOUR
from calibration.window import Window
from evidence.statement.absent import Reach, absent_polls, reach_of
from evidence.statement.completeness import Completeness, Counted, counted, covered
from evidence.statement.hourly import merged

NS_PER_DAY: Final = 24 * NS_PER_HOUR


class Day(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the hours of one UTC day, or some of them, come to.

    Args:
        window: over all that are there.
        counted: how many these are, and their polls.
        reach: from when to when they are, and how often was polled.
    """

    window: Window
    counted: Counted
    reach: Reach


def day_of(windows: Sequence[Window]) -> Day:
    """What hours of one channel come to; at least one.

    Raises:
        PeriodError, WindowMergeError: as for `evidence.statement.hourly.merged`.
    """
    ordered = sorted(windows, key=lambda each: each.start_ns)
    return Day(window=merged(windows), counted=counted(windows), reach=reach_of(ordered))


def days_of(windows: Iterable[Window]) -> list[Day]:
    """Hours of one channel, day by day.

    Raises:
        PeriodError, WindowMergeError: as for `evidence.statement.hourly.merged`.
    """
    ordered = sorted(windows, key=lambda each: each.start_ns)
    grouped = groupby(ordered, key=lambda each: each.start_ns // NS_PER_DAY)
    return [day_of(list(group)) for _, group in grouped]


def completeness_of(days: Sequence[Day], period: tuple[int, int]) -> Completeness:
    """How much of [start, end) days cover, and what is missing.

    Args:
        days: inside the period, in order.
        period: UTC ns, so many full hours.
    """
    absent = absent_polls((each.reach for each in days), period)
    return covered([each.counted for each in days], period, absent)
