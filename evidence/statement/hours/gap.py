"""Gaps: runs of operating hours without a value, and the valid hours around them (pure).

Hours of standstill are taken out first: they neither lengthen a gap nor end it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from calibration.increment import NS_PER_HOUR
from calibration.uncertainty import name_of
from evidence.clock import utc_text
from evidence.statement.hours.observed import ObservedHour
from evidence.statement.hours.pack import RulePack


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A run of operating hours without a value.

    Attributes:
        name: Of series and first hour; it follows the grammar of influence ids.
        first, last: Places in the row of operating hours, both in the gap.
        before, after: Places of the nearest valid hours; None where there is none.
        start_ns, end_ns: In clock time.
    """

    name: str
    first: int
    last: int
    before: int | None
    after: int | None
    start_ns: int
    end_ns: int

    @property
    def hours(self) -> int:
        """Operating hours of the gap."""
        return self.last - self.first + 1

    @property
    def places(self) -> range:
        """In the row of operating hours."""
        return range(self.first, self.last + 1)


class OperatingHours(msgspec.Struct, frozen=True, kw_only=True):
    """Hours in which the plant ran, in order of time, and which of them are valid."""

    hours: tuple[ObservedHour, ...]
    valid: tuple[bool, ...]


def operating_hours(hours: Sequence[ObservedHour], pack: RulePack) -> OperatingHours:
    """The hours without those of standstill; which are valid under the rules."""
    kept = tuple(each for each in hours if each.state != "shutdown")
    by_hand = pack.manual is not None and pack.manual.counts_as_available
    valid = tuple(each.is_measured or (by_hand and each.state == "manual") for each in kept)
    return OperatingHours(hours=kept, valid=valid)


def gaps_of(ran: OperatingHours, series: str) -> tuple[Gap, ...]:
    """All gaps, in order of time."""
    found: list[Gap] = []
    first: int | None = None
    for place, each in enumerate(ran.hours):
        empty = each.state in ("invalid", "missing")
        if empty and first is None:
            first = place
        if not empty and first is not None:
            found.append(_gap(ran, first, place - 1, series))
            first = None
    if first is not None:
        found.append(_gap(ran, first, len(ran.hours) - 1, series))
    return tuple(found)


def _gap(ran: OperatingHours, first: int, last: int, series: str) -> Gap:
    start_ns = ran.hours[first].start_ns
    return Gap(
        name=gap_name(series, start_ns),
        first=first,
        last=last,
        before=_nearest(ran, range(first - 1, -1, -1)),
        after=_nearest(ran, range(last + 1, len(ran.hours))),
        start_ns=start_ns,
        end_ns=ran.hours[last].start_ns + NS_PER_HOUR,
    )


def gap_name(series: str, start_ns: int) -> str:
    """A name for the gap of a series that begins at an instant."""
    stamp = utc_text(start_ns).replace("-", "").replace(":", "")
    return f"{name_of(series)}.{stamp}"


def _nearest(ran: OperatingHours, places: range) -> int | None:
    return next((place for place in places if ran.valid[place]), None)
