from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.performance.exact import decimal_of, is_usable, root, rounded

READINGS = st.decimals(
    min_value=-1000, max_value=1000, places=4, allow_nan=False, allow_infinity=False
)


@pytest.mark.parametrize(
    ("number", "decimals", "found"),
    [
        ("2.005", 2, "2.01"),
        ("-2.005", 2, "-2.01"),
        ("10.0049", 2, "10.00"),
        ("0.0005", 3, "0.001"),
        ("-0.0004", 3, "0.000"),
        ("7", 2, "7.00"),
    ],
)
def test_halves_are_rounded_away_from_zero(number: str, decimals: int, found: str) -> None:
    assert str(rounded(Decimal(number), decimals)) == found


@given(READINGS, st.integers(0, 4))
def test_rounding_is_symmetric_and_moves_no_number_by_more_than_half(
    number: Decimal, decimals: int
) -> None:
    found = rounded(number, decimals)
    assert found == -rounded(-number, decimals)
    assert abs(found - number) <= Decimal(1).scaleb(-decimals) / 2


@given(st.lists(READINGS, min_size=1, max_size=20))
def test_means_that_end_are_exact(numbers: list[Decimal]) -> None:
    mean = decimal_of(sum((Fraction(each) for each in numbers), Fraction(0)) / 16)
    assert mean * 16 == sum(numbers)


@given(READINGS)
def test_the_root_of_a_square_is_exact(number: Decimal) -> None:
    assert root(number * number) == abs(number)


@pytest.mark.parametrize("number", ["nan", "inf", "1e16", "1e-16", "-1e999999", "1e-999999"])
def test_numbers_that_no_reading_can_be_are_told(number: str) -> None:
    assert not is_usable(Decimal(number))
