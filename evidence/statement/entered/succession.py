"""Which reading of a register follows which, whatever the order in which they were entered. Pure.

A meter is in place until the next one is first read. So growth is known only from one instant to
the next at which anything was read, and only of the meter that was in place in between. Where one
was exchanged for another, both are read at one instant: the old one before the new one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from evidence.statement.entered.content import ManualReading
from evidence.statement.entered.covered import Span


class Read(NamedTuple):
    """A reading, and the number of the entry that it came by."""

    entry: int
    content: ManualReading


@dataclass(frozen=True, slots=True, kw_only=True)
class Succession:
    """The readings of a channel as they follow each other.

    Attributes:
        reads: All, in order of time; at one instant the meter that was in place before comes
            first, and the one that is in place after it last.
        steps: Neighbours of one meter that was in place between them.
        unclear: [start, end) in UTC ns between two instants at which the same two meters or more
            were read, and nothing tells which of them was in place.
    """

    reads: tuple[Read, ...]
    steps: tuple[tuple[Read, Read], ...]
    unclear: tuple[Span, ...]

    def fallen(self) -> list[tuple[Read, Read]]:
        """The steps in which the register cannot have counted what it shows."""
        return [each for each in self.steps if growth(each[0].content, each[1].content) is None]


_Instant = Mapping[str, Read]


def succession(readings: Iterable[Read]) -> Succession:
    """How readings of a channel follow each other.

    Args:
        readings: in any order; no two of one meter at one instant.
    """
    found = defaultdict[int, dict[str, Read]](dict)
    for each in readings:
        found[each.content.at_ns][each.content.serial] = each
    instants = [found[at_ns] for at_ns in sorted(found)]
    gaps = list(_in_place(instants))
    between = [*zip(pairwise(sorted(found)), pairwise(instants), gaps, strict=False)]
    return Succession(
        reads=tuple(_in_order(instants, gaps)),
        steps=tuple(
            (here[meter], there[meter]) for _, (here, there), meter in between if meter is not None
        ),
        unclear=tuple(
            span
            for span, (here, there), meter in between
            if meter is None and len(here.keys() & there.keys()) > 1
        ),
    )


def growth(first: ManualReading, then: ManualReading) -> float | None:
    """What a meter counted between two of its readings; None where it cannot have counted so.

    A register stands lower only where it started again from 0 at `rollover`, which it had not
    reached before.
    """
    if then.value >= first.value:
        return then.value - first.value
    if then.rollover is None or first.value >= then.rollover:
        return None
    return then.value - first.value + then.rollover


def _in_place(instants: Sequence[_Instant]) -> Iterator[str | None]:
    """Behind each instant, the meter in place until the next, if it is read at both."""
    before: str | None = None
    for here, there in pairwise([*instants, {}]):
        others = here.keys() - {before}
        begun = others or here.keys()
        meter = _only(begun) or _only(begun & there.keys())
        before = meter[0] if meter and meter[0] in there else None
        yield before


def _only(serials: AbstractSet[str]) -> tuple[str, ...]:
    """The one of them; empty if there is none, or another one."""
    return tuple(serials) if len(serials) == 1 else ()


def _in_order(instants: Sequence[_Instant], gaps: Sequence[str | None]) -> Iterator[Read]:
    for here, before, after in zip(instants, [None, *gaps], gaps, strict=False):
        ends = {each for each in (before, after) if each is not None}
        if before is not None:
            yield here[before]
        yield from (here[serial] for serial in sorted(here.keys() - ends))
        if after is not None and after != before:
            yield here[after]
