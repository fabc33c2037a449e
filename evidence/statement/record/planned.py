"""Group 7 of a record of a statement that is told under a monitoring plan itself (pure)."""

from evidence.statement.datum import ActivityData
from evidence.statement.entered.share import share_of
from evidence.statement.exports.pact import decimal
from evidence.statement.hours.totals import Totals
from evidence.statement.record.explained import explained
from evidence.statement.record.form import (
    RecordAmount,
    RecordPlanPart,
    RecordRule,
    RecordRules,
    RecordSubstitution,
)
from evidence.statement.record.known import perhaps
from evidence.statement.under_plan import PlanPart, PlanRules, UnderPlan


def stated_substitution(
    datum: ActivityData,
    told: UnderPlan,
    found: tuple[Totals, tuple[RecordRule, ...]] | None,
) -> RecordSubstitution:
    """What a statement says of its period under the plan.

    Args:
        datum: The statement.
        told: What it says.
        found: Sums of the hours as they are kept, and what each rule filled of them. The rules are
            told only where these are the hours that were stated.
    """
    digests = [each.told.monitored_sha256 for each in told.parts if each.told is not None]
    alike = found is not None and told.compliance is not None and _are_those(found[0], told)
    amount = told.compliance
    made = RecordSubstitution(
        share_of_hours=decimal(told.hours.substituted_share, "share_of_hours")
        if told.hours.hours
        else None,
        share_of_quantity=None
        if amount is None
        else perhaps(amount.substituted_share, "share_of_quantity"),
        rules=found[1] if alike and found is not None else None,
        compliance=_compliance(told),
        best_estimate=_best(told),
        provisional=told.provisional if told.hours.hours else None,
        monitored_sha256=digests[0] if len(told.parts) == len(digests) == 1 else None,
        parts=tuple(map(_part, told.parts)),
        entered_share=decimal(share_of(datum), "entered_share"),
    )
    return explained(made, "unknown", monitored_sha256="not applicable")


def _are_those(totals: Totals, told: UnderPlan) -> bool:
    """Whether the hours are as they were stated; 0 stood for an unknown share once."""
    if told.compliance is None or totals.by_method != told.hours.by_method:
        return False
    shares = totals.compliance.substituted_share, told.compliance.substituted_share
    return (shares[0] or 0.0) == (shares[1] or 0.0)


def _compliance(told: UnderPlan) -> RecordAmount | None:
    """Rules give a compliance value no uncertainty: it is not an estimate."""
    if told.compliance is None:
        return None
    made = RecordAmount(
        value=perhaps(told.compliance.value, "value"),
        unit=told.unit or "",
        standard_uncertainty=None,
        expanded_uncertainty=None,
        hours_without=told.compliance.hours_without,
    )
    return explained(made, "not applicable", value="unknown")


def _best(told: UnderPlan) -> RecordAmount | None:
    best = told.best_estimate
    if best is None:
        return None
    made = RecordAmount(
        value=perhaps(best.value, "value"),
        unit=told.unit or "",
        standard_uncertainty=perhaps(best.standard_uncertainty, "standard_uncertainty"),
        expanded_uncertainty=perhaps(best.expanded_uncertainty, "expanded_uncertainty"),
        hours_without=best.hours_without,
    )
    return explained(made, "unknown")


def _part(part: PlanPart) -> RecordPlanPart:
    told = part.told
    made = RecordPlanPart(
        start=part.start,
        end=part.end,
        plan_effective_from=part.plan_effective_from,
        rules=None if told is None else record_rules(told.rules),
        code=None if part.refused is None else part.refused.code,
        monitored_sha256=None if told is None else told.monitored_sha256,
    )
    return explained(made, "not applicable")


def record_rules(rules: PlanRules) -> RecordRules:
    """A rule pack as a record names it."""
    return RecordRules(
        id=rules.id, version=rules.version, sha256=rules.sha256, unconfirmed=rules.unconfirmed
    )
