"""What versions of a statement may say otherwise of the period under the plan, as texts (pure)."""

from collections.abc import Callable
from typing import Final

import msgspec

from evidence.statement.datum import ActivityData
from evidence.statement.under_plan import PlanTold, UnderPlan


def compliance_of(datum: ActivityData) -> tuple[float | None, str | None]:
    """The compliance value of the whole period and its unit; None where there is none.

    Of an amount of which nothing is known there is the unit alone.
    """
    if datum.under_plan is msgspec.UNSET or datum.under_plan.compliance is None:
        return None, None
    return datum.under_plan.compliance.value, datum.under_plan.unit


def _of(say: Callable[[UnderPlan], list[str]]) -> Callable[[ActivityData], list[str]]:
    """Of a statement that is told under a plan; nothing of any other."""

    def said(datum: ActivityData) -> list[str]:
        return [] if datum.under_plan is msgspec.UNSET else say(datum.under_plan)

    return said


def _plans(told: UnderPlan) -> list[str]:
    return [f"{each.start} {each.plan_effective_from or 'no plan'}" for each in told.parts]


def _rules(told: UnderPlan) -> list[str]:
    used = dict.fromkeys(each.rules for each in _told(told))
    return [f"{each.id} {each.version} {each.sha256}" for each in used]


def _told(told: UnderPlan) -> list[PlanTold]:
    return [each.told for each in told.parts if each.told is not None]


def _compliance(told: UnderPlan) -> list[str]:
    if told.compliance is None or told.compliance.value is None:
        return []
    return [f"{told.compliance.value!r} {told.unit}"]


def _best_estimate(told: UnderPlan) -> list[str]:
    if told.best_estimate is None or told.best_estimate.value is None:
        return []
    u = told.best_estimate.standard_uncertainty
    return [f"{told.best_estimate.value!r} {told.unit} u={u!r}"]


def _refused(told: UnderPlan) -> list[str]:
    parts = (each.refused for each in told.parts)
    return list(dict.fromkeys(each.code for each in (told.refused, *parts) if each is not None))


PLAN_CHANGES: Final[dict[str, Callable[[ActivityData], list[str]]]] = {
    "under_plan.plans": _of(_plans),
    "under_plan.rules": _of(_rules),
    "under_plan.compliance": _of(_compliance),
    "under_plan.best_estimate": _of(_best_estimate),
    "under_plan.hours": _of(lambda told: [f"{k} {n}" for k, n in told.hours.by_method.items()]),
    "under_plan.provisional": _of(lambda told: ["provisional" if told.provisional else "final"]),
    "under_plan.refused": _of(_refused),
    "under_plan.monitored": _of(lambda told: [each.monitored_sha256 for each in _told(told)]),
}
"""What is listed of it, by the name under which a change is told."""
