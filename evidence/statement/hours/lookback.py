"""The valid hours that a rule looks back on (pure)."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from calibration.increment import NS_PER_HOUR
from evidence.statement.hours.gap import OperatingHours
from evidence.statement.hours.pack import Quantity
from evidence.statement.hours.statistic import complied


@dataclass(frozen=True, slots=True)
class Lookback:
    """Compliance values of the valid hours, in order of time.

    Attributes:
        starts_ns: Of these hours.
        values: As the scheme reports them.
        by_place: The same, by place in the row of operating hours.
    """

    starts_ns: Sequence[int]
    values: Sequence[float]
    by_place: dict[int, float]

    def before(self, end_ns: int, most: int, clock_hours: int | None = None) -> Sequence[float]:
        """The last `most` values before an instant, from so many clock hours at most."""
        end = bisect_left(self.starts_ns, end_ns)
        oldest = 0
        if clock_hours is not None:
            oldest = bisect_left(self.starts_ns, end_ns - clock_hours * NS_PER_HOUR)
        return self.values[max(oldest, end - most) : end]


def lookback_of(ran: OperatingHours, quantity: Quantity) -> Lookback:
    """What a rule may look back on."""
    by_place = {
        place: complied(each.value, quantity)
        for place, (each, valid) in enumerate(zip(ran.hours, ran.valid, strict=True))
        if valid and each.value is not None
    }
    starts = [ran.hours[place].start_ns for place in by_place]
    return Lookback(starts, list(by_place.values()), by_place)
