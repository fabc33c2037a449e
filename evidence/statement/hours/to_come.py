"""Hours of a period that are not over yet: no rule counts them as missing (pure)."""

from bisect import bisect_right
from collections.abc import Sequence

from calibration.increment import NS_PER_HOUR
from evidence.statement.hours.hour import Hour, HourQuality, HourState
from evidence.statement.hours.observed import ObservedHour
from evidence.statement.hours.pack import RulePack


def over_and_to_come(
    hours: Sequence[ObservedHour], now_ns: int | None
) -> tuple[Sequence[ObservedHour], Sequence[ObservedHour]]:
    """Hours that are over at an instant, and those that are not.

    Args:
        hours: In order of time.
        now_ns: UTC; None: all are over.
    """
    if now_ns is None:
        return hours, ()
    place = bisect_right(hours, now_ns - NS_PER_HOUR, key=lambda each: each.start_ns)
    return hours[:place], hours[place:]


def hour_to_come(observed: ObservedHour, pack: RulePack) -> Hour:
    """An hour without any value, which may get one."""
    return Hour(
        start_ns=observed.start_ns,
        state=HourState.MISSING,
        method=pack.without,
        operating_share=observed.operating_share,
        counts={},
        compliance=None,
        best_estimate=None,
        components=(),
        quality=HourQuality.NONE,
        because="to_come",
        standing=None,
        provisional=True,
    )
