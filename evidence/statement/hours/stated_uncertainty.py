"""Uncertainty of measured hours that was stated for the whole series (pure)."""

from collections.abc import Mapping, Sequence

import msgspec

from calibration.uncertainty import Influence, UncertaintyComponent, merge
from evidence.statement.hours.observed import ObservedHour


def with_relative(
    hours: Sequence[ObservedHour], relative: Mapping[str, float]
) -> tuple[ObservedHour, ...]:
    """The hours, each value with components in proportion to it.

    Args:
        hours: of a series.
        relative: standard uncertainty over value, by influence id; each is one deviation of all
            hours.

    Raises:
        InfluenceError: an id does not follow the grammar.
    """
    influences = [(Influence(id=name), share) for name, share in sorted(relative.items())]
    return tuple(_with(each, influences) for each in hours) if influences else tuple(hours)


def _with(hour: ObservedHour, influences: Sequence[tuple[Influence, float]]) -> ObservedHour:
    if hour.value is None:
        return hour
    own = [
        UncertaintyComponent(influence=influence, contribution=share * hour.value)
        for influence, share in influences
    ]
    return msgspec.structs.replace(hour, components=merge(hour.components, own))
