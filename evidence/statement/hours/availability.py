"""How much of what should have been measured was (pure): exact fractions, in percent."""

from bisect import bisect_left
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate

import msgspec

from calibration.increment import NS_PER_HOUR
from evidence.statement.hours.calendar import quarter_of, quarter_span_ns
from evidence.statement.hours.gap import OperatingHours
from evidence.statement.hours.observed import ObservedHour, count_states
from evidence.statement.hours.pack import Availability


class QuarterCapture(msgspec.Struct, frozen=True, kw_only=True):
    """A quarter's hours and its capture rate in percent.

    Args:
        quarter: as 2026-Q1.
        hours, invalid, shutdown: of the quarter, as far as there are records of it; missing
            hours count as invalid.
        percent: 100 (hours - invalid - shutdown)/(hours - shutdown); None where it stood still.
        complete: whether the records are of the whole quarter.
    """

    quarter: str
    hours: int
    invalid: int
    shutdown: int
    percent: float | None
    complete: bool


def monitor_availability(valid_hours: int, operating_hours: int) -> Fraction:
    """Percent monitor data availability: valid hours of operating hours (40 CFR 75.32, Eq. 8, 9).

    Args:
        valid_hours: >= 0, at most as many as operating hours.
        operating_hours: since certification, or the last 8760; > 0.
    """
    return Fraction(100 * valid_hours, operating_hours)


def capture_rate(hours: int, invalid: int, shutdown: int) -> Fraction | None:
    """Capture rate of a quarter in percent; None where the plant stood still all the time."""
    if hours == shutdown:
        return None
    return Fraction(100 * (hours - invalid - shutdown), hours - shutdown)


class MonitorAvailability:
    """Percent monitor data availability at the end of any operating hour."""

    def __init__(self, ran: OperatingHours, rule: Availability) -> None:
        self._starts = [each.start_ns for each in ran.hours]
        self._valid = [0, *accumulate(ran.valid)]
        self._hours = rule.hours or len(ran.hours)
        self._clock_ns = (rule.clock_hours or 10**6) * NS_PER_HOUR

    def at(self, place: int) -> Fraction:
        """Over the last operating hours up to and with this one, so many clock hours at most."""
        end_ns = self._starts[place] + NS_PER_HOUR
        oldest = bisect_left(self._starts, end_ns - self._clock_ns)
        first = max(oldest, place + 1 - self._hours)
        valid = self._valid[place + 1] - self._valid[first]
        return monitor_availability(valid, place + 1 - first)


def quarters(hours: Sequence[ObservedHour], offset_s: int) -> tuple[QuarterCapture, ...]:
    """The capture rate of each calendar quarter of which there are hours."""
    by_quarter: dict[tuple[int, int], list[ObservedHour]] = {}
    for each in hours:
        by_quarter.setdefault(quarter_of(each.start_ns, offset_s), []).append(each)
    return tuple(_capture(name, part, offset_s) for name, part in by_quarter.items())


def quarter_name(quarter: tuple[int, int]) -> str:
    """As 2026-Q1."""
    return f"{quarter[0]:04d}-Q{quarter[1]}"


def _capture(
    quarter: tuple[int, int], hours: Sequence[ObservedHour], offset_s: int
) -> QuarterCapture:
    counts = count_states(hours)
    shutdown = counts["shutdown"]
    invalid = len(hours) - shutdown - counts["measured"]
    percent = capture_rate(len(hours), invalid, shutdown)
    start_ns, end_ns = quarter_span_ns(quarter, offset_s)
    return QuarterCapture(
        quarter=quarter_name(quarter),
        hours=len(hours),
        invalid=invalid,
        shutdown=shutdown,
        percent=None if percent is None else float(percent),
        complete=len(hours) * NS_PER_HOUR == end_ns - start_ns,
    )
