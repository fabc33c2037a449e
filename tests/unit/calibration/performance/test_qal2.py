import datetime as dt

import msgspec
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from calibration.fit.errors import FitRankError
from calibration.performance.errors import (
    NotDefinedError,
    PerformanceCountError,
    PerformanceOptionError,
    ReferenceMaterialError,
)
from calibration.performance.line import Method
from calibration.performance.load import read_limits
from calibration.performance.pairs import Pair, Requirement, ZeroReading
from calibration.performance.qal2 import Qal2, qal2

LIMITS, USED = read_limits("en14181-2014")
NEED = Requirement(emission_limit=200.0, uncertainty_percent=20.0)
SLOPES = st.floats(1.0, 50.0)
SEEDS = st.integers(0, 2**32 - 1)


def calibrated(
    pairs: list[Pair],
    method: Method | None = None,
    zero: ZeroReading | None = None,
    name: str = "en14181-2014",
    need: Requirement = NEED,
) -> Qal2:
    limits, used = read_limits(name)
    assert limits.qal2 is not None
    return qal2(pairs, need, limits.qal2, used, zero=zero, method=method)


def drawn(seed: int, slope: float, scatter: float, spread: float = 8.0) -> list[Pair]:
    rng = np.random.default_rng(seed)
    x = rng.uniform(4.0, 4.0 + spread, 15)
    y = slope * (x - 4.0) + rng.normal(0.0, scatter, 15)
    return [Pair(x=a, y=b) for a, b in zip(x.tolist(), y.tolist(), strict=True)]


@given(SEEDS, SLOPES)
@settings(deadline=None, max_examples=40)
def test_method_a_is_scipys_line_with_its_standard_uncertainties(seed: int, slope: float) -> None:
    pairs = drawn(seed, slope, 1.0)
    found = calibrated(pairs, "a").line
    theirs = stats.linregress([each.x for each in pairs], [each.y for each in pairs])
    assert found.slope == pytest.approx(theirs.slope, rel=1e-9)
    assert found.intercept == pytest.approx(theirs.intercept, rel=1e-8)
    assert found.covariance[1][1] == pytest.approx(theirs.stderr**2, rel=1e-9)
    assert found.covariance[0][0] == pytest.approx(theirs.intercept_stderr**2, rel=1e-9)
    assert found.degrees_of_freedom == 13


@given(SEEDS, SLOPES, st.sampled_from(["a", "b", "c"]))
@settings(deadline=None, max_examples=40)
def test_the_function_for_certificates_is_the_line_with_its_covariance(
    seed: int, slope: float, method: Method
) -> None:
    pairs = [*drawn(seed, slope, 1.0), Pair(x=4.0, y=0.0, kind="reference")]
    zero = ZeroReading(reading=4.0, standard_uncertainty=0.05)
    found = calibrated(pairs, method, zero).line
    x = np.array([4.0, 7.0, 12.0])
    assert found.function.value(x) == pytest.approx(
        found.intercept + found.slope * x, rel=1e-9, abs=1e-7
    )
    gradient = np.column_stack([np.ones(3), x])
    u = np.sqrt(np.einsum("ij,jk,ik->i", gradient, np.array(found.covariance), gradient))
    parts = np.sqrt(np.sum(found.function.contributions(x) ** 2, axis=1))
    assert parts == pytest.approx(u, rel=1e-6)


def test_the_covariance_of_method_b_is_what_trials_scatter_by() -> None:
    """20,000 trials of 15 pairs: the mean of y and the reading at zero are drawn anew."""
    rng, size = np.random.default_rng(7), 20_000
    x = np.linspace(5.0, 9.0, 15)
    y = 20.0 * (x - 4.0) + rng.normal(0.0, 2.0, (size, 15))
    zeros = rng.normal(4.0, 0.1, size)
    slopes = y.mean(axis=1) / (x.mean() - zeros)
    seen = np.cov(-slopes * zeros, slopes)
    residual = np.sqrt(15.0 / 14.0) * 2.0
    pairs = [Pair(x=a, y=20.0 * (a - 4.0) + residual * (-1) ** k) for k, a in enumerate(x.tolist())]
    pairs[-1] = msgspec.structs.replace(pairs[-1], y=100.0)
    found = calibrated(pairs, "b", ZeroReading(reading=4.0, standard_uncertainty=0.1)).line
    assert np.array(found.covariance) == pytest.approx(seen, rel=0.08)


@pytest.mark.parametrize(
    ("name", "spread", "least", "method"),
    [
        ("en14181-2014", 40.0, 0.0, "a"),
        ("en14181-2014", 39.9, 30.0, "b"),
        ("en14181-2014", 39.9, 29.9, "c"),
        ("en14181-2004", 30.0, 0.0, "a"),
        ("en14181-2004", 29.9, 0.0, "b"),
    ],
)
def test_spread_and_least_value_decide_the_method(
    name: str, spread: float, least: float, method: str
) -> None:
    pairs = [Pair(x=5.0 + k, y=least + spread * k / 14.0) for k in range(15)]
    pairs.append(Pair(x=4.0, y=0.0, kind="reference"))
    found = calibrated(pairs, zero=ZeroReading(reading=4.0), name=name)
    assert found.choice.method == found.choice.prescribed == method


