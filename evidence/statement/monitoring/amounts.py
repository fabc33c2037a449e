"""Amounts of parts of a period under its plans, and of all of them together (pure).

Where no hour of operation has a value, nothing is known of an amount: that is not 0.
"""

import math
from collections.abc import Iterable, Sequence

from calibration.coverage import expand
from calibration.uncertainty import scaled
from calibration.unit import amount_of
from evidence.statement.hours.pooled import alike, pooled
from evidence.statement.hours.totals import Sum
from evidence.statement.monitoring.monitored import Monitored
from evidence.statement.under_plan import (
    PlanAmount,
    PlanEstimate,
    unknown_amount,
    unknown_estimate,
)


def amount_under(whole: Sum, hourly: float) -> PlanAmount:
    """A sum of hourly rates as an amount; `hourly`: that one of them is over an hour."""
    return PlanAmount(
        value=_times(whole.value, hourly),
        hours_without=whole.without,
        substituted=_times(whole.substituted, hourly),
        substituted_share=whole.substituted_share,
    )


def _times(value: float | None, hourly: float) -> float | None:
    return None if value is None else value * hourly


def amounts_together(found: Sequence[PlanAmount], ran_hours: int) -> PlanAmount:
    """The sum of parts; the share of the magnitudes follows from theirs.

    Args:
        found: of one unit, at least one.
        ran_hours: of operation, of all parts together.
    """
    if len(found) == 1:
        return found[0]
    without = sum(each.hours_without for each in found)
    if 0 < ran_hours == without:
        return unknown_amount(without)
    values, filled = _known(each.value for each in found), _known(x.substituted for x in found)
    whole = math.fsum(map(abs, values))
    return PlanAmount(
        value=math.fsum(values),
        hours_without=without,
        substituted=math.fsum(filled),
        substituted_share=math.fsum(map(abs, filled)) / whole if whole else 0.0,
    )


def _known(values: Iterable[float | None]) -> list[float]:
    return [each for each in values if each is not None]


def estimated(told: Sequence[Monitored]) -> PlanEstimate:
    """The best estimates of parts of one unit, added with what they share."""
    totals = [each.determination.totals for each in told]
    without = sum(each.best_estimate.without for each in totals)
    if 0 < sum(each.ran_hours for each in totals) == without:
        return unknown_estimate(without)
    inside = [each for each in told if each.determination.totals.best_estimate.value is not None]
    u, expanded = _uncertainty(inside)
    return PlanEstimate(
        value=math.fsum(_known(map(_best, inside))),
        standard_uncertainty=u,
        expanded_uncertainty=expanded,
        hours_without=without,
    )


def _uncertainty(told: Sequence[Monitored]) -> tuple[float | None, float | None]:
    """Standard and expanded, of the sum of parts; None where that of one is unknown."""
    if any(each.standard_uncertainty is None for each in told):
        return None, None
    hourly = [amount_of(each.determination.unit)[1] for each in told]
    pairs = zip(told, hourly, strict=True)
    groups = (scaled(each.determination.totals.components, by) for each, by in pairs)
    found = expand(pooled(alike(groups)))
    return found.standard_uncertainty, found.expanded_uncertainty


def _best(told: Monitored) -> float | None:
    own = told.determination
    return _times(own.totals.best_estimate.value, amount_of(own.unit)[1])
