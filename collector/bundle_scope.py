"""What leaves are chosen for, and what is read of a leaf to choose it (pure)."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass

from calibration.errors import CalibrationError
from collector.ledger_rows import StoredLeaf
from evidence.errors import EvidenceError
from evidence.log.batch import Batch, Document, Stream, StreamHead, decode
from evidence.log.column import progressed


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What leaves are chosen for.

    Attributes:
        channel: Of the amount.
        period: [start, end) in UTC ns.
        known_ns: What was received later is passed over, UTC ns.
        looks_back_ns: Of an amount under its monitoring plan, from when on the channels that the
            plan speaks of are read, UTC ns; None where no plan counts.
        looks_ahead_ns: Likewise, until when, where rules look behind the period.
    """

    channel: str
    period: tuple[int, int]
    known_ns: int
    looks_back_ns: int | None = None
    looks_ahead_ns: int | None = None

    @property
    def looked_at(self) -> tuple[int, int]:
        """The time of which readings are chosen, UTC ns."""
        start_ns, end_ns = self.period
        back_ns, ahead_ns = self.looks_back_ns or start_ns, self.looks_ahead_ns or end_ns
        return min(start_ns, back_ns), max(end_ns, ahead_ns)


def documents_in(
    leaves: Iterable[StoredLeaf], faulty: frozenset[tuple[str, str, int, str]]
) -> Iterator[Document]:
    """The documents among leaves, but those that were found wrong."""
    for stored in leaves:
        leaf = decoded_of(stored)
        place = (stored.agent, stored.epoch, stored.sequence)
        if isinstance(leaf, Document) and (*place, leaf.name) not in faulty:
            yield leaf


def decoded_of(stored: StoredLeaf) -> Batch | Document | None:
    """What a leaf says; None if it cannot be read."""
    try:
        return decode(stored.leaf)
    except (EvidenceError, CalibrationError):
        return None  # it is in the quarantine by its name


def streams_of(stored: StoredLeaf) -> tuple[Stream, ...]:
    """The streams of a leaf; none of a document."""
    leaf = decoded_of(stored)
    return leaf.streams if isinstance(leaf, Batch) else ()


def heads_of(stored: StoredLeaf, channels: Container[str]) -> Iterator[StreamHead]:
    """The heads of the streams of channels in a leaf."""
    return (each.head for each in streams_of(stored) if each.head.channel in channels)


def instants_of(stored: StoredLeaf, channel: str) -> list[int]:
    """Instants of a channel's readings in a leaf, POSIX ms."""
    return [
        at_ms
        for each in streams_of(stored)
        if each.head.channel == channel and each.rows
        for at_ms in progressed(each.at_ms, each.rows)
    ]
