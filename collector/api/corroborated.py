"""Two amounts held against each other, each of a channel or of a saved boundary. Pure."""

from collections.abc import Collection, Sequence

import msgspec

from collector.api.summed import Summed
from evidence.statement.corroboration import (
    Corroboration,
    Side,
    corroboration,
    corroboration_of_sums,
)
from evidence.statement.datum import ActivityData
from evidence.statement.ratio import Amounts


def corroborated(
    data: Sequence[ActivityData],
    measured: Summed,
    calculated: Summed,
    allowed: Collection[str] = (),
) -> Corroboration:
    """How a measured and a calculated amount of one period agree.

    Args:
        data: statements of the channels of the one, then of the other.
        measured: what the one is of.
        calculated: what the other is of.
        allowed: groups of which several channels may be added up on one side.

    Raises:
        PeriodError, UnitMismatchError, CountedTwiceError: as `corroboration_of_sums`.
    """
    if measured.used is None and calculated.used is None:
        return corroboration(*data)
    count = len(measured.channels)
    found = corroboration_of_sums(
        Amounts(data=tuple(data[:count]), factors=tuple(measured.factors)),
        Amounts(data=tuple(data[count:]), factors=tuple(calculated.factors)),
        allowed=allowed,
    )
    return msgspec.structs.replace(
        found,
        measured=_said(found.measured, measured),
        calculated=_said(found.calculated, calculated),
    )


def _said(side: Side, of: Summed) -> Side:
    return msgspec.structs.replace(side, boundary=of.used or msgspec.UNSET)
