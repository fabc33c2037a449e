"""In which measuring ranges a dual-range analyser measured an hour, and made a check (pure)."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from calibration.increment import NS_PER_HOUR
from calibration.mean import MeanWindow
from calibration.monitoring.ranges import RangeSign
from evidence.statement.monitoring.checks import Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class RangesSeen:
    """What the channel showed that tells the range.

    Attributes:
        sign: That reads it.
        means: Its hours, by start in UTC ns.
        shown: What it showed in checks: instant in UTC ns and number, in order of time.
    """

    sign: RangeSign
    means: Mapping[int, MeanWindow]
    shown: Sequence[tuple[int, float]] = ()

    def of_hour(self, start_ns: int) -> frozenset[str]:
        """The ranges that an hour was measured in; all of them, where nothing tells.

        An hour in which the range changed is one of several: the parts of the hour tell of which,
        where each of them was measured in one.
        """
        mean = self.means.get(start_ns)
        if mean is None or mean.value is None:
            return self.sign.names
        shown = (mean.value,) if self.sign.range_of(mean.value) else mean.course
        names = {self.sign.range_of(each) for each in shown} or {None}
        return self.sign.names & names if None not in names else self.sign.names

    def at(self, at_ns: int, most_apart_ns: int) -> str | None:
        """The range at an instant; None where nothing tells.

        Args:
            at_ns: UTC.
            most_apart_ns: Between the instant and what was shown in a check.
        """
        place = bisect_left(self.shown, at_ns, key=lambda each: each[0])
        near = self.shown[max(0, place - 1) : place + 1]
        nearest = min(near, key=lambda each: abs(each[0] - at_ns), default=None)
        if nearest is not None and abs(nearest[0] - at_ns) <= most_apart_ns:
            return self.sign.range_of(nearest[1])
        return self._of_part(at_ns)

    def _of_part(self, at_ns: int) -> str | None:
        """The range of the part of an hour in which an instant lies."""
        mean = self.means.get(at_ns // NS_PER_HOUR * NS_PER_HOUR)
        if mean is None or mean.value is None:
            return None
        if not mean.course:
            return self.sign.range_of(mean.value)
        part = (at_ns - mean.start_ns) * len(mean.course) // NS_PER_HOUR
        return self.sign.range_of(mean.course[part])


def with_ranges(
    shown: Sequence[Shown], seen: RangesSeen | None, most_apart_s: float
) -> list[Shown]:
    """What an analyser showed in checks, with the range of each reading.

    A reading of which nobody knows the range keeps none: no gas and no full scale are of it.
    """
    if seen is None:
        return list(shown)
    most_apart_ns = round(most_apart_s * 1e9)
    names = (seen.at(each.reading.at_ns, most_apart_ns) or "" for each in shown)
    return [
        Shown(
            reading=replace(each.reading, measuring_range=name),
            received_ns=each.received_ns,
        )
        for each, name in zip(shown, names, strict=True)
    ]
