"""Rounding to decimal digits, against Python's own formatting."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.digits import to_digits

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(FINITE, min_size=1, max_size=20), st.sampled_from((6, 13)))
def test_it_is_the_double_nearest_to_the_decimal(numbers: list[float], digits: int) -> None:
    """In the last digit it may differ where the number lies halfway between two."""
    found = to_digits(np.array(numbers), digits).tolist()
    for number, rounded in zip(numbers, found, strict=True):
        formatted = float(f"{number:.{digits}g}")
        assert rounded == pytest.approx(formatted, rel=1.001 * 10.0 ** (1 - digits), abs=5e-324)
        assert rounded == float(f"{rounded:.{digits}g}")  # no digit more travels


@given(st.integers(-999_999, 999_999), st.integers(-30, 30))
def test_what_has_so_few_digits_stays_as_it_is(whole: int, exponent: int) -> None:
    number = float(f"{whole}e{exponent}")
    assert to_digits(np.array([number]), 6).tolist() == [number]


def test_powers_of_ten_and_nothing_stay() -> None:
    numbers = [0.0, *(10.0**n for n in range(-25, 26)), 5e-324, 1.7976931348623157e308]
    expected = [float(f"{number:.6g}") for number in numbers[:-1]]
    assert to_digits(np.array(numbers[:-1]), 6).tolist() == expected


def test_the_shape_stays() -> None:
    numbers = np.array([[1.23456789, 2.0], [0.0, -9.87654321e-7]])
    assert to_digits(numbers, 6).tolist() == [[1.23457, 2.0], [0.0, -9.87654e-7]]
