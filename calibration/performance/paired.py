"""Differences of pairs of readings: mean, scatter, confidence coefficient (pure).

40 CFR 75, Appendix A, 7.3.1 to 7.3.3; HJ 75-2017 has the same algebra.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import msgspec
import scipy

from calibration.performance.errors import PerformanceCountError
from calibration.performance.exact import decimal_of, product, quotient, root, rounded, total


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One run of a comparison with the reference method, both in one unit.

    Args:
        run: its number or name.
        reference: mean of the reference method.
        reading: mean of the analyser over the same time.
        used: False where the tester rejected the run.
    """

    run: str
    reference: Decimal
    reading: Decimal
    used: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """What n differences d = reference - reading tell, to 150 digits.

    Attributes:
        number: n.
        mean_reference, mean_reading, mean_difference: Means.
        standard_deviation: S_d, of single differences.
        student_factor: t for n - 1, rounded as the standard's table prints it.
        confidence_coefficient: t * S_d / sqrt(n).
    """

    number: int
    mean_reference: Decimal
    mean_reading: Decimal
    mean_difference: Decimal
    standard_deviation: Decimal
    student_factor: Decimal
    confidence_coefficient: Decimal

    @property
    def relative_accuracy_percent(self) -> Decimal | None:
        """(|mean difference| + |confidence coefficient|) over the mean reference.

        None where the mean reference is not > 0.
        """
        if self.mean_reference <= 0:
            return None
        reach = total(abs(self.mean_difference), self.confidence_coefficient)
        return product(quotient(reach, self.mean_reference), Decimal(100))

    @property
    def relative_difference_percent(self) -> Decimal | None:
        """(Mean reading - mean reference) over the mean reference; None where that is not > 0."""
        if self.mean_reference <= 0:
            return None
        return product(quotient(-self.mean_difference, self.mean_reference), Decimal(100))


def paired(runs: Sequence[Run], probability: float, student_decimals: int) -> Paired:
    """The statistics of runs, all of them used.

    Args:
        runs: 2 or more.
        probability: Of coverage, two-sided.
        student_decimals: Of t.

    Raises:
        PerformanceCountError: there are fewer than 2.
    """
    size = len(runs)
    if size < 2:
        raise PerformanceCountError("runs", name="used", found=size, limit=">= 2")
    differences = [Fraction(each.reference) - Fraction(each.reading) for each in runs]
    mean = sum(differences, Fraction(0)) / size
    squares = sum(((each - mean) ** 2 for each in differences), Fraction(0))
    deviation = root(decimal_of(squares / (size - 1)))
    factor = student_factor(size - 1, probability, student_decimals)
    return Paired(
        number=size,
        mean_reference=_mean([each.reference for each in runs]),
        mean_reading=_mean([each.reading for each in runs]),
        mean_difference=decimal_of(mean),
        standard_deviation=deviation,
        student_factor=factor,
        confidence_coefficient=quotient(product(factor, deviation), root(Decimal(size))),
    )


def student_factor(degrees_of_freedom: int, probability: float, decimals: int) -> Decimal:
    """Student's two-sided factor, with the decimals that tables print.

    To three decimals these are the values of the table of 40 CFR 75 for 1 to 30 degrees of freedom.
    """
    value = float(scipy.special.stdtrit(degrees_of_freedom, (1.0 + probability) / 2.0))
    return rounded(Decimal(value), decimals)


def _mean(numbers: Sequence[Decimal]) -> Decimal:
    return decimal_of(sum((Fraction(each) for each in numbers), Fraction(0)) / len(numbers))
