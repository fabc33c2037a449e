"""To how many places a number is told: as many as its uncertainty allows (GUM 7.2.6). Pure."""

import math
from typing import Final

_MOST_PLACES: Final = 15
_KNOWN_DIGITS: Final = 6
"""Significant ones of a number of which no uncertainty is known."""


def places_of(u: float, digits: int = 2) -> int:
    """How many places behind the point `digits` significant digits of `u` take; may be < 0.

    Args:
        u: > 0, finite.
        digits: 1 or 2.
    """
    places = digits - 1 - math.floor(math.log10(u))
    return places - int(round(u * 10.0**places) >= 10**digits)


def places_apart(one: float, other: float, u: float | None) -> int:
    """How many places tell two versions of a number: those of u, more where they read alike.

    Args:
        one: Finite.
        other: Finite.
        u: An uncertainty of them, >= 0; 0 and None where it is not known: then 6 digits.
    """
    size = max(abs(one), abs(other))
    places = places_of(u) if u else _KNOWN_DIGITS - 1 - math.floor(math.log10(size or 1.0))
    while one != other and round(one, places) == round(other, places) and places < _MOST_PLACES:
        places += 1
    return places


def to_places(number: float, places: int) -> str:
    """A number with so many places in ASCII; `places` < 0 rounds tens."""
    return f"{round(number, places):.{max(0, places)}f}"


def with_u(number: float, expanded: float) -> tuple[str, str]:
    """A number and its expanded uncertainty, both to the second digit of the latter.

    Args:
        number: Finite.
        expanded: >= 0; of 0 both have 6 digits.
    """
    if not expanded:
        return f"{number:.{_KNOWN_DIGITS}g}", "0"
    places = places_of(expanded)
    return to_places(number, places), to_places(expanded, places)
