"""A statement of conformity with its probabilities and risks (pure)."""

from typing import Literal

import msgspec

from calibration.conformity.errors import ConformityRuleError
from calibration.conformity.guard import GuardBand, length_of
from calibration.conformity.measured import Measured
from calibration.conformity.probability import (
    capability_index,
    conformance_probability,
    non_conformance_probability,
    uncertainty_ratio,
)
from calibration.conformity.requirement import Requirement
from calibration.conformity.risk import GlobalRisks, Prior, global_risks, posterior
from calibration.conformity.rule import (
    Decision,
    ErrorOfIndicationRule,
    Outcome,
    decide_by_mpe,
    decide_guarded,
    decide_simply,
)
from calibration.errors import Words

RuleName = Literal["simple", "guarded", "jjf1094"]


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """How is decided, agreed before anything is measured (ISO/IEC 17025:2017, 7.1.3).

    Args:
        rule: simple, guarded or jjf1094.
        guard_band: of the rule guarded.
        prior: of the process the items come from; None where nothing is known of it.
    """

    rule: RuleName = "simple"
    guard_band: GuardBand | None = None
    prior: Prior | None = None

    def __post_init__(self) -> None:
        if (self.rule == "guarded") is (self.guard_band is None):
            found = "-" if self.guard_band is None else Words("a guard band", "保护带")
            limit = (
                Words("a guard band", "保护带")
                if self.rule == "guarded"
                else Words("no guard band", "无保护带")
            )
            raise ConformityRuleError("rule", rule=self.rule, found=found, limit=limit)
        if self.rule == "jjf1094" and self.prior is not None:
            raise ConformityRuleError(
                "rule",
                rule=self.rule,
                found=Words("a prior", "先验分布"),
                limit=Words("no prior", "无先验分布"),
            )


class Specific(msgspec.Struct, frozen=True, kw_only=True):
    """Of this very item, given what was measured (JCGM 106:2012, 3.3.13, 3.3.14).

    Args:
        conformance_probability: p_c.
        consumer_risk: 1 - p_c of an item that passed; None of others.
        producer_risk: p_c of an item that failed; None of others.
    """

    conformance_probability: float
    consumer_risk: float | None
    producer_risk: float | None


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """One point: what was measured and required, what is decided, and how probably rightly.

    Args:
        name: of the point.
        measured, requirement: as given.
        decision: with its rule.
        specific: from this measurement alone.
        specific_with_prior: from the measurement and the process together; None without prior.
        global_risks: of the rule, for items of the process; None without prior.
        capability_index: C_m = T/(4u); None of a single limit.
        test_uncertainty_ratio: T/(2U); None of a single limit.
    """

    name: str
    measured: Measured
    requirement: Requirement
    decision: Decision
    specific: Specific
    specific_with_prior: Specific | None
    global_risks: GlobalRisks | None
    capability_index: float | None
    test_uncertainty_ratio: float | None


def assess(
    name: str,
    measured: Measured,
    requirement: Requirement,
    policy: Policy,
    mpe_rule: ErrorOfIndicationRule,
) -> Assessment:
    """A statement of conformity for one measured value.

    Args:
        name: Of the point, for people to read.
        measured: With its uncertainty.
        requirement: Limits of the true value.
        policy: The decision rule.
        mpe_rule: The numbers of the rule jjf1094.

    Raises:
        ConformityError: the rule does not do for this value or these limits.
    """
    prior = policy.prior
    if prior is not None and measured.degrees_of_freedom is not None:
        limit = Words("no degrees of freedom", "无自由度")
        raise ConformityRuleError(
            "prior",
            rule=Words("a prior", "先验分布"),
            found=Words("degrees of freedom", "自由度"),
            limit=limit,
        )
    decision = _decide(measured, requirement, policy, mpe_rule)
    u, outcome = measured.standard_uncertainty, decision.outcome
    return Assessment(
        name=name,
        measured=measured,
        requirement=requirement,
        decision=decision,
        specific=_specific(measured, requirement, outcome),
        specific_with_prior=None
        if prior is None
        else _specific(posterior(measured, prior), requirement, outcome),
        global_risks=None
        if prior is None
        else global_risks(requirement, decision.acceptance, u, prior),
        capability_index=capability_index(measured, requirement),
        test_uncertainty_ratio=uncertainty_ratio(measured, requirement),
    )


def _decide(
    measured: Measured, requirement: Requirement, policy: Policy, mpe_rule: ErrorOfIndicationRule
) -> Decision:
    if policy.guard_band is not None:
        w = length_of(policy.guard_band, measured, requirement, policy.prior)
        return decide_guarded(measured, requirement, w)
    if policy.rule == "jjf1094":
        return decide_by_mpe(measured, requirement, mpe_rule)
    return decide_simply(measured, requirement)


def _specific(measured: Measured, requirement: Requirement, outcome: Outcome) -> Specific:
    probable = conformance_probability(measured, requirement)
    risk = non_conformance_probability(measured, requirement)
    return Specific(
        conformance_probability=probable,
        consumer_risk=risk if outcome == Outcome.PASS else None,
        producer_risk=probable if outcome == Outcome.FAIL else None,
    )
