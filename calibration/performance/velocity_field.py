"""Precision of the velocity-field coefficient K_v, which leads from a point to the section (pure).

HJ 75-2017, V_s = K_v * V_p: V_p is what the analyser shows at its point or along its line, V_s the
mean of the reference method over the section. The precision (速度场系数精密度) is the relative
standard deviation of the daily means of K_v.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import msgspec

from calibration.performance.criterion import Judged, Outcome, Rule, judge
from calibration.performance.errors import PerformanceCountError
from calibration.performance.exact import decimal_of, product, quotient, root
from calibration.performance.limits import LimitsUsed


class Velocities(msgspec.Struct, frozen=True, kw_only=True):
    """One comparison of velocities, both in one unit.

    Args:
        day: of the comparison.
        reference: V_s, > 0.
        reading: V_p over the same time, > 0.
    """

    day: dt.date
    reference: Decimal
    reading: Decimal


class DailyMean(msgspec.Struct, frozen=True, kw_only=True):
    """The mean K_v of a day's comparisons."""

    day: dt.date
    comparisons: int
    coefficient: float


class VelocityField(msgspec.Struct, frozen=True, kw_only=True):
    """K_v and its precision, against the limit.

    Args:
        coefficient: mean of the daily means.
        standard_deviation: of single days.
        relative_standard_deviation_percent: the precision.
    """

    outcome: Outcome
    measurand: str
    coefficient: float
    standard_deviation: float
    relative_standard_deviation_percent: float
    days: tuple[DailyMean, ...]
    criteria: tuple[Judged, ...]
    limits: LimitsUsed


def velocity_field(
    comparisons: Sequence[Velocities], rule: Rule, limits: LimitsUsed
) -> VelocityField:
    """The velocity-field coefficient of an analyser where it is installed.

    Args:
        comparisons: Of two days or more, in any order.
        rule: The limit of the precision.
        limits: Where it comes from.

    Raises:
        PerformanceCountError: they are all of one day, or there is none.
    """
    by_day: dict[dt.date, list[Fraction]] = {}
    for each in sorted(comparisons, key=lambda each: each.day):
        coefficient = Fraction(each.reference) / Fraction(each.reading)
        by_day.setdefault(each.day, []).append(coefficient)
    if len(by_day) < 2:
        raise PerformanceCountError("days", name="days", found=len(by_day), limit=">= 2")
    means = {day: sum(some, Fraction(0)) / len(some) for day, some in by_day.items()}
    mean, deviation = _spread(means)
    precision = product(quotient(deviation, mean), Decimal(100))
    judged = judge(rule, {"relative_standard_deviation": precision}, mean)
    return VelocityField(
        outcome=judged.outcome,
        measurand=rule.measurand,
        coefficient=float(mean),
        standard_deviation=float(deviation),
        relative_standard_deviation_percent=float(precision),
        days=tuple(
            DailyMean(day=day, comparisons=len(by_day[day]), coefficient=float(own))
            for day, own in means.items()
        ),
        criteria=judged.criteria,
        limits=limits,
    )


def _spread(means: Mapping[dt.date, Fraction]) -> tuple[Decimal, Decimal]:
    """Mean and standard deviation of the daily means, to 150 digits."""
    mean = sum(means.values(), Fraction(0)) / len(means)
    squares = sum(((each - mean) ** 2 for each in means.values()), Fraction(0))
    return decimal_of(mean), root(decimal_of(squares / (len(means) - 1)))
