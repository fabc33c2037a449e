"""In which measuring range an analyser measures, told by a channel that shows its number."""

import math
from collections.abc import Mapping

import msgspec

from calibration.derivation import ChannelId, Said
from calibration.errors import Words
from calibration.limits import FINITE
from calibration.monitoring.errors import PlanValueError


class RangeSign(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By what it is known in which range an analyser measures.

    Args:
        channel: that shows it; of a rate, since its hours have a mean.
        shows: what it shows in each range, by the range's name; finite, each number once.
    """

    channel: ChannelId
    shows: Mapping[Said, float]

    def __post_init__(self) -> None:
        numbers = list(self.shows.values())
        if len(numbers) < 2 or len({*numbers}) < len(numbers):
            limit = Words("two at least, each with a number of its own", "至少两个，且数值各不相同")
            raise PlanValueError(self.channel, name="shows", found=dict(self.shows), limit=limit)
        if not all(map(math.isfinite, numbers)):
            raise PlanValueError(self.channel, name="shows", found=numbers, limit=FINITE)

    @property
    def names(self) -> frozenset[str]:
        """All ranges that it tells of."""
        return frozenset(self.shows)

    def range_of(self, shown: float) -> str | None:
        """The range of a number that was shown; None where it is that of none.

        A mean of numbers that are all alike may be off by what its sum was rounded by.
        """
        alike = (name for name, each in self.shows.items() if math.isclose(shown, each))
        return next(alike, None)
