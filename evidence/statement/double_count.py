"""Channels that measure the same thing, in a sum that would count it twice. Pure.

A meter and its check meter, a measured and a calculated route, a main meter and its sub-meters are
of one group. `hall-3#sub-meters` names a route within a group: the channels of one route are parts
of a whole and add up; those of two routes do not, nor those that name no route.
"""

from collections.abc import Sequence
from itertools import combinations

import msgspec

from evidence.statement.datum import ActivityData

SEPARATOR = "#"


class DoubleCount(msgspec.Struct, frozen=True, kw_only=True):
    """Channels of one group that a sum adds up."""

    group: str
    channels: tuple[str, ...]


def double_counts(
    data: Sequence[ActivityData], factors: Sequence[float]
) -> tuple[DoubleCount, ...]:
    """What a sum of factor*value counts twice, by group; empty if nothing.

    Two channels of a group whose factors have one sign count it twice, unless they are of one
    route. With opposite signs they are a difference, which is what a group is compared by.

    Args:
        data: of one period, as they were stated.
        factors: of each, not 0.
    """
    found: dict[str, set[str]] = {}
    for (one, sign), (other, its) in combinations(zip(data, factors, strict=True), 2):
        if (sign > 0) == (its > 0):
            for group in _shared(one, other):
                found.setdefault(group, set()).update((one.channel, other.channel))
    return tuple(
        DoubleCount(group=group, channels=tuple(sorted(channels)))
        for group, channels in sorted(found.items())
    )


def _shared(one: ActivityData, other: ActivityData) -> set[str]:
    """The groups of both in which they are not of one route."""
    first, second = _routes(one), _routes(other)
    return {
        group
        for group in first.keys() & second.keys()
        if not first[group] or first[group] != second[group]
    }


def _routes(datum: ActivityData) -> dict[str, frozenset[str]]:
    """The routes that a datum is of, by group; without one it is beside every other."""
    found: dict[str, set[str]] = {}
    for name in datum.double_count_groups or ():
        group, _, route = name.partition(SEPARATOR)
        found.setdefault(group, set()).update([route] if route else [])
    return {group: frozenset(routes) for group, routes in found.items()}
