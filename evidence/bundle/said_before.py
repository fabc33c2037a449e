"""What statements say in a form that was left since, in today's form (pure).

A statement keeps its digest, so one that was made then still says 0 of a period under a plan in
which no hour of operation has a value, and counts these hours beside it: that is what null says
today. And it says that a register read less than once an hour is complete to 0.
"""

from msgspec.structs import replace

from evidence.statement.datum import ActivityData
from evidence.statement.hours.totals import Sum, Totals, unknown_sum
from evidence.statement.monitoring.monitored import Monitored
from evidence.statement.under_plan import (
    PlanAmount,
    PlanEstimate,
    PlanHours,
    PlanPart,
    UnderPlan,
    unknown_amount,
    unknown_estimate,
)


def stated_today(told: UnderPlan) -> UnderPlan:
    """What a statement says of its period, with null where it says 0 of what is unknown."""
    return replace(
        told,
        compliance=None if told.compliance is None else _amount(told.compliance, told.hours),
        best_estimate=None
        if told.best_estimate is None
        else _estimate(told.best_estimate, told.hours),
        parts=tuple(map(_part, told.parts)),
    )


def counted_today(datum: ActivityData) -> ActivityData:
    """A statement with the share of hours where it says 0 because no hour has a poll of its own."""
    counts = datum.completeness
    if counts.expected or counts.ratio or not counts.hours:
        return datum
    return replace(datum, completeness=replace(counts, ratio=counts.full_hours / counts.hours))


def _part(part: PlanPart) -> PlanPart:
    told = part.told
    if told is None:
        return part
    compliance, best = (
        _amount(told.compliance, told.hours),
        _estimate(told.best_estimate, told.hours),
    )
    return replace(part, told=replace(told, compliance=compliance, best_estimate=best))


def _amount(said: PlanAmount, hours: PlanHours) -> PlanAmount:
    count = hours.ran_hours
    zero = PlanAmount(value=0.0, hours_without=count, substituted=0.0, substituted_share=0.0)
    return unknown_amount(count) if count and said == zero else said


def _estimate(said: PlanEstimate, hours: PlanHours) -> PlanEstimate:
    count = hours.ran_hours
    zero = PlanEstimate(
        value=0.0, standard_uncertainty=0.0, expanded_uncertainty=0.0, hours_without=count
    )
    return unknown_estimate(count) if count and said == zero else said


def determined_today(told: Monitored) -> Monitored:
    """The same of a determination; its hours stay as they are, and so does its digest."""
    own = told.determination
    today = _totals(own.totals)
    whole = replace(told, determination=replace(own, totals=today))
    if today.best_estimate == own.totals.best_estimate or told.standard_uncertainty:
        return whole
    return replace(whole, standard_uncertainty=None, expanded_uncertainty=None)


def _totals(said: Totals) -> Totals:
    best = _sum(said.best_estimate, said.ran_hours)
    is_zero = best.value is None and said.standard_uncertainty == 0.0
    return replace(
        said,
        compliance=_sum(said.compliance, said.ran_hours),
        best_estimate=best,
        standard_uncertainty=None if is_zero else said.standard_uncertainty,
    )


def _sum(said: Sum, count: int) -> Sum:
    zero = Sum(value=0.0, mean=None, without=count, substituted=0.0, substituted_share=0.0)
    return unknown_sum(count) if count and said == zero else said
