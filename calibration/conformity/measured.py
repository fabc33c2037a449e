"""What a measurement says of a quantity: value, uncertainty, state of knowledge (pure)."""

import msgspec

from calibration.conformity.errors import ConformityUncertaintyError
from calibration.conformity.requirement import LARGEST, require, require_bounded
from calibration.distribution import from_expanded

COVERAGE_FACTOR = 2.0
"""Of U where only a standard uncertainty is given (JCGM 106:2012, 7.6.3: U = 2u)."""
MOST_DEGREES = 1e12


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """A measured value with its uncertainty; made by `measured`.

    Args:
        value: y.
        standard_uncertainty: u. With degrees of freedom nu, (Y - y)/u is Student's t for nu
            (GUM G.3.2), else normal.
        expanded_uncertainty, coverage_factor: U = k*u.
        degrees_of_freedom: nu; None stands for infinite.
    """

    value: float
    standard_uncertainty: float
    expanded_uncertainty: float
    coverage_factor: float
    degrees_of_freedom: float | None = None


def measured(
    value: float,
    *,
    standard_uncertainty: float | None = None,
    expanded_uncertainty: float | None = None,
    coverage_factor: float | None = None,
    degrees_of_freedom: float | None = None,
) -> Measured:
    """A measured value whose uncertainty is given either as u, or as U with k.

    Args:
        value: |y| <= 1e30, in any unit; uncertainties are in the same.
        standard_uncertainty: u, 1e-30 to 1e30.
        expanded_uncertainty: U, with its `coverage_factor`.
        coverage_factor: k, 1e-3 to 1e3; beside u it says which U is meant, 2 by default.
        degrees_of_freedom: nu, 1 to 1e12; None stands for infinite.

    Raises:
        ConformityUncertaintyError: both u and U are given, or neither, or U without k.
        ConformityNumberError: a number is outside what it can be.
    """
    require_bounded("value", value)
    nu = degrees_of_freedom
    if nu is not None:
        limit = f"1 <= nu <= {MOST_DEGREES:g}"
        require("degrees_of_freedom", nu, limit, ok=1.0 <= nu <= MOST_DEGREES)
    u, expanded, k = _uncertainties(standard_uncertainty, expanded_uncertainty, coverage_factor)
    return Measured(
        value=value,
        standard_uncertainty=u,
        expanded_uncertainty=expanded,
        coverage_factor=k,
        degrees_of_freedom=nu,
    )


def _uncertainties(
    u: float | None, expanded: float | None, k: float | None
) -> tuple[float, float, float]:
    """u, U and k; what was given stays as it was written."""
    if u is not None and expanded is None:
        k = COVERAGE_FACTOR if k is None else _factor(k)
        return _spread("standard_uncertainty", u), k * u, k
    if u is None and expanded is not None and k is not None:
        expanded = _spread("expanded_uncertainty", expanded)
        return from_expanded(expanded, _factor(k)), expanded, k
    given = {"u": u, "U": expanded, "k": k}
    found = ", ".join(name for name, number in given.items() if number is not None)
    raise ConformityUncertaintyError("uncertainty", found=found or "-", limit="u | U, k")


def _factor(k: float) -> float:
    require("coverage_factor", k, "0.001 <= k <= 1000", ok=1e-3 <= k <= 1e3)
    return k


def _spread(name: str, number: float) -> float:
    limit = f"{1.0 / LARGEST:g} <= v <= {LARGEST:g}"
    require(name, number, limit, ok=1.0 / LARGEST <= number <= LARGEST)
    return number
