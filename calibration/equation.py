"""A calibration function written as a formula that anybody can compute with. Pure."""

from collections.abc import Sequence
from typing import Final

from calibration.function import CalibrationFunction

_RAISED: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def equation(function: CalibrationFunction, digits: int | None = 10) -> str:
    """The right side of y = f(x), with all that is needed to compute it.

    Such as "-0.0052 + 0.00013·(x - 10)"; of a piecewise linear function its knots, between which
    it is a straight line: "(0; 0.1) (50; 0.2)".

    Args:
        function: of a certificate.
        digits: significant ones of each number; None: as many as its document has.
    """
    numbers = [_written(each, digits) for each in function.coefficients]
    if function.form == "polynomial":
        return _polynomial(numbers, _written(function.centre, digits))
    if function.form == "piecewise_linear":
        knots = (_written(each, digits) for each in function.knots)
        return " ".join(f"({x}; {y})" for x, y in zip(knots, numbers, strict=True))
    b0, b1, b2 = numbers
    if function.form == "power":
        return _sum([b0, f"{b1}·x^(1 {_signed(b2)})"])
    return _sum([b0, f"{b1}·exp({b2}·x)"])


def _written(number: float, digits: int | None) -> str:
    """A number to some digits, or to those that tell it from every other one."""
    return repr(number).removesuffix(".0") if digits is None else f"{number:.{digits}g}"


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
