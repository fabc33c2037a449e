"""Statistics of compliance values, in decimals as the records have them (pure).

Records are short decimal numbers and a rule may round to the digit where two of them meet half
way, so means are taken in decimals and rounded once, halves away from zero.
"""

import statistics
from collections.abc import Sequence
from decimal import Decimal

from calibration.performance.exact import rounded
from evidence.statement.hours.pack import Direction, Quantity


def complied(value: Decimal | float, rule: Quantity) -> float:
    """A compliance value: clipped and rounded as the scheme says, and only here."""
    found = decimal(value)
    if rule.clip_below is not None:
        found = max(found, decimal(rule.clip_below))
    return float(found if rule.decimals is None else rounded(found, rule.decimals))


def decimal(value: Decimal | float) -> Decimal:
    """The shortest decimal that is read back as this double."""
    return value if isinstance(value, Decimal) else Decimal(repr(value))


def mean_of(values: Sequence[float]) -> Decimal:
    """The mean in decimals; at least one value."""
    return sum(map(decimal, values), Decimal(0)) / len(values)


def nearest_rank(percent: int, count: int) -> int:
    """Rank of the percentile in ascending order, from 1: ceil(percent*count/100)."""
    return -(-percent * count // 100)


def percentile(values: Sequence[float], percent: int, direction: Direction) -> float:
    """The percentile of nearest rank; on the low side that of 100 - percent.

    Args:
        values: in any order, at least one.
        percent: 1 .. 99.
        direction: in which values are unfavourable.
    """
    taken = percent if direction == "high" else 100 - percent
    return sorted(values)[nearest_rank(taken, len(values)) - 1]


def extreme(values: Sequence[float], direction: Direction) -> float:
    """The most unfavourable of the values; at least one."""
    return max(values) if direction == "high" else min(values)


def mean_plus(values: Sequence[float], factor: float, direction: Direction = "high") -> float:
    """Mean plus `factor` standard deviations with n - 1 (minus on the low side); n >= 2."""
    spread = factor * statistics.stdev(values)
    return statistics.fmean(values) + (spread if direction == "high" else -spread)
