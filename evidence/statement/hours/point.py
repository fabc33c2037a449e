"""What comes in: points of a minute or so, and hours that somebody else averaged (pure)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from calibration.increment import NS_PER_HOUR
from calibration.uncertainty import UncertaintyComponent
from evidence.clock import utc_text
from evidence.errors import Words
from evidence.statement.hours.errors import RecordError


class PointState(StrEnum):
    """What the analyser was doing at a point; a closed vocabulary."""

    VALID = "valid"
    CALIBRATING = "calibrating"
    MAINTENANCE = "maintenance"
    FAULT = "fault"
    OVER_RANGE = "over_range"
    COMMUNICATION = "communication"
    STOPPED = "stopped"
    MANUAL = "manual"


WITH_VALUE: Final = (PointState.VALID, PointState.MANUAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """The mean over an interval of fixed length that begins at `at_ns`.

    Attributes:
        at_ns: Beginning, POSIX ns.
        value: In the unit of the series; None where nothing was measured. That of a point
            which is neither valid nor manual is not used.
        components: Of the value's uncertainty, in its unit.

    Raises:
        RecordError: the value is not finite, or a valid or manual point has none.
    """

    at_ns: int
    value: float | None
    state: PointState = PointState.VALID
    components: Sequence[UncertaintyComponent] = ()

    def __post_init__(self) -> None:
        require_value(self.value, self.state, self.at_ns)


@dataclass(frozen=True, slots=True, kw_only=True)
class HourlyRecord:
    """An hour that came as one value, judged valid or not by whoever averaged it.

    Attributes:
        at_ns: Beginning, POSIX ns, at a full hour.
        operating_share: Of the hour during which the plant ran, 0 .. 1; 0 is standstill.

    Raises:
        RecordError: the value, the share or the instant cannot be.
    """

    at_ns: int
    value: float | None
    state: PointState = PointState.VALID
    operating_share: float = 1.0
    components: Sequence[UncertaintyComponent] = ()

    def __post_init__(self) -> None:
        share = self.operating_share
        if self.at_ns % NS_PER_HOUR:
            _refuse(
                self.at_ns,
                "time",
                utc_text(self.at_ns),
                Words(
                    "a full hour in UTC; shorter records are points",
                    "UTC 整小时；更短的记录为数据点",
                ),
            )
        if not 0.0 <= share <= 1.0:
            _refuse(self.at_ns, "operating", share, "0 .. 1")
        if self.is_standstill:
            require_value(self.value, PointState.STOPPED, self.at_ns)
        else:
            require_value(self.value, self.state, self.at_ns)

    @property
    def is_standstill(self) -> bool:
        """Whether the plant did not run at all."""
        return self.state == PointState.STOPPED or self.operating_share == 0.0


def require_value(value: float | None, state: PointState, at_ns: int) -> None:
    """Refuses a value that is no number, and a valid state without one.

    Raises:
        RecordError: so it is.
    """
    if value is None:
        if state in WITH_VALUE:
            _refuse(
                at_ns,
                "value",
                "",
                Words(
                    "a number, or another state than valid or manual",
                    "数值，或 valid、manual 之外的状态",
                ),
            )
    elif not math.isfinite(value):
        _refuse(at_ns, "value", value, Words("finite", "有限数值"))


def _refuse(at_ns: int, name: str, found: object, limit: str | Words) -> None:
    raise RecordError(utc_text(at_ns), name=name, found=found, limit=limit)
