"""What became of every tick of a poll grid: read, or missed and named; once, and in its turn.

A poll is made for the latest tick that has come, when the one before it is over. So the tick of
a reading is not after its stamp, and is later than a period before the last reading's stamp:
both hold whatever the machine was doing, and neither holds for a burst of polls.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evidence.log.batch import Batch, RecordKind, decode
from evidence.log.column import progressed

LATE_TICKS = 50
"""So many ticks the very first reading may have come after its own."""
ANSWERS = 20
SPARE = 6
"""Answers beyond one a tick among twenty: edges of the window, and second attempts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What an agent's log says of one device; UTC ms.

    Attributes:
        stamps_ms: Of its readings, in order.
        missed_ms: Ticks that were named as missed.
        gaps_ms: First and last tick of each silence that was named as one.
    """

    stamps_ms: tuple[int, ...]
    missed_ms: tuple[int, ...]
    gaps_ms: tuple[tuple[int, int], ...]


def courses(leaves: Iterable[bytes]) -> dict[str, Course]:
    """The course of each device up to the first restart, of one channel a device."""
    batches = [leaf for leaf in map(decode, leaves) if isinstance(leaf, Batch)]
    end_ms = _first_restart_ms(batches)
    names = {s.head.channel.split("/")[1] for batch in batches for s in batch.streams}
    return {name: _course(name, batches, end_ms) for name in sorted(names)}


def _first_restart_ms(batches: Iterable[Batch]) -> float:
    records = [record for batch in batches for record in batch.records]
    ends = [each.at_ms for each in records if each.kind == RecordKind.RESTART]
    return min(ends, default=float("inf"))


def _course(name: str, batches: Sequence[Batch], end_ms: float) -> Course:
    streams = [s for batch in batches for s in batch.streams if f"/{name}/" in s.head.channel]
    stamps = [at_ms for s in streams if s.rows for at_ms in progressed(s.at_ms, s.rows)]
    missed = [miss.at_ms for s in streams for miss in s.missed]
    gaps = [
        (record.at_ms, record.until_ms)
        for batch in batches
        for record in batch.records
        if record.kind == RecordKind.GAP and f"/{name}/" in record.channel
    ]
    return Course(
        stamps_ms=tuple(at_ms for at_ms in stamps if at_ms <= end_ms),
        missed_ms=tuple(sorted(at_ms for at_ms in missed if at_ms <= end_ms)),
        gaps_ms=tuple((first, last) for first, last in gaps if last is not None),
    )


def untold(course: Course, period_ms: int) -> list[str]:
    """What is wrong with a course: ticks that are told twice or not at all, bursts of polls."""
    named = [
        *course.missed_ms,
        *(tick for gap in course.gaps_ms for tick in _ticks(gap, period_ms)),
    ]
    found = [f"{tick} is no tick" for tick in named if tick % period_ms]
    found += [f"{tick} is named twice" for tick in set(named) if named.count(tick) > 1]
    if found or not course.stamps_ms:
        return found or ["nothing was read"]
    first_ms = course.stamps_ms[0] // period_ms * period_ms
    tries = [
        _unlike(course.stamps_ms, frozenset(named), first_ms - late * period_ms, period_ms)
        for late in range(LATE_TICKS)
    ]
    return [] if "" in tries else [tries[0]]


def _ticks(gap: tuple[int, int], period_ms: int) -> range:
    return range(gap[0], gap[1] + 1, period_ms)


def _unlike(stamps_ms: Sequence[int], named: frozenset[int], tick_ms: int, period_ms: int) -> str:
    """Where readings and ticks stop going together, if the first was read for `tick_ms`."""
    before_ms = stamps_ms[0] - period_ms
    for place, stamp_ms in enumerate(stamps_ms):
        while tick_ms in named:
            tick_ms += period_ms
        if not before_ms - period_ms < tick_ms <= stamp_ms and place:
            return (
                f"reading {place}, stamped {stamp_ms}, the one before it {before_ms}:"
                f" its tick would be {tick_ms}"
            )
        before_ms, tick_ms = stamp_ms, tick_ms + period_ms
    return ""


def crowded(served: Mapping[tuple[int, int], int], period_ns: int) -> list[str]:
    """Meters that were asked much more often than once a tick: somebody else polls them too.

    Args:
        served: (unit, n) -> when answer n was given, ns.
        period_ns: Of the polls.
    """
    recent: dict[int, deque[int]] = {}
    found: dict[int, str] = {}
    for (unit, number), at_ns in sorted(served.items(), key=lambda each: each[1]):
        mine = recent.setdefault(unit, deque(maxlen=ANSWERS + SPARE))
        mine.append(at_ns)
        if len(mine) == ANSWERS + SPARE and at_ns - mine[0] < (ANSWERS - 3) * period_ns:
            found.setdefault(unit, f"unit {unit} gave {len(mine)} answers by {number} in no time")
    return list(found.values())
