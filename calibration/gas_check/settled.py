"""The mean of readings that follow each other closely, and its standard uncertainty (pure).

Readings of an analyser are not independent: its response and its filter carry one into the next.
The scatter of a mean is s/sqrt(n') with n' = n(1 - r)/(1 + r), r the correlation of neighbours: an
AR(1) model. Few readings tell r badly; a negative estimate counts as 0, so that n' never exceeds n.
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
        degrees_of_freedom: n' - 1, no less than 1.
        halves: mean of the later half less mean of the earlier one.
    """

    mean: float
    count: int
    standard_deviation: float
    correlation: float
    standard_uncertainty: float
    degrees_of_freedom: float
    halves: float


def settled_mean(values: Sequence[float], resolution: float) -> SettledMean:
    """The mean of readings with Type A uncertainty.

    Args:
        values: In order of time, 2 at least, finite.
        resolution: Smallest step shown, in their unit; 0 if not known.
    """
    n = len(values)
    mean = math.fsum(values) / n
    off = [each - mean for each in values]
    s = math.sqrt(math.fsum(each**2 for each in off) / (n - 1))
    r = _correlation(off)
    effective = max(n * (1.0 - r) / (1.0 + r), 1.0)
    half = n // 2
    later, earlier = math.fsum(values[n - half :]) / half, math.fsum(values[:half]) / half
    return SettledMean(
        mean=mean,
        count=n,
        standard_deviation=s,
        correlation=r,
        standard_uncertainty=max(s / math.sqrt(effective), resolution / math.sqrt(12.0)),
        degrees_of_freedom=max(effective - 1.0, 1.0),
        halves=later - earlier,
    )


def _correlation(off: Sequence[float]) -> float:
    """Of neighbours, from deviations of their mean; 0 where nothing scatters."""
    whole = math.fsum(each**2 for each in off)
    if whole == 0.0:
        return 0.0
    shifted = math.fsum(a * b for a, b in pairwise(off))
    return min(max(shifted / whole, 0.0), _LARGEST_CORRELATION)
