"""Powers and exponentials: derivatives, Monte Carlo, their fit, and what lies beyond their ends."""

import math
from typing import Literal

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.curves import Carried
from calibration.errors import CertificateError
from calibration.fit.curve import fit
from calibration.fit.errors import FitNumberError
from calibration.fit.inverse import evaluate, invert
from calibration.fit.points import points_of
from calibration.fit.result import Fit
from calibration.form import Form
from calibration.function import CURVES, CalibrationFunction
from calibration.uncertainty import combine
from tests.unit.calibration.examples import curve

Bent = Literal["power", "exponential"]
BENT: tuple[Bent, ...] = ("power", "exponential")
AT = np.array([-3.0, 0.0, 1.0, 2.5, 9.0, 10.0, 14.0])
"""Within the interval, at its ends and beyond them."""
INTERVAL = (1.0, 10.0)
COVARIANCE = [[4e-6, -1e-6, 1e-7], [-1e-6, 1e-6, -2e-7], [1e-7, -2e-7, 4e-7]]
CASES = {
    "power": curve("power", 0.1, 0.9, 0.08, covariance=COVARIANCE, interval=INTERVAL),
    "steep power": curve("power", 0.1, -0.9, -1.4, covariance=COVARIANCE, interval=INTERVAL),
    "exponential": curve("exponential", -9.0, 9.0, 0.1, covariance=COVARIANCE, interval=INTERVAL),
    "decay": curve("exponential", 0.3, 2.0, -0.4, covariance=COVARIANCE, interval=INTERVAL),
}


PLACES = [1.0, 2.0, 4.0, 6.0, 8.0, 10.0]


def fitted(form: Bent, *, bend: float = 0.05, x: list[float] = PLACES, ux: float = 0.01) -> Fit:
    """What is fitted to points about a curve."""
    at = np.array(x)
    y = 0.2 + 0.9 * at ** (1.0 + bend) if form == "power" else -8.0 + 8.0 * np.exp(0.1 * at)
    noisy, size = (y + 0.004 * np.cos(7.0 * at)).tolist(), len(x)
    return fit(points_of(x, noisy, ux=[ux] * size if ux else None, uy=[0.01] * size), form)


MADE = {form: fitted(form).function() for form in BENT}


