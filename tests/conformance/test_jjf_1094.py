"""JJF 1094-2002, 5.3.1.4 to 5.3.1.6: errors of indication against maximum permissible errors.

Recalled, and as secondary descriptions have it; the printed text was not seen. MPEV is 0.3 here.
"""

import pytest

from calibration.conformity.load import jjf_1094
from calibration.conformity.measured import measured
from calibration.conformity.requirement import Requirement
from calibration.conformity.rule import Outcome, decide_by_mpe

LIMITS = Requirement(lower=-0.3, upper=0.3)


def outcome(indication_error: float, expanded_uncertainty: float) -> Outcome:
    found = measured(
        indication_error, expanded_uncertainty=expanded_uncertainty, coverage_factor=2.0
    )
    return decide_by_mpe(found, LIMITS, jjf_1094()).outcome


def test_its_numbers_are_marked_as_unconfirmed() -> None:
    rule = jjf_1094()
    assert (rule.id, rule.status) == ("JJF 1094-2002", "K")
    assert (rule.coverage_factor, rule.least_mpe_over_expanded_uncertainty) == (2.0, 3.0)


@pytest.mark.parametrize("delta", [0.0, 0.2, -0.25, 0.3, -0.3])
def test_with_u_of_a_third_an_error_up_to_mpev_passes(delta: float) -> None:
    assert outcome(delta, 0.1) == Outcome.PASS


@pytest.mark.parametrize("delta", [0.3001, -0.3001, 0.5])
def test_with_u_of_a_third_an_error_above_mpev_fails(delta: float) -> None:
    assert outcome(delta, 0.1) == Outcome.FAIL


@pytest.mark.parametrize(
    ("delta", "expected"),
    [
        (0.15, Outcome.PASS),
        (-0.15, Outcome.PASS),
        (0.1501, Outcome.UNDETERMINED),
        (0.3, Outcome.UNDETERMINED),
        (-0.4499, Outcome.UNDETERMINED),
        (0.45, Outcome.FAIL),
        (-0.45, Outcome.FAIL),
        (0.6, Outcome.FAIL),
    ],
)
def test_with_a_larger_u_of_0_15_the_outcome_may_stay_open(delta: float, expected: Outcome) -> None:
    assert outcome(delta, 0.15) == expected


def test_with_u_above_mpev_nothing_passes() -> None:
    assert outcome(0.0, 0.31) == Outcome.UNDETERMINED
    assert outcome(0.61, 0.31) == Outcome.FAIL
