"""Formulas: what they are worth, their derivatives, and what is refused without being run."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.formula.errors import FormulaError
from calibration.formula.grammar import parse_formula
from calibration.formula.tree import FUNCTIONS, derivative, worth

QUANTITIES = ("x", "y", "θ")
AT = {"x": np.array(0.7), "y": np.array(1.3), "θ": np.array(0.2)}


def value(text: str) -> float:
    return float(worth(parse_formula(text, QUANTITIES), AT))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x + y*2", 0.7 + 1.3 * 2),
        ("-x^2", -(0.7**2)),
        ("(-x)^2", 0.49),
        ("2^3^2", 512.0),
        ("x - y - 1", 0.7 - 1.3 - 1),
        ("x/y/2", 0.7 / 1.3 / 2),
        ("+x**y", 0.7**1.3),
        ("sqrt(x) + exp(-y)", math.sqrt(0.7) + math.exp(-1.3)),
        ("log(x) - ln(x) + log10(100)", 2.0),
        ("1.5e-3 * θ", 1.5e-3 * 0.2),
    ],
)
def test_what_formulas_are_worth(text: str, expected: float) -> None:
    assert value(text) == pytest.approx(expected, rel=1e-15)


LEAVES = st.sampled_from(["x", "y", "θ", "2", "0.5"])
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
        st.builds("{}({})".format, st.sampled_from([f for f in FUNCTIONS if f != "sign"]), inner),
        st.builds("(abs({}) + 0.1)^{}".format, inner, LEAVES),
    ),
    max_leaves=8,
)


@given(EXPRESSIONS, st.sampled_from(QUANTITIES))
@settings(deadline=None, max_examples=300)
def test_derivatives_are_what_differences_tell(text: str, name: str) -> None:
    expression = parse_formula(text, QUANTITIES)
    step = 1e-6
    with np.errstate(all="ignore"):
        found = float(worth(derivative(expression, name), AT))
        around = [
            float(worth(expression, AT | {name: AT[name] + k * step})) for k in (-2, -1, 1, 2)
        ]
    coarse, fine = (around[3] - around[0]) / (4 * step), (around[2] - around[1]) / (2 * step)
    largest = max(map(abs, around))
    if not all(map(math.isfinite, (found, coarse, fine))) or abs(coarse - fine) > 1e-3 * (
        1e-3 + abs(fine)
    ):
        return  # an edge, or a pole: differences tell nothing there
    assert found == pytest.approx(fine, rel=1e-3, abs=1e-8 * (1.0 + largest))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "E_FORMULA_SYNTAX"),
        ("x +", "E_FORMULA_SYNTAX"),
        ("x y", "E_FORMULA_SYNTAX"),
        ("__import__('os').system('id')", "E_FORMULA_SYNTAX"),
        ("x.real", "E_FORMULA_SYNTAX"),
        ("x if y else 1", "E_FORMULA_SYNTAX"),
        ("[x for x in (1,)]", "E_FORMULA_SYNTAX"),
        ("lambda: 1", "E_FORMULA_SYNTAX"),
        ("x // y", "E_FORMULA_SYNTAX"),
        ("x < y", "E_FORMULA_SYNTAX"),
        ("'x'", "E_FORMULA_SYNTAX"),
        ("True", "E_FORMULA_SYNTAX"),
        ("2j", "E_FORMULA_SYNTAX"),
        ("1e999", "E_FORMULA_SYNTAX"),
        ("9" * 500, "E_FORMULA_SYNTAX"),
        ("sqrt(x, y)", "E_FORMULA_SYNTAX"),
        ("sqrt(x=1)", "E_FORMULA_SYNTAX"),
        ("x\0", "E_FORMULA_SYNTAX"),
        ("(" * 900 + "x" + ")" * 900, "E_FORMULA_SYNTAX"),
        ("-" * 1_990 + "x", "E_FORMULA_SIZE"),
        ("eval(x)", "E_FORMULA_FUNCTION"),
        ("x + z", "E_FORMULA_NAME"),
        ("x+" * 1_200 + "x", "E_FORMULA_SIZE"),
    ],
)
def test_what_is_no_formula_is_refused_by_code(text: str, code: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse_formula(text, QUANTITIES)
    assert caught.value.code == code
    assert "{" not in caught.value.say("en") + caught.value.say("zh")


def test_a_derivative_that_grows_beyond_measure_is_refused() -> None:
    expression = parse_formula("*".join(["sin(x)"] * 120), QUANTITIES)
    with pytest.raises(FormulaError, match="E_FORMULA_SIZE"):
        derivative(expression, "x")
