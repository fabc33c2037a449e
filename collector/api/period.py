"""Periods between two instants: hours, and days to years as they begin in a time zone. Pure.

What is kept are hours of UTC; a period whose hours begin at other minutes is judged again.
"""

import datetime as dt
import re
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise, takewhile
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from calibration.grid import FINEST_NS, hour_end, hour_start
from calibration.increment import NS_PER_HOUR
from collector.api.refusal import RangeLimitError, RangeOrderError, TimeZoneError
from evidence.clock import NS_PER_S, parse_utc, utc_text
from evidence.errors import PeriodError, TimestampError, Words

HOURS_PER_YEAR: Final = 8784
MAX_YEARS: Final = 10
MAX_HOURS: Final = MAX_YEARS * HOURS_PER_YEAR
FIRST_NS: Final = 0  # 1970; nothing is stamped before it
LAST_NS: Final = 7_258_118_400 * NS_PER_S  # 2200-01-01T00:00:00Z
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_QUARTERS: Final = Words(
    "full quarters of an hour, such as 2026-03-31T18:30:00Z",
    "整刻，如 2026-03-31T18:30:00Z",
)
_ADDED_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}
_UNKNOWN: Final = Words("there is no such zone", "没有该时区")


class By(StrEnum):
    """What a range is divided into."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    TOTAL = "total"


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def zone_of(name: str) -> ZoneInfo:
    """The time zone of an IANA name.

    Raises:
        TimeZoneError: there is no such zone.
    """
    if name not in _zones():
        raise TimeZoneError("tz", zone=name, what=_UNKNOWN)
    return ZoneInfo(name)


def instant(text: str, where: str, zone: ZoneInfo | None = None) -> int:
    """UTC ns of an RFC 3339 text; of a day, where `zone` is given, as it begins there.

    Raises:
        TimestampError: the text is neither.
        RangeLimitError: it lies outside of 1970 to 2199.
    """
    at_ns = _begin(text, where, zone) if zone and _DAY.fullmatch(text) else parse_utc(text, where)
    if not FIRST_NS <= at_ns <= LAST_NS:
        limit = "1970 to 2199"
        raise RangeLimitError(where, found=text, name=Words("(an instant)", "时刻"), limit=limit)
    return at_ns


def _begin(text: str, where: str, zone: ZoneInfo) -> int:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        what = Words("there is no such day", "该日期不存在")
        raise TimestampError(where, text=text, what=what) from None
    if not 1970 <= day.year <= 2200:
        limit = "1970 to 2199"
        raise RangeLimitError(where, found=text, name=Words("(a day)", "日期"), limit=limit)
    return _midnight_ns(day, zone)


def _midnight_ns(day: dt.date, zone: ZoneInfo) -> int:
    return int(dt.datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) * NS_PER_S


def require_order(start_ns: int, end_ns: int, start: str, end: str) -> None:
    """Returns if start comes before end, and the range is at most ten years long.

    Raises:
        RangeOrderError: it does not.
        RangeLimitError: the range is longer.
    """
    if not start_ns < end_ns:
        raise RangeOrderError("start, end", start=start, end=end)
    hours = (end_ns - start_ns) // NS_PER_HOUR
    if hours > MAX_HOURS:
        name = Words("hours", "小时")
        raise RangeLimitError("start, end", found=hours, name=name, limit=MAX_HOURS)


def periods(start_ns: int, end_ns: int, by: By, zone: ZoneInfo, most: int) -> list[tuple[int, int]]:
    """The periods that `by` makes of [start, end), in order; cut where the range is.

    Args:
        start_ns: UTC ns; hours are counted from it on.
        end_ns: UTC ns.
        by: unit of the calendar in `zone`, or hours.
        zone: of days, months, quarters and years.
        most: how many there may be.

    Raises:
        PeriodError: start is not at a full quarter of an hour, or end not full hours behind it.
        TimeZoneError: a boundary between them is not full hours behind start.
        RangeLimitError: there are more than `most`.
    """
    _require_hours(start_ns, end_ns)
    found = calendar_parts((start_ns, end_ns), by, zone, most)
    for at_ns, _ in found:
        if (at_ns - start_ns) % NS_PER_HOUR:
            raise _broken(start_ns, at_ns, zone)
    return found


def calendar_parts(
    span: tuple[int, int], by: By, zone: ZoneInfo, most: int
) -> list[tuple[int, int]]:
    """The same of any two instants, whether hours are cut or not: for what is shown, not stated.

    Raises:
        RangeLimitError: there are more than `most`.
    """
    start_ns, end_ns = span
    edges = [start_ns]
    for at_ns in takewhile(lambda edge: edge < end_ns, _edges(start_ns, by, zone)):
        edges.append(at_ns)
        if len(edges) > most:
            name = Words("periods", "时段")
            raise RangeLimitError("by", found=f"> {most}", name=name, limit=most)
    return list(pairwise([*edges, end_ns]))


def hours_around(span: tuple[int, int]) -> tuple[int, int]:
    """From the first to behind the last of the kept hours of UTC that a period has a part of."""
    return hour_start(span[0]), hour_end(span[1])


def hours_begun(span: tuple[int, int]) -> tuple[int, int]:
    """From the first to behind the last of the kept hours of UTC that begin in a period."""
    return hour_end(span[0]), hour_end(span[1])


def _require_hours(start_ns: int, end_ns: int) -> None:
    if start_ns % FINEST_NS:
        what = Words("it does not lie at a full quarter of an hour", "不在整刻")
        raise PeriodError("start", what=what, limit=_QUARTERS)
    if (end_ns - start_ns) % NS_PER_HOUR:
        what = Words("it does not lie full hours behind start", "与 start 相距不是整小时")
        such = utc_text(start_ns + hour_end(end_ns - start_ns))
        limit = Words(f"full hours, such as to {such}", f"整小时，如至 {such}")
        raise PeriodError("end", what=what, limit=limit)


def _broken(start_ns: int, at_ns: int, zone: ZoneInfo) -> TimeZoneError:
    """Days begin at other minutes than the range: clocks were set by half an hour, or it does."""
    begins, found = utc_text(start_ns), utc_text(at_ns)
    what = Words(
        f"a period begins there at {found}, which is not full hours behind {begins}: "
        "begin where a day does, and end before clocks are set by a part of an hour",
        f"其中有时段始于 {found}，与 {begins} 相距不是整小时：请自某日零时起，"
        "并止于时钟调整不足一小时之前",
    )
    return TimeZoneError("tz", zone=zone.key, what=what)


def _edges(start_ns: int, by: By, zone: ZoneInfo) -> Iterator[int]:
    """The beginnings of hours, days, ... after `start_ns`, without end."""
    if by == By.HOUR:
        return iter(range(start_ns + NS_PER_HOUR, LAST_NS + NS_PER_HOUR, NS_PER_HOUR))
    if by == By.TOTAL:
        return iter(())
    first = dt.datetime.fromtimestamp(start_ns // NS_PER_S, tz=zone).date()
    return (edge for edge in _midnights(first, by, zone) if edge > start_ns)


def _midnights(day: dt.date, by: By, zone: ZoneInfo) -> Iterator[int]:
    while True:
        day = day + dt.timedelta(days=1) if by == By.DAY else _next_first(day, _ADDED_MONTHS[by])
        yield _midnight_ns(day, zone)


def _next_first(day: dt.date, months: int) -> dt.date:
    """The first day of the next group of so many months: month, quarter, year."""
    index = (day.year * 12 + day.month - 1) // months * months + months
    return dt.date(index // 12, index % 12 + 1, 1)
