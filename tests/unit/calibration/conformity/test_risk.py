"""Global risks, against Monte Carlo and the bivariate normal distribution."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from calibration.conformity.errors import ConformityError
from calibration.conformity.measured import measured
from calibration.conformity.requirement import Interval, Requirement, drawn_in
from calibration.conformity.risk import (
    Prior,
    global_risks,
    guard_band_of_global_risk,
    posterior,
)

LIMITS = Requirement(lower=-1.0, upper=1.0)
TRIALS = 400_000
CASES = [
    (LIMITS, 0.0, 0.2, Prior(mean=0.0, standard_deviation=0.6)),
    (LIMITS, 0.3, 0.2, Prior(mean=0.4, standard_deviation=0.6)),
    (LIMITS, -0.3, 0.5, Prior(mean=-0.2, standard_deviation=0.3)),
    (LIMITS, 0.05, 0.01, Prior(mean=0.9, standard_deviation=0.8)),
    (Requirement(upper=1.0), 0.1, 0.2, Prior(mean=0.5, standard_deviation=0.5)),
    (Requirement(lower=-1.0), 0.1, 2.0, Prior(mean=-0.5, standard_deviation=0.5)),
]


@pytest.mark.parametrize(("limits", "guard_band", "u", "prior"), CASES)
def test_items_drawn_and_measured_are_decided_wrongly_as_often(
    limits: Requirement, guard_band: float, u: float, prior: Prior
) -> None:
    rng, accepted = np.random.default_rng(106), drawn_in(limits, guard_band)
    true = prior.mean + prior.standard_deviation * rng.standard_normal(TRIALS)
    shown = true + u * rng.standard_normal(TRIALS)
    conforms = (limits.low <= true) & (true <= limits.high)
    accepts = (accepted.low <= shown) & (shown <= accepted.high)
    found = global_risks(limits, accepted, u, prior)
    for risk, wrong in (
        (found.consumer, accepts & ~conforms),
        (found.producer, conforms & ~accepts),
    ):
        spread = math.sqrt(risk * (1.0 - risk) / TRIALS)
        assert float(np.mean(wrong)) == pytest.approx(risk, abs=5.0 * spread)


@pytest.mark.parametrize(("limits", "guard_band", "u", "prior"), CASES)
def test_risks_are_those_of_a_bivariate_normal_distribution(
    limits: Requirement, guard_band: float, u: float, prior: Prior
) -> None:
    accepted, variance = drawn_in(limits, guard_band), prior.standard_deviation**2
    high, low = [limits.high, accepted.high], [limits.low, accepted.low]
    rightly = float(
        stats.multivariate_normal.cdf(
            high,
            mean=[prior.mean, prior.mean],
            cov=[[variance, variance], [variance, variance + u * u]],
            abseps=1e-12,
            releps=1e-12,
            lower_limit=low,
        )
    )
    found = global_risks(limits, accepted, u, prior)
    assert found.consumer == pytest.approx(_within(accepted, prior, u) - rightly, abs=1e-10)
    assert found.producer == pytest.approx(_within(limits, prior, 0.0) - rightly, abs=1e-10)


def _within(limits: Interval, prior: Prior, u: float) -> float:
    spread = stats.norm(prior.mean, math.hypot(prior.standard_deviation, u))
    return float(spread.cdf(limits.high) - spread.cdf(limits.low))


@given(
    mean=st.floats(-5.0, 5.0),
    standard_deviation=st.floats(1e-4, 1e3),
    u=st.floats(1e-6, 1e3),
    guard_band=st.floats(-2.0, 1.0),
)
def test_accepted_less_conforming_is_what_is_accepted_wrongly_less_what_is_rejected_wrongly(
    mean: float, standard_deviation: float, u: float, guard_band: float
) -> None:
    prior = Prior(mean=mean, standard_deviation=standard_deviation)
    accepted = drawn_in(LIMITS, guard_band)
    found = global_risks(LIMITS, accepted, u, prior)
    expected = _within(accepted, prior, u) - _within(LIMITS, prior, 0.0)
    assert found.consumer - found.producer == pytest.approx(expected, abs=1e-13)
    assert 0.0 <= found.consumer <= 1.0
    assert 0.0 <= found.producer <= 1.0


@pytest.mark.parametrize("most", [1e-3, 1e-4, 1e-9])
@pytest.mark.parametrize("limits", [LIMITS, Requirement(upper=1.0), Requirement(lower=-1.0)])
@pytest.mark.parametrize("scale", [1.0, 1e-9, 1e9])
def test_a_guard_band_keeps_the_global_risk_asked_for(
    limits: Requirement, most: float, scale: float
) -> None:
    ends = [None if end is None else end * scale for end in (limits.lower, limits.upper)]
    scaled = Requirement(lower=ends[0], upper=ends[1])
    prior, u = Prior(mean=0.2 * scale, standard_deviation=0.5 * scale), 0.1 * scale
    w = guard_band_of_global_risk(scaled, u, prior, most)
    assert w > 0.0
    assert global_risks(scaled, drawn_in(scaled, w), u, prior).consumer == pytest.approx(
        most, rel=1e-6
    )


def test_no_guard_band_is_needed_where_simple_acceptance_keeps_the_risk() -> None:
    prior = Prior(mean=0.0, standard_deviation=0.1)
    assert guard_band_of_global_risk(LIMITS, 0.1, prior, 0.01) == 0.0


def test_a_sharp_measurement_decides_alone_and_a_blunt_one_says_nothing() -> None:
    prior = Prior(mean=0.0, standard_deviation=1.0)
    sharp = posterior(measured(3.0, standard_uncertainty=1e-6), prior)
    assert (sharp.value, sharp.standard_uncertainty) == pytest.approx((3.0, 1e-6))
    blunt = posterior(measured(3.0, standard_uncertainty=1e6), prior)
    assert (blunt.value, blunt.standard_uncertainty) == pytest.approx((0.0, 1.0), abs=1e-9)


def test_the_posterior_is_the_mean_weighted_by_inverse_variances() -> None:
    found = posterior(
        measured(2.0, standard_uncertainty=0.3), Prior(mean=1.0, standard_deviation=0.4)
    )
    weights = 1.0 / 0.3**2, 1.0 / 0.4**2
    assert found.value == pytest.approx((2.0 * weights[0] + weights[1]) / sum(weights))
    assert found.standard_uncertainty == pytest.approx(sum(weights) ** -0.5)


@pytest.mark.parametrize(
    ("mean", "standard_deviation"),
    [(math.nan, 1.0), (math.inf, 1.0), (0.0, 0.0), (0.0, -1.0), (0.0, math.nan), (1e31, 1.0)],
)
def test_a_prior_that_is_none_is_refused(mean: float, standard_deviation: float) -> None:
    with pytest.raises(ConformityError, match="E_CONFORMITY_NUMBER prior"):
        Prior(mean=mean, standard_deviation=standard_deviation)
