"""The root of a function, against SciPy's to the last bit."""

import math

import pytest
import scipy
from hypothesis import assume, given
from hypothesis import strategies as st

from calibration.root import root

FACTORS = st.floats(-10.0, 10.0)


@given(FACTORS, FACTORS, FACTORS, FACTORS, st.sampled_from((1e-2, 1e-6, 1e-9, 1e-15)))
def test_a_root_is_that_of_scipy_to_the_last_bit(
    a: float, b: float, c: float, d: float, nearest: float
) -> None:
    def curve(x: float) -> float:
        return a * math.sin(3.0 * x) + b * math.exp(x) + c * x + d

    assume(curve(-1.0) * curve(2.0) < 0.0)
    assert root(curve, -1.0, 2.0, nearest) == scipy.optimize.brentq(curve, -1.0, 2.0, xtol=nearest)


@pytest.mark.parametrize(("low", "high"), [(0.0, 3.0), (-3.0, 0.0)])
def test_an_end_may_be_the_root(low: float, high: float) -> None:
    assert root(lambda x: x, low, high, 1e-9) == 0.0


def test_without_a_change_of_sign_there_is_none() -> None:
    with pytest.raises(ValueError, match="no change of sign"):
        root(lambda x: x * x + 1.0, -1.0, 1.0, 1e-9)


def test_where_the_function_is_no_number_the_search_ends() -> None:
    with pytest.raises(ValueError, match="no number at 1"):
        root(lambda x: x - 1.0 if x in (0.0, 3.0) else math.nan, 0.0, 3.0, 1e-9)


def test_where_a_curve_gives_no_step_it_is_half_of_what_is_left() -> None:
    def flat(x: float) -> float:
        return 1e-150 * (math.exp(x) - 1.5)

    assert root(flat, -1.0, 2.0, 1e-9) == scipy.optimize.brentq(flat, -1.0, 2.0, xtol=1e-9)


def test_a_search_may_be_given_up() -> None:
    with pytest.raises(ArithmeticError, match="within 100 steps"):
        root(lambda x: -1.0 if x < 1e-300 else 1.0, 0.0, 1.0, 5e-324)
