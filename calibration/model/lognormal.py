"""A positive quantity as life-cycle software takes it: lognormal, with pedigree variances (pure).

What was measured has its measured uncertainty in place of a basic one; a pedigree is for what was
not measured, since adding it to a measured uncertainty counts the same doubt twice.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from calibration.model.errors import InputCountError, InputRangeError
from calibration.model.load import pedigree_variances

INDICATORS: Final = ("reliability", "completeness", "temporal", "geographical", "technology")


class Lognormal(msgspec.Struct, frozen=True, kw_only=True):
    """A lognormal distribution.

    Args:
        median: geometric mean, in the quantity's unit.
        sigma_ln: standard deviation of the logarithm; a ratio.
    """

    median: float
    sigma_ln: float

    @property
    def location(self) -> float:
        """The logarithm of the median; Brightway's `loc`, its `scale` being `sigma_ln`."""
        return math.log(self.median)

    @property
    def geometric_standard_deviation(self) -> float:
        """GSD; about 95 % lie between median/GSD^2 and median*GSD^2."""
        return math.exp(self.sigma_ln)


def lognormal_of(value: float, standard_uncertainty: float) -> Lognormal:
    """The lognormal distribution with this mean and this standard deviation.

    Args:
        value: > 0.
        standard_uncertainty: >= 0, in the value's unit.

    Raises:
        InputRangeError: no lognormal has them.
    """
    for name, number, sound in (
        ("value", value, 0.0 < value < math.inf),
        ("standard_uncertainty", standard_uncertainty, 0.0 <= standard_uncertainty < math.inf),
    ):
        if not sound:
            limit = "> 0" if name == "value" else ">= 0"
            raise InputRangeError("lognormal", name=name, value=number, unit="", limit=limit)
    squared = (standard_uncertainty / value) ** 2
    return Lognormal(
        median=value / math.sqrt(1.0 + squared), sigma_ln=math.sqrt(math.log1p(squared))
    )


def pedigree_variance(scores: Sequence[int], basic: float) -> float:
    """Variance of the logarithm by a pedigree: the basic one and one of each indicator's score.

    Args:
        scores: 1 (best) to 5, in the order of `INDICATORS`.
        basic: Variance of the logarithm, >= 0.

    Raises:
        InputCountError, InputRangeError: there are not five scores, or one is none.
    """
    if len(scores) != len(INDICATORS):
        limit = f"{len(INDICATORS)}: {', '.join(INDICATORS)}"
        raise InputCountError("pedigree", name="scores", found=len(scores), limit=limit)
    if not 0.0 <= basic < math.inf:
        raise InputRangeError("pedigree", name="basic", value=basic, unit="", limit=">= 0")
    table = pedigree_variances()
    return basic + math.fsum(
        _of(name, score, table) for name, score in zip(INDICATORS, scores, strict=True)
    )


def _of(name: str, score: int, table: Mapping[str, Sequence[float]]) -> float:
    if not 1 <= score <= 5:
        raise InputRangeError("pedigree", name=name, value=score, unit="", limit="1 <= v <= 5")
    return table[name][score - 1]
