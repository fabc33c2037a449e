"""How many hours of what a page shows rest on a test that an analyser failed. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from calibration.increment import NS_PER_HOUR
from collector.doubt.amounts import Doubted
from collector.web.instrument.asked import Period
from collector.web.instrument.course import Point

Span = tuple[int, int]


def touched_hours(period: Period) -> Span:
    """The full hours that a period touches, [start, end) in UTC ns."""
    start_ns = period.start_ns // NS_PER_HOUR * NS_PER_HOUR
    return start_ns, -(-period.end_ns // NS_PER_HOUR) * NS_PER_HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class RestingHours:
    """The hours of a channel that rest on tests that failed.

    Attributes:
        before, after: Starts of those before a failure, and since one; UTC ns.
    """

    before: frozenset[int]
    after: frozenset[int]

    def of(self, point: Point) -> tuple[int, int]:
        """How many hours of a point are of each; of a reading its own. None without a value."""
        if point.value is None:
            return 0, 0
        first = point.start_ns // NS_PER_HOUR * NS_PER_HOUR
        hours = range(first, max(point.end_ns, first + 1), NS_PER_HOUR)
        return sum(at in self.before for at in hours), sum(at in self.after for at in hours)


def resting_hours(found: Iterable[Doubted]) -> RestingHours:
    """All hours of several tests; one that is of two kinds counts as after a failure."""
    told = [each.doubt for each in found]
    after = frozenset(hour for each in told for hour in each.after)
    before = frozenset(hour for each in told for hour in each.before)
    return RestingHours(before=before - after, after=after)
