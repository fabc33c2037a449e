"""Decision rules: outcomes of each, and what a rule takes."""

import pytest

from calibration.conformity.assessment import Policy, assess
from calibration.conformity.errors import ConformityRuleError, GuardBandError, RequirementError
from calibration.conformity.guard import GuardBand
from calibration.conformity.load import jjf_1094
from calibration.conformity.measured import Measured, measured
from calibration.conformity.requirement import Requirement
from calibration.conformity.risk import Prior
from calibration.conformity.rule import Outcome, decide_by_mpe, decide_guarded, decide_simply

LOWER, UPPER = Requirement(lower=9.7), Requirement(upper=10.3)
BOTH = Requirement(lower=9.7, upper=10.3)
PRIOR = Prior(mean=10.0, standard_deviation=0.2)


def known(value: float, u: float = 0.05, nu: float | None = None) -> Measured:
    return measured(value, standard_uncertainty=u, degrees_of_freedom=nu)


@pytest.mark.parametrize(
    ("limits", "value", "simple", "guarded", "lenient"),
    [
        (UPPER, 10.15, "pass", "pass", "pass"),
        (UPPER, 10.2, "pass", "pass", "pass"),
        (UPPER, 10.25, "pass", "fail", "pass"),
        (UPPER, 10.3, "pass", "fail", "pass"),
        (UPPER, 10.35, "fail", "fail", "pass"),
        (UPPER, 10.45, "fail", "fail", "fail"),
        (LOWER, 9.8, "pass", "pass", "pass"),
        (LOWER, 9.75, "pass", "fail", "pass"),
        (LOWER, 9.65, "fail", "fail", "pass"),
        (LOWER, 9.55, "fail", "fail", "fail"),
        (BOTH, 10.0, "pass", "pass", "pass"),
        (BOTH, 9.75, "pass", "fail", "pass"),
        (BOTH, 10.4, "fail", "fail", "pass"),
        (BOTH, 10.41, "fail", "fail", "fail"),
    ],
)
def test_outcomes_of_the_three_binary_rules(
    limits: Requirement, value: float, simple: str, guarded: str, lenient: str
) -> None:
    found = known(value)
    assert decide_simply(found, limits).outcome == simple
    assert decide_guarded(found, limits, 0.1).outcome == guarded
    assert decide_guarded(found, limits, -0.1).outcome == lenient


def test_a_decision_names_its_rule_and_its_limits() -> None:
    decision = decide_guarded(known(10.0), BOTH, 0.1)
    assert (decision.rule, decision.source) == ("guarded_acceptance", "JCGM 106:2012, 8.3.2")
    assert (decision.acceptance.lower, decision.acceptance.upper) == (9.8, 10.2)
    assert decision.source_status is None
    assert decide_by_mpe(known(10.0), BOTH, jjf_1094()).source_status == "K"


def test_limits_about_a_nominal_value_do_for_errors_of_indication() -> None:
    rule, far = jjf_1094(), known(10.2, 0.1)
    assert decide_by_mpe(known(10.3, 0.05), BOTH, rule).outcome == Outcome.PASS
    assert decide_by_mpe(far, BOTH, rule).outcome == Outcome.UNDETERMINED
    assert decide_by_mpe(known(10.5, 0.1), BOTH, rule).outcome == Outcome.FAIL


def test_an_expanded_uncertainty_for_another_k_is_brought_to_k_2() -> None:
    found = measured(10.0, expanded_uncertainty=0.3, coverage_factor=3.0)
    assert decide_by_mpe(found, BOTH, jjf_1094()).guard_band == pytest.approx(0.2)


def test_errors_of_indication_need_both_limits() -> None:
    with pytest.raises(RequirementError, match="lower, upper"):
        decide_by_mpe(known(10.0), UPPER, jjf_1094())


def test_a_guard_band_that_leaves_nothing_to_accept_is_refused() -> None:
    with pytest.raises(GuardBandError, match="E_CONFORMITY_GUARD_BAND"):
        decide_guarded(known(10.0), BOTH, 0.31)


@pytest.mark.parametrize(
    ("rule", "guard_band", "prior"),
    [
        ("guarded", None, None),
        ("simple", GuardBand(by="length", number=0.1), None),
        ("jjf1094", GuardBand(by="length", number=0.1), None),
        ("jjf1094", None, PRIOR),
    ],
)
def test_a_rule_is_not_given_what_it_does_not_take(
    rule: str, guard_band: GuardBand | None, prior: Prior | None
) -> None:
    with pytest.raises(ConformityRuleError, match="E_CONFORMITY_RULE"):
        Policy(rule=rule, guard_band=guard_band, prior=prior)  # type: ignore[arg-type]


def test_risks_are_told_of_the_decision_that_was_taken() -> None:
    passed = assess("1", known(10.2), BOTH, Policy(prior=PRIOR), jjf_1094())
    assert passed.specific.consumer_risk == pytest.approx(0.022750, abs=1e-6)
    assert passed.specific.producer_risk is None
    assert passed.specific_with_prior is not None
    assert passed.specific_with_prior.conformance_probability > 0.977
    assert passed.global_risks is not None
    failed = assess("2", known(10.4), BOTH, Policy(), jjf_1094())
    assert failed.specific.consumer_risk is None
    assert failed.specific.producer_risk == pytest.approx(0.022750, abs=1e-6)
    assert failed.global_risks is None


def test_an_open_outcome_carries_neither_risk() -> None:
    found = assess("1", known(10.3, 0.1), BOTH, Policy(rule="jjf1094"), jjf_1094())
    assert found.decision.outcome == Outcome.UNDETERMINED
    assert (found.specific.consumer_risk, found.specific.producer_risk) == (None, None)


def test_a_prior_is_joined_with_normal_knowledge_only() -> None:
    with pytest.raises(ConformityRuleError, match="degrees of freedom"):
        assess("1", known(10.0, 0.05, 5.0), BOTH, Policy(prior=PRIOR), jjf_1094())
