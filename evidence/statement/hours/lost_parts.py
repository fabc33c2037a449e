"""What the slots that a valid hour lacks do to its mean, from courses of whole hours (pure).

The collector's hours have no points. Those that are whole keep their course, the means of twelve
parts. So each slot is told by its part: where three of a part's five minutes are lost, three values
of it are taken out of the whole hours, and the mean of the rest is compared with the mean of all.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from calibration.course import coarser, parts_at, parts_of
from calibration.mean import MeanWindow
from calibration.uncertainty import UncertaintyComponent
from calibration.window import FlowWindow
from evidence.statement.hours.lost_points import (
    LostPoints,
    LostPointsOfHours,
    influence_of,
    rectangular,
)
from evidence.statement.hours.observed import ObservedHour


class LostParts:
    """The lost slots of the hours of a series; what they do is counted as it is found."""

    def __init__(self, courses: Sequence[Sequence[float]], series: str) -> None:
        """Keeps courses.

        Args:
            courses: of whole hours, in order of time, in the unit of the hours' values.
            series: its name.
        """
        self._courses, self._series = courses, series
        self._known: dict[int, LostPoints] = {}
        self.unpunched = self.unknown = 0

    def component_of(self, hour: ObservedHour) -> UncertaintyComponent | None:
        """The part of the lost slots in the uncertainty of an hour's mean.

        With fewer than 30 whole hours the lost slots lie within the range of these around the
        mean, rectangular, all with one deviation. None where no slot is lost, where no hour is
        whole, or where the mean rests on no slot.
        """
        of_hour = sum(hour.counts.values())
        kept = sorted(set(range(of_hour)) - set(hour.lost))
        if hour.value is None or not hour.lost or not kept:
            return None
        known = self._of(parts_of(of_hour))
        u = known.standard_uncertainty(_parts(kept, of_hour), _parts(hour.lost, of_hour))
        if u is not None:
            return self._component(u, punched=True)
        reach = known.reach(hour.value)
        if reach is None:
            self.unknown += 1
            return None
        self.unpunched += 1
        return self._component(rectangular(reach, len(hour.lost), len(kept)), punched=False)

    def _of(self, parts: int) -> LostPoints:
        """Whole hours in so many parts; those that have fewer say nothing."""
        if parts not in self._known:
            whole = [coarser(each, parts) for each in self._courses if len(each) >= parts]
            self._known[parts] = LostPoints(whole, parts)
        return self._known[parts]

    def _component(self, u: float, *, punched: bool) -> UncertaintyComponent:
        influence = influence_of(self._series, punched=punched)
        return UncertaintyComponent(influence=influence, contribution=u)


def _parts(slots: Sequence[int], of_hour: int) -> list[int]:
    """The part of each slot."""
    found: list[int] = parts_at(np.asarray(slots, np.int64), of_hour).tolist()
    return found


def with_lost_parts(
    hours: Sequence[ObservedHour],
    windows: Iterable[FlowWindow | MeanWindow],
    series: str,
    from_ns: int | None = None,
) -> LostPointsOfHours:
    """What the lost slots do to each hour of a series; see `with_lost_points`.

    Only hours that were measured teach: what an analyser out of control shows, or a plant that
    stands still, says nothing of the others.

    Args:
        hours: without a break.
        windows: of which they were made.
        series: its name.
        from_ns: hours before this one only teach; they get no component.
    """
    courses = {each.start_ns: each.course for each in windows}
    lost = LostParts(_whole(hours, courses), series)
    components = tuple(
        lost.component_of(each) if from_ns is None or each.start_ns >= from_ns else None
        for each in hours
    )
    return LostPointsOfHours(components=components, unpunched=lost.unpunched, unknown=lost.unknown)


def _whole(
    hours: Iterable[ObservedHour], courses: Mapping[int, tuple[float, ...]]
) -> list[tuple[float, ...]]:
    measured = (courses.get(each.start_ns, ()) for each in hours if each.is_measured)
    return [each for each in measured if each]
