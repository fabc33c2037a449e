"""What views are made of: the readings and misses of streams that were judged good.

A view follows the ledger by a cursor, the position of the next leaf. It meets a leaf once
the leaf has been judged: not before, for until then nobody knows whether it is good.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, takewhile
from typing import Final

import numpy as np

from calibration.basis import UncertaintyBasis
from calibration.distribution import from_resolution
from calibration.function import Floats
from calibration.indication import MissReason, Quality
from calibration.measurand import Accumulation
from calibration.uncertainty import Influence
from collector.ledger_read import LedgerReader
from collector.ledger_rows import StoredLeaf
from collector.lookup import Lookup, Place
from collector.store import Store
from evidence.judging.bounds import StampBounds, stamp_bounds
from evidence.judging.stream import (
    NS_PER_MS,
    contribution_columns,
    instants_ns,
    qualities,
    sequences,
)
from evidence.log.batch import Batch, Miss, Number, Stream, StreamHead, decode, values
from evidence.log.column import spread

WHOLE_LEAF: Final = "leaf"
"""The subject under which the judge names what is wrong with all of a leaf."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissRow:
    """A poll that gave no value.

    Attributes:
        at_ns: UTC ns.
        poll: its number in the agent's epoch.
        reason: why.
        quality: `clock_suspect` where `at_ns` cannot be right.
        shown: what the instrument showed beside the reason; it never counts as a reading.
    """

    at_ns: int
    poll: int
    reason: MissReason
    quality: Quality
    shown: Number | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingRow:
    """A reading and the result that was made of it.

    Attributes:
        at_ns: UTC ns.
        poll: its number in the agent's epoch.
        indication, value: as shown, and as the agent corrected it; in the stream's unit.
        standard_uncertainty: of `value`, in its unit; None where it is not known. Of a
            register it is the reading's alone: calibration acts on its increments.
        quality: as the agent stated it, and as its stamp was found.
    """

    at_ns: int
    poll: int
    indication: Number
    value: Number
    standard_uncertainty: float | None
    quality: Quality


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamRows:
    """A good stream, by column; each column has as many rows as there are readings.

    Attributes:
        place: agent, epoch and sequence of the leaf.
        head: channel, measurand with unit, serial, certificate and all that its rows share.
        at_ns: UTC ns.
        polls: their numbers in the agent's epoch.
        indication, value: as shown, and as the agent corrected it; in the measurand's unit.
        quality: as the agent stated it, and as the stamps were found.
        components: signed contributions to `value` of each influence, shape (rows,); none of
            a register, and none where the uncertainty is not known.
        fresh: standard uncertainty that is new in each reading, in the unit; None where the
            uncertainty is not known.
        resolution: standard uncertainty that half a digit leaves open, in the unit; None
            where digit or uncertainty is not known. It is the influence
            `read:<channel>/<first 8 of epoch>.<poll>`.
        missed: the polls without a value.
    """

    place: Place
    head: StreamHead
    at_ns: Sequence[int]
    polls: Sequence[int]
    indication: Sequence[Number]
    value: Sequence[Number]
    quality: Sequence[Quality]
    components: tuple[tuple[Influence, Floats], ...]
    fresh: Sequence[float] | None
    resolution: float | None
    missed: tuple[MissRow, ...]

    @property
    def channel(self) -> str:
        """The channel's name."""
        return self.head.channel

    @property
    def unit(self) -> str:
        """UCUM unit of indications, values and uncertainties."""
        return self.head.measurand.unit

    def standard_uncertainty(self) -> Sequence[float | None]:
        """Combined standard uncertainty of each value, in `unit`; None where not known."""
        return standard_uncertainties((self,))

    def readings(self) -> Iterator[ReadingRow]:
        """The readings one by one, in the order of their polls."""
        columns = (
            self.at_ns,
            self.polls,
            self.indication,
            self.value,
            self.standard_uncertainty(),
            self.quality,
        )
        for at_ns, poll, indication, value, u, quality in zip(*columns, strict=True):
            yield ReadingRow(
                at_ns=at_ns,
                poll=poll,
                indication=indication,
                value=value,
                standard_uncertainty=u,
                quality=quality,
            )


