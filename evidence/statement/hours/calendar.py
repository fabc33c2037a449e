"""Quarters, days and months at a fixed offset from UTC (pure)."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

import msgspec

from evidence.statement.hours.observed import ObservedHour
from evidence.statement.hours.pack import ValidPeriod

NS_PER_S: Final = 1_000_000_000
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class MonthValidity(msgspec.Struct, frozen=True, kw_only=True):
    """Valid hours and days of a month, and whether they make a valid one."""

    month: str
    valid_hours: int
    shutdown_hours: int
    valid_days: int
    days: int
    valid: bool


def local(at_ns: int, offset_s: int) -> dt.datetime:
    """What a clock on the wall shows, as a datetime labelled UTC; whole seconds."""
    return _EPOCH + dt.timedelta(seconds=at_ns // NS_PER_S + offset_s)


def quarter_of(at_ns: int, offset_s: int) -> tuple[int, int]:
    """Year and calendar quarter, 1 .. 4."""
    shown = local(at_ns, offset_s)
    return shown.year, (shown.month + 2) // 3


def year_of(at_ns: int, offset_s: int) -> int:
    """Calendar year."""
    return local(at_ns, offset_s).year


def year_end_ns(year: int, offset_s: int) -> int:
    """End of a calendar year."""
    return quarter_span_ns((year, 4), offset_s)[1]


def quarter_span_ns(quarter: tuple[int, int], offset_s: int) -> tuple[int, int]:
    """First instant and end of a quarter."""
    year, number = quarter
    first = dt.datetime(year, 3 * number - 2, 1, tzinfo=dt.UTC)
    after = (
        dt.datetime(year + 1, 1, 1, tzinfo=dt.UTC)
        if number == 4
        else dt.datetime(year, 3 * number + 1, 1, tzinfo=dt.UTC)
    )
    start, end = (round((each - _EPOCH).total_seconds()) - offset_s for each in (first, after))
    return start * NS_PER_S, end * NS_PER_S


def months(
    hours: Sequence[ObservedHour], rule: ValidPeriod, offset_s: int
) -> tuple[MonthValidity, ...]:
    """Months of the hours, and whether each has enough valid days."""
    by_day: dict[dt.date, Counter[str]] = defaultdict(Counter)
    for each in hours:
        by_day[local(each.start_ns, offset_s).date()][each.state] += 1
    names = dict.fromkeys((day.year, day.month) for day in sorted(by_day))
    return tuple(
        _month(
            name,
            [counts for day, counts in by_day.items() if (day.year, day.month) == name],
            rule,
        )
        for name in names
    )


def _month(name: tuple[int, int], days: Sequence[Counter[str]], rule: ValidPeriod) -> MonthValidity:
    valid_days = sum(each["measured"] >= rule.least_hours_a_day for each in days)
    least = rule.least_days_in_february if name[1] == 2 else rule.least_days_a_month
    return MonthValidity(
        month=f"{name[0]:04d}-{name[1]:02d}",
        valid_hours=sum(each["measured"] for each in days),
        shutdown_hours=sum(each["shutdown"] for each in days),
        valid_days=valid_days,
        days=len(days),
        valid=valid_days >= least,
    )
