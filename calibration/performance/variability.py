"""The variability of differences between SRM and AMS, and what is permitted (EN 14181) (pure)."""

import math
from collections.abc import Sequence
from decimal import Decimal

import msgspec
import scipy

from calibration.performance.errors import PerformanceCountError
from calibration.performance.exact import rounded


class Variability(msgspec.Struct, frozen=True, kw_only=True):
    """The test of variability.

    Args:
        number_of_pairs: N.
        mean_difference: of y - estimate at standard conditions, in their unit.
        standard_deviation: s_D of the differences about their mean, N - 1 degrees of freedom.
        permissible_standard_deviation: P*E over the factor of a 95 % half-width.
        variability_factor: k_v, root of the median of chi-squared over its degrees of freedom.
        variability_factor_printed: the same with the decimals of tables; s_D is judged by it.
        limit: s_D at most, by the printed factor.
        limit_unrounded: by the factor itself.
        passed: s_D <= limit.
    """

    number_of_pairs: int
    mean_difference: float
    standard_deviation: float
    permissible_standard_deviation: float
    variability_factor: float
    variability_factor_printed: Decimal
    limit: float
    limit_unrounded: float
    passed: bool


def variability(
    differences: Sequence[float],
    permissible_standard_deviation: float,
    factor_decimals: int,
    share: float = 1.0,
) -> Variability:
    """The test of variability on differences.

    Args:
        differences: At standard conditions, 3 or more.
        permissible_standard_deviation: In their unit.
        factor_decimals: Of the variability factor in the standard's table.
        share: Of what is permitted: 1 for QAL2, 1.5 for an annual surveillance test.

    Raises:
        PerformanceCountError: there are fewer than 3.
    """
    size = len(differences)
    if size < 3:
        raise PerformanceCountError("pairs", name="parallel", found=size, limit=">= 3")
    mean = math.fsum(differences) / size
    deviation = math.sqrt(math.fsum((each - mean) ** 2 for each in differences) / (size - 1))
    factor = variability_factor(size)
    printed = rounded(Decimal(factor), factor_decimals)
    permitted = share * permissible_standard_deviation
    return Variability(
        number_of_pairs=size,
        mean_difference=mean,
        standard_deviation=deviation,
        permissible_standard_deviation=permissible_standard_deviation,
        variability_factor=factor,
        variability_factor_printed=printed,
        limit=permitted * float(printed),
        limit_unrounded=permitted * factor,
        passed=deviation <= permitted * float(printed),
    )


def variability_factor(number_of_pairs: int) -> float:
    """k_v = sqrt(median of chi-squared(N - 1) / (N - 1)).

    Tables of the standard print four digits; 10, 12 and 14 pairs differ there by one unit of the
    last digit (0.9629, 0.9695, 0.9742).
    """
    nu = number_of_pairs - 1
    return math.sqrt(float(scipy.special.chdtri(nu, 0.5)) / nu)
