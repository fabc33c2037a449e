"""When a deviation that grows reaches what is allowed (NASA-HDBK-8739.19-5) (pure)."""

from collections.abc import Callable, Iterable
from typing import Final

import msgspec
import numpy as np
import scipy

from calibration.conformity.requirement import Requirement
from calibration.function import Floats
from calibration.interval.errors import IntervalNumberError
from calibration.interval.growth import Growth
from calibration.interval.history import LARGEST

HORIZON: Final = 10.0
"""So many times the longest time of the history is looked ahead."""
_STEPS: Final = 10_000


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """Days after calibration; None where a limit is not reached before the horizon, or not given.

    Args:
        uncertainty: until u(t) reaches its limit.
        limits_two_sided: until an end of the interval that covers with the probability reaches a
            limit.
        limits_one_sided: until the value lies beyond a limit with more than 1 - probability.
        horizon: how far was looked.
        findings: "beyond_history" where a time lies beyond the longest of the history,
            "reached_at_start" where one is 0.
    """

    uncertainty: float | None
    limits_two_sided: float | None
    limits_one_sided: float | None
    horizon: float
    findings: tuple[str, ...]


class Allowed(msgspec.Struct, frozen=True, kw_only=True):
    """What a value may become before it is calibrated again.

    Args:
        uncertainty: u(t), 0 < u <= 1e30; None where no limit is set.
        start: value as left, |v| <= 1e30.
        limits: of the true value; None where none are set.
        probability: of coverage, 0 < p < 1.
    """

    uncertainty: float | None = None
    start: float = 0.0
    limits: Requirement | None = None
    probability: float = 0.95

    def __post_init__(self) -> None:
        u = 1.0 if self.uncertainty is None else self.uncertainty
        p = self.probability
        _require("uncertainty_limit", u, f"0 < u <= {LARGEST:g}", ok=0.0 < u <= LARGEST)
        _require("start", self.start, f"|v| <= {LARGEST:g}", ok=abs(self.start) <= LARGEST)
        _require("probability", p, "0 < p < 1", ok=0.0 < p < 1.0)


def _require(name: str, value: float, limit: str, *, ok: bool) -> None:
    if not ok:
        raise IntervalNumberError("allowed", name=name, value=value, limit=limit)


def reach_of(growth: Growth, allowed: Allowed) -> Reach:
    """When the growth of deviation and uncertainty reaches what is allowed.

    Args:
        growth: Fitted to the history.
        allowed: Limits; those not given are not looked for.
    """
    p = allowed.probability
    times = {
        "uncertainty": days_until_uncertainty(growth, allowed.uncertainty),
        "limits_two_sided": days_until_limits(growth, allowed, growth.two_sided_factor(p)),
        "limits_one_sided": days_until_limits(growth, allowed, growth.one_sided_factor(p)),
    }
    horizon = HORIZON * growth.longest_days
    return Reach(**times, horizon=horizon, findings=_findings(times.values(), growth))


def days_until_uncertainty(growth: Growth, limit: float | None) -> float | None:
    """The first time at which u(t) is `limit`; None if it stays below until the horizon.

    Args:
        growth: Fitted.
        limit: In the unit of the value; None gives None.
    """
    if limit is None:
        return None
    return _first(lambda days: limit - growth.standard_uncertainty(days), growth)


def days_until_limits(growth: Growth, allowed: Allowed, factor: float) -> float | None:
    """The first time at which start + delta(t) +- factor*u(t) is a limit.

    None if it stays within until the horizon, or there are no limits.
    """
    limits = allowed.limits
    if limits is None:
        return None
    low, high = limits.low, limits.high

    def room(days: Floats) -> Floats:
        middle, half = (
            allowed.start + growth.deviation(days),
            factor * growth.standard_uncertainty(days),
        )
        return np.minimum(high - (middle + half), (middle - half) - low)

    return _first(room, growth)


def _first(room: Callable[[Floats], Floats], growth: Growth) -> float | None:
    """Where a continuous function of days first comes down to 0.

    It is not monotonic, so it is scanned before the root is refined.
    """
    days = np.linspace(0.0, HORIZON * growth.longest_days, _STEPS + 1)
    spent = np.flatnonzero(room(days) <= 0.0)
    if not spent.size:
        return None
    at = int(spent[0])
    if at == 0:
        return 0.0
    low, high = float(days[at - 1]), float(days[at])
    return float(scipy.optimize.brentq(lambda t: float(room(np.array(t))), low, high))


def _findings(times: Iterable[float | None], growth: Growth) -> tuple[str, ...]:
    days = [each for each in times if each is not None]
    said = {
        "reached_at_start": 0.0 in days,
        "beyond_history": any(each > growth.longest_days for each in days),
    }
    return tuple(name for name, applies in said.items() if applies)
