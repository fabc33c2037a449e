"""When a stack ran, and the plant's clock: hours of operation, days, months and quarters (pure)."""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from evidence.errors import Words
from evidence.statement.standing.errors import HoursError

NS_PER_HOUR: Final = 3_600_000_000_000
NS_PER_MINUTE: Final = 60_000_000_000
_EPOCH: Final = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - a reading of the plant's own clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """The hours in which a stack ran; where nothing is known, it counts as running.

    Attributes:
        hours: Starts of the hours of operation, POSIX ns, ascending.
        known_from_ns, known_until_ns: Where these are all.
        utc_offset_s: Of the plant's clock, which days, months and quarters follow.
    """

    hours: tuple[int, ...] = ()
    known_from_ns: int = 0
    known_until_ns: int = 0
    utc_offset_s: int = 0

    def __post_init__(self) -> None:
        if not -86_400 < self.utc_offset_s < 86_400:
            where = "operation utc_offset_s"
            raise HoursError(where, value=self.utc_offset_s, limit="-86399 .. 86399 s")

    def hour_of(self, at_ns: int) -> int:
        """Start of the hour that an instant lies in: hours are those of UTC, as they are kept."""
        return at_ns - at_ns % NS_PER_HOUR

    def minute_of(self, at_ns: int) -> int:
        """The minute of its hour that an instant lies in, 0 to 59."""
        return at_ns % NS_PER_HOUR // NS_PER_MINUTE

    def operates(self, hour: int) -> bool:
        """Whether the stack ran in an hour."""
        return not self._is_known(hour) or self._place(hour) < self._after(hour)

    def count(self, begin_ns: int, end_ns: int) -> int:
        """Hours of operation that begin in [begin_ns, end_ns), both at full hours."""
        if end_ns <= begin_ns:
            return 0
        low = min(max(begin_ns, self.known_from_ns), self.known_until_ns)
        high = max(min(end_ns, self.known_until_ns), low)
        inside = self._place(high) - self._place(low)
        return inside + ((end_ns - begin_ns) - (high - low)) // NS_PER_HOUR

    def last_idle(self, first: int, last: int) -> int | None:
        """The last hour from `first` to `last`, both included, in which it did not run."""
        for hour in range(last, first - 1, -NS_PER_HOUR):
            if not self.operates(hour):
                return hour
        return None

    def restart(self, idle: int) -> int:
        """The first hour of operation after an idle one; if none is known, the first unknown."""
        after = self._after(idle)
        return self.hours[after] if after < len(self.hours) else self.known_until_ns

    def months_later(self, at_ns: int, months: int) -> int:
        """The same day and time some months later; a day that is not there is the month's last."""
        local = self.local(at_ns)
        years, month = divmod(local.month - 1 + months, 12)
        first = local.replace(year=local.year + years, month=month + 1, day=1)
        days = ((first + dt.timedelta(days=31)).replace(day=1) - first).days
        kept = at_ns % 1000  # a datetime has microseconds
        return self._utc(first.replace(day=min(local.day, days))) + kept

    def quarter_of(self, at_ns: int) -> int:
        """Number of the calendar quarter that an instant lies in, counted from year 0."""
        local = self.local(at_ns)
        return 4 * local.year + (local.month - 1) // 3

    def quarter_begin(self, quarter: int) -> int:
        """The first instant of a calendar quarter."""
        year, part = divmod(quarter, 4)
        return self._utc(dt.datetime(year, 3 * part + 1, 1))  # noqa: DTZ001 - as above

    def local(self, at_ns: int) -> dt.datetime:
        """What the plant's clock shows, to the microsecond."""
        return _EPOCH + dt.timedelta(microseconds=self._local(at_ns) // 1000)

    def _local(self, at_ns: int) -> int:
        return at_ns + self.utc_offset_s * 1_000_000_000

    def _utc(self, local: dt.datetime) -> int:
        whole = (local - _EPOCH) // dt.timedelta(microseconds=1) * 1000
        return whole - self.utc_offset_s * 1_000_000_000

    def _is_known(self, hour: int) -> bool:
        return self.known_from_ns <= hour < self.known_until_ns

    def _place(self, hour: int) -> int:
        return bisect_left(self.hours, hour)

    def _after(self, hour: int) -> int:
        return bisect_right(self.hours, hour)


ALWAYS: Final = Operation()
"""A stack of which nothing is known: it counts as running, by UTC."""


def operation_of(
    operating: Iterable[int], known_from_ns: int, known_until_ns: int, utc_offset_s: int = 0
) -> Operation:
    """The hours in which a stack ran.

    Args:
        operating: Starts of the hours of operation.
        known_from_ns: Where these are all, from this full hour
        known_until_ns: until this one.
        utc_offset_s: Of the plant's clock.

    Raises:
        HoursError: an hour lies outside, or does not begin at a full hour of UTC.
    """
    found = Operation(
        hours=tuple(sorted(set(operating))),
        known_from_ns=known_from_ns,
        known_until_ns=known_until_ns,
        utc_offset_s=utc_offset_s,
    )
    for hour in (known_from_ns, known_until_ns, *found.hours):
        if found.hour_of(hour) != hour or not known_from_ns <= hour <= known_until_ns:
            limit = Words(
                f"full hours from {known_from_ns} to {known_until_ns}",
                f"{known_from_ns} 至 {known_until_ns} 的整小时",
            )
            raise HoursError("operation", value=hour, limit=limit)
    return found
