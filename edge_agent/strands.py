"""What polls hold of each channel: a strand a channel, cut to what a leaf can hold. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain
from typing import Final

import msgspec

from edge_agent.calibrations import ChannelKey
from edge_agent.poll import Lacking, Poll, Reading
from evidence.log.column import MAX_ROWS

MISSES_A_READING: Final = 4
"""So many misses weigh as much as a reading: a line that is behind still sends full batches."""
_A_MISS: Final = 1.0 / MISSES_A_READING
Row = tuple[int, Reading | Lacking]
"""The number of a poll, and what a channel gave in it."""


class Strand(msgspec.Struct, frozen=True):
    """Readings and misses of one channel, in the order of their polls."""

    key: ChannelKey
    rows: Sequence[Row]


def strands_of(polls: Iterable[Poll]) -> list[Strand]:
    """All readings and misses of `polls`, in one strand per channel."""
    setups: dict[bytes, dict[int, list[Row]]] = {}
    for poll in polls:
        places, sequence = setups.setdefault(poll.setup, {}), poll.sequence
        for what in chain[Reading | Lacking](poll.readings, poll.lacking):
            rows = places.get(what.channel)
            if rows is None:
                rows = places[what.channel] = []
            rows.append((sequence, what))
    return [
        Strand((setup, place), rows)
        for setup, places in setups.items()
        for place, rows in places.items()
    ]


def parts_of(strands: Iterable[Strand]) -> Iterator[list[Strand]]:
    """The strands in parts of at most 1,000 readings, where a miss weighs a quarter of one.

    A strand is asked for when the parts before it are taken.
    """
    part: list[Strand] = []
    room = float(MAX_ROWS)
    for strand in strands:
        rest = strand.rows
        while rest:
            weights = [1.0 if type(what) is Reading else _A_MISS for _, what in rest]
            fit = len(rest) if len(rest) <= room else bisect_right([*accumulate(weights)], room)
            if fit:
                part.append(Strand(strand.key, rest[:fit]))
                room -= sum(weights[:fit])
            rest = rest[fit:]
            if rest:
                yield part
                part, room = [], float(MAX_ROWS)
    if part:
        yield part


def halves_of(strands: Sequence[Strand]) -> tuple[list[Strand], list[Strand]]:
    """The strands cut in the middle of their rows, two at least."""
    left = sum(len(strand.rows) for strand in strands) // 2
    first: list[Strand] = []
    second: list[Strand] = []
    for strand in strands:
        here = min(left, len(strand.rows))
        left -= here
        first += [Strand(strand.key, strand.rows[:here])] if here else []
        second += [Strand(strand.key, strand.rows[here:])] if here < len(strand.rows) else []
    return first, second
