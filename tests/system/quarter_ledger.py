"""What the collector's ledger holds of a channel, minute by minute."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from collector.ledger_read import read_ledger
from evidence.log.batch import Batch, decode
from evidence.log.column import progressed
from evidence.log.leaf import Stream


@dataclass(frozen=True, slots=True, kw_only=True)
class Minute:
    """A poll: what was shown, and why it is none of the measurand; None for a reading."""

    at_ms: int
    sequence: int
    indication: float | None
    reason: str | None = None


def minutes_of(state: Path, channel: str) -> list[Minute]:
    """The polls of a channel in order of their numbers, misses among them."""
    with read_ledger(state) as ledger:
        leaves = [decode(each.leaf) for each in ledger.since(0)]
    streams = [one for leaf in leaves if isinstance(leaf, Batch) for one in leaf.streams]
    own = [poll for one in streams if one.head.channel == channel for poll in _polls(one)]
    return sorted(own, key=lambda each: each.sequence)


def _polls(stream: Stream) -> Iterator[Minute]:
    if stream.rows:
        sequences = progressed(stream.sequence, stream.rows)
        instants = progressed(stream.at_ms, stream.rows)
        for number, at_ms, shown in zip(sequences, instants, stream.indication, strict=True):
            yield Minute(at_ms=at_ms, sequence=number, indication=shown)
    for miss in stream.missed:
        yield Minute(
            at_ms=miss.at_ms,
            sequence=miss.sequence,
            indication=miss.indication,
            reason=str(miss.reason),
        )
