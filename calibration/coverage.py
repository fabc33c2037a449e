"""Expanded uncertainty: effective degrees of freedom, coverage factor, distribution.

The agent never imports this file (it needs scipy). What is usual does not load SciPy's parts: at
95 % neither a normal distribution nor rectangles and triangles need them.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
import numpy as np
import scipy

from calibration.distribution import Distribution
from calibration.root import root
from calibration.uncertainty import UncertaintyComponent, by_dof_source, merge

COVERAGE_PROBABILITY: Final = 0.95
NORMAL_FACTOR: Final = 1.959963984540054
"""Of that probability, of a normal distribution."""
# From this share of the variance on, components of bounded distribution decide the
# shape of the sum, and a coverage factor from t would overstate it (EA-4/02, S9).
BOUNDED_SHARE: Final = 0.5
_HALF_WIDTH: Final = {
    Distribution.RECTANGULAR: math.sqrt(3.0),
    Distribution.TRIANGULAR: math.sqrt(6.0),
    Distribution.ARCSINE: math.sqrt(2.0),
}


class ExpandedUncertainty(msgspec.Struct, frozen=True, kw_only=True):
    """An interval about the value that covers with a stated probability (VIM 2.35 to 2.38).

    Args:
        standard_uncertainty: combined, in the unit of the value.
        expanded_uncertainty: U = k*u.
        coverage_factor: k.
        coverage_probability: such as 0.95.
        distribution: "normal", "t", or "convolution" where bounded components dominate.
        effective_degrees_of_freedom: by Welch-Satterthwaite; None stands for infinite.
    """

    standard_uncertainty: float
    expanded_uncertainty: float
    coverage_factor: float
    coverage_probability: float
    distribution: str
    effective_degrees_of_freedom: float | None


def effective_degrees_of_freedom(components: Iterable[UncertaintyComponent]) -> float:
    """nu_eff of a sum: u^4 / sum of u_i^4/nu_i over sources of scatter (GUM G.4.1)."""
    sources = by_dof_source(components).values()
    total = math.fsum(variance for variance, _ in sources)
    spread = math.fsum(variance**2 / nu for variance, nu in sources if nu is not None)
    return total**2 / spread if spread > 0.0 else math.inf


def expand(
    components: Iterable[UncertaintyComponent], probability: float = COVERAGE_PROBABILITY
) -> ExpandedUncertainty:
    """Expanded uncertainty of a result with these components.

    k is Student's for the floor of nu_eff (GUM G.6.4), or, where components of bounded
    distribution make up half of the variance or more, the quantile of the convolution.

    Args:
        components: of the result; an influence may stand several times.
        probability: of coverage, between 0 and 1.
    """
    merged = merge(components)
    u = math.sqrt(math.fsum(part.contribution**2 for part in merged))
    nu = effective_degrees_of_freedom(merged)
    k, name = _factor(merged, u, nu, probability)
    return ExpandedUncertainty(
        standard_uncertainty=u,
        expanded_uncertainty=k * u,
        coverage_factor=k,
        coverage_probability=probability,
        distribution=name,
        effective_degrees_of_freedom=None if math.isinf(nu) else nu,
    )


def _factor(
    merged: Sequence[UncertaintyComponent], u: float, nu: float, probability: float
) -> tuple[float, str]:
    bounded = [part for part in merged if part.influence.distribution in _HALF_WIDTH]
    share = math.fsum(part.contribution**2 for part in bounded)
    if u > 0.0 and share >= BOUNDED_SHARE * u * u:
        rest = math.sqrt(max(u * u - share, 0.0)) * _student(nu, probability) / _normal(probability)
        return convolved_half_width(bounded, rest, probability) / u, "convolution"
    if math.isinf(nu):
        return _normal(probability), "normal"
    return _student(nu, probability), "t"


def _normal(probability: float) -> float:
    if probability == COVERAGE_PROBABILITY:
        return NORMAL_FACTOR
    return float(scipy.special.ndtri((1.0 + probability) / 2.0))


def _student(nu: float, probability: float) -> float:
    if math.isinf(nu):
        return _normal(probability)
    return float(scipy.special.stdtrit(max(math.floor(nu), 1), (1.0 + probability) / 2.0))


def convolved_half_width(
    bounded: Sequence[UncertaintyComponent], normal_u: float, probability: float
) -> float:
    """Half-width of the symmetric interval that covers the sum of bounded and normal parts.

    P(|Y| <= h) = (2/pi) * integral over t > 0 of sin(h*t)/t * phi(t), phi the product of
    the characteristic functions; the midpoint rule is exact for what is bounded by 2*pi/step.
    A trace of normal scatter (1 part in 200 of the combined standard uncertainty)
    keeps the integral short; it moves h by less than 1 part in 10,000, or in 1,000 where an
    arcsine stands alone.
    """
    combined = math.hypot(normal_u, *(part.contribution for part in bounded))
    normal_u = max(normal_u, combined / 200.0)
    most = math.fsum(_half_width(part) for part in bounded) + 6.0 * normal_u
    step = 1.0 / most
    t = np.arange(0.5, 8.0 / normal_u / step) * step
    phi = np.exp(-0.5 * (normal_u * t) ** 2)
    for part in bounded:
        phi = phi * _characteristic(part, t)
    weights = 2.0 / math.pi * step * phi / t

    def shortfall(half_width: float) -> float:
        return float(np.sin(half_width * t) @ weights) - probability

    return root(shortfall, 0.0, most, 1e-9 * most)


def _half_width(part: UncertaintyComponent) -> float:
    return abs(part.contribution) * _HALF_WIDTH[part.influence.distribution]


def _characteristic(
    part: UncertaintyComponent, t: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    half_width = _half_width(part)
    if part.influence.distribution == Distribution.RECTANGULAR:
        return np.sinc(half_width * t / math.pi)
    if part.influence.distribution == Distribution.TRIANGULAR:
        return np.sinc(half_width * t / (2.0 * math.pi)) ** 2
    return np.asarray(scipy.special.j0(half_width * t))
