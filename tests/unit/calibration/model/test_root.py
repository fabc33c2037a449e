"""The bias of a mean of square roots, against drawn pressure differences."""

import numpy as np
import pytest

from calibration.model.errors import RootNoiseError
from calibration.model.influenced import influenced
from calibration.model.root import corrected_mean_of_roots, corrected_root_of_mean, relative_bias

SCATTERS = (0.0, 0.05, 0.1, 0.2, 0.25, 0.3)
DRAWS = 4_000_000


def roots(scatter: float) -> float:
    """Mean of the roots over the root of the mean; antithetic draws, so the first order cancels."""
    half = np.random.default_rng(11).standard_normal(DRAWS // 2)
    z = np.concatenate([half, -half])
    return float(np.mean(np.sqrt(np.maximum(1.0 + scatter * z, 0.0))))


@pytest.mark.parametrize("scatter", SCATTERS)
def test_the_bias_is_that_of_drawn_pressure_differences(scatter: float) -> None:
    left = 5e-5 if scatter < 0.3 else 4e-4
    assert 1.0 + relative_bias(scatter) == pytest.approx(roots(scatter), abs=left)


def test_at_a_scatter_of_0_3_it_is_1_2_percent_and_at_0_05_nothing_to_speak_of() -> None:
    assert 100.0 * relative_bias(0.3) == pytest.approx(-1.24, abs=0.005)
    assert 100.0 * relative_bias(0.05) == pytest.approx(-0.031, abs=0.0005)


@pytest.mark.parametrize("scatter", SCATTERS)
def test_a_mean_of_noisy_roots_is_raised_to_the_true_velocity(scatter: float) -> None:
    mean = influenced(11.2 * roots(scatter), "m/s", {"inst:p-1/class": 0.1})
    found = corrected_mean_of_roots(mean, scatter, "stack-1")
    assert found.value == pytest.approx(11.2, abs=2e-3 + 6.0 * found.standard_uncertainty * 0.01)
    ids = [each.influence.id for each in found.components]
    assert ids == ["factor:root.stack-1", "inst:p-1/class"]
    assert found.components[1].contribution == pytest.approx(0.1 * found.value / mean.value)


def test_the_root_of_a_turbulent_mean_is_lowered_to_the_mean_velocity() -> None:
    root = influenced(11.2, "m/s", {})
    found = corrected_root_of_mean(root, 0.2, "stack-1")
    assert found.value == pytest.approx(11.2 * roots(0.2), abs=1e-3)


@pytest.mark.parametrize("scatter", [-0.01, 0.31, float("nan")])
def test_a_scatter_that_brings_negative_differences_is_refused(scatter: float) -> None:
    with pytest.raises(RootNoiseError, match="average before"):
        relative_bias(scatter)
