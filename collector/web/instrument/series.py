"""What a page draws with a script: points as columns, as short as can be seen. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from collector.web.instrument.asked import Period
from collector.web.instrument.course import Point
from collector.web.instrument.spells import Spell
from evidence.clock import NS_PER_S

MOST_GAPS: Final = 200
DIGITS: Final = 9
"""Significant ones, of values: as many as the script says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Column by column; None where there is nothing.

    Args of each point: instant (POSIX s), how long it stands (s, 0 of a reading), value, both ends
    of its interval, uncorrected value.
    """

    t: list[float]
    d: list[float]
    v: list[float | None]
    low: list[float | None]
    high: list[float | None]
    raw: list[float | None]


def series_text(points: Sequence[Point], period: Period, gap_ns: int) -> str:
    """The series of points as JSON; points that are further apart are not joined.

    Args:
        points: In order of time.
        period: That they are of.
        gap_ns: Beyond which something lies between two of them.
    """
    made = Series(t=[], d=[], v=[], low=[], high=[], raw=[])
    at = period.start_ns
    for each in points:
        if each.start_ns - at > gap_ns:
            between = (at + each.start_ns) // 2
            _add(made, Point(start_ns=between, end_ns=between))
        _add(made, each)
        at = each.end_ns
    return msgspec.json.encode(made).decode()


def gaps_text(spells: Iterable[Spell]) -> str:
    """Times in which something is missing as JSON: [from, until] in POSIX s."""
    missing = [each for each in spells if each.kind == "missing"]
    pairs = [[_seconds(each.start_ns), _seconds(each.end_ns)] for each in missing]
    return msgspec.json.encode(pairs[:MOST_GAPS]).decode()


def _add(made: Series, point: Point) -> None:
    value, known = point.value, point.U95
    made.t.append(_seconds(point.start_ns))
    made.d.append(_seconds(point.end_ns - point.start_ns))
    made.v.append(_rounded(value))
    bare = value is None or known is None
    made.low.append(None if bare else _rounded((value or 0.0) - (known or 0.0)))
    made.high.append(None if bare else _rounded((value or 0.0) + (known or 0.0)))
    made.raw.append(_rounded(point.uncorrected))


def _seconds(ns: int) -> float:
    """Whole where they are whole: they are written without a point then."""
    return ns // NS_PER_S if ns % NS_PER_S == 0 else round(ns / NS_PER_S, 3)


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.{DIGITS}g}")
