"""Other solvers on the same points: numpy.polynomial, ODRPACK, METAS B LEAST, GTC."""

from typing import Any, Final

import numpy as np
import odrpack
import pytest
from GTC import type_b, ureal
from hypothesis import given, settings
from hypothesis import strategies as st
from metas_b_least import metas_b_least as b_least

from calibration.fit.curve import fit
from calibration.fit.points import Points, points_of
from calibration.fit.result import Fit, FormName
from calibration.function import Floats

SEEDS: Final = st.integers(0, 2**32 - 1)
B_LEAST: Final[dict[str, Any]] = {
    "polynomial 1": b_least.b_linear_func,
    "polynomial 2": b_least.b_second_order_poly,
    "polynomial 3": b_least.b_third_order_poly,
    "power": b_least.b_power_func,
    "exponential": b_least.b_exp_func,
}


def drawn(seed: int, degree: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Arguments and values that scatter about a polynomial, and their uncertainties."""
    rng = np.random.default_rng(seed)
    truth, x = rng.uniform(0.5, 2.0, degree + 1), np.linspace(0.0, 3.0, 12)
    ux, uy = rng.uniform(0.005, 0.02, 12), rng.uniform(0.01, 0.05, 12)
    y = np.polynomial.polynomial.polyval(x, truth)
    return x + ux * rng.standard_normal(12), y + uy * rng.standard_normal(12), ux, uy


def polynomial(at: Floats, coefficients: Floats) -> Floats:
    """Its values."""
    return np.asarray(np.polynomial.polynomial.polyval(at, coefficients), dtype=np.float64)


def points(seed: int, degree: int) -> Points:
    x, y, ux, uy = drawn(seed, degree)
    return points_of(x.tolist(), y.tolist(), ux=ux.tolist(), uy=uy.tolist())


@given(SEEDS, st.integers(0, 6))
@settings(deadline=None, max_examples=40)
def test_numpy_finds_the_same_polynomial(seed: int, degree: int) -> None:
    rng = np.random.default_rng(seed)
    x, uy = np.linspace(-1.0, 1.0, 15), rng.uniform(0.1, 0.3, 15)
    y = rng.normal(0.0, 1.0, 15)
    ours = fit(points_of(x.tolist(), y.tolist(), uy=uy.tolist()), degree=degree)
    theirs = np.polynomial.polynomial.polyfit(x, y, degree, w=1.0 / uy)
    assert ours.coefficients == pytest.approx(theirs.tolist(), rel=1e-9, abs=1e-9)


@given(SEEDS, st.integers(1, 3))
@settings(deadline=None, max_examples=30)
def test_odrpack_finds_the_same_polynomial_and_covariance(seed: int, degree: int) -> None:
    """Its covariance is Gauss-Newton's at the adjusted points: that of "adjusted_points"."""
    x, y, ux, uy = drawn(seed, degree)
    ours = fit(points(seed, degree), degree=degree)
    start = np.polynomial.polynomial.polyfit(x, y, degree)
    theirs = odrpack.odr_fit(
        polynomial,
        x,
        y,
        start,
        weight_x=ux**-2.0,
        weight_y=uy**-2.0,
        diff_scheme="central",
        sstol=1e-15,
        partol=1e-15,
        maxit=500,
    )
    assert ours.coefficients == pytest.approx(theirs.beta.tolist(), rel=1e-6)
    assert ours.goodness.chi_squared == pytest.approx(theirs.sum_square, rel=1e-9)
    assert np.array(ours.covariance) == pytest.approx(theirs.cov_beta, rel=2e-3)


@pytest.mark.parametrize(
    ("name", "form", "degree"),
    [
        ("polynomial 1", "polynomial", 1),
        ("polynomial 2", "polynomial", 2),
        ("polynomial 3", "polynomial", 3),
        ("power", "power", 0),
        ("exponential", "exponential", 0),
    ],
)
@pytest.mark.parametrize("seed", range(6))
def test_b_least_finds_the_same_analysis_function(
    name: str, form: FormName, degree: int, seed: int
) -> None:
    """ISO 6143 by its own program's port; it counts x = f(y), so that x and y change places."""
    rng = np.random.default_rng(seed)
    y = np.linspace(0.5, 3.0, 10)
    truth = {"power": [0.1, 1.2, 0.15], "exponential": [0.2, 1.1, 0.4]}
    b = np.array(truth.get(name, [0.3, 1.5, -0.2, 0.05][: degree + 1]))
    x, uy, ux = B_LEAST[name](y, b)[0], rng.uniform(0.002, 0.01, 10), rng.uniform(0.01, 0.03, 10)
    y, x = y + uy * rng.standard_normal(10), x + ux * rng.standard_normal(10)
    ours = fit(
        points_of(y.tolist(), x.tolist(), ux=uy.tolist(), uy=ux.tolist()), form=form, degree=degree
    )
    theirs, covariance, residuals = b_least.b_least(np.column_stack((x, ux, y, uy)), B_LEAST[name])
    assert ours.coefficients == pytest.approx(theirs.tolist(), rel=1e-5)  # where it stops
    assert np.array(ours.covariance) == pytest.approx(covariance, rel=1e-5, abs=1e-12)
    assert ours.goodness.chi_squared == pytest.approx(float(residuals @ residuals), rel=1e-9)


@given(SEEDS)
@settings(deadline=None, max_examples=20)
def test_gtc_finds_the_same_line_with_its_exact_covariance(seed: int) -> None:
    """GTC carries the points through the minimum: that of "implicit"."""
    x, y, ux, uy = drawn(seed, 1)
    ours = fit(points(seed, 1), convention="implicit")
    theirs = type_b.line_fit_wtls(
        [ureal(*each) for each in zip(x.tolist(), ux.tolist(), strict=True)],
        [ureal(*each) for each in zip(y.tolist(), uy.tolist(), strict=True)],
    ).a_b
    assert ours.coefficients == pytest.approx([each.x for each in theirs], rel=1e-6)
    assert ours.standard_uncertainties == pytest.approx([each.u for each in theirs], rel=1e-4)


@given(SEEDS, st.floats(1e-3, 1e3), st.floats(1e-3, 1e3))
@settings(deadline=None, max_examples=20)
def test_scaling_arguments_and_values_scales_the_line_and_nothing_else(
    seed: int, of_x: float, of_y: float
) -> None:
    x, y, ux, uy = drawn(seed, 1)
    plain = fit(points(seed, 1))
    moved = fit(
        points_of(
            (x * of_x).tolist(),
            (y * of_y).tolist(),
            ux=(ux * of_x).tolist(),
            uy=(uy * of_y).tolist(),
        )
    )
    scale = np.array([of_y, of_y / of_x])
    assert moved.coefficients == pytest.approx((np.array(plain.coefficients) * scale).tolist())
    assert moved.standard_uncertainties == pytest.approx(_scaled(plain, scale))
    assert moved.goodness.chi_squared == pytest.approx(plain.goodness.chi_squared, rel=1e-6)


def _scaled(found: Fit, scale: Floats) -> list[float]:
    scaled: list[float] = (np.array(found.standard_uncertainties) * scale).tolist()
    return scaled
