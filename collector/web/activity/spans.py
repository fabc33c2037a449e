"""The range that is looked at, what it can be divided into, and the ranges beside it. Pure."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from calibration.grid import grid_of
from calibration.increment import NS_PER_HOUR
from collector.api.period import By, instant, periods, require_order
from collector.api.statement import MAX_STATEMENTS
from collector.web.activity.asked import Chosen
from evidence.clock import NS_PER_S, utc_text

Span = tuple[int, int]
MOST_ROWS: Final = 100
"""Parts of a range on one page."""
_DEFAULT_DAYS: Final = 31
_HOURS_OF: Final = {By.HOUR: 1, By.DAY: 24, By.MONTH: 672, By.QUARTER: 2160, By.YEAR: 8760}
"""At least so many hours; of a day that is shortened by an hour one less, which does not matter."""
_WHOLE: Final = (By.MONTH, By.QUARTER, By.YEAR)
_FROM_WHICH: Final = ((48, By.HOUR), (62 * 24, By.DAY), (3 * 8784, By.MONTH))


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """A range of time as it is divided.

    Attributes:
        start_ns, end_ns: UTC ns; the end is excluded.
        by: What it is divided into.
        parts: The parts, in order.
        possible: What it can be divided into on one page.
    """

    start_ns: int
    end_ns: int
    by: By
    parts: Sequence[Span]
    possible: Sequence[By]

    @property
    def span(self) -> Span:
        """Both ends."""
        return self.start_ns, self.end_ns

    @property
    def is_between_hours(self) -> bool:
        """Whether it begins at other minutes than the hours that are kept."""
        return grid_of(self.start_ns) > 0

    def is_of_days(self, zone: ZoneInfo) -> bool:
        """Whether it begins and ends where days of a zone do."""
        return all(midnight_ns(day_of(at_ns, zone), zone) == at_ns for at_ns in self.span)

    @property
    def is_hour(self) -> bool:
        """Whether it is one hour, of which readings are shown."""
        return self.end_ns - self.start_ns == NS_PER_HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """A month, a quarter or a year that can be looked at instead.

    Attributes:
        by: Which of them.
        before: Whether it is the one before.
        start, end: Its first day, and the first one behind it.
    """

    by: By
    before: bool
    start: str
    end: str


def range_of(chosen: Chosen, held: Span, zone: ZoneInfo) -> Range:
    """The range that is asked for; else the last 31 days of what there is.

    Args:
        chosen: What is asked for.
        held: First and last instant of which there may be data, UTC ns.
        zone: Whose days count.

    Raises:
        CodedError: an end is no instant, they are not in order, or too far apart.
    """
    end_ns = instant(chosen.end, "end", zone) if chosen.end else _day_after(held[1] - 1, zone)
    start_ns = instant(chosen.start, "start", zone) if chosen.start else _first(held, end_ns, zone)
    require_order(start_ns, end_ns, chosen.start or "-", chosen.end or "-")
    possible = _possible(start_ns, end_ns, len(chosen.channels))
    by = _division(chosen.by, (end_ns - start_ns) // NS_PER_HOUR, possible)
    parts = periods(start_ns, end_ns, by, zone, MOST_ROWS + 1)
    return Range(start_ns=start_ns, end_ns=end_ns, by=by, parts=parts, possible=possible)


def _possible(start_ns: int, end_ns: int, channels: int) -> list[By]:
    """What gives no more parts than fit on a page, and no more statements than an answer holds."""
    most = min(MOST_ROWS, MAX_STATEMENTS // max(channels, 1))
    hours = (end_ns - start_ns) / NS_PER_HOUR
    return [by for by in By if hours / _HOURS_OF.get(by, hours) <= most]


def _division(wanted: By | None, hours: int, possible: Sequence[By]) -> By:
    """What is wanted, if it is possible; else what is usual, or coarser."""
    usual = next((by for most, by in _FROM_WHICH if hours <= most), By.YEAR)
    order = list(By)
    rest = (by for by in order[order.index(usual) :] if by in possible)
    return wanted if wanted is not None and wanted in possible else next(rest, By.TOTAL)


def _first(held: Span, end_ns: int, zone: ZoneInfo) -> int:
    """31 days before an end, but no day before the first of which there are data."""
    last = dt.datetime.fromtimestamp((end_ns - 1) // NS_PER_S, tz=zone).date()
    first = midnight_ns(last - dt.timedelta(days=_DEFAULT_DAYS - 1), zone)
    return min(max(first, midnight_ns(day_of(held[0], zone), zone)), midnight_ns(last, zone))


def _day_after(at_ns: int, zone: ZoneInfo) -> int:
    return midnight_ns(day_of(at_ns, zone) + dt.timedelta(days=1), zone)


def day_of(at_ns: int, zone: ZoneInfo) -> dt.date:
    """The day of an instant (UTC ns) in a zone."""
    return dt.datetime.fromtimestamp(at_ns // NS_PER_S, tz=zone).date()


def midnight_ns(day: dt.date, zone: ZoneInfo) -> int:
    """The instant at which a day begins in a zone, UTC ns."""
    return int(dt.datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) * NS_PER_S


def finer(span: Span) -> By:
    """What a part of a range is divided into when somebody looks into it."""
    hours = (span[1] - span[0]) // NS_PER_HOUR
    if hours <= 25:
        return By.HOUR
    return By.DAY if hours <= 31 * 24 else By.MONTH


def written(at_ns: int, zone: ZoneInfo) -> str:
    """An instant for an address: a day where one begins then, else RFC 3339 in UTC."""
    day = day_of(at_ns, zone)
    return day.isoformat() if midnight_ns(day, zone) == at_ns else utc_text(at_ns)


def clock_text(at_ns: int, zone: ZoneInfo, *, days: bool) -> str:
    """An instant for a field: its day, or what a zone's clock shows, with the offset."""
    at = dt.datetime.fromtimestamp(at_ns // NS_PER_S, tz=zone)
    return at.date().isoformat() if days else at.isoformat()


def calendars(end_ns: int, zone: ZoneInfo) -> list[Calendar]:
    """The month, quarter and year of a range's end, and the ones before these."""
    day = day_of(end_ns - 1, zone)
    found = []
    for by in _WHOLE:
        start, end = around(day, by)
        earlier, _ = around(start - dt.timedelta(days=1), by)
        found += [_calendar(by, (start, end), before=False)]
        found += [_calendar(by, (earlier, start), before=True)]
    return found


def _calendar(by: By, days: tuple[dt.date, dt.date], *, before: bool) -> Calendar:
    return Calendar(by=by, before=before, start=days[0].isoformat(), end=days[1].isoformat())


def around(day: dt.date, by: By) -> tuple[dt.date, dt.date]:
    """The month, quarter or year of a day: its first day, and the first one behind it."""
    months = {By.MONTH: 1, By.QUARTER: 3, By.YEAR: 12}[by]
    first = (day.year * 12 + day.month - 1) // months * months
    return _month(first), _month(first + months)


def _month(index: int) -> dt.date:
    return dt.date(index // 12, index % 12 + 1, 1)
