"""Sandia's uncertainty calculator on the same models and points (PyPI suncal).

Importing it warns of scipy.odr, which leaves SciPy with version 1.19, and tells numpy to say
nothing of divisions by 0; neither must reach other tests.
"""

import warnings
from functools import cache
from importlib import import_module
from typing import Any, Final

import numpy as np
import pytest

from calibration.fit.curve import fit
from calibration.fit.points import points_of
from calibration.formula.grammar import parse_formula
from calibration.propagation.linear import propagate
from calibration.propagation.montecarlo import sample
from calibration.propagation.quantity import Knowledge, Quantity, inputs_of

MODELS: Final = (
    "a*b/c",
    "a + b - 2*c",
    "sqrt(a*a + b*b)/c",
    "exp(a/b) + log(c)",
    "a*cos(b)/(c + 1)",
    "a**2*b**0.5 - c",
)
SEEDS: Final = range(3)
NAMES: Final = ("a", "b", "c")


@cache
def sandia(module: str) -> Any:  # noqa: ANN401 - it is untyped
    """A module of theirs, which takes a second to import: not while tests are collected."""
    with warnings.catch_warnings(), np.errstate():
        warnings.simplefilter("ignore")
        return import_module(module)


def drawn(seed: int) -> list[tuple[float, float, float]]:
    """Estimate, u and degrees of freedom of three quantities."""
    rng = np.random.default_rng(seed)
    x, share = rng.uniform(0.5, 2.0, 3), rng.uniform(0.001, 0.05, 3)
    nu = rng.integers(3, 50, 3)
    return list(zip(x.tolist(), (x * share).tolist(), nu.astype(float).tolist(), strict=True))


def theirs(model: str, distribution: str, seed: int) -> Any:  # noqa: ANN401 - it is untyped
    """Their model with the same quantities."""
    made = sandia("suncal").Model(f"f = {model}")
    for name, (x, u, nu) in zip(NAMES, drawn(seed), strict=True):
        if distribution == "uniform":
            made.var(name).measure(x).typeb(dist="uniform", a=u * 3.0**0.5)
        else:
            made.var(name).measure(x).typeb(dist="normal", std=u, df=nu)
    return made


def formula(model: str) -> str:
    return model.replace("log(", "ln(").replace("**", "^")


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("seed", SEEDS)
def test_first_order_and_degrees_of_freedom(seed: int, model: str) -> None:
    quantities = [
        Quantity(name=name, estimate=x, standard_uncertainty=u, degrees_of_freedom=nu)
        for name, (x, u, nu) in zip(NAMES, drawn(seed), strict=True)
    ]
    ours = propagate(parse_formula(formula(model), NAMES), inputs_of(quantities))
    found = theirs(model, "normal", seed).calculate_gum()
    assert ours.value == pytest.approx(float(found.expected["f"]), rel=1e-12)
    assert ours.standard_uncertainty == pytest.approx(float(found.uncertainty["f"]), rel=1e-12)
    assert ours.effective_degrees_of_freedom == pytest.approx(float(found.degf["f"]), rel=1e-9)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("r", [-0.8, 0.5])
def test_first_order_of_correlated_inputs(r: float, model: str) -> None:
    quantities = [
        Quantity(name=name, estimate=x, standard_uncertainty=u)
        for name, (x, u, _) in zip(NAMES, drawn(7), strict=True)
    ]
    ours = propagate(parse_formula(formula(model), NAMES), inputs_of(quantities, [("a", "b", r)]))
    made = theirs(model, "normal", 7)
    made.variables.correlate("a", "b", r)
    found = made.calculate_gum()
    assert ours.standard_uncertainty == pytest.approx(float(found.uncertainty["f"]), rel=1e-12)


@pytest.mark.parametrize("model", MODELS)
def test_monte_carlo_of_rectangular_inputs(model: str) -> None:
    """2e5 trials each: means stand to 0.003 u, u to 0.2 %, ends of the interval to 0.01 u."""
    quantities = [
        Quantity(name=name, estimate=x, standard_uncertainty=u, distribution=Knowledge.RECTANGULAR)
        for name, (x, u, _) in zip(NAMES, drawn(3), strict=True)
    ]
    rng = np.random.default_rng(5)
    ours = sample(parse_formula(formula(model), NAMES), inputs_of(quantities), rng, trials=200_000)
    np.random.seed(5)  # noqa: NPY002 - it draws from numpy's own generator
    found = theirs(model, "uniform", 3).monte_carlo(samples=200_000)
    u = float(found.uncertainty["f"])
    assert ours.value == pytest.approx(float(found.expected["f"]), abs=0.02 * u)
    assert ours.standard_uncertainty == pytest.approx(u, rel=0.01)
    low, high = (float(each) for each in found.expand("f", conf=0.95)[:2])
    assert ours.symmetric == pytest.approx((low, high), abs=0.03 * u)


def scattered(seed: int, form: str) -> tuple[np.ndarray, ...]:
    rng, x = np.random.default_rng(seed), np.linspace(1.0, 4.0, 12)
    y = {"line": 0.3 + 1.5 * x, "power": 0.3 + 1.2 * x**1.2, "exponential": np.exp(0.4 * x)}[form]
    ux, uy = rng.uniform(0.005, 0.02, 12), rng.uniform(0.01, 0.05, 12)
    return x + ux * rng.standard_normal(12), y + uy * rng.standard_normal(12), ux, uy


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("exact", [True, False])
def test_lines_by_weighted_least_squares_and_by_york(seed: int, exact: bool) -> None:  # noqa: FBT001
    """York's covariance is that of the adjusted points (2004, unified equations)."""
    x, y, ux, uy = scattered(seed, "line")
    ours = fit(points_of(x.tolist(), y.tolist(), ux=None if exact else ux.tolist(), uy=uy.tolist()))
    found = sandia("suncal.curvefit.curvefit").linefit(x, y, np.zeros(12) if exact else ux, uy)
    assert ours.coefficients == pytest.approx(found.coeff[::-1].tolist(), rel=1e-10)
    assert np.array(ours.covariance) == pytest.approx(found.covariance[::-1, ::-1], rel=1e-8)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("form", ["power", "exponential"])
def test_curves_by_orthogonal_distances(seed: int, form: str) -> None:
    x, y, ux, uy = scattered(seed, form)
    points = points_of(x.tolist(), y.tolist(), ux=ux.tolist(), uy=uy.tolist())
    ours = fit(points, "power" if form == "power" else "exponential")

    def curve(at: np.ndarray, *b: float) -> np.ndarray:
        bent = at ** (1.0 + b[2]) if form == "power" else np.exp(b[2] * at)
        return np.asarray(b[0] + b[1] * bent)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        found = sandia("suncal.curvefit.curvefit").odrfit(
            curve, x, y, ux, uy, p0=list(ours.coefficients)
        )
    assert ours.coefficients == pytest.approx(found.coeff.tolist(), rel=1e-4)
    assert np.array(ours.covariance) == pytest.approx(found.covariance, rel=2e-3)
