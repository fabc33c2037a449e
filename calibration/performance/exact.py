"""Decimal arithmetic as the programmes of authorities prescribe it: round once, at the end.

Readings are short decimal numbers, and a limit is often met to the last digit of a reported
figure. Binary floats miss such ties, and the one-pass sum of squares of nine equal differences even
comes out negative. So means are exact fractions, and roots and quotients have far more digits than
are asked for.
"""

from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Final

LARGEST: Final = Decimal("1e15")
"""Of a reading or a limit, and 1 over the smallest one that is not 0."""
_DIGITS: Final = Context(prec=150, Emin=-9999, Emax=9999)


def decimal_of(number: Fraction) -> Decimal:
    """A fraction to 150 digits; exact where it has no more."""
    return _DIGITS.divide(Decimal(number.numerator), Decimal(number.denominator))


def root(number: Decimal) -> Decimal:
    """The square root to 150 digits."""
    return _DIGITS.sqrt(number)


def product(*numbers: Decimal) -> Decimal:
    """A product to 150 digits."""
    found = Decimal(1)
    for number in numbers:
        found = _DIGITS.multiply(found, number)
    return found


def total(*numbers: Decimal) -> Decimal:
    """A sum to 150 digits."""
    found = Decimal(0)
    for number in numbers:
        found = _DIGITS.add(found, number)
    return found


def quotient(number: Decimal, divisor: Decimal) -> Decimal:
    """A quotient to 150 digits; the divisor is not 0."""
    return _DIGITS.divide(number, divisor)


def rounded(number: Decimal, decimals: int) -> Decimal:
    """A number with so many decimals, halves away from zero."""
    found = number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, _DIGITS)
    return abs(found) if found == 0 else found


def is_usable(number: Decimal) -> bool:
    """Whether a number is 0, or neither smaller nor larger than readings are."""
    return number.is_finite() and (number == 0 or 1 / LARGEST <= abs(number) <= LARGEST)
