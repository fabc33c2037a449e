"""Parallel measurements of an automated measuring system and the standard reference method (pure).

EN 14181: x is the signal of the AMS, y the value of the SRM at the conditions of the AMS; each has
a factor that brings it to standard conditions.
"""

import datetime as dt
import math
from typing import Final, Literal

import msgspec

from calibration.performance.errors import PerformanceOptionError

MOST: Final = 1e15
"""Of a number, and 1 over the smallest one that is not 0."""


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """A pair of readings.

    Args:
        x: signal of the AMS.
        y: value of the SRM, or of the reference material, at the conditions of the AMS.
        srm_factor, ams_factor: > 0; values of y, and estimates of y from x, times their factor are
            at standard conditions.
        kind: "parallel" with the SRM; "reference" for reference material, which method C adds.
        day: of the measurement.
    """

    x: float
    y: float
    srm_factor: float = 1.0
    ams_factor: float = 1.0
    kind: Literal["parallel", "reference"] = "parallel"
    day: dt.date | None = None

    @property
    def standard_y(self) -> float:
        """The value of the SRM at standard conditions."""
        return self.y * self.srm_factor


class Requirement(msgspec.Struct, frozen=True, kw_only=True):
    """What legislation demands of the measured values.

    Args:
        emission_limit: E, in the unit of the SRM at standard conditions, > 0. Where there is none
            (CO2), the annual mean of the hourly values stands for it.
        uncertainty_percent: P, the 95 % half-width that is permitted, in percent of E;
            0 < P <= 100.

    Raises:
        PerformanceOptionError: a number cannot be.
    """

    emission_limit: float
    uncertainty_percent: float

    def __post_init__(self) -> None:
        if not 1.0 / MOST <= self.emission_limit <= MOST:
            value = self.emission_limit
            raise PerformanceOptionError("requirement", name="--elv", value=value, limit="> 0")
        if not 1e-9 <= self.uncertainty_percent <= 100.0:
            raise PerformanceOptionError(
                "requirement",
                name="--uncertainty-percent",
                value=self.uncertainty_percent,
                limit="0 < P <= 100",
            )

    @property
    def permissible_uncertainty(self) -> float:
        """P*E: the 95 % half-width, in the unit of E."""
        return self.uncertainty_percent / 100.0 * self.emission_limit


class ZeroReading(msgspec.Struct, frozen=True, kw_only=True):
    """What the AMS shows at zero, Z, in the unit of x.

    Args:
        reading: Z.
        standard_uncertainty: of it, >= 0.

    Raises:
        PerformanceOptionError: a number cannot be.
    """

    reading: float
    standard_uncertainty: float = 0.0

    def __post_init__(self) -> None:
        if not abs(self.reading) <= MOST:
            value = self.reading
            raise PerformanceOptionError("zero", name="--zero", value=value, limit="finite")
        u = self.standard_uncertainty
        if not (math.isfinite(u) and 0.0 <= u <= MOST):
            raise PerformanceOptionError("zero", name="--zero-uncertainty", value=u, limit=">= 0")
