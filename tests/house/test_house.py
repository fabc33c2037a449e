"""The test that proves the house: stated intervals cover the truth as often as they say.

One z = (y - truth)/u per seed and target. The laboratory's standard, the calibration with
its scatter and finite degrees of freedom, drift, temperature, noise and truncation are
simulated; what the product states is judged by binomial and chi-squared bounds. Each
control takes one idea away from the same data, and must fail.
"""

import math
from collections.abc import Callable, Iterable, Sequence

import pytest
from scipy import stats

from calibration.coverage import expand
from calibration.uncertainty import Influence, UncertaintyComponent, combine
from tests.house.trial import TARGETS, Trial, trials

CONFIDENCE = 0.999
CHECK, TORTURE = 40, 2000
U = Callable[[Trial, str], tuple[float, float]]


def stated(trial: Trial, target: str) -> tuple[float, float]:
    """u and U as the product states them."""
    found = expand(trial.components[target])
    return found.standard_uncertainty, found.expanded_uncertainty


def covered(sample: Sequence[Trial], target: str, how: U = stated) -> int:
    """How many intervals hold the truth."""
    return sum(abs(each.deviation[target]) <= how(each, target)[1] for each in sample)


def sum_of_z2(sample: Sequence[Trial], target: str, how: U = stated) -> float:
    """Sum of squared deviations in units of u."""
    return math.fsum((each.deviation[target] / how(each, target)[0]) ** 2 for each in sample)


def coverage_bounds(n: int) -> tuple[float, float]:
    """Two-sided binomial bounds of n intervals that cover with 95 %."""
    low, high = stats.binom.interval(CONFIDENCE, n, 0.95)
    return float(low), float(high)


def z2_bounds(n: int) -> tuple[float, float]:
    """Two-sided chi-squared bounds of n degrees of freedom."""
    low, high = stats.chi2.interval(CONFIDENCE, n)
    return float(low), float(high)


def holds(sample: Sequence[Trial], target: str, how: U = stated) -> bool:
    """Whether coverage and sum of z squared both lie within their bounds."""
    low, high = coverage_bounds(len(sample))
    least, most = z2_bounds(len(sample))
    inside = low <= covered(sample, target, how) <= high
    return inside and least <= sum_of_z2(sample, target, how) <= most


def normal(components: Iterable[UncertaintyComponent]) -> tuple[float, float]:
    """u and U of altered components."""
    found = expand(components)
    return found.standard_uncertainty, found.expanded_uncertainty


def collapsed(trial: Trial, target: str) -> tuple[float, float]:
    """One u per reading: what is common is lost."""
    if target == "sum":
        first, both = trial.collapsed["month"], math.sqrt(1.0 + 0.8**2)
        return first * both, 1.96 * first * both
    return trial.collapsed[target], 1.96 * trial.collapsed[target]


def linear(trial: Trial, target: str) -> tuple[float, float]:
    """Everything added linearly: as if all deviated together."""
    u = math.fsum(abs(part.contribution) for part in trial.components[target])
    return u, 1.96 * u


def without_drift(trial: Trial, target: str) -> tuple[float, float]:
    """Drift that nobody declared."""
    kept = (part for part in trial.components[target] if not part.influence.id.endswith("/drift"))
    return normal(kept)


def standard_not_shared(trial: Trial, target: str) -> tuple[float, float]:
    """Each meter's certificate taken as if it came from a standard of its own."""
    first, second = _alone(trial, "A"), _alone(trial, "B")
    assert target == "difference"
    u = math.hypot(first, second)
    return u, 1.96 * u


def _alone(trial: Trial, meter: str) -> float:
    """u of one meter's month: its own components and its part of the standard's."""
    both = {part.influence.id: part.contribution for part in trial.components["sum"]}
    apart = {part.influence.id: part.contribution for part in trial.components["difference"]}
    share = "std:SIMLAB/STD-1"
    sign = 1.0 if meter == "A" else -1.0
    standard = (both[share] + sign * apart[share]) / 2.0
    own = [part for part in trial.components["sum"] if _belongs(part.influence, meter)]
    return math.hypot(combine(own), standard)


def _belongs(influence: Influence, meter: str) -> bool:
    marks = (f"C-{meter}/", f"SN-{meter}/", f"/{meter}/")
    return any(mark in influence.id for mark in marks)


@pytest.fixture(scope="module")
def sample() -> list[Trial]:
    return trials(CHECK)


@pytest.mark.parametrize("target", TARGETS)
def test_the_stated_interval_covers_95_percent(sample: list[Trial], target: str) -> None:
    low, high = coverage_bounds(len(sample))
    assert low <= covered(sample, target) <= high


@pytest.mark.parametrize("target", TARGETS)
def test_deviations_scatter_as_the_standard_uncertainty_says(
    sample: list[Trial], target: str
) -> None:
    least, most = z2_bounds(len(sample))
    assert least <= sum_of_z2(sample, target) <= most


@pytest.mark.parametrize("target", ["hour", "month", "sum"])
def test_one_u_per_reading_states_far_too_little(sample: list[Trial], target: str) -> None:
    low, _ = coverage_bounds(len(sample))
    assert covered(sample, target, collapsed) < low


@pytest.mark.parametrize("target", ["reading", "hour", "month", "sum", "difference"])
def test_everything_added_linearly_states_too_much(sample: list[Trial], target: str) -> None:
    _, high = coverage_bounds(len(sample))
    least, _ = z2_bounds(len(sample))
    assert covered(sample, target, linear) > high or sum_of_z2(sample, target, linear) < least


@pytest.mark.parametrize("target", ["difference"])
def test_drift_that_is_not_declared_shows(sample: list[Trial], target: str) -> None:
    _, most = z2_bounds(len(sample))
    assert sum_of_z2(sample, target, without_drift) > most
    assert not holds(sample, target, without_drift)


def test_a_shared_standard_that_is_ignored_shows_in_the_difference(sample: list[Trial]) -> None:
    assert not holds(sample, "difference", standard_not_shared)


@pytest.mark.torture
def test_two_thousand_seeds() -> None:
    sample = trials(TORTURE)
    assert all(holds(sample, target) for target in TARGETS)
    assert not any(holds(sample, target, collapsed) for target in ("hour", "month", "sum"))
    assert not any(holds(sample, target, linear) for target in TARGETS)
    assert not holds(sample, "month", without_drift)
    assert not holds(sample, "difference", without_drift)
    assert not holds(sample, "difference", standard_not_shared)
