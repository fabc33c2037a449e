"""How probable it is that a measured quantity conforms (JCGM 106:2012, 7)."""

import math

import scipy

from calibration.conformity.measured import Measured
from calibration.conformity.requirement import Interval, Requirement


def conformance_probability(measured: Measured, requirement: Interval) -> float:
    """p_c, the probability that the true value lies within the limits (JCGM 106:2012, 7.4, 7.5).

    Args:
        measured: With a normal state of knowledge, or Student's t where it has degrees of freedom.
        requirement: One limit or two.
    """
    u, nu = measured.standard_uncertainty, measured.degrees_of_freedom
    below, above = _outside(measured, requirement, measured.value)
    if above > 0.5:  # both limits lie in one tail: the difference of small numbers keeps digits
        return _below((requirement.high - measured.value) / u, nu) - below
    if below > 0.5:
        return _below((measured.value - requirement.low) / u, nu) - above
    return 1.0 - (below + above)


def non_conformance_probability(measured: Measured, requirement: Interval) -> float:
    """1 - p_c, as the sum of both tails, so that small risks keep their digits."""
    return math.fsum(_outside(measured, requirement, measured.value))


def non_conformance_at(value: float, measured: Measured, requirement: Interval) -> float:
    """1 - p_c if `value` had been measured, with the same uncertainty."""
    return math.fsum(_outside(measured, requirement, value))


def quantile_above(probability: float, degrees_of_freedom: float | None) -> float:
    """The z that is exceeded with a probability, 0 < p < 1; normal, or Student's t."""
    if degrees_of_freedom is None:
        return 0.0 - float(scipy.special.ndtri(probability))  # never -0
    return 0.0 - float(scipy.special.stdtrit(degrees_of_freedom, probability))


def capability_index(measured: Measured, requirement: Requirement) -> float | None:
    """C_m = T/(4u) (JCGM 106:2012, 7.6.3); None of a single limit."""
    width = requirement.width
    return None if width is None else width / (4.0 * measured.standard_uncertainty)


def uncertainty_ratio(measured: Measured, requirement: Requirement) -> float | None:
    """The test uncertainty ratio T/(2U) (ANSI/NCSL Z540.3); None of a single limit.

    U is the one that is stated; with U = 2u the ratio is C_m.
    """
    width = requirement.width
    return None if width is None else width / (2.0 * measured.expanded_uncertainty)


def _outside(measured: Measured, limits: Interval, value: float) -> tuple[float, float]:
    """The probabilities of lying below the lower and above the upper limit."""
    u, nu = measured.standard_uncertainty, measured.degrees_of_freedom
    return _below((limits.low - value) / u, nu), _below((value - limits.high) / u, nu)


def _below(z: float, degrees_of_freedom: float | None) -> float:
    if degrees_of_freedom is None:
        return float(scipy.special.ndtr(z))
    return float(scipy.special.stdtr(degrees_of_freedom, z))
