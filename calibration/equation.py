"""A calibration function written as a formula that anybody can compute with. Pure."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec.structs import replace

from calibration.errors import CertificateError
from calibration.function import CalibrationFunction

MOST_DIGITS: Final = 10
"""Significant digits of a number that a document states; one with more comes from a computer."""
_FEWEST_DIGITS: Final = 4
_HARMLESS: Final = 0.01
"""Of u: so much may rounded numbers change what a function gives."""
_RAISED: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def equation(function: CalibrationFunction, digits: int | None = 10) -> str:
    """The right side of y = f(x), with all that is needed to compute it.

    Such as "-0.0052 + 0.00013·(x - 10)"; of a piecewise linear function its knots, between which
    it is a straight line: "(0; 0.1) (50; 0.2)".

    Args:
        function: of a certificate.
        digits: significant ones of each number; None: as many as its document has, and of a
            number with more than `MOST_DIGITS` so many that no value moves by 1 % of its u.
    """
    enough = enough_digits(function) if digits is None else digits
    is_kept = digits is None

    def written(number: float) -> str:
        own = repr(number).removesuffix(".0")
        return own if is_kept and _digits_of(own) <= MOST_DIGITS else f"{number:.{enough}g}"

    numbers = [written(each) for each in function.coefficients]
    if function.form == "polynomial":
        return _polynomial(numbers, written(function.centre))
    if function.form == "piecewise_linear":
        knots = (written(each) for each in function.knots)
        return " ".join(f"({x}; {y})" for x, y in zip(knots, numbers, strict=True))
    b0, b1, b2 = numbers
    if function.form == "power":
        return _sum([b0, f"{b1}·x^(1 {_signed(b2)})"])
    return _sum([b0, f"{b1}·exp({b2}·x)"])


def enough_digits(function: CalibrationFunction) -> int:
    """How many significant digits of its numbers give a function's values to 1 % of their u.

    At most `MOST_DIGITS`; so many too where its coefficients have no covariance.
    """
    x = np.linspace(*function.measuring_interval, 9)
    u = np.sqrt((function.contributions(x) ** 2).sum(axis=1))
    if not np.any(u > 0.0):
        return MOST_DIGITS
    for digits in range(_FEWEST_DIGITS, MOST_DIGITS):
        try:
            moved = np.abs(_rounded(function, digits).value(x) - function.value(x))
        except CertificateError:  # knots that fall together
            continue
        if np.all(moved[u > 0.0] <= _HARMLESS * u[u > 0.0]):
            return digits
    return MOST_DIGITS


def _rounded(function: CalibrationFunction, digits: int) -> CalibrationFunction:
    def cut(number: float) -> float:
        return float(f"{number:.{digits}g}")

    return replace(
        function,
        coefficients=tuple(map(cut, function.coefficients)),
        centre=cut(function.centre),
        knots=tuple(map(cut, function.knots)),
    )


def _digits_of(text: str) -> int:
    """Significant digits of a number as it is written."""
    mantissa = text.partition("e")[0].replace(".", "").lstrip("-0")
    return len(mantissa)


def _polynomial(numbers: Sequence[str], centre: str) -> str:
    base = "x" if float(centre) == 0.0 else f"(x {_signed(_negative(centre))})"
    powers = ["", f"·{base}", *(f"·{base}{str(k).translate(_RAISED)}" for k in range(2, 99))]
    return _sum([number + power for number, power in zip(numbers, powers, strict=False)])


def _sum(terms: Sequence[str]) -> str:
    return " ".join([terms[0], *map(_signed, terms[1:])])


def _signed(term: str) -> str:
    return f"- {term[1:]}" if term.startswith("-") else f"+ {term}"


def _negative(number: str) -> str:
    return number[1:] if number.startswith("-") else f"-{number}"
