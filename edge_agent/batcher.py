"""When a batch is closed, and how pending polls become leaves that fit a message. Pure.

A leaf is signed with its place in the log, and a signed leaf is never cut: so everything is
made to fit before a sequence is assigned.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from msgspec.structs import replace

from edge_agent.calibrations import Calibrations
from edge_agent.documents import DocumentFile, document_leaf
from edge_agent.poll import Pending, Poll
from edge_agent.strands import MISSES_A_READING, Strand, halves_of, parts_of, strands_of
from edge_agent.streams import streams_of
from edge_agent.waiting import Waiting, polls_by_setup, records_in
from evidence.log.batch import Batch, ClockState, Leaf, Record
from evidence.log.column import MAX_ROWS
from evidence.log.envelope import MAX_MESSAGE_BYTES, compress
from evidence.log.in_parts import encode_parted
from evidence.log.merkle import leaf_hash
from evidence.log.parts import blind_of

ENVELOPE_BYTES: Final = 1024
"""Room for all of a message but its leaf: checkpoint, position, framing."""
MAX_FRAME_BYTES: Final = MAX_MESSAGE_BYTES - ENVELOPE_BYTES
MOST_WAITING: Final = 10 * MAX_ROWS
"""Readings that wait for a batch: of more than 100 channels too, several share what describes
their stream, and a closing does not hold up the lines for long."""
MAX_RECORDS: Final = 100
"""Records in one leaf: so many of the longest still fit a message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRules:
    """When a batch is closed.

    Attributes:
        max_age_ns: Age of its first pending poll or record.
        readings_per_channel: Readings of any one channel.
    """

    max_age_ns: int
    readings_per_channel: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in which log the next leaf stands."""

    agent: str
    epoch: str
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A leaf as it is logged: its hash in the log, and one zstd frame of its exact bytes."""

    digest: bytes
    frame: bytes

    @property
    def fits(self) -> bool:
        """Whether it can travel in one message."""
        return len(self.frame) <= MAX_FRAME_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchHead:
    """What all leaves of one closing have in common.

    Attributes:
        software: What made the results.
        clock: What is known of it.
        closed_ms: When, UTC.
        seed: 32 bytes of new randomness, from which the leaves' blinds are made.
    """

    software: str
    clock: ClockState
    closed_ms: int
    seed: bytes


class Fill:
    """How full the open batch is: counts only, so that every poll can be asked about."""

    def __init__(self, pending: Iterable[Pending] = ()) -> None:
        self._rows = 0.0
        self._polls: Counter[str] = Counter()
        self._opened_ms: int | None = None
        for each in pending:
            self.add(each)

    def add(self, pending: Pending) -> None:
        """Counts one more poll or record."""
        if self._opened_ms is None:
            self._opened_ms = pending.at_ms
        if isinstance(pending, Poll):
            self._rows += len(pending.readings) + len(pending.lacking) / MISSES_A_READING
            self._polls[pending.device] += 1

    def due_ns(self, rules: BatchRules) -> int | None:
        """The instant (UTC) at which the batch is to be closed; None while it is empty.

        By age; one that holds readings enough, of a channel or in all, is due from its beginning.
        """
        if self._opened_ms is None:
            return None
        opened_ns, most = self._opened_ms * 1_000_000, max(self._polls.values(), default=0)
        complete = self._rows >= MOST_WAITING or most >= rules.readings_per_channel
        return opened_ns if complete else opened_ns + rules.max_age_ns

    def is_due(self, rules: BatchRules, now_ns: int) -> bool:
        """Whether the batch is closed now: by age, by readings of a channel, or by size.

        A clock that was set back closes it too: its age is not known then.
        """
        due_ns = self.due_ns(rules)
        if self._opened_ms is None or due_ns is None:
            return False
        return not self._opened_ms * 1_000_000 <= now_ns < due_ns


def pack(leaf: Leaf, seed: bytes) -> Packed:
    """A leaf, encoded and compressed.

    Args:
        leaf: With its place.
        seed: 32 bytes of randomness that no other leaf of this place and log shares.

    Raises:
        LeafContentError: a number is not finite, or there are more than 1,000 readings.
    """
    data = encode_parted(leaf, blind_of(seed, leaf.sequence))
    return Packed(digest=leaf_hash(data), frame=compress(data))


def packed_documents(files: Iterable[DocumentFile], start: Place, seed: bytes) -> list[Packed]:
    """The leaves of files, from `start` on; `seed` as for `pack`."""
    return [
        pack(document_leaf(file, start.agent, start.epoch, start.sequence + n), seed)
        for n, file in enumerate(files)
    ]


def packed_batches(
    waiting: Sequence[Waiting], calibrations: Calibrations, head: BatchHead, start: Place
) -> list[Packed]:
    """The leaves that hold all that waits, each small enough to travel, from `start` on.

    Records go first. Readings are cut where a leaf would hold more than 1,000, a channel's
    together as far as that goes, and halved where its message would be too large.
    """
    frame = Batch(
        agent=start.agent,
        epoch=start.epoch,
        sequence=start.sequence,
        software=head.software,
        clock=head.clock,
        opened_ms=min((each.at_ms for each in waiting), default=head.closed_ms),
        closed_ms=head.closed_ms,
    )
    leaves: list[Packed] = []
    for records, strands in _portions(waiting):
        here = replace(frame, sequence=start.sequence + len(leaves), records=tuple(records))
        leaves += _fitting(here, strands, calibrations, head.seed)
    return leaves


def _fitting(
    frame: Batch, strands: Sequence[Strand], calibrations: Calibrations, seed: bytes
) -> list[Packed]:
    """The leaves of a batch with these strands: one, or as many as it takes to fit messages."""
    leaf = pack(replace(frame, streams=streams_of(strands, calibrations)), seed)
    if leaf.fits or sum(len(each.rows) for each in strands) <= 1:
        return [leaf]
    first, second = halves_of(strands)
    leaves = _fitting(frame, first, calibrations, seed)
    after = replace(frame, sequence=frame.sequence + len(leaves), records=())
    return leaves + _fitting(after, second, calibrations, seed)


def _portions(waiting: Sequence[Waiting]) -> Iterator[tuple[list[Record], list[Strand]]]:
    """Records by the hundred, readings by the thousand; each alone where there are many."""
    records = records_in(waiting)
    parts = parts_of(chain.from_iterable(map(strands_of, polls_by_setup(waiting))))
    first, second = next(parts, []), next(parts, None)
    if second is None and len(records) <= MAX_RECORDS:
        yield records, first
        return
    for n in range(0, len(records), MAX_RECORDS):
        yield records[n : n + MAX_RECORDS], []
    for part in chain([first, second or []], parts):
        if part:
            yield [], part
