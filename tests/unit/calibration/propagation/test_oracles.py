"""Two object libraries on the same models: GTC and uncertainties."""

import math
from typing import Any, Final

import numpy as np
import pytest
import uncertainties
from GTC import cos, exp, get_correlation, log, rp, set_correlation, sqrt, ureal
from hypothesis import given, settings
from hypothesis import strategies as st
from uncertainties import umath

from calibration.formula.grammar import parse_formula
from calibration.propagation.linear import Propagated, propagate
from calibration.propagation.quantity import Quantity, inputs_of

MODELS: Final = (
    "a*b/c",
    "a + b - 2*c",
    "sqrt(a*a + b*b)/c",
    "exp(a/b) + log(c)",
    "a*cos(b)/(c + 1)",
    "a^2*b^0.5 - c",
)
_OF_GTC: Final = {"sqrt": sqrt, "exp": exp, "log": log, "cos": cos}
_OF_UNCERTAINTIES: Final = {name: getattr(umath, name) for name in _OF_GTC}
SEEDS: Final = st.integers(0, 2**32 - 1)


def ours(model: str, drawn: list[tuple[float, float, float]], r: float) -> Propagated:
    quantities = [
        Quantity(name=name, estimate=x, standard_uncertainty=u, degrees_of_freedom=nu)
        for name, (x, u, nu) in zip("abc", drawn, strict=True)
    ]
    correlations = [("a", "b", r)] if r else []
    formula = model.replace("log(", "ln(")
    return propagate(parse_formula(formula, "abc"), inputs_of(quantities, correlations))


def theirs(model: str, values: dict[str, Any], functions: dict[str, Any]) -> Any:  # noqa: ANN401
    """The model as Python, which these libraries overload; the text is this file's own."""
    return eval(model.replace("^", "**"), {**functions, **values})  # noqa: S307


def draw(seed: int) -> list[tuple[float, float, float]]:
    rng = np.random.default_rng(seed)
    x, share, nu = rng.uniform(0.5, 2.0, 3), rng.uniform(0.001, 0.05, 3), rng.uniform(3.0, 50.0, 3)
    return list(zip(x.tolist(), (x * share).tolist(), nu.tolist(), strict=True))


@given(SEEDS, st.sampled_from(MODELS))
@settings(deadline=None)
def test_gtc_finds_the_same_u_and_degrees_of_freedom(seed: int, model: str) -> None:
    drawn = draw(seed)
    found = ours(model, drawn, 0.0)
    values = dict(zip("abc", (ureal(*each) for each in drawn), strict=True))
    expected = theirs(model, values, _OF_GTC)
    assert found.value == pytest.approx(expected.x, rel=1e-12)
    assert found.standard_uncertainty == pytest.approx(expected.u, rel=1e-12)
    assert found.effective_degrees_of_freedom == pytest.approx(expected.df, rel=1e-9)


@given(SEEDS, st.sampled_from(MODELS), st.floats(-0.95, 0.95))
@settings(deadline=None)
def test_gtc_finds_the_same_u_of_correlated_inputs(seed: int, model: str, r: float) -> None:
    drawn = [(x, u, math.inf) for x, u, _ in draw(seed)]
    values = {
        name: ureal(x, u, independent=name == "c")
        for name, (x, u, _) in zip("abc", drawn, strict=True)
    }
    set_correlation(r, values["a"], values["b"])
    assert get_correlation(values["a"], values["b"]) == pytest.approx(r)
    expected = theirs(model, values, _OF_GTC)
    stated = [(x, u, 1e9) for x, u, _ in drawn]
    assert ours(model, stated, r).standard_uncertainty == pytest.approx(expected.u, rel=1e-9)
    assert rp.u_component(expected, values["c"]) == pytest.approx(
        float(ours(model, stated, r).contributions[2]), rel=1e-9, abs=1e-15
    )


@given(SEEDS, st.sampled_from(MODELS))
@settings(deadline=None)
def test_uncertainties_finds_the_same_u(seed: int, model: str) -> None:
    drawn = draw(seed)
    values = dict(zip("abc", (uncertainties.ufloat(x, u) for x, u, _ in drawn), strict=True))
    expected = theirs(model, values, _OF_UNCERTAINTIES)
    assert ours(model, drawn, 0.0).standard_uncertainty == pytest.approx(expected.s, rel=1e-9)
