"""How well a function fits its points, and what is to be said of it (pure)."""

from typing import Final

import msgspec
import scipy

REJECTED: Final = 0.05
"""Below it the upper tail of chi-squared speaks against the function (ISO/TS 28037, 6.3)."""
TOO_GOOD: Final = 0.01
"""Below it the lower tail speaks against the stated uncertainties: they are mostly common to all
points, or were stated with much to spare."""
MOST_WEIGHTED: Final = 2.0
"""A larger weighted deviation rejects the function (ISO 6143:2001, 5.2.2)."""
ILL_CONDITIONED: Final = 1e8
"""Beyond it half of the digits of the points are lost in the coefficients."""


class Goodness(msgspec.Struct, frozen=True, kw_only=True):
    """What the deviations of n points from a function of p parameters say.

    Args:
        degrees_of_freedom: n - p.
        residual_standard_deviation: root of the mean square of the values' deviations, over n - p;
            None where nothing is left over.
        chi_squared: sum of squared deviations over their uncertainties; None where those are
            not known.
        chi_squared_lower_tail, chi_squared_upper_tail: probability of less, and of more.
        maximum_weighted_deviation: the largest deviation over its own uncertainty.
        findings: what speaks against the fit, by name; none where nothing does.
    """

    degrees_of_freedom: int
    residual_standard_deviation: float | None
    chi_squared: float | None
    chi_squared_lower_tail: float | None
    chi_squared_upper_tail: float | None
    maximum_weighted_deviation: float | None
    findings: tuple[str, ...] = ()


def goodness_of(
    degrees_of_freedom: int,
    residual_standard_deviation: float | None,
    weighted: tuple[float, float] | None,
    condition: float,
) -> Goodness:
    """The goodness of a fit.

    Args:
        degrees_of_freedom: n - p, >= 0.
        residual_standard_deviation: Of the values.
        weighted: Chi-squared, and the largest weighted deviation; None where uncertainties are
            not known.
        condition: Condition number of the design.
    """
    chi_squared, largest = (None, None) if weighted is None else weighted
    lower, upper = _tails(chi_squared, degrees_of_freedom)
    return Goodness(
        degrees_of_freedom=degrees_of_freedom,
        residual_standard_deviation=residual_standard_deviation,
        chi_squared=chi_squared,
        chi_squared_lower_tail=lower,
        chi_squared_upper_tail=upper,
        maximum_weighted_deviation=largest,
        findings=_findings(lower, upper, largest, condition),
    )


def _tails(chi_squared: float | None, nu: int) -> tuple[float | None, float | None]:
    if chi_squared is None or nu == 0:
        return None, None
    half = nu / 2.0
    return (
        float(scipy.special.gammainc(half, chi_squared / 2.0)),
        float(scipy.special.gammaincc(half, chi_squared / 2.0)),
    )


def _findings(
    lower: float | None, upper: float | None, largest: float | None, condition: float
) -> tuple[str, ...]:
    said = {
        "chi_squared_too_large": upper is not None and upper < REJECTED,
        "chi_squared_too_small": lower is not None and lower < TOO_GOOD,
        "weighted_deviation_too_large": largest is not None and largest > MOST_WEIGHTED,
        "ill_conditioned": condition > ILL_CONDITIONED,
    }
    return tuple(name for name, applies in said.items() if applies)
