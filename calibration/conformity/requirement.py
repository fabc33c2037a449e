"""Limits that a true value must keep, and limits moved from them by a guard band (pure)."""

import math
from fractions import Fraction
from typing import Final

import msgspec

from calibration.conformity.errors import ConformityNumberError, RequirementError

LARGEST: Final = 1e30
"""Of values, limits and uncertainties, and of 1 over an uncertainty: ratios are still numbers."""


def require(name: str, value: float, limit: str, *, ok: bool) -> None:
    """Refuses a number that is not `ok`.

    Raises:
        ConformityNumberError: it is not.
    """
    if not ok:
        raise ConformityNumberError(name, name=name, value=value, limit=limit)


def require_bounded(name: str, value: float) -> None:
    """Refuses NaN, infinities and what is beyond 1e30.

    Raises:
        ConformityNumberError: it is one of them.
    """
    require(name, value, f"|v| <= {LARGEST:g}", ok=abs(value) <= LARGEST)


def as_written(number: float) -> Fraction:
    """The decimal number that was written, to which the double is only the nearest.

    Decisions are taken at limits: 10.3 - 0.1 is 10.2 on a certificate, and not in doubles.
    """
    return Fraction(repr(float(number)))


class Interval(msgspec.Struct, frozen=True, kw_only=True):
    """Values from a lower to an upper limit, both included; None where there is no limit."""

    lower: float | None = None
    upper: float | None = None

    @property
    def low(self) -> float:
        """The lower limit; -inf where there is none."""
        return -math.inf if self.lower is None else self.lower

    @property
    def high(self) -> float:
        """The upper limit; +inf where there is none."""
        return math.inf if self.upper is None else self.upper

    @property
    def is_empty(self) -> bool:
        """Whether no value lies within."""
        return self.low > self.high

    def holds(self, value: float) -> bool:
        """Whether a value lies within or on a limit."""
        return self.low <= value <= self.high


class Requirement(Interval, frozen=True, kw_only=True):
    """Limits within which a true value conforms (tolerance interval, JCGM 106:2012, 3.3.5).

    Args:
        lower, upper: |v| <= 1e30, the lower one below the upper one; one of them may be absent.

    Raises:
        RequirementError: both are absent, or they are the wrong way round.
        ConformityNumberError: a limit is NaN, infinite or beyond 1e30.
    """

    def __post_init__(self) -> None:
        given = {"lower": self.lower, "upper": self.upper}
        for name, value in given.items():
            if value is not None:
                require_bounded(name, value)
        if self.lower is None and self.upper is None:
            raise RequirementError("requirement", **given, limit="lower | upper")
        if not self.low < self.high:
            raise RequirementError("requirement", **given, limit="lower < upper")

    @property
    def width(self) -> float | None:
        """T, from limit to limit; None of a single limit."""
        if self.lower is None or self.upper is None:
            return None
        return float(as_written(self.upper) - as_written(self.lower))


def drawn_in(limits: Interval, guard_band: float) -> Interval:
    """Limits moved inwards by a guard band, outwards by a negative one (JCGM 106:2012, 8.3.1).

    They are reckoned in decimals as written, and rounded once; the interval may be empty.

    Args:
        limits: Of the requirement.
        guard_band: w, in their unit; finite.
    """
    w = as_written(guard_band)
    return Interval(
        lower=None if limits.lower is None else float(as_written(limits.lower) + w),
        upper=None if limits.upper is None else float(as_written(limits.upper) - w),
    )