def by_differences(form: Form, x: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    """Derivatives by each parameter, by central differences."""
    columns = []
    for k in range(3):
        step = np.zeros(3)
        step[k] = 1e-6 * max(abs(parameters[k]), 0.1)
        apart = form.value(x, parameters + step) - form.value(x, parameters - step)
        columns.append(apart / (2.0 * step[k]))
    return np.stack(columns, axis=1)


@pytest.mark.parametrize("case", CASES)
def test_the_gradient_is_the_derivative_by_the_coefficients_beyond_the_ends_too(case: str) -> None:
    function = CASES[case]
    differences = by_differences(function.shape, AT, function.parameters)
    assert function.gradient(AT) == pytest.approx(differences, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("case", CASES)
def test_the_sensitivity_is_the_derivative_by_the_argument(case: str) -> None:
    function, at, h = CASES[case], AT[(AT != 1.0) & (AT != 10.0)], 1e-5
    differences = (function.value(at + h) - function.value(at - h)) / (2.0 * h)
    assert function.sensitivity(at) == pytest.approx(differences, rel=1e-7)


@pytest.mark.parametrize("case", CASES)
def test_the_components_are_what_monte_carlo_finds(case: str) -> None:
    """2e5 draws of the coefficients: u stands to 0.2 %, a correlation to 0.002."""
    function = CASES[case]
    drawn = np.random.default_rng(7).multivariate_normal(
        function.parameters, np.array(function.covariance), 200_000, method="cholesky"
    )
    whole = Carried(CURVES[function.form], *function.measuring_interval)
    values = np.stack([whole.value(np.full(len(drawn), x), drawn) for x in AT.tolist()])
    stated = function.value_covariance(AT)
    u = np.sqrt(np.diagonal(stated))
    assert np.std(values, axis=1) == pytest.approx(u, rel=0.01)
    assert np.corrcoef(values) == pytest.approx(stated / np.outer(u, u), abs=0.01)
    alone = [combine(function.components(x, "C-1")) for x in AT.tolist()]
    assert alone == pytest.approx(u.tolist(), rel=1e-9)


def test_values_by_hand() -> None:
    root = curve("power", 1.0, 2.0, -0.5)
    assert root.value(np.array([4.0, 9.0])).tolist() == [5.0, 7.0]
    assert root.sensitivity(np.array([4.0])).tolist() == [0.5]
    assert root.value(np.array([-3.0])).tolist() == [3.0 - 4.0]  # the tangent at 1
    growth = curve("exponential", 1.0, 2.0, math.log(2.0), interval=(0.0, 3.0))
    assert growth.value(np.array([0.0, 2.0])).tolist() == pytest.approx([3.0, 9.0])
    beyond = 17.0 + 1e6 * 16.0 * math.log(2.0)
    assert growth.value(np.array([3.0 + 1e6])).tolist() == pytest.approx([beyond])


@pytest.mark.parametrize("form", BENT)
def test_a_certificate_s_function_gives_what_the_fit_gives(form: Bent) -> None:
    at, found = np.linspace(1.0, 10.0, 7), fitted(form)
    function = found.function()
    assert function.value(at) == pytest.approx(found.value(at), rel=1e-12)
    assert function.value_covariance(at) == pytest.approx(found.value_covariance(at), rel=1e-5)
    ours, theirs = (evaluate(each, 5.5, 0.02) for each in (function, found))
    assert msgspec.structs.astuple(ours) == pytest.approx(msgspec.structs.astuple(theirs), rel=1e-6)


@pytest.mark.parametrize("form", BENT)
@given(x=st.floats(0.2, 10.8))
def test_reading_backwards_undoes_reading_forwards(form: Bent, x: float) -> None:
    function = MADE[form]
    back = invert(function, float(function.value(np.array([x]))[0]))
    assert back.value == pytest.approx(x, rel=1e-9)


def test_a_power_through_a_zero_point_whose_slope_is_infinite_begins_just_above_it() -> None:
    x = [0.0, 2.0, 5.0, 10.0, 15.0, 20.0]
    flat, steep = (fitted("power", bend=bend, x=x, ux=0.0).function() for bend in (0.05, -0.05))
    assert flat.measuring_interval == (0.0, 20.0)
    assert steep.measuring_interval == (0.02, 20.0)
    assert steep.value(np.array([0.0])) == pytest.approx(0.2, abs=0.01)  # of a span of 20


@pytest.mark.parametrize(
    ("form", "change", "what"),
    [
        ("power", {"coefficients": (0.0, 1.0)}, "2 by 2"),
        ("power", {"centre": 1.0}, "has no centre"),
        ("exponential", {"knots": (1.0, 2.0)}, "has no knots"),
        ("power", {"measuring_interval": (-1.0, 5.0)}, "must begin above 0"),
        ("power", {"measuring_interval": (0.0, 5.0)}, "must begin above 0"),
        ("exponential", {"measuring_interval": (0.0, 1e5)}, "not finite"),
        ("power", {"coefficients": (0.0, 1.0, 400.0)}, "not finite"),
    ],
)
def test_a_curve_that_cannot_be_evaluated_is_refused(
    form: Bent, change: dict[str, object], what: str
) -> None:
    bend = -0.1 if form == "power" else 0.1
    good = msgspec.to_builtins(curve(form, 0.0, 1.0, bend))
    with pytest.raises(CertificateError, match=what):
        msgspec.convert({**good, **change}, CalibrationFunction)


def test_a_curve_has_three_coefficients() -> None:
    with pytest.raises(CertificateError, match="three coefficients"):
        curve("power", 1.0, 2.0, covariance=[[0.0] * 2] * 2)


@pytest.mark.parametrize("least", [0.0, 0.039])
def test_an_argument_that_an_adjustment_may_make_negative_is_refused(least: float) -> None:
    with pytest.raises(FitNumberError, match="4 u"):
        fitted("power", x=[least, *PLACES])
