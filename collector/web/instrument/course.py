"""What an instrument showed in a period, point by point: readings, or hours, days, months. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from calibration.basis import UncertaintyBasis
from calibration.coverage import expand
from calibration.indication import WORST_FIRST
from calibration.mean import MeanWindow
from calibration.uncertainty import UncertaintyComponent, scaled
from calibration.window import FlowWindow, Tally, Window, components_of, merge_tallies
from collector.api.reading import MissedReading, Reading
from evidence.clock import parse_utc
from evidence.statement.completeness import UNEXPLAINED
from evidence.statement.datum import component_of
from evidence.statement.hourly import merged
from evidence.statement.hours.pooled import pooled

Hour = Window | MeanWindow
Row = Reading | MissedReading
_BETTER_LAST: Final = [each.value for each in WORST_FIRST]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A reading, or what an hour, a day or a month comes to.

    Attributes:
        start_ns, end_ns: UTC ns; the same of a reading.
        value: Corrected; None where there is none.
        U95: Half of the interval that covers 95 %; None where it is not known.
        uncorrected: As the instrument showed it.
        qualities: How many of its readings are of which quality.
        expected, present: Polls due, and such as gave a value.
        missing: How many did not, by cause.
        row: Of a reading or a miss: what is logged of it.
    """

    start_ns: int
    end_ns: int
    value: float | None = None
    U95: float | None = None
    uncorrected: float | None = None
    qualities: Mapping[str, int] = field(default_factory=dict)
    expected: int = 1
    present: int = 0
    missing: Mapping[str, int] = field(default_factory=dict)
    row: Row | None = None

    @property
    def quality(self) -> str:
        """The worst of its readings; "" of none."""
        return next((each for each in _BETTER_LAST if self.qualities.get(each)), "")


def of_rows(rows: Iterable[Row]) -> list[Point]:
    """A point for each reading and each miss, in order of time."""
    made = [_reading(each) if isinstance(each, Reading) else _missed(each) for each in rows]
    return sorted(made, key=lambda each: each.start_ns)


def _reading(row: Reading) -> Point:
    at_ns = parse_utc(row.at)
    parts = [component_of(each) for each in row.components]
    known = row.u_basis != UncertaintyBasis.UNKNOWN
    return Point(
        start_ns=at_ns,
        end_ns=at_ns,
        value=float(row.value),
        U95=expand(parts).expanded_uncertainty if known and parts else None,
        uncorrected=float(row.indication),
        qualities={row.quality.value: 1},
        present=1,
        row=row,
    )


def _missed(row: MissedReading) -> Point:
    at_ns = parse_utc(row.at)
    return Point(start_ns=at_ns, end_ns=at_ns, missing={row.reason.value: 1}, row=row)


def of_hours(hours: Sequence[Hour], spans: Iterable[tuple[int, int]]) -> list[Point]:
    """A point for each span of which an hour is there.

    Args:
        hours: Of one channel, in order of time; all amounts, or all means.
        spans: [start, end) in UTC ns, at full hours, in order.

    Raises:
        CalibrationError: hours of a span do not join.
    """
    found: list[Point] = []
    place = 0
    for start_ns, end_ns in spans:
        first = place
        while place < len(hours) and hours[place].start_ns < end_ns:
            place += 1
        inside = [each for each in hours[first:place] if each.start_ns >= start_ns]
        if inside:
            found.append(_point((start_ns, end_ns), inside))
    return found


def _point(span: tuple[int, int], inside: Sequence[Hour]) -> Point:
    tallies = [each.tally for each in inside]
    whole = merge_tallies(tallies)
    value, uncorrected, parts = _summed(inside)
    if value == 0.0 and not whole.present and all(isinstance(each, FlowWindow) for each in inside):
        value = uncorrected = None  # no time of it is known: that is nothing, and not zero
    known = all(each.grounds.basis != UncertaintyBasis.UNKNOWN for each in inside)
    return Point(
        start_ns=span[0],
        end_ns=span[1],
        value=value,
        U95=expand(parts).expanded_uncertainty if known and parts and value is not None else None,
        uncorrected=uncorrected,
        qualities=whole.qualities,
        expected=whole.expected,
        present=sum(min(each.present, each.expected) for each in tallies),
        missing=_missing(tallies),
    )


def _missing(tallies: Iterable[Tally]) -> dict[str, int]:
    """Polls that gave no value, by cause; what no record accounts for is said too."""
    found: Counter[str] = Counter()
    for each in tallies:
        found.update(each.missed)
        found[UNEXPLAINED] += max(0, each.expected - each.present - sum(each.missed.values()))
    return {reason: count for reason, count in sorted(found.items()) if count}


Sum = tuple[float | None, float | None, tuple[UncertaintyComponent, ...]]


def _summed(inside: Sequence[Hour]) -> Sum:
    """Value, uncorrected value and components of hours: their sum, or the mean of means."""
    means = [each for each in inside if isinstance(each, MeanWindow)]
    if means:
        return _mean(means)
    whole = merged([each for each in inside if not isinstance(each, MeanWindow)])
    parts = tuple(each for each in components_of(whole) if each.contribution != 0.0)
    return whole.value, whole.uncorrected, parts


def _mean(means: Sequence[MeanWindow]) -> Sum:
    """The mean of hourly means, each by the readings behind it."""
    told = [
        (each.value, each.uncorrected, each)
        for each in means
        if each.value is not None and each.uncorrected is not None and each.tally.present
    ]
    count = sum(each.tally.present for _, _, each in told)
    if not count:
        return None, None, ()
    shares = [each.tally.present / count for _, _, each in told]
    value = sum(share * one for share, (one, _, _) in zip(shares, told, strict=True))
    bare = sum(share * one for share, (_, one, _) in zip(shares, told, strict=True))
    parts = (
        scaled(each.components, share) for share, (_, _, each) in zip(shares, told, strict=True)
    )
    return value, bare, pooled(parts)
