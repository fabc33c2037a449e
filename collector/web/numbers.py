"""Numbers as people read them: as many digits as the uncertainty allows (GUM 7.2.6). Pure."""

import math
import re
from struct import Struct
from typing import Final

from calibration.rounding import places_apart, places_of

THIN: Final = "\u202f"
"""Between groups of three digits, and between number and unit: a narrow space that never breaks."""
MINUS: Final = "\u2212"
_MOST_DIGITS: Final = 12
_FEW_ZEROS: Final = -5
_OF_A_SINGLE: Final = 9
"""So many digits tell every float of 32 bits from all others."""
_FLOAT32: Final = Struct(">f")
_POWER: Final = re.compile(r"e([+-])0*(\d+)")
_RAISED: Final = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def plain(value: float, places: int) -> str:
    """A number with so many places, its digits in groups of three; `places` < 0 rounds tens.

    Rounds half to even of the decimal digits that the double prints as.
    """
    rounded = round(value, min(places, _MOST_DIGITS))
    text = f"{abs(rounded):.{max(0, min(places, _MOST_DIGITS))}f}"
    whole, point, rest = text.partition(".")
    grouped = f"{int(whole):,}".replace(",", THIN)
    sign = MINUS if rounded < 0.0 else ""
    return f"{sign}{grouped}{point}{rest}"


def significant(value: float, digits: int = 6) -> str:
    """A number of which no uncertainty is known, to some significant digits."""
    if value == 0.0 or not math.isfinite(value):
        return "0" if value == 0.0 else str(value)
    text = plain(value, digits - 1 - math.floor(math.log10(abs(value))))
    return text.rstrip("0").rstrip(".") if "." in text else text


def indicated(value: float) -> str:
    """A number as an instrument shows it: of a single float the fewest digits that are that one.

    20.04 travels as a float of 32 bits, and is 20.040000915527344 as a double. Of others 12 digits.
    """
    few = (each for each in range(1, _OF_A_SINGLE + 1) if _single(value, each) == value)
    return significant(value, next(few, _MOST_DIGITS))


def _single(value: float, digits: int) -> float | None:
    """The float of 32 bits nearest to a number of so many digits; None beyond all of them."""
    try:
        found: float = _FLOAT32.unpack(_FLOAT32.pack(float(f"{value:.{digits}g}")))[0]
    except OverflowError:
        return None
    return found


def concise(value: float, u: float | None) -> str:
    """Value and standard uncertainty, 12.345(67): the digits in brackets are those of u.

    Args:
        value: Finite.
        u: >= 0; None where it is unknown: then the value alone, with 6 digits; so where it is the
            rounding of a double and no more.
    """
    if not u or u < 1e-14 * abs(value):
        return significant(value)
    places = places_of(u)
    last = round(u, places)
    shown = plain(last, places) if places <= 0 or last >= 1.0 else f"{round(u * 10.0**places)}"
    return f"{plain(value, places)}({shown})"


def stated(value: float, expanded: float | None) -> str:
    """Value and expanded uncertainty, 12.34 ± 0.14, both to the second digit of U."""
    if not expanded:
        return significant(value)
    places = places_of(expanded)
    return f"{plain(value, places)} ± {plain(expanded, places)}"


def moved(value: float, expanded: float | None) -> str:
    """A difference and its U; 3 digits where that is unknown, or nothing but rounding."""
    return stated(value, expanded) if expanded else significant(value, 3)


def uncertainty(u: float) -> str:
    """An uncertainty alone: two significant digits, a zero at the end among them (GUM 7.2.6)."""
    return small(u, abs(u)) if u and math.isfinite(u) else significant(u)


def small(value: float, u: float) -> str:
    """A number to the second digit of its u; with a power of ten where many zeros would lead.

    Args:
        value: Not 0, finite.
        u: > 0: below it no digit is shown.
    """
    exponent = math.floor(math.log10(abs(value)))
    if exponent >= _FEW_ZEROS:
        return plain(value, places_of(u))
    raised = str(exponent).translate(_RAISED)
    return f"{plain(value * 10.0**-exponent, max(0, places_of(u) + exponent))}·10{raised}"


def formula(text: str) -> str:
    """A formula in ASCII as people write it: -0.5 + 8.1e-07·x is −0.5 + 8.1·10⁻⁷·x."""
    powers = _POWER.sub(lambda found: f"·10{_exponent(found)}", text)
    return powers.replace("-", MINUS)


def _exponent(found: re.Match[str]) -> str:
    return f"{found[1].strip('+')}{found[2]}".translate(_RAISED)


def told_apart(one: float, other: float, expanded: float | None) -> tuple[str, str]:
    """Two versions of a number to the second digit of U, with more where they would read alike."""
    places = places_apart(one, other, expanded)
    return plain(one, places), plain(other, places)


def beside(value: float, expanded: float | None) -> str:
    """A number that stands beside one with an expanded uncertainty, with as many places."""
    return plain(value, places_of(expanded)) if expanded else significant(value)


def percent(ratio: float, expanded: float | None) -> str:
    """A ratio in percent to the second digit of its U, or to 3 digits where that is unknown.

    Args:
        ratio: Finite.
        expanded: U of the ratio, >= 0; None where it is unknown.
    """
    shown = plain(100.0 * ratio, places_of(100.0 * expanded)) if expanded else None
    return f"{shown or significant(100.0 * ratio, 3)}{THIN}%"


def share(ratio: float, places: int = 1) -> str:
    """A ratio in percent; 100 % only where it is whole, and 0 % only where it is nothing."""
    text = plain(100.0 * ratio, places)
    if text == plain(100.0, places):
        return f"100{THIN}%" if ratio >= 1.0 else f">{plain(100.0 - 10.0**-places, places)}{THIN}%"
    if text == plain(0.0, places) and ratio > 0.0:
        return f"<{plain(10.0**-places, places)}{THIN}%"
    return f"{text}{THIN}%"