def standard_uncertainties(streams: Sequence[StreamRows]) -> list[float | None]:
    """Combined standard uncertainty of each value, stream after stream; None where not known.

    Each in the unit of its stream.
    """
    sizes = [len(each.at_ns) for each in streams]
    steps = [(each.resolution or 0.0) ** 2 for each in streams]
    fresh = (each.fresh or (0.0,) * size for each, size in zip(streams, sizes, strict=True))
    squares = np.square(np.array([*chain.from_iterable(fresh)], dtype=np.float64))
    squares = squares + np.repeat(np.array(steps), sizes)
    for place in range(max((len(each.components) for each in streams), default=0)):
        squares = squares + np.square(_components(streams, sizes, place))
    found: list[float | None] = np.sqrt(squares).tolist()
    last = 0
    for each, size in zip(streams, sizes, strict=True):
        first, last = last, last + size
        if each.fresh is None:
            found[first:last] = [None] * size
        elif not (each.components or each.resolution):
            # Nothing is known of it, which is not 0.
            found[first:last] = [u or None for u in found[first:last]]
    return found


def _components(streams: Sequence[StreamRows], sizes: Sequence[int], place: int) -> Floats:
    """The contributions that stand at one place of each stream, one after the other."""
    columns = [
        each.components[place][1] if place < len(each.components) else np.zeros(size)
        for each, size in zip(streams, sizes, strict=True)
    ]
    return np.concatenate(columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedLeaf:
    """A judged leaf and its good streams; there may be none.

    Attributes:
        position: its index in the ledger; a view's cursor behind it is one more.
        received_ns: when it was committed, UTC ns.
    """

    position: int
    received_ns: int
    streams: tuple[StreamRows, ...]


def judged_leaves(ledger: LedgerReader, store: Store, position: int) -> Iterator[JudgedLeaf]:
    """All leaves from `position` on that have been judged, in the order of the ledger.

    It ends where judging stood when it began; ask again from the position behind the last.

    Raises:
        LedgerError: a leaf cannot be read.
    """
    judged = store.cursor()
    leaves = takewhile(lambda leaf: leaf.position < judged, ledger.since(position))
    return (judged_leaf(leaf, store.lookup) for leaf in leaves)


def judged_leaf(leaf: StoredLeaf, lookup: Lookup) -> JudgedLeaf:
    """What a leaf that has been judged gives to views."""
    place = Place(agent=leaf.agent, epoch=leaf.epoch, sequence=leaf.sequence)
    return JudgedLeaf(
        position=leaf.position,
        received_ns=leaf.received_ns,
        streams=good_streams(leaf, place, lookup.faulty_in(place)),
    )


def good_streams(leaf: StoredLeaf, place: Place, faulty: frozenset[str]) -> tuple[StreamRows, ...]:
    """The streams of a leaf of which nothing in `faulty`, subjects of faults, speaks."""
    if WHOLE_LEAF in faulty:
        return ()
    batch = decode(leaf.leaf)
    if not isinstance(batch, Batch):
        return ()
    bounds = stamp_bounds(batch.clock, leaf.received_ns)
    return tuple(
        stream_rows(stream, place, bounds)
        for stream in batch.streams
        if stream.head.channel not in faulty
    )


def stream_rows(stream: Stream, place: Place, bounds: StampBounds) -> StreamRows:
    """A stream of a batch as views have it; `bounds` hold for its stamps."""
    head = stream.head
    is_register = head.measurand.accumulation == Accumulation.REGISTER
    known = is_register or head.basis != UncertaintyBasis.UNKNOWN
    columns = contribution_columns(stream) if known and not is_register else {}
    return StreamRows(
        place=place,
        head=head,
        at_ns=instants_ns(stream),
        polls=sequences(stream),
        indication=stream.indication,
        value=values(stream),
        quality=qualities(stream, bounds),
        components=tuple(columns.items()),
        fresh=spread(stream.fresh, stream.rows) if known else None,
        resolution=from_resolution(head.resolution) if known and head.resolution else None,
        missed=tuple(_missed(miss, bounds) for miss in stream.missed),
    )


def _missed(miss: Miss, bounds: StampBounds) -> MissRow:
    return MissRow(
        at_ns=miss.at_ms * NS_PER_MS,
        poll=miss.sequence,
        reason=miss.reason,
        quality=Quality.GOOD if bounds.holds(miss) else Quality.CLOCK_SUSPECT,
        shown=miss.indication,
    )
