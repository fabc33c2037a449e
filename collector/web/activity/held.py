"""The hours of the chosen channels that were polled: a month of them, and all their gaps."""

import datetime as dt
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from collector.api.period import hours_begun
from collector.api.pool import Sources
from collector.lookup import ChannelRow
from collector.web.activity.asked import Chosen
from collector.web.activity.hours import (
    MOST_GAPS,
    DayOfHours,
    Gap,
    days,
    gaps,
    hours_of,
    longest_first,
    together,
)
from collector.web.activity.spans import Range, day_of, midnight_ns
from collector.web.before_log import Beginnings
from evidence.statement.entered.channel import is_entered
from evidence.statement.stating import expected_per_hour

MOST_DAYS: Final = 31
MOST_CHANNELS: Final = 20
_TELL: Final = frozenset(("full", "partly", "little"))
"""States of hours in which something was read."""
_BEFORE: Final = 3
"""Columns that are as wide as the names of the days, which lie over them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Hours by day.

    Attributes:
        days: At most 31 of the range.
        earlier, later: First days of the hours before and behind these; "" for none.
        gaps: Of these days, those that cost most polls first; `more_gaps` are not shown.
        channels: Whose hours these are, taken together.
        more_channels: How many more were polled, whose hours are not shown.
    """

    days: Sequence[DayOfHours]
    earlier: str
    later: str
    gaps: Sequence[Gap]
    more_gaps: int
    channels: Sequence[str]
    more_channels: int

    @property
    def opens_at(self) -> int:
        """At which hour, 0 to 23, a narrow map opens: some before the first that tells anything."""
        there = (
            number
            for day in self.days
            for number, each in enumerate(day.hours)
            if each is not None and each.state in _TELL
        )
        return max(0, min(there, default=0) - _BEFORE)


def held_hours(
    sources: Sources,
    rows: Sequence[ChannelRow],
    asked: Range,
    chosen: Chosen,
    now: tuple[int, ZoneInfo],
) -> Held:
    """The hours of a range, or of 31 days of it.

    Args:
        sources: What was derived.
        rows: The chosen channels.
        asked: The range.
        chosen: Says from which day on.
        now: UTC ns, and the zone whose days count.
    """
    now_ns, zone = now
    polled = [row for row in rows if not is_entered(row.channel)]
    passed_ns = max(asked.start_ns + 1, min(asked.end_ns, now_ns))
    days_passed = day_of(asked.start_ns, zone), _day_behind(passed_ns, zone)
    first, last = _days_shown(days_passed, chosen.hours_from)
    span = hours_begun(
        (max(asked.start_ns, midnight_ns(first, zone)), min(asked.end_ns, midnight_ns(last, zone)))
    )
    beginnings = Beginnings(sources)
    by_channel = {
        row.channel: hours_of(
            sources.store.lookup.tallied(row.channel, *span),
            span,
            expected_per_hour(row.head.period_ms),
            now_ns,
            (beginnings.of(row), row.head.period_ms),
        )
        for row in polled[:MOST_CHANNELS]
    }
    found = longest_first(gap for name, each in by_channel.items() for gap in gaps(name, each))
    whole = together(list(by_channel.values())) if by_channel else []
    return Held(
        days=days(whole, zone),
        earlier=_before(first, asked, zone),
        later=last.isoformat() if last < days_passed[1] else "",
        gaps=found[:MOST_GAPS],
        more_gaps=max(0, len(found) - MOST_GAPS),
        channels=tuple(by_channel),
        more_channels=len(polled) - len(by_channel),
    )


def _day_behind(end_ns: int, zone: ZoneInfo) -> dt.date:
    return day_of(end_ns - 1, zone) + dt.timedelta(days=1)


def _days_shown(days_passed: tuple[dt.date, dt.date], text: str) -> tuple[dt.date, dt.date]:
    """The first day that is shown, and the one behind the last: days to come are not looked at."""
    begin, end = days_passed
    first = max(begin, end - dt.timedelta(days=MOST_DAYS))
    with suppress(ValueError):  # no day: the last ones
        first = min(max(begin, dt.date.fromisoformat(text)), end - dt.timedelta(days=1))
    return first, min(end, first + dt.timedelta(days=MOST_DAYS))


def _before(first: dt.date, asked: Range, zone: ZoneInfo) -> str:
    begin = day_of(asked.start_ns, zone)
    return "" if first <= begin else max(begin, first - dt.timedelta(days=MOST_DAYS)).isoformat()
