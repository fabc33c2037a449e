"""Conformance probabilities, against scipy's distributions and in their tails."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from calibration.conformity.measured import Measured, measured
from calibration.conformity.probability import (
    capability_index,
    conformance_probability,
    non_conformance_probability,
    uncertainty_ratio,
)
from calibration.conformity.requirement import Requirement

LIMITS = Requirement(lower=-1.0, upper=2.0)


def known(value: float, u: float, nu: float | None = None) -> Measured:
    return measured(value, standard_uncertainty=u, degrees_of_freedom=nu)


@pytest.mark.parametrize("value", [-5.0, -1.0, 0.0, 1.7, 2.5, 9.0])
@pytest.mark.parametrize("nu", [None, 1.0, 4.0, 30.5])
def test_probabilities_are_those_of_the_state_of_knowledge(value: float, nu: float | None) -> None:
    spread = stats.norm(value, 0.8) if nu is None else stats.t(nu, value, 0.8)
    found = known(value, 0.8, nu)
    assert conformance_probability(found, LIMITS) == pytest.approx(
        spread.cdf(2.0) - spread.cdf(-1.0), rel=1e-9, abs=1e-15
    )
    assert non_conformance_probability(found, LIMITS) == pytest.approx(
        spread.cdf(-1.0) + spread.sf(2.0), rel=1e-12
    )


def test_few_degrees_of_freedom_make_conformance_less_probable() -> None:
    assert conformance_probability(known(0.0, 0.4, 3.0), LIMITS) < conformance_probability(
        known(0.0, 0.4), LIMITS
    )


def test_small_probabilities_keep_their_digits() -> None:
    far = conformance_probability(known(12.0, 1.0), LIMITS)
    assert far == pytest.approx(stats.norm.sf(10.0) - stats.norm.sf(13.0), rel=1e-12)
    assert conformance_probability(known(-11.0, 1.0), LIMITS) == pytest.approx(far, rel=1e-12)
    risk = non_conformance_probability(known(0.5, 0.15), LIMITS)
    assert risk == pytest.approx(2.0 * stats.norm.sf(10.0), rel=1e-12)


@given(
    value=st.floats(-1e6, 1e6),
    u=st.floats(1e-6, 1e6),
    width=st.floats(1e-6, 1e6),
    nu=st.none() | st.floats(1.0, 1e6),
)
def test_to_conform_and_not_to_are_all_there_is(
    value: float, u: float, width: float, nu: float | None
) -> None:
    limits, found = Requirement(lower=0.0, upper=width), known(value, u, nu)
    conforms, not_so = (
        conformance_probability(found, limits),
        non_conformance_probability(found, limits),
    )
    assert 0.0 <= conforms <= 1.0
    assert conforms + not_so == pytest.approx(1.0, abs=1e-12)


def test_indices_need_both_limits_and_the_ratio_takes_u_as_stated() -> None:
    found = measured(0.0, expanded_uncertainty=0.9, coverage_factor=3.0)
    assert capability_index(found, LIMITS) == pytest.approx(3.0 / (4.0 * 0.3))
    assert uncertainty_ratio(found, LIMITS) == pytest.approx(3.0 / 1.8)
    assert capability_index(found, Requirement(upper=1.0)) is None
    assert uncertainty_ratio(found, Requirement(upper=1.0)) is None
