"""Where a rectangular component dominates: judged against its own interval, not against k = 2."""

import math

import numpy as np
import pytest
from scipy import stats

from calibration.coverage import expand
from calibration.distribution import Distribution, from_half_width
from calibration.uncertainty import Influence, UncertaintyComponent

MPE, NORMAL_u, TRIALS = 0.01, 0.0015, 200_000


def stated() -> tuple[float, float, str]:
    """u and U of a meter that passed its verification, with some normal influence beside."""
    rectangular = Influence(id="inst:M/class", distribution=Distribution.RECTANGULAR)
    found = expand(
        [
            UncertaintyComponent(
                influence=rectangular,
                contribution=from_half_width(MPE, Distribution.RECTANGULAR),
            ),
            UncertaintyComponent(influence=Influence(id="std:L/S"), contribution=NORMAL_u),
        ]
    )
    return found.standard_uncertainty, found.expanded_uncertainty, found.distribution


def deviations() -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    rng = np.random.default_rng(20260301)
    return rng.uniform(-MPE, MPE, TRIALS) + NORMAL_u * rng.standard_normal(TRIALS)


def test_the_interval_of_a_verified_meter_covers_95_percent() -> None:
    _, expanded, distribution = stated()
    low, high = stats.binom.interval(0.999, TRIALS, 0.95)
    assert distribution == "convolution"
    assert low <= np.sum(np.abs(deviations()) <= expanded) <= high


@pytest.mark.parametrize("coverage_factor", [1.96, 2.0])
def test_k_of_a_normal_distribution_would_cover_too_much(coverage_factor: float) -> None:
    u, _, _ = stated()
    _, high = stats.binom.interval(0.999, TRIALS, 0.95)
    assert np.sum(np.abs(deviations()) <= coverage_factor * u) > high


def test_the_scatter_is_what_u_says() -> None:
    u, _, _ = stated()
    assert float(np.std(deviations())) == pytest.approx(u, rel=5.0 / math.sqrt(2.0 * TRIALS))
