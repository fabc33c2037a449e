"""Readings of an analyser with what it was doing, and the rules by which checks are read."""

import math
from collections.abc import Mapping
from typing import Literal

import msgspec

from calibration.errors import Words
from calibration.gas_check.errors import GasCheckError
from calibration.gas_check.gas import GasPoint
from calibration.limits import ABOVE_ZERO, not_negative
from calibration.performance.limits import Limits, LimitsUsed

CheckState = Literal["measuring", "zero", "span", "calibrating", "other"]


class CheckReading(msgspec.Struct, frozen=True, kw_only=True):
    """A reading of an analyser, such as the mean of a minute.

    Args:
        at_ns: instant, POSIX ns.
        value: finite, in the analyser's unit.
        state: what it was doing: "calibrating" says not with which gas; "other" is any state that
            neither measures nor checks, as blow-back or the way back after a check.
        measuring_range: of a dual-range analyser.
    """

    at_ns: int
    value: float
    state: CheckState
    measuring_range: str = ""


class Scheduled(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A check that a schedule says, of an analyser that does not tell its state."""

    point: GasPoint
    start_ns: int
    duration_s: float

    def __post_init__(self) -> None:
        if not 0.0 < self.duration_s <= 86_400.0:
            what = f"duration_s = {self.duration_s}"
            raise GasCheckError("schedule", what=what, limit="0 < duration_s <= 86400")

    @property
    def end_ns(self) -> int:
        """The first instant after it."""
        return self.start_ns + round(self.duration_s * 1e9)


class CheckRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How checks of one analyser are read.

    Args:
        analyser: its id.
        measurand, unit: as the file of limits names them, such as "co2" in "%".
        full_scale: span or full scale of each measuring range, > 0, in `unit`; "" is the only one.
        purge_s: from the change of gas on, readings that are not used.
        averaging_s: length of the last part of a check that is averaged.
        recovery_s: after a check, readings that are not yet emissions.
        least_readings: that must be averaged.
        settled_percent: of full scale, by which the two halves of the averaged part may differ.
        longest_gap_s: between two readings of one check.
        resolution: smallest step shown, in `unit`; 0 if not known.
        least_correlation: of neighbouring readings, 0 to 0.95, where a long steady record tells it;
            few readings of a check alone do not.
        response_share: of the change, that the response time is taken at.
        began_with: readings that drift counts from (Z_0, S_0 of HJ 75), by range and point as in
            "low/zero" or "/zero"; the certified value where none is given.
    """

    analyser: str
    measurand: str
    unit: str
    full_scale: Mapping[str, float]
    purge_s: float
    averaging_s: float
    recovery_s: float = 0.0
    least_readings: int = 3
    settled_percent: float = 0.5
    longest_gap_s: float = 180.0
    resolution: float = 0.0
    least_correlation: float = 0.0
    response_share: float = 0.9
    began_with: Mapping[str, float] = {}

    def __post_init__(self) -> None:
        where = f"checks of {self.analyser}"
        not_negative(where, purge_s=self.purge_s, recovery_s=self.recovery_s)
        not_negative(where, resolution=self.resolution, settled_percent=self.settled_percent)
        not_negative(where, least_correlation=self.least_correlation)
        not_negative(where, longest_gap_s=self.longest_gap_s, averaging_s=self.averaging_s)
        for name, value in self.full_scale.items():
            if not 0.0 < value < math.inf:
                what = Words(
                    f"full_scale of range '{name[:40]}' = {value}",
                    f"量程 '{name[:40]}' 的 full_scale = {value}",
                )
                raise GasCheckError(where, what=what, limit=ABOVE_ZERO)
        if self.least_readings < 2 or not 0.0 < self.response_share < 1.0:
            what = Words(
                f"{self.least_readings} readings, share {self.response_share}",
                f"{self.least_readings} 个读数，share {self.response_share}",
            )
            raise GasCheckError(where, what=what, limit="least_readings >= 2, 0 < share < 1")


class CheckLimits(msgspec.Struct, frozen=True, kw_only=True):
    """The file of limits that checks are judged by, as `performance.load.read_limits` reads it."""

    limits: Limits
    used: LimitsUsed
