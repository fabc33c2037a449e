"""Which reading of a drawn leaf to look at: chosen by its rank, so that anyone finds the same."""

from collections.abc import Iterable, Iterator

import msgspec

from collector.audit.seen import Seen
from evidence.audit.sample import Item, rank
from evidence.clock import utc_text
from evidence.judging.stream import instants_ns, sequences
from evidence.log.batch import Batch, decode


class PickedReading(msgspec.Struct, frozen=True, kw_only=True):
    """A reading of a drawn leaf: number `row` of the channel's in that leaf, from 0."""

    channel: str
    leaf: str
    row: int
    sequence: int
    at: str
    raw: str
    indication: float


def picked_readings(seen: Seen, seed: str, drawn: Iterable[Item]) -> tuple[PickedReading, ...]:
    """One reading of each drawn leaf: the one at (rank modulo rows).

    Args:
        seen: Where the leaves are.
        seed: Of the sample.
        drawn: Its items.
    """
    leaves = (each for each in drawn if each.stratum == "reading")
    return tuple(one for each in leaves for one in _picked(seen, seed, each))


def _picked(seen: Seen, seed: str, item: Item) -> Iterator[PickedReading]:
    channel, _, name = item.id.rpartition(" ")
    agent, epoch, sequence = name.split("/")
    leaf = decode(seen.ledger.leaf(agent, epoch, int(sequence)).leaf)
    for stream in leaf.streams if isinstance(leaf, Batch) else ():
        if stream.head.channel == channel and stream.rows:
            row = int(rank(seed, item), 16) % stream.rows
            yield PickedReading(
                channel=channel,
                leaf=name,
                row=row,
                sequence=sequences(stream)[row],
                at=utc_text(instants_ns(stream)[row]),
                raw=stream.raw[row],
                indication=float(stream.indication[row]),
            )
