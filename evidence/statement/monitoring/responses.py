"""How fast an analyser answered when the gas of its checks was changed (pure)."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from statistics import median

import msgspec

from calibration.gas_check.check import GasCheck
from calibration.gas_check.gas import GasPoint


class ResponseTimes(msgspec.Struct, frozen=True, kw_only=True):
    """Times from the change of gas until 90 % of the change, in the checks of one gas and range.

    They are no finer than readings are apart, and hold the way of the sample to the analyser: what
    is noted here shows a filter that clogs. A response test is made with gas at the probe.

    Args:
        point, measuring_range: of the checks.
        checks: in which it was found.
        untold: in which it was not: nothing changed, or the share was not reached.
        least_s, median_s, most_s, last_s: of those; None where it was found in none.
    """

    point: GasPoint
    measuring_range: str
    checks: int
    untold: int
    least_s: float | None
    median_s: float | None
    most_s: float | None
    last_s: float | None


def response_times(checks: Iterable[GasCheck]) -> tuple[ResponseTimes, ...]:
    """The response times of checks, for each gas and range."""
    return tuple(_each(sorted(checks, key=lambda each: (*_gas(each), each.start_ns))))


def _each(checks: Iterable[GasCheck]) -> Iterator[ResponseTimes]:
    for (measuring_range, point), some in groupby(checks, _gas):
        all_of_it = list(some)
        found = [each.response_time_s for each in all_of_it if each.response_time_s is not None]
        yield ResponseTimes(
            point=point,
            measuring_range=measuring_range,
            checks=len(found),
            untold=len(all_of_it) - len(found),
            least_s=min(found, default=None),
            median_s=median(found) if found else None,
            most_s=max(found, default=None),
            last_s=found[-1] if found else None,
        )


def _gas(check: GasCheck) -> tuple[str, GasPoint]:
    return check.measuring_range, check.point
