"""What the points that a valid hour lacks do to its mean, found in whole hours (pure).

The points of an hour are no random sample: they follow each other. So the same slots are taken
out of hours that have all their points, and the mean of the rest is compared with the mean of all.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from calibration.distribution import Distribution
from calibration.uncertainty import Influence, UncertaintyComponent, name_of
from evidence.statement.hours.averaging import Slots
from evidence.statement.hours.estimator import Floats
from evidence.statement.hours.observed import ObservedHour
from evidence.statement.hours.point import PointState
from evidence.statement.hours.punch import LEAST_PLACES

MOST_WHOLE_HOURS: Final = 500


class LostPointsOfHours(NamedTuple):
    """The component of each hour's lost points.

    Attributes:
        components: one an hour; None where no point is lost, or nothing is known of them.
        unpunched: hours in which it could not be punched and is conservative.
        unknown: hours that have none because nothing is known of what is lost.
    """

    components: tuple[UncertaintyComponent | None, ...]
    unpunched: int
    unknown: int = 0


class LostPoints:
    """Errors of means over some slots, from the whole hours of a series."""

    def __init__(self, whole: Sequence[Sequence[float]], expected: int) -> None:
        """Keeps whole hours of a series.

        Args:
            whole: values of each such hour by slot, in order of time.
            expected: slots of an hour.
        """
        step = max(1, math.ceil(len(whole) / MOST_WHOLE_HOURS))
        self._values: Floats = np.asarray(whole[::step], np.float64).reshape(-1, expected)
        self._known: dict[tuple[tuple[int, ...], tuple[int, ...]], float] = {}

    def standard_uncertainty(self, kept: Sequence[int], lost: Sequence[int]) -> float | None:
        """Root mean square error of a mean over `kept` slots that stands for `lost` ones too.

        A slot that stands there twice counts twice. None where there are fewer than 30 whole
        hours to find it from.
        """
        if len(self._values) < LEAST_PLACES:
            return None
        key = (tuple(kept), tuple(lost))
        if key not in self._known:
            part = self._values[:, list(kept)].mean(axis=1)
            whole = self._values[:, [*kept, *lost]].mean(axis=1)
            self._known[key] = math.sqrt(float(((part - whole) ** 2).mean()))
        return self._known[key]

    def reach(self, value: float) -> float | None:
        """How far what was measured in whole hours is from a value at most; None without any."""
        return float(np.abs(self._values - value).max()) if self._values.size else None


def whole_of(slots: Mapping[int, Slots], expected: int) -> list[list[float]]:
    """Values of the hours that have all their points, in order of time."""
    hours = (_whole(slots[at], expected) for at in sorted(slots))
    return [each for each in hours if each is not None]


def _whole(slots: Slots, expected: int) -> list[float] | None:
    """The values of an hour that has all its points; None where it has not."""
    if len(slots) != expected:
        return None
    values = [each.value for _, each in sorted(slots.items()) if each.state == PointState.VALID]
    known = [each for each in values if each is not None]
    return known if len(known) == expected else None


def component_of(
    hour: ObservedHour, slots: Slots, lost: LostPoints, series: str
) -> tuple[UncertaintyComponent, bool] | None:
    """The part of the lost points in the uncertainty of an hour's mean, and whether it was punched.

    Where there is too little to punch, u is conservative: the lost points lie within the range of
    the others, rectangular, all with one deviation. None where no point is lost.
    """
    if not hour.lost or hour.value is None:
        return None
    kept = [slot for slot, each in sorted(slots.items()) if _is_used(each.state, hour.state)]
    u = lost.standard_uncertainty(kept, hour.lost)
    punched = u is not None
    contribution = _conservative(hour, slots, kept) if u is None else u
    return UncertaintyComponent(
        influence=influence_of(series, punched=punched), contribution=contribution
    ), punched


def influence_of(series: str, *, punched: bool) -> Influence:
    """What the lost points of a series' hour are, new in each hour.

    One id has one description: the conservative part has an id of its own.
    """
    name = f"substitution:{name_of(series)}.points"
    if punched:
        return Influence(id=name, evaluation="A", shared=False)
    return Influence(id=f"{name}.conservative", distribution=Distribution.RECTANGULAR, shared=False)


def _is_used(state: PointState, of_hour: str) -> bool:
    return state == PointState.VALID or (of_hour == "manual" and state == PointState.MANUAL)


def _conservative(hour: ObservedHour, slots: Slots, kept: Sequence[int]) -> float:
    values = [each for slot in kept if (each := slots[slot].value) is not None]
    mean = hour.value or 0.0
    reach = max((abs(each - mean) for each in values), default=0.0)
    return rectangular(reach, len(hour.lost), len(kept))


def rectangular(reach: float, lost: int, kept: int) -> float:
    """The u of a mean where the lost points lie anywhere within a reach, all with one deviation."""
    return lost / (lost + kept) * reach / math.sqrt(3.0)


def with_lost_points(
    hours: Sequence[ObservedHour], slots: Mapping[int, Slots], expected: int, series: str
) -> LostPointsOfHours:
    """What the lost points do to each hour of a series.

    Args:
        hours: without a break.
        slots: their points.
        expected: slots of an hour.
        series: its name.
    """
    lost = LostPoints(whole_of(slots, expected), expected)
    found = [component_of(each, slots.get(each.start_ns, {}), lost, series) for each in hours]
    return LostPointsOfHours(
        components=tuple(None if each is None else each[0] for each in found),
        unpunched=sum(each is not None and not each[1] for each in found),
    )
