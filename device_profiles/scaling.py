"""Multiplication that keeps integers exact and decimal steps decimal (pure).

A register of 123456789 steps of 0.01 kWh shows 1234567.89 kWh. The double nearest to
0.01 is a little more than 0.01, and multiplying with it gives 1234567.8900000001;
dividing by 100 is rounded once and gives the double nearest to the decimal.
"""

from collections.abc import Callable
from functools import lru_cache

from device_profiles.formats import Number


def times(number: Number, factor: float) -> Number:
    """`number` multiplied by `factor`, rounded at most once where the factor is 10^n or 1/n.

    An integer times an integral factor stays an exact integer.

    >>> 123456789 * 0.01, times(123456789, 0.01)
    (1234567.8900000001, 1234567.89)
    >>> times(9007199254740993, 1000.0)
    9007199254740993000
    """
    return multiplier(factor)(number)


@lru_cache(maxsize=1024)
def multiplier(factor: float) -> Callable[[Number], Number]:
    """What multiplies numbers by `factor`, as `times` does."""
    if factor == 1:
        return lambda number: number
    if factor % 1 == 0:
        whole = int(factor)
        return lambda number: number * whole if isinstance(number, int) else number * factor
    inverse = round(1 / factor) if abs(factor) > 1e-15 else 0
    if inverse and 1 / inverse == factor:
        return lambda number: number / inverse
    return lambda number: number * factor


def over(number: Number, factor: float) -> Number:
    """`number` divided by `factor`, not 0; the inverse of `times`.

    >>> over(9007199254740993000, 1000.0), over(1234567890123.45, 0.01)
    (9007199254740993, 123456789012345.0)
    """
    if factor == 1:
        return number
    if factor % 1 == 0:
        exact = isinstance(number, int) and number % int(factor) == 0
        return number // int(factor) if exact else number / factor
    inverse = round(1 / factor) if abs(factor) > 1e-15 else 0
    return number * inverse if inverse and 1 / inverse == factor else number / factor


def times_power_of_ten(number: Number, exponent: int) -> Number:
    """`number` · 10^`exponent`, as SunSpec scale factors ask.

    >>> times_power_of_ten(2312, -1)
    231.2
    """
    power: int = 10 ** abs(exponent)
    return number * power if exponent >= 0 else number / power
