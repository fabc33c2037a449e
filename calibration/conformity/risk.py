"""Risks of a decision rule for items of a known process (JCGM 106:2012, 9)."""

import math
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final

import msgspec
import numpy as np
import scipy

from calibration.conformity.measured import Measured, measured
from calibration.conformity.requirement import (
    LARGEST,
    Interval,
    Requirement,
    drawn_in,
    require,
    require_bounded,
)
from calibration.function import Floats

_REACH: Final = 13.0
"""So many standard deviations; what lies beyond is below 1e-37."""
_STEP: Final = 2.0
_NODES: Final = 16
"""Of Gauss and Legendre in each step: a normal density is exact to rounding there."""


class Prior(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is known of an item before it is measured: a normal distribution (JCGM 106:2012, 9.2).

    Args:
        mean: y0, |y0| <= 1e30.
        standard_deviation: u0, 1e-30 to 1e30.

    Raises:
        ConformityNumberError: a number is outside what it can be.
    """

    mean: float
    standard_deviation: float

    def __post_init__(self) -> None:
        require_bounded("prior_mean", self.mean)
        spread, limit = self.standard_deviation, f"{1.0 / LARGEST:g} <= v <= {LARGEST:g}"
        require("prior_standard_deviation", spread, limit, ok=1.0 / LARGEST <= spread <= LARGEST)


class GlobalRisks(msgspec.Struct, frozen=True, kw_only=True):
    """Of an item yet to be drawn and measured (JCGM 106:2012, 3.3.15, 3.3.16).

    Args:
        consumer: R_C, the probability that it does not conform and is accepted.
        producer: R_P, the probability that it conforms and is rejected.
    """

    consumer: float
    producer: float


def posterior(found: Measured, prior: Prior) -> Measured:
    """What is known of an item of the process after its measurement (JCGM 106:2012, 6).

    Prior and measurement are normal; the estimate is their mean, weighted by 1/u^2.

    Args:
        found: Without degrees of freedom.
        prior: Of the process.
    """
    ratio = found.standard_uncertainty / prior.standard_deviation
    share = 1.0 / (1.0 + ratio * ratio)  # of the measurement
    return measured(
        prior.mean + share * (found.value - prior.mean),
        standard_uncertainty=max(found.standard_uncertainty * math.sqrt(share), 1.0 / LARGEST),
        coverage_factor=found.coverage_factor,
    )


@lru_cache(maxsize=1024)
def global_risks(
    requirement: Interval, acceptance: Interval, standard_uncertainty: float, prior: Prior
) -> GlobalRisks:
    """R_C and R_P of a decision rule (JCGM 106:2012, 9.5.2), to 1e-14.

    Args:
        requirement: Limits of the true value.
        acceptance: Limits of the measured value.
        standard_uncertainty: u of the measurement, normal.
        prior: Of the process.
    """
    true, accepted = _scaled(requirement, prior), _scaled(acceptance, prior)
    ratio = standard_uncertainty / prior.standard_deviation
    edges = _edges(accepted, ratio)

    def accepts(z: Floats) -> Floats:
        below = scipy.special.ndtr((accepted.low - z) / ratio)
        return np.asarray(scipy.special.ndtr((accepted.high - z) / ratio) - below)

    def rejects(z: Floats) -> Floats:
        above = scipy.special.ndtr((z - accepted.high) / ratio)
        return np.asarray(scipy.special.ndtr((accepted.low - z) / ratio) + above)

    tails = (-math.inf, true.low), (true.high, math.inf)
    return GlobalRisks(
        consumer=math.fsum(_share(accepts, edges, *tail) for tail in tails),
        producer=_share(rejects, edges, true.low, true.high),
    )


@lru_cache(maxsize=1024)
def guard_band_of_global_risk(
    requirement: Requirement, standard_uncertainty: float, prior: Prior, most: float
) -> float:
    """The least guard band w >= 0 with which the global consumer's risk is `most`.

    0 where simple acceptance keeps it.

    Args:
        requirement: One limit or two.
        standard_uncertainty: u of the measurement, normal.
        prior: Of the process.
        most: R_C, above 0.
    """

    def excess(guard_band: float) -> float:
        acceptance = drawn_in(requirement, guard_band)
        return global_risks(requirement, acceptance, standard_uncertainty, prior).consumer - most

    if excess(0.0) <= 0.0:
        return 0.0
    widest = _widest(requirement, standard_uncertainty, prior)
    return float(scipy.optimize.brentq(excess, 0.0, widest, xtol=1e-12 * standard_uncertainty))


def _widest(requirement: Requirement, u: float, prior: Prior) -> float:
    """A guard band behind which nothing is accepted."""
    spread = _REACH * math.hypot(u, prior.standard_deviation)
    given = [each for each in (requirement.lower, requirement.upper) if each is not None]
    far = max(abs(each - prior.mean) for each in given) + spread
    return far if requirement.width is None else min(far, requirement.width / 2.0)


def _scaled(limits: Interval, prior: Prior) -> Interval:
    """Limits as deviations from the prior's mean, in its standard deviations."""
    mean, spread = prior.mean, prior.standard_deviation
    return Interval(lower=(limits.low - mean) / spread, upper=(limits.high - mean) / spread)


def _edges(accepted: Interval, ratio: float) -> list[float]:
    """Where the integrand is split: steps of the prior, and of the measurement at each limit."""
    steps = np.arange(-_REACH, _REACH + _STEP, _STEP)
    around = [limit + ratio * steps for limit in (accepted.low, accepted.high)]
    edges = np.concatenate([steps, *around, [accepted.low, accepted.high]])
    return [float(each) for each in np.unique(edges[np.abs(edges) < _REACH])]


def _share(
    probability: Callable[[Floats], Floats], edges: Iterable[float], low: float, high: float
) -> float:
    """The integral of the prior's density times a probability, from `low` to `high`."""
    low, high = max(low, -_REACH), min(high, _REACH)
    if not low < high:
        return 0.0
    ends = np.array([low, *(each for each in edges if low < each < high), high])
    starts, widths = ends[:-1, None], np.diff(ends)[:, None]

    def on_every_step(s: Floats) -> Floats:
        z = starts + widths * s
        return np.asarray(widths * np.exp(-0.5 * z * z) * probability(z))

    steps, _ = scipy.integrate.fixed_quad(on_every_step, 0.0, 1.0, n=_NODES)
    return math.fsum(np.asarray(steps)) / math.sqrt(2.0 * math.pi)
