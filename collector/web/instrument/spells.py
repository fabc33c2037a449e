"""Times in which something was missing or not good, each with its cause. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from calibration.increment import NS_PER_HOUR
from collector.alarms.agents import PERIODS
from collector.web.instrument.asked import Period, Step
from collector.web.instrument.course import Point
from evidence.judging.stream import NS_PER_MS
from evidence.log.batch import Record
from evidence.statement.completeness import NOT_RECEIVED

GOOD: Final = "good"
MOST_SAID: Final = 3
LATE_NS: Final = 900_000_000_000
"""So long, and five periods, a reading may be on its way."""
_ROOM: Final = 1.5
"""Of a period: a poll may come so late and nothing is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A time in which polls lack, or readings are not good, all for one cause.

    Attributes:
        kind: What it is.
        code: Reason of a miss, or quality.
        start_ns, end_ns: From when until when, UTC ns; at full hours where hours are looked at.
        polls: How many it touches.
        said: What the agent itself said of this time.
    """

    kind: Literal["missing", "quality"]
    code: str
    start_ns: int
    end_ns: int
    polls: int
    said: tuple[Record, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Until when anything can be there.

    Attributes:
        first_ns: Of the first hour that was received; 0 if that is not known.
        period_ns: Between polls.
        last_ns: Of the last reading that was received.
        now_ns: The instant at which it is asked.
    """

    first_ns: int
    period_ns: int
    last_ns: int
    now_ns: int


def spells(
    points: Sequence[Point], period: Period, seen: Seen, records: Iterable[Record] = ()
) -> list[Spell]:
    """All such times of a period, in order.

    Args:
        points: In order of time.
        period: That they are of.
        seen: Until when anything can be there.
        records: Of the channel's agent, in this period and around it.
    """
    step_ns = seen.period_ns if period.step == Step.READING else 0
    found = [*_joined(_causes(points, step_ns), step_ns), *_silences(points, period, seen)]
    said = list(records)
    ordered = sorted(found, key=lambda each: (each.start_ns, each.kind, each.code))
    return [_explained(each, said, seen.period_ns) for each in ordered]


def _causes(points: Iterable[Point], step_ns: int) -> Iterator[Spell]:
    """One for each cause of each point."""
    for each in points:
        span = each.start_ns, max(each.end_ns, each.start_ns + step_ns)
        for code, count in each.missing.items():
            yield Spell(kind="missing", code=code, start_ns=span[0], end_ns=span[1], polls=count)
        for code, count in each.qualities.items():
            if code != GOOD:
                yield Spell(
                    kind="quality", code=code, start_ns=span[0], end_ns=span[1], polls=count
                )


def _joined(causes: Iterable[Spell], step_ns: int) -> list[Spell]:
    """Those of one cause that follow each other become one."""
    last: dict[tuple[str, str], Spell] = {}
    found: list[Spell] = []
    for each in causes:
        before = last.get((each.kind, each.code))
        if before is not None and each.start_ns <= before.end_ns + _ROOM * step_ns - step_ns:
            each = replace(each, start_ns=before.start_ns, polls=before.polls + each.polls)  # noqa: PLW2901 - it grows
        elif before is not None:
            found.append(before)
        last[each.kind, each.code] = each
    return [*found, *last.values()]


def _silences(points: Sequence[Point], period: Period, seen: Seen) -> Iterator[Spell]:
    """Times of which nothing was received, as far as something can be there by now."""
    is_reading = period.step == Step.READING
    unit = seen.period_ns if is_reading else NS_PER_HOUR
    until = min(period.end_ns, _due_until(seen, unit))
    at = max(period.start_ns, seen.first_ns)
    there = [(each.start_ns, max(each.end_ns, each.start_ns + unit)) for each in points]
    if not is_reading:  # the hour of the last reading is there, but not closed yet
        there.append((seen.last_ns // unit * unit, seen.last_ns // unit * unit + unit))
    for start_ns, end_ns in [*sorted(there), (until, until)]:
        start = min(start_ns, until)
        if start - at > (0.5 * unit if is_reading else 0):
            polls = max(1, round((start - at) / seen.period_ns)) if seen.period_ns else 0
            yield Spell(kind="missing", code=NOT_RECEIVED, start_ns=at, end_ns=start, polls=polls)
        at = max(at, end_ns)


def _due_until(seen: Seen, unit: int) -> int:
    """Until when points are due: what may still be on its way is not missing, silence is."""
    late = max(PERIODS * seen.period_ns, LATE_NS)
    due = seen.now_ns if seen.now_ns - seen.last_ns > late else seen.last_ns
    return due // unit * unit if unit else due


def _explained(spell: Spell, records: Sequence[Record], room_ns: int) -> Spell:
    """With what the agent said of this time, the first of each kind."""
    found: dict[str, Record] = {}
    for each in records:
        until_ms = each.at_ms if each.until_ms is None else each.until_ms
        starts = each.at_ms * NS_PER_MS <= spell.end_ns + room_ns
        if starts and until_ms * NS_PER_MS >= spell.start_ns - room_ns:
            found.setdefault(each.kind.value, each)
    return replace(spell, said=tuple(found.values())[:MOST_SAID])
