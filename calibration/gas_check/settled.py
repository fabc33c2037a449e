"""The mean of readings that follow each other closely, and its standard uncertainty (pure).

Readings of an analyser are not independent: its response and its filter carry one into the next. Of
an AR(1) series with correlation r of neighbours the mean of n has the variance v*sigma^2,
v = (1 + (2/n)*sum((n - k)*r^k, k = 1 .. n - 1))/n, and s^2 estimates (1 - v)*n/(n - 1)*sigma^2; so
u^2 = s^2*(n - 1)/n*v/(1 - v), which is s^2/n for r = 0. Few readings tell r badly, and too small: a
value known from a long steady record goes in as the least one.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import msgspec

_LARGEST_CORRELATION = 0.95
"""Beyond it readings say nothing of the scatter of their mean, they are still moving."""


class SettledMean(msgspec.Struct, frozen=True, kw_only=True):
    """A mean of readings.

    Args:
        mean: of them.
        count: of readings.
        standard_deviation: of a single one.
        correlation: of neighbours, 0 to 0.95.
        standard_uncertainty: of the mean, no smaller than that of the resolution.
        degrees_of_freedom: 1/v - 1, no less than 1.
        halves: mean of the later half less mean of the earlier one.
    """

    mean: float
    count: int
    standard_deviation: float
    correlation: float
    standard_uncertainty: float
    degrees_of_freedom: float
    halves: float


def settled_mean(
    values: Sequence[float], resolution: float, least_correlation: float = 0.0
) -> SettledMean:
    """The mean of readings with Type A uncertainty.

    Args:
        values: In order of time, 2 at least, finite.
        resolution: Smallest step shown, in their unit; 0 if not known.
        least_correlation: Of neighbours, 0 to 0.95, as far as it is known.
    """
    n = len(values)
    mean = math.fsum(values) / n
    off = [each - mean for each in values]
    s = math.sqrt(math.fsum(each**2 for each in off) / (n - 1))
    r = max(_correlation(off), min(least_correlation, _LARGEST_CORRELATION))
    v = _share_of_mean(n, r)
    u = s * math.sqrt((n - 1) / n * v / (1.0 - v))
    half = n // 2
    later, earlier = math.fsum(values[n - half :]) / half, math.fsum(values[:half]) / half
    return SettledMean(
        mean=mean,
        count=n,
        standard_deviation=s,
        correlation=r,
        standard_uncertainty=max(u, resolution / math.sqrt(12.0)),
        degrees_of_freedom=max(1.0 / v - 1.0, 1.0),
        halves=later - earlier,
    )


def _share_of_mean(n: int, r: float) -> float:
    """Variance of a mean of n by that of one reading, 1/n to below 1."""
    return (1.0 + 2.0 / n * math.fsum((n - k) * r**k for k in range(1, n))) / n


def _correlation(off: Sequence[float]) -> float:
    """Of neighbours, from deviations of their mean; 0 where nothing scatters."""
    whole = math.fsum(each**2 for each in off)
    if whole == 0.0:
        return 0.0
    shifted = math.fsum(a * b for a, b in pairwise(off))
    return min(max(shifted / whole, 0.0), _LARGEST_CORRELATION)
