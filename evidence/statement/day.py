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
from evidence.statement.completeness import Counted, counted
from evidence.statement.hourly import merged

NS_PER_DAY: Final = 24 * NS_PER_HOUR


class Day(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the hours of one UTC day, or some of them, come to.

    Args:
        window: over all that are there.
        counted: how many these are, and their polls.
    """

    window: Window
    counted: Counted


def day_of(windows: Sequence[Window]) -> Day:
    """What hours of one channel come to; at least one.

    Raises:
        PeriodError, WindowMergeError: as for `evidence.statement.hourly.merged`.
    """
    return Day(window=merged(windows), counted=counted(windows))


def days_of(windows: Iterable[Window]) -> list[Day]:
    """Hours of one channel, day by day.

    Raises:
        PeriodError, WindowMergeError: as for `evidence.statement.hourly.merged`.
    """
    ordered = sorted(windows, key=lambda each: each.start_ns)
    grouped = groupby(ordered, key=lambda each: each.start_ns // NS_PER_DAY)
    return [day_of(list(group)) for _, group in grouped]
