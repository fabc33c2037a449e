"""Fits: scale and shift change nothing, what is exact is found, and Monte Carlo agrees."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.fit.curve import Adjusted, fit
from calibration.fit.errors import FitCovarianceError
from calibration.fit.inverse import evaluate, invert
from calibration.fit.points import points_of
from calibration.fit.result import FormName

PLACES = np.linspace(0.0, 1.0, 9)
COEFFICIENTS = st.lists(
    st.floats(-10, 10).filter(lambda c: c == 0 or abs(c) > 1e-3), min_size=2, max_size=6
)
FACTORS = st.floats(-6, 6).map(lambda exponent: 10.0**exponent)


def polynomial(x: np.ndarray, coefficients: list[float]) -> np.ndarray:
    return np.asarray(np.polynomial.polynomial.polyval(x, coefficients))


@given(COEFFICIENTS, st.floats(-1e4, 1e4), FACTORS)
@settings(deadline=None)
def test_what_lies_on_a_polynomial_is_found_wherever_it_lies(
    coefficients: list[float], shift: float, factor: float
) -> None:
    x = shift + factor * PLACES
    y = polynomial((x - x[0]) / (x[-1] - x[0]), coefficients)
    found = fit(points_of(x.tolist(), y.tolist(), uy=[0.1] * 9), degree=len(coefficients) - 1)
    largest = max(map(abs, coefficients)) + 1e-9
    assert found.value(x) == pytest.approx(y, abs=1e-9 * largest)


@given(FACTORS, FACTORS, st.booleans())
@settings(deadline=None, max_examples=40)
def test_units_of_x_and_y_leave_the_result_alone(kx: float, ky: float, both: bool) -> None:  # noqa: FBT001
    x, y = [1.0, 2.1, 2.9, 4.2, 5.0], [2.9, 5.2, 6.9, 9.3, 10.8]
    ux, uy = [0.05] * 5, [0.1, 0.1, 0.2, 0.2, 0.3]

    def line(fx: float, fy: float) -> tuple[float, float, float | None]:
        found = fit(
            points_of(
                [each * fx for each in x],
                [each * fy for each in y],
                ux=[each * fx for each in ux] if both else None,
                uy=[each * fy for each in uy],
            )
        )
        read = evaluate(found, 3.3 * fx, 0.01 * fx)
        return read.value / fy, read.standard_uncertainty / fy, found.goodness.chi_squared

    assert line(kx, ky) == pytest.approx(line(1.0, 1.0), rel=1e-9)


@given(st.lists(st.floats(0.1, 5.0), min_size=2, max_size=4), st.floats(0.0, 1.0))
@settings(deadline=None)
def test_reading_backwards_undoes_reading_forwards(coefficients: list[float], at: float) -> None:
    """Rising polynomials: all coefficients beyond the first are positive."""
    y = polynomial(PLACES, coefficients)
    found = fit(points_of(PLACES.tolist(), y.tolist(), uy=[0.01] * 9), degree=len(coefficients) - 1)
    forward = evaluate(found, at)
    back = invert(found, forward.value)
    assert back.value == pytest.approx(at, abs=1e-9)
    slope = float(found.sensitivity(np.array([at]))[0])
    assert back.from_function == pytest.approx(forward.from_function / slope, rel=1e-6)


@pytest.mark.parametrize("form", ["polynomial", "power", "exponential"])
def test_stated_uncertainties_of_the_parameters_are_their_scatter(form: str) -> None:
    """300 sets of points whose deviations are drawn as stated."""
    rng, x = np.random.default_rng(20260101), np.linspace(1.0, 3.0, 8)
    true = {"polynomial": 1 + 2 * x, "power": 1 + 2 * x**1.3, "exponential": 1 + 2 * np.exp(x / 2)}
    y, u = true[form], 0.001
    found, stated = [], None
    for _ in range(300):
        noisy = (y + rng.normal(0.0, u, 8)).tolist()
        if form == "power":
            fitted = fit(points_of(x.tolist(), noisy, uy=[u] * 8), "power")
        elif form == "exponential":
            fitted = fit(points_of(x.tolist(), noisy, uy=[u] * 8), "exponential")
        else:
            fitted = fit(points_of(x.tolist(), noisy, uy=[u] * 8))
        found.append(fitted.coefficients)
        stated = fitted.standard_uncertainties
    scatter = np.std(np.array(found), axis=0, ddof=1)
    assert scatter == pytest.approx(stated, rel=0.15)  # 300 draws: 4 % standard deviation


def test_points_without_scatter_of_known_uncertainty_are_said_to_be_too_good() -> None:
    x = [float(n) for n in range(12)]
    found = fit(points_of(x, [2.0 * each + 1.0 for each in x], uy=[0.5] * 12))
    assert found.goodness.findings == ("chi_squared_too_small",)
    assert found.goodness.chi_squared_upper_tail == pytest.approx(1.0)


def test_as_many_points_as_parameters_leave_nothing_to_judge_by() -> None:
    found = fit(points_of([1.0, 2.0], [3.0, 5.0], uy=[0.1, 0.1]))
    assert found.coefficients == pytest.approx((1.0, 2.0))
    assert found.goodness.degrees_of_freedom == 0
    assert found.goodness.residual_standard_deviation is None
    assert found.goodness.chi_squared_upper_tail is None


def test_a_fitted_polynomial_is_what_a_certificate_holds() -> None:
    x = [1000.0, 1002.0, 1004.0, 1007.0, 1010.0]
    found = fit(points_of(x, [2.0, 4.1, 5.9, 9.2, 12.0], uy=[0.1] * 5), degree=2)
    function, at = found.function(), np.array([1001.0, 1009.0])
    assert function.value(at) == pytest.approx(found.value(at), rel=1e-12)
    covariance = found.value_covariance(at)
    u = np.sqrt(np.sum(function.contributions(at) ** 2, axis=1))
    assert u == pytest.approx(np.sqrt(np.diagonal(covariance)), rel=1e-9)
    assert function.measuring_interval == (1000.0, 1010.0)


def test_the_scatter_s_degrees_of_freedom_go_with_the_function() -> None:
    found = fit(points_of([1.0, 2.0, 3.0, 4.0], [1.1, 1.9, 3.2, 3.9]))
    assert found.function().degrees_of_freedom == 2.0
    assert math.isfinite(found.condition_number)


@pytest.mark.parametrize("form", ["polynomial", "power", "exponential"])
@pytest.mark.parametrize("convention", ["adjusted_points", "implicit"])
def test_points_apart_and_points_together_are_fitted_alike(
    form: FormName, convention: Adjusted
) -> None:
    """One of two solvers is taken where no point is correlated with another."""
    x, u = np.linspace(1.0, 3.0, 7), 0.01
    bent = np.exp(0.8 * x) if form == "exponential" else x**1.2
    y = 1.0 + 2.0 * bent + 0.01 * np.cos(9.0 * x)
    covariance = np.diag([u * u] * 14)
    covariance[2, 9] = covariance[9, 2] = 0.4 * u * u  # an argument and its own value
    apart = fit(
        points_of(x.tolist(), y.tolist(), covariance=covariance.tolist()), form, 2, convention
    )
    covariance[0, 1] = covariance[1, 0] = 1e-14 * u * u
    together = fit(
        points_of(x.tolist(), y.tolist(), covariance=covariance.tolist()), form, 2, convention
    )
    assert apart.coefficients == pytest.approx(together.coefficients, rel=1e-7)
    assert apart.standard_uncertainties == pytest.approx(together.standard_uncertainties, rel=1e-5)
    assert apart.goodness.chi_squared == pytest.approx(together.goodness.chi_squared, rel=1e-9)


def test_an_argument_that_is_its_value_is_refused() -> None:
    covariance = np.diag([1.0] * 6)
    covariance[0, 3] = covariance[3, 0] = 1.0
    with pytest.raises(FitCovarianceError, match="at point 1"):
        fit(points_of([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], covariance=covariance.tolist()))
