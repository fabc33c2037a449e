"""Sums over the hours of a period, and how much of them is not measured (pure)."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from calibration.uncertainty import UncertaintyComponent, combine, scaled
from evidence.clock import utc_text
from evidence.errors import Words
from evidence.statement.hours.errors import HoursOptionError
from evidence.statement.hours.hour import Hour, HourState
from evidence.statement.hours.pooled import pooled
from evidence.statement.hours.settings import Kind


class Sum(msgspec.Struct, frozen=True, kw_only=True):
    """A sum over the hours of operation.

    Where none of them has a value, nothing is known of it: None, which is not 0. At standstill of
    all hours it is 0.

    Args:
        value: weight times hourly value, added; of the hours that have one.
        mean: the same divided by the sum of the weights; None where that is 0.
        without: operating hours that have no value and are not in the sum.
        substituted: the part of it that was not measured.
        substituted_share: of the magnitudes, 0 .. 1; 0 where these are 0.
    """

    value: float | None
    mean: float | None
    without: int
    substituted: float | None
    substituted_share: float | None


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """What the hours of a period come to.

    Args:
        hours: of the period, by state and by method code.
        operating_hours: sum of the operating shares.
        substituted_share_of_hours: hours of operation that were not measured, with a substitute
            or without any value, over all of operation, 0 .. 1.
        compliance, best_estimate: the two are never mixed.
        components: of the best estimate's sum; u is their combination, None where nothing is
            known of the sum.
    """

    hours: int
    by_state: Mapping[str, int]
    by_method: Mapping[str, int]
    operating_hours: float
    substituted_share_of_hours: float
    compliance: Sum
    best_estimate: Sum
    components: tuple[UncertaintyComponent, ...]
    standard_uncertainty: float | None

    @property
    def ran_hours(self) -> int:
        """How many of the hours are of operation."""
        return self.hours - self.by_state[HourState.SHUTDOWN]


def totals(hours: Sequence[Hour], kind: Kind, weights: Mapping[int, float] | None = None) -> Totals:
    """What hours come to.

    Args:
        hours: of a period.
        kind: of the values; those of a rate or a concentration count by operating share.
        weights: by start of the hour, in place of these, such as the volume of gas.

    Raises:
        HoursOptionError: an hour of operation has no weight.
    """
    states = Counter(each.state.value for each in hours)
    ran = [each for each in hours if each.state != HourState.SHUTDOWN]
    unmeasured = sum(each.state != HourState.MEASURED for each in ran)
    weighed = [(each, _weight(each, kind, weights)) for each in ran]
    components = pooled(scaled(each.components, weight) for each, weight in weighed)
    best = _sum([(each.best_estimate, weight, each) for each, weight in weighed])
    return Totals(
        hours=len(hours),
        by_state={state.value: states[state.value] for state in HourState},
        by_method=dict(sorted(Counter(each.method for each in hours).items())),
        operating_hours=math.fsum(each.operating_share for each in ran),
        substituted_share_of_hours=unmeasured / len(ran) if ran else 0.0,
        compliance=_sum([(each.compliance, weight, each) for each, weight in weighed]),
        best_estimate=best,
        components=components,
        standard_uncertainty=None if best.value is None else combine(components),
    )


def unknown_sum(without: int) -> Sum:
    """The sum over so many hours of operation, of which none has a value."""
    return Sum(value=None, mean=None, without=without, substituted=None, substituted_share=None)


def _weight(hour: Hour, kind: Kind, weights: Mapping[int, float] | None) -> float:
    if weights is not None:
        if hour.start_ns not in weights:
            where = utc_text(hour.start_ns)
            raise HoursOptionError(
                where, name="weight", found=None, limit=Words("one for each hour", "每小时一个")
            )
        return weights[hour.start_ns]
    return 1.0 if kind == "amount" else hour.operating_share


def _sum(parts: Sequence[tuple[float | None, float, Hour]]) -> Sum:
    known = [(value * weight, weight, hour) for value, weight, hour in parts if value is not None]
    if parts and not known:
        return unknown_sum(len(parts))
    value = math.fsum(part for part, _, _ in known)
    weight = math.fsum(weight for _, weight, _ in known)
    filled = [part for part, _, hour in known if hour.state != HourState.MEASURED]
    magnitude = math.fsum(abs(part) for part, _, _ in known)
    return Sum(
        value=value,
        mean=value / weight if weight else None,
        without=len(parts) - len(known),
        substituted=math.fsum(filled),
        substituted_share=math.fsum(map(abs, filled)) / magnitude if magnitude else 0.0,
    )
