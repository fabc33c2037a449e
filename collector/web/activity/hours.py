"""Completeness hour by hour, and the gaps: where, how long, how many polls, why. Pure."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from calibration.increment import NS_PER_HOUR
from calibration.window import Window
from collector.web.before_log import BEFORE_LOG, told_apart
from evidence.clock import NS_PER_S
from evidence.statement.completeness import NOT_RECEIVED, UNEXPLAINED, Counted, counted
from evidence.statement.tallied import TalliedHour

FULL, PARTLY, LITTLE, NONE, LATER = "full", "partly", "little", "none", "later"
BEFORE: Final = "before"
STATES: Final = (FULL, PARTLY, LITTLE, NONE, BEFORE, LATER)
"""How much of an hour is there; a closed vocabulary. BEFORE: nobody was to receive anything yet.
LATER: it has not passed yet."""
ENOUGH: Final = 0.8
"""From which share on an hour has the greater part: as 2018/2066, Art. 44, takes it."""
MOST_GAPS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """An hour of one or more channels.

    Attributes:
        start_ns: UTC ns.
        expected, present: Polls.
        missing: How many by reason.
        state: One of `STATES`.
    """

    start_ns: int
    expected: int
    present: int
    missing: Mapping[str, int]
    state: str

    @property
    def percent(self) -> int:
        """How much is there; 100 of a full hour alone."""
        return min(99, 100 * self.present // self.expected) if self.state != FULL else 100


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfHours:
    """A day in a zone with its 24 places; None where no hour of the range lies.

    Attributes:
        day, next_day: It, and the one behind it, as an address has them.
    """

    day: str
    next_day: str
    hours: tuple[Hour | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Hours of a channel, one after the other, that lack something for the same reasons."""

    channel: str
    start_ns: int
    end_ns: int
    polls: int
    missing: Mapping[str, int]

    @property
    def length_s(self) -> float:
        """From the first of its hours to the end of the last."""
        return (self.end_ns - self.start_ns) / NS_PER_S


def hours_of(
    windows: Iterable[Window | TalliedHour],
    span: tuple[int, int],
    expected_per_hour: int,
    now_ns: int,
    began: tuple[int | None, int] = (None, 0),
) -> list[Hour]:
    """All hours of a span for one channel, in order.

    Args:
        windows: Of the channel.
        span: At full hours, UTC ns.
        expected_per_hour: Polls due in an hour where nothing of the span came; beside hours of
            which something did, as many as in those.
        now_ns: UTC ns; what has not passed lacks nothing yet.
        began: When the channel's log begins, UTC ns, and ms between polls.
    """
    held = {each.start_ns: counted([each]) for each in windows}
    starts = range(*span, NS_PER_HOUR)
    due = next((held[at_ns].expected for at_ns in starts if at_ns in held), expected_per_hour)
    found: list[Hour] = []
    for at_ns in starts:
        parts = held.get(at_ns) or _lacking(due, NOT_RECEIVED)
        due = parts.expected
        if not (parts.expected or parts.full_hours):
            parts = _lacking(due, UNEXPLAINED)
        found.append(_hour(at_ns, parts, began, later=at_ns + NS_PER_HOUR > now_ns))
    return found


def _lacking(expected: int, reason: str) -> Counted:
    """An hour that no reading reaches: it lacks something, however seldom is polled."""
    due = max(1, expected)
    return Counted(hours=0, full_hours=0, expected=due, present=0, missing={reason: due})


def _hour(start_ns: int, parts: Counted, began: tuple[int | None, int], *, later: bool) -> Hour:
    span = start_ns, start_ns + NS_PER_HOUR
    is_later = later and not parts.present
    missing = {} if is_later else told_apart(parts.missing, span, *began)
    return Hour(
        start_ns=start_ns,
        expected=parts.expected,
        present=parts.present,
        missing=missing,
        state=LATER if is_later else _state(parts.present, parts.expected, missing),
    )


def _state(present: int, expected: int, missing: Mapping[str, int]) -> str:
    if present >= expected:
        return FULL
    if not present:
        return BEFORE if set(missing) == {BEFORE_LOG} else NONE
    return PARTLY if present >= ENOUGH * expected else LITTLE


def together(channels: Sequence[Sequence[Hour]]) -> list[Hour]:
    """The hours of several channels over one span as one."""
    return [_together(hours) for hours in zip(*channels, strict=True)]


def _together(hours: Sequence[Hour]) -> Hour:
    missing: Counter[str] = Counter()
    for each in hours:
        missing.update(each.missing)
    expected, present = sum(each.expected for each in hours), sum(each.present for each in hours)
    is_later = all(each.state == LATER for each in hours)
    return Hour(
        start_ns=hours[0].start_ns,
        expected=expected,
        present=present,
        missing=dict(sorted(missing.items())),
        state=LATER if is_later else _state(present, expected, missing),
    )


def days(hours: Iterable[Hour], zone: ZoneInfo) -> list[DayOfHours]:
    """Hours by day and clock hour in a zone; the hour that a clock shows twice is one."""
    found: dict[dt.date, dict[int, list[Hour]]] = {}
    for each in hours:
        at = dt.datetime.fromtimestamp(each.start_ns // NS_PER_S, tz=zone)
        found.setdefault(at.date(), {}).setdefault(at.hour, []).append(each)
    return [
        DayOfHours(
            day=day.isoformat(),
            next_day=(day + dt.timedelta(days=1)).isoformat(),
            hours=tuple(_together(of_day[n]) if n in of_day else None for n in range(24)),
        )
        for day, of_day in found.items()
    ]


def gaps(channel: str, hours: Iterable[Hour]) -> list[Gap]:
    """The gaps of a channel, in order of time."""
    found = []
    for reasons, run in groupby(hours, key=lambda each: frozenset(each.missing)):
        if reasons:
            found.append(_gap(channel, list(run)))
    return found


def _gap(channel: str, hours: Sequence[Hour]) -> Gap:
    missing: Counter[str] = Counter()
    for each in hours:
        missing.update(each.missing)
    return Gap(
        channel=channel,
        start_ns=hours[0].start_ns,
        end_ns=hours[-1].start_ns + NS_PER_HOUR,
        polls=sum(missing.values()),
        missing=dict(missing.most_common()),
    )


def longest_first(found: Iterable[Gap]) -> list[Gap]:
    """Gaps, those that cost most polls first."""
    return sorted(found, key=lambda each: (-each.polls, each.start_ns, each.channel))
