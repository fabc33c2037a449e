"""Which readings are shown: from when until when, how fine, which page of the table. Pure."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from calibration.increment import NS_PER_HOUR
from collector.api.period import LAST_NS, instant, require_order
from evidence.clock import NS_PER_S

NS_PER_DAY: Final = 24 * NS_PER_HOUR
MOST_READINGS: Final = 600
MOST_HOURS: Final = 800
MOST_DAYS: Final = 400
ON_A_PAGE: Final = 25
LENGTHS: Final[Mapping[str, int]] = {
    "hour": NS_PER_HOUR,
    "day": NS_PER_DAY,
    "week": 7 * NS_PER_DAY,
    "month": 31 * NS_PER_DAY,
    "year": 366 * NS_PER_DAY,
}
"""How much can be shown by one click."""
_LOCAL: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?", re.ASCII)


class Step(StrEnum):
    """How fine a period is shown."""

    READING = "reading"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """What is shown.

    Attributes:
        start_ns, end_ns: [start, end) in UTC ns; at full hours unless single readings are shown.
        step: How fine.
    """

    start_ns: int
    end_ns: int
    step: Step

    @property
    def before(self) -> tuple[int, int]:
        """As long a time, that ends where this one begins."""
        return max(0, 2 * self.start_ns - self.end_ns), self.start_ns

    @property
    def after(self) -> tuple[int, int]:
        """As long a time, that begins where this one ends."""
        return self.end_ns, min(LAST_NS, 2 * self.end_ns - self.start_ns)

    def lasting(self, length_ns: int) -> tuple[int, int]:
        """So long a time, with the same end."""
        return max(0, self.end_ns - length_ns), self.end_ns


def period_of(
    query: Mapping[str, str], zone: ZoneInfo, last_ns: int, period_ms: int, *, has_readings: bool
) -> Period:
    """The period that an address asks for; else the 24 hours that end with the last reading's.

    Args:
        query: `start` and `end`: RFC 3339, or a day or a minute of the clock in `zone`.
        zone: Of the plant.
        last_ns: Of the channel's last reading, UTC.
        period_ms: Between its polls, >= 0.
        has_readings: Whether an instrument shows it; what is computed has hours alone.

    Raises:
        TimestampError, RangeLimitError, RangeOrderError: it cannot be.
    """
    start, end = query.get("start", "")[:64], query.get("end", "")[:64]
    end_ns = _instant(end, "end", zone) if end else None
    start_ns = _instant(start, "start", zone) if start else None
    if start_ns is None:
        newest = (last_ns // NS_PER_HOUR + 1) * NS_PER_HOUR
        end_ns = newest if end_ns is None else end_ns
        start_ns = max(0, end_ns - NS_PER_DAY)
    end_ns = start_ns + NS_PER_DAY if end_ns is None else end_ns
    require_order(start_ns, end_ns, start, end)
    step = step_of(end_ns - start_ns, period_ms, has_readings=has_readings)
    if step == Step.READING:
        return Period(start_ns=start_ns, end_ns=end_ns, step=step)
    first = start_ns // NS_PER_HOUR * NS_PER_HOUR
    return Period(start_ns=first, end_ns=-(-end_ns // NS_PER_HOUR) * NS_PER_HOUR, step=step)


def step_of(length_ns: int, period_ms: int, *, has_readings: bool) -> Step:
    """How fine a time of a length is shown: so that there are not more points than can be seen."""
    if has_readings and length_ns <= MOST_READINGS * period_ms * 1_000_000:
        return Step.READING
    if length_ns <= MOST_HOURS * NS_PER_HOUR:
        return Step.HOUR
    return Step.DAY if length_ns <= MOST_DAYS * NS_PER_DAY else Step.MONTH


def page_of(query: Mapping[str, str]) -> int:
    """Which page of the table, >= 1; what is no number is the first."""
    page = query.get("page", "")
    return max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 7 else 1


def _instant(text: str, where: str, zone: ZoneInfo) -> int:
    if not _LOCAL.fullmatch(text):
        return instant(text, where, zone)
    try:
        at = dt.datetime.fromisoformat(text).replace(tzinfo=zone)
        return instant(at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), where, zone)
    except (ValueError, OverflowError):
        return instant(text, where, zone)  # which says what is wrong with it


def field_of(at_ns: int, zone: ZoneInfo) -> str:
    """An instant as a field of a form for date and time takes it."""
    return dt.datetime.fromtimestamp(at_ns // NS_PER_S, zone).strftime("%Y-%m-%dT%H:%M:%S")
