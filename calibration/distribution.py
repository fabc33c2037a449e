"""Type B evaluation: from a stated bound to a standard uncertainty (GUM 4.3)."""

import math
from enum import StrEnum

from calibration.errors import OutOfRangeError, Words


class Distribution(StrEnum):
    """The state of knowledge an uncertainty component was evaluated from."""

    NORMAL = "normal"
    RECTANGULAR = "rectangular"
    TRIANGULAR = "triangular"
    ARCSINE = "arcsine"


DIVISOR = {
    Distribution.RECTANGULAR: math.sqrt(3.0),
    Distribution.TRIANGULAR: math.sqrt(6.0),
    Distribution.ARCSINE: math.sqrt(2.0),
}


def from_half_width(half_width: float, distribution: Distribution) -> float:
    """Standard uncertainty of a quantity known to lie within +- `half_width` (GUM 4.3.7, 4.3.9).

    Args:
        half_width: >= 0, any unit; the result has the same.
        distribution: rectangular, triangular or arcsine.

    Raises:
        OutOfRangeError: negative half-width, or a distribution without a bound.
    """
    if not half_width >= 0.0 or distribution not in DIVISOR:
        limit = Words(">= 0, with a bounded distribution", ">= 0，且分布有界")
        raise OutOfRangeError("half_width", name="half_width", value=half_width, limit=limit)
    return half_width / DIVISOR[distribution]


def from_expanded(expanded_uncertainty: float, coverage_factor: float) -> float:
    """Standard uncertainty behind a certificate's U and k (GUM 4.3.3).

    Raises:
        OutOfRangeError: U < 0, or k <= 0.
    """
    if not expanded_uncertainty >= 0.0:
        raise OutOfRangeError(
            "certificate", name="expanded_uncertainty", value=expanded_uncertainty, limit=">= 0"
        )
    if not coverage_factor > 0.0:
        raise OutOfRangeError(
            "certificate", name="coverage_factor", value=coverage_factor, limit="> 0"
        )
    return expanded_uncertainty / coverage_factor


def from_resolution(resolution: float) -> float:
    """Standard uncertainty of one reading shown in steps of `resolution` (GUM F.2.2.1)."""
    return from_half_width(resolution / 2.0, Distribution.RECTANGULAR)
