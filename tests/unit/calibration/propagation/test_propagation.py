"""Propagation: correlated inputs, each distribution's own shape, seeds, and what is refused."""

import math
import string
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.formula.grammar import parse_formula
from calibration.propagation.errors import PropagationError
from calibration.propagation.linear import Propagated, propagate
from calibration.propagation.montecarlo import Sampled, draws, sample, tolerance
from calibration.propagation.quantity import Inputs, Knowledge, Quantity, inputs_of

A = Quantity(name="a", estimate=2.0, standard_uncertainty=0.1)
B = Quantity(name="b", estimate=3.0, standard_uncertainty=0.2)
BOX = Quantity(name="a", estimate=2.0, standard_uncertainty=0.1, distribution=Knowledge.RECTANGULAR)


@given(st.floats(-1.0, 1.0))
@settings(deadline=None, max_examples=30)
def test_correlated_inputs_to_first_order_and_by_trials(r: float) -> None:
    product, inputs = parse_formula("a*b", ["a", "b"]), inputs_of([A, B], [("a", "b", r)])
    expected = math.sqrt(max(0.3**2 + 0.4**2 + 2 * r * 0.3 * 0.4, 0.0))
    if expected < 0.11:
        return  # nearly nothing is left of first order
    whole = math.hypot(expected, 0.1 * 0.2 * math.sqrt(1.0 + r * r))  # of a product, exactly
    assert propagate(product, inputs).standard_uncertainty == pytest.approx(expected, rel=1e-12)
    drawn = sample(product, inputs, np.random.default_rng(7), trials=100_000)
    assert drawn.standard_uncertainty == pytest.approx(whole, rel=0.02)


@pytest.mark.parametrize("distribution", list(Knowledge))
def test_draws_have_the_stated_moments_and_bounds(distribution: Knowledge) -> None:
    nu = 12.0 if distribution == Knowledge.STUDENT else None
    u = 0.0 if distribution == Knowledge.CONSTANT else 0.5
    one = Quantity(
        name="q",
        estimate=4.0,
        standard_uncertainty=u,
        distribution=distribution,
        degrees_of_freedom=nu,
        top_share=0.3,
    )
    found = draws(inputs_of([one]), np.random.default_rng(11), 400_000)["q"]
    assert np.mean(found) == pytest.approx(4.0, abs=0.005)
    assert np.std(found) == pytest.approx(u, rel=0.01)
    assert np.max(np.abs(found - 4.0)) <= one.half_width * (1.0 + 1e-12)
    if math.isfinite(one.half_width):
        assert np.max(np.abs(found - 4.0)) >= 0.98 * one.half_width


def test_the_same_seed_gives_the_same_figures() -> None:
    inputs = inputs_of([A, B])
    runs = [
        sample(parse_formula("a/b", ["a", "b"]), inputs, np.random.default_rng(5), trials=20_000)
        for _ in range(2)
    ]
    assert runs[0] == runs[1]


def test_an_adaptive_run_that_does_not_stand_says_so() -> None:
    found = sample(
        parse_formula("1/(a - 2)", ["a"]), inputs_of([A]), np.random.default_rng(1), most=40_000
    )
    assert (found.trials, found.is_stable) == (40_000, False)


@pytest.mark.parametrize(
    ("u", "digits", "expected"),
    [(0.0316, 2, 0.0005), (31.66, 2, 0.5), (0.0996, 2, 0.005), (1.0, 1, 0.5), (0.0, 2, 0.0)],
)
def test_the_numerical_tolerance(u: float, digits: int, expected: float) -> None:
    """JCGM 101, 7.9.2: u = c * 10^l, half a unit of 10^l."""
    assert tolerance(u, digits) == pytest.approx(expected)


def of(text: str, *given_: Quantity, r: float = 0.0, second_order: bool = False) -> Propagated:
    correlations = [("a", "b", r)] if r else []
    inputs = inputs_of(given_, correlations)
    return propagate(
        parse_formula(text, [each.name for each in given_]), inputs, second_order=second_order
    )


def drawn(text: str, inputs: Inputs) -> Sampled:
    names = [each.name for each in inputs.quantities]
    return sample(parse_formula(text, names), inputs, np.random.default_rng(1), trials=10_000)


REFUSED: dict[str, tuple[str, Callable[[], Any]]] = {
    "estimate": ("E_QUANTITY", lambda: Quantity(name="a", estimate=math.nan)),
    "u": ("E_QUANTITY", lambda: Quantity(name="a", estimate=0.0, standard_uncertainty=-1.0)),
    "nu": ("E_QUANTITY", lambda: Quantity(name="a", estimate=0.0, degrees_of_freedom=0.0)),
    "t without nu": (
        "E_QUANTITY",
        lambda: Quantity(name="a", estimate=0.0, distribution=Knowledge.STUDENT),
    ),
    "top": ("E_QUANTITY", lambda: Quantity(name="a", estimate=0.0, top_share=1.5)),
    "twice": ("E_QUANTITY_NAME", lambda: inputs_of([A, A])),
    "nobody": ("E_QUANTITY_NAME", lambda: inputs_of([A, B], [("a", "c", 0.5)])),
    "r of 2": ("E_CORRELATION", lambda: inputs_of([A, B], [("a", "b", 2.0)])),
    "r with itself": ("E_CORRELATION", lambda: inputs_of([A, B], [("a", "a", 0.5)])),
    "r of NaN": ("E_CORRELATION", lambda: inputs_of([A, B], [("a", "b", math.nan)])),
    "no distribution has these": (
        "E_CORRELATION",
        lambda: inputs_of(
            [A, B, Quantity(name="c", estimate=0.0)],
            [("a", "b", 0.9), ("b", "c", 0.9), ("a", "c", -0.9)],
        ),
    ),
    "pole": ("E_MODEL", lambda: of("1/(a - 2)", A)),
    "no slope": ("E_MODEL", lambda: of("sqrt(a - 2)", A)),
    "pole at a trial": ("E_MODEL", lambda: drawn("ln(a - 2)", inputs_of([A]))),
    "level": ("E_SENSITIVITY_VANISHES", lambda: of("(a - 2)^2", A)),
    "nearly level": ("E_SENSITIVITY_VANISHES", lambda: of("cos(a - 2 + 1e-17)", A)),
    "level throughout": ("E_SENSITIVITY_VANISHES", lambda: of("3 + 0*a", A, second_order=True)),
    "second order": ("E_SECOND_ORDER", lambda: of("a*b", A, B, r=0.5, second_order=True)),
    "joint box": ("E_SAMPLING", lambda: drawn("a*b", inputs_of([BOX, B], [("a", "b", 0.5)]))),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_stated_is_refused_by_code(what: str) -> None:
    code, act = REFUSED[what]
    with pytest.raises(PropagationError) as caught:
        act()
    assert caught.value.code == code
    assert "{" not in caught.value.say("en") + caught.value.say("zh")


def test_codes_are_unique_and_both_languages_use_the_same_facts() -> None:
    kinds = PropagationError.__subclasses__()
    assert len({each.code for each in kinds}) == len(kinds)
    for kind in kinds:
        fields = [
            {name for _, name, _, _ in string.Formatter().parse(text) if name}
            for text in (kind.en, kind.zh)
        ]
        assert fields[0] == fields[1]
