"""Growth of deviation, and when it reaches what is allowed."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.conformity.requirement import Requirement
from calibration.interval.errors import IntervalError
from calibration.interval.growth import Growth, fit_growth
from calibration.interval.history import Deviations
from calibration.interval.reach import Allowed, reach_of

DAYS = (100.0, 200.0, 300.0, 400.0)


def line(slope: float, scatter: float = 0.0) -> Deviations:
    signs = (1.0, -1.0, -1.0, 1.0)
    moved = tuple(slope * t + scatter * sign for t, sign in zip(DAYS, signs, strict=True))
    return Deviations(days=DAYS, deviation=moved)


@given(b1=st.floats(-1.0, 1.0), b2=st.floats(-1e-2, 1e-2), b3=st.floats(-1e-5, 1e-5))
def test_a_polynomial_without_scatter_is_found_again(b1: float, b2: float, b3: float) -> None:
    days = np.array([30.0, 90.0, 180.0, 270.0, 365.0])
    moved = b1 * days + b2 * days**2 + b3 * days**3
    found = fit_growth(
        Deviations(days=tuple(days.tolist()), deviation=tuple(moved.tolist())), 1.0, degree=3
    )
    assert found.deviation(days) == pytest.approx(moved, rel=1e-9, abs=1e-9)


def test_coefficients_and_covariance_are_those_of_the_normal_equations() -> None:
    history = line(0.01, 0.2)
    days, moved = np.array(history.days), np.array(history.deviation)
    design = np.stack((days, days**2), axis=1)
    inverse = np.linalg.inv(design.T @ design)
    found = fit_growth(history, 0.1, degree=2)
    assert found.coefficients == pytest.approx(tuple(inverse @ design.T @ moved), rel=1e-8)
    variance = np.sum((moved - design @ found.coefficients) ** 2) / 2
    assert np.array(found.covariance) == pytest.approx(variance * inverse, rel=1e-8)


def test_uncertainty_counts_the_start_the_scatter_and_the_coefficients() -> None:
    found = fit_growth(line(0.01, 0.2), 0.3)
    s, t = found.residual_standard_deviation, 250.0
    expected = math.sqrt(0.3**2 + s**2 + found.covariance[0][0] * t * t)
    assert float(found.standard_uncertainty(np.array(t))) == pytest.approx(expected)


def test_a_line_without_scatter_reaches_its_limit_where_arithmetic_says() -> None:
    found = fit_growth(line(0.01), 0.5)
    allowed = Allowed(start=10.0, limits=Requirement(lower=8.0, upper=20.0), probability=0.9)
    reach = reach_of(found, allowed)
    assert reach.limits_two_sided == pytest.approx((10.0 - 2.35336343 * 0.5) / 0.01, rel=1e-8)
    assert reach.limits_one_sided == pytest.approx((10.0 - 1.63774436 * 0.5) / 0.01, rel=1e-8)
    assert reach.findings == ("beyond_history",)


def test_a_falling_value_reaches_its_lower_limit() -> None:
    found = fit_growth(line(-0.01), 0.001)
    reach = reach_of(found, Allowed(start=10.0, limits=Requirement(lower=8.0, upper=20.0)))
    assert reach.limits_one_sided == pytest.approx(200.0, rel=1e-2)
    assert reach.findings == ()


def test_a_value_that_bends_back_reaches_its_limit_on_the_way_out() -> None:
    days = np.array([100.0, 200.0, 300.0, 400.0])
    moved = 0.02 * days - 5e-5 * days**2  # at most 2, at 200 d, and 0 again at 400 d
    history = Deviations(days=tuple(days.tolist()), deviation=tuple(moved.tolist()))
    found = fit_growth(history, 1e-6, degree=2)
    reach = reach_of(found, Allowed(limits=Requirement(upper=1.5)))
    assert reach.limits_two_sided == pytest.approx(100.0, rel=1e-4)


def test_what_is_not_asked_and_what_is_not_reached_has_no_time() -> None:
    found = fit_growth(line(0.01, 0.2), 0.3)
    reach = reach_of(found, Allowed(limits=Requirement(upper=1e6)))
    assert (reach.uncertainty, reach.limits_two_sided, reach.limits_one_sided) == (None,) * 3
    assert (reach.horizon, reach.findings) == (4_000.0, ())


def test_a_limit_that_is_reached_at_calibration_is_a_finding() -> None:
    found = fit_growth(line(0.01, 0.2), 0.3)
    reach = reach_of(found, Allowed(uncertainty=0.3))
    assert (reach.uncertainty, reach.findings) == (0.0, ("reached_at_start",))


def test_equal_times_carry_one_coefficient_and_no_more() -> None:
    history = Deviations(days=(365.0,) * 4, deviation=(0.1, 0.2, 0.1, 0.3))
    assert fit_growth(history, 0.1).coefficients[0] == pytest.approx(0.175 / 365.0)
    with pytest.raises(IntervalError, match="E_INTERVAL_HISTORY growth: the history has 1 times"):
        fit_growth(history, 0.1, degree=2)


@pytest.mark.parametrize(
    ("u", "degree"),
    [(0.0, 1), (-1.0, 1), (math.nan, 1), (math.inf, 1), (0.1, 0), (0.1, 4), (0.1, 10**9)],
)
def test_what_cannot_be_is_refused(u: float, degree: int) -> None:
    with pytest.raises(IntervalError, match="E_INTERVAL_NUMBER"):
        fit_growth(line(0.01), u, degree)


def test_as_many_deviations_as_coefficients_leave_no_scatter() -> None:
    with pytest.raises(IntervalError, match="E_INTERVAL_HISTORY"):
        fit_growth(Deviations(days=(10.0,), deviation=(1.0,)), 0.1)


def test_the_largest_numbers_are_carried() -> None:
    days = (1e-3, 1.0, 36_525.0)
    found = fit_growth(Deviations(days=days, deviation=(1e30, -1e30, 1e30)), 1e-30, degree=2)
    assert isinstance(found, Growth)
    assert math.isfinite(found.residual_standard_deviation)
    assert reach_of(found, Allowed(uncertainty=1.0)).uncertainty == 0.0


@pytest.mark.parametrize(
    "given_",
    [
        {"uncertainty": 0.0},
        {"uncertainty": math.nan},
        {"start": math.inf},
        {"probability": 1.0},
        {"probability": 0.0},
        {"probability": math.nan},
    ],
)
def test_what_is_allowed_is_a_number(given_: dict[str, float]) -> None:
    with pytest.raises(IntervalError, match="E_INTERVAL_NUMBER"):
        Allowed(**given_)  # type: ignore[arg-type]
