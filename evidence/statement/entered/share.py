"""How much of a sum people entered. Pure."""

import math
from collections.abc import Sequence

import msgspec

from evidence.statement.datum import ActivityData


def entered_share(data: Sequence[ActivityData], factors: Sequence[float]) -> float:
    """The share of what people entered in the sum of |factor*value|, 0 to 1; 0 of nothing."""
    sizes = [abs(factor * each.value) for each, factor in zip(data, factors, strict=True)]
    whole = math.fsum(sizes)
    own = math.fsum(size * share_of(each) for each, size in zip(data, sizes, strict=True))
    return own / whole if whole else max(map(share_of, data), default=0.0)


def share_of(datum: ActivityData) -> float:
    """The share of a statement's value that people entered, 0 to 1."""
    return 0.0 if datum.entered is msgspec.UNSET else datum.entered.share