def test_method_c_adds_reference_material_to_the_line_but_not_to_the_variability() -> None:
    low = [Pair(x=4.0 + 0.1 * k, y=0.2 * k) for k in range(15)]
    with pytest.raises(ReferenceMaterialError):
        calibrated(low)
    found = calibrated([*low, Pair(x=14.0, y=205.0, kind="reference")])
    assert found.choice.method == "c"
    assert found.line.degrees_of_freedom == 14
    assert found.variability.number_of_pairs == 15
    assert found.line.slope > 10.0


def test_the_valid_range_reaches_at_least_a_fifth_of_the_limit() -> None:
    low = [Pair(x=4.0 + 0.1 * k, y=0.2 * k) for k in range(15)]
    zero = ZeroReading(reading=4.0)
    assert calibrated(low, "b", zero).valid_range == (0.0, 40.0)
    assert calibrated(low, "b", zero, "en14181-2004").valid_range[1] == pytest.approx(3.08)


def test_standard_conditions_count_for_the_differences_not_for_the_line() -> None:
    pairs = drawn(1, 20.0, 1.0)
    moist = [msgspec.structs.replace(each, srm_factor=1.25, ams_factor=1.25) for each in pairs]
    plain, standard = calibrated(pairs), calibrated(moist)
    assert standard.line.slope == plain.line.slope
    assert standard.line.function == plain.line.function
    expected = 1.25 * plain.variability.standard_deviation
    assert standard.variability.standard_deviation == pytest.approx(expected)
    assert standard.valid_range[1] == pytest.approx(1.25 * plain.valid_range[1])


def test_scatter_beyond_what_is_permitted_fails() -> None:
    found = calibrated(drawn(3, 20.0, 60.0), "a")
    assert (found.outcome, found.findings) == ("fail", ("variability_too_large",))


def test_fewer_pairs_or_days_than_prescribed_are_no_calibration() -> None:
    pairs = drawn(1, 20.0, 1.0)
    assert calibrated(pairs[:14]).findings == ("too_few_pairs",)
    dated = [
        msgspec.structs.replace(each, day=dt.date(2026, 1, 1 + k % 2))
        for k, each in enumerate(pairs)
    ]
    found = calibrated(dated)
    assert (found.outcome, found.findings, found.number_of_days) == (
        "not_valid",
        ("too_few_days",),
        2,
    )


def test_what_a_method_needs_is_asked_for() -> None:
    pairs = drawn(1, 20.0, 1.0)
    with pytest.raises(PerformanceOptionError, match="--zero"):
        calibrated(pairs, "b")
    with pytest.raises(NotDefinedError, match="x - Z"):
        calibrated([Pair(x=4.0, y=1.0)] * 15, "b", ZeroReading(reading=4.0))
    with pytest.raises(FitRankError):
        calibrated([Pair(x=5.0, y=float(k)) for k in range(60)], "a")
    with pytest.raises(PerformanceCountError):
        calibrated(pairs[:2])
    with pytest.raises(NotDefinedError, match="slope"):
        calibrated([Pair(x=float(k), y=5.0) for k in range(15)], "a")
    with pytest.raises(NotDefinedError, match="estimate"):
        calibrated([Pair(x=float(k), y=-60.0 - k) for k in range(15)], "a")


@pytest.mark.parametrize(
    ("limit", "percent"),
    [(0.0, 20.0), (-1.0, 20.0), (float("nan"), 20.0), (1e308, 20.0), (200.0, 0.0), (200.0, 101.0)],
)
def test_a_requirement_that_is_none_is_refused(limit: float, percent: float) -> None:
    with pytest.raises(PerformanceOptionError):
        Requirement(emission_limit=limit, uncertainty_percent=percent)


@given(SEEDS, st.floats(0.1, 10.0))
@settings(deadline=None, max_examples=30)
def test_the_unit_of_the_limit_changes_no_outcome(seed: int, factor: float) -> None:
    pairs = drawn(seed, 20.0, 20.0)
    moved = [msgspec.structs.replace(each, y=each.y * factor) for each in pairs]
    need = Requirement(emission_limit=200.0 * factor, uncertainty_percent=20.0)
    first, second = calibrated(pairs, "a"), calibrated(moved, "a", need=need)
    margin = first.variability.standard_deviation / first.variability.limit
    assume(abs(margin - 1.0) > 1e-9)
    assert second.outcome == first.outcome
    assert second.variability.standard_deviation / second.variability.limit == pytest.approx(margin)
