"""When days of the lake are sealed: it follows from the ledger alone. Pure.

A day's rows are sealed when the first leaf of a later day is received, six hours after
midnight UTC. What comes for a sealed day waits for the next such instant and becomes a
further segment. So the same ledger gives the same segments whenever they are made.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

NS_PER_DAY: Final = 86_400_000_000_000
GRACE_NS: Final = 6 * 3_600_000_000_000
"""How long after its end a day stays open for what is late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """An instant at which days are sealed, named by the leaf that was received first after it.

    Attributes:
        position: of that leaf; the leaves before it are what is sealed.
        received_ns: when it was committed, UTC ns.
    """

    position: int
    received_ns: int

    @property
    def open_days(self) -> range:
        """The days, counted from 1970, that stay open: rows of them may still come in time."""
        return range(turn(self.received_ns), self.received_ns // NS_PER_DAY + 2)


def turn(received_ns: int) -> int:
    """The earliest day, counted from 1970, that is open when a leaf is received."""
    return (received_ns - GRACE_NS) // NS_PER_DAY


def seals(leaves: Iterable[tuple[int, int]], before: int | None) -> Iterator[Seal]:
    """The seals among leaves, given as (position, received_ns) in the order of the ledger.

    Args:
        leaves: a part of the ledger.
        before: the `turn` of the leaf before them; None if there is none.
    """
    for position, received_ns in leaves:
        now = turn(received_ns)
        if before is not None and now != before:
            yield Seal(position=position, received_ns=received_ns)
        before = now
