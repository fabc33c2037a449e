"""What the page of a reading shows, from the leaf that holds it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from calibration.coverage import ExpandedUncertainty, expand
from collector.api.parts import Parts
from collector.api.pool import Sources
from collector.api.reading import MissedReading, Reading, rows_of
from collector.api.refusal import PathUnknownError
from collector.api.unknown import LogUnknownError
from collector.ledger_rows import StoredLeaf
from collector.lookup import Place
from collector.web.instrument.own_papers import logged_profile, own_papers, reading_of
from collector.web.instrument.view import bare
from collector.web.reading.budget import ReadingBudget, budget_of
from collector.web.reading.inclusion import Inclusion, inclusion
from evidence.clock import parse_utc
from evidence.errors import EvidenceError
from evidence.judging.bounds import stamp_bounds
from evidence.judging.judgement import Fault
from evidence.judging.stream import LATEST_MS, sequences
from evidence.log.batch import Batch, Stream, decode
from evidence.log.checkpoint import Checkpoint
from evidence.log.how_read import HowRead, ReadAgain, read_again
from evidence.log.key import Verifier
from evidence.log.leaf import StreamHead
from evidence.log.note import parse_note
from evidence.log.receipt import Receipt, open_receipt
from evidence.log.reread import DeviceProfile
from evidence.statement.datum import StatedComponent, component_of

MOST_LEAVES: Final = 65_536
"""Of a log: so many are gone through without being asked for."""
_LATEST_MS: Final = LATEST_MS + 1
_SEARCHED: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Where a leaf is kept.

    Attributes:
        leaf: As it is held.
        software: That made it.
        log_size: Of its log.
        checkpoint: The head of its log that the agent signed last; None if it cannot be read.
        receipt: The last receipt of the log; None before the first.
        inclusion: That it stands in the log; None where that was not asked for.
    """

    leaf: StoredLeaf
    software: str
    log_size: int
    checkpoint: Checkpoint | None
    receipt: Receipt | None
    inclusion: Inclusion | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A poll of a channel.

    Attributes:
        row: The reading, or the miss.
        raw: Bytes that came, hexadecimal; "" for none.
        shown: What a miss showed all the same.
        head: Of its stream.
        how: How the channel is read; None where nothing says it.
        again: What the bytes say now; None where they cannot be read again.
        expanded: Uncertainty of the value; None where it is not known.
        budget: What it is made of; None where it is not known.
        faults: Why it was set aside.
        before, after: Numbers of the polls beside it in this leaf; None at its ends.
        kept: Where it is kept.
    """

    row: Reading | MissedReading
    raw: str
    shown: float | int | None
    head: StreamHead
    how: HowRead | None
    again: ReadAgain | None
    expanded: ExpandedUncertainty | None
    budget: ReadingBudget | None
    faults: Sequence[Fault]
    before: int | None
    after: int | None
    kept: Kept

    @property
    def at_ns(self) -> int:
        """Its stamp, UTC ns."""
        return parse_utc(self.row.at)

    @property
    def reading(self) -> Reading | None:
        """The reading; None of a miss."""
        return self.row if isinstance(self.row, Reading) else None

    @property
    def agrees(self) -> bool:
        """Whether the bytes, read again, say what was logged."""
        logged = self.shown if self.reading is None else self.reading.indication
        return self.again is not None and self.again.number == logged


def told(
    sources: Sources, parts: Parts, place: Place, channel: str, poll: int, *, prove: bool
) -> Told:
    """A poll of a channel, as a leaf holds it.

    Args:
        sources: Ledger and derived data.
        parts: Of the collector.
        place: Of the leaf.
        channel: Whose reading.
        poll: Its number.
        prove: Whether a long log is gone through as well.

    Raises:
        LogUnknownError: no such leaf is held.
        PathUnknownError: it holds no such reading.
        LedgerError: it cannot be read.
    """
    if sources.ledger.held(place.agent, place.epoch, place.sequence) is None:
        raise LogUnknownError("agent, epoch", agent=place.agent, epoch=place.epoch)
    leaf = sources.ledger.leaf(place.agent, place.epoch, place.sequence)
    batch = decode(leaf.leaf)
    found = [] if not isinstance(batch, Batch) else _streams(batch, channel, poll)
    if not isinstance(batch, Batch) or not found:
        raise PathUnknownError(channel)
    stream = found[0]
    lookup = sources.store.lookup
    wrong = channel in lookup.faulty_in(place)
    bounds = stamp_bounds(batch.clock, leaf.received_ns)
    rows = rows_of([stream], place, 0, _LATEST_MS, bounds=bounds, quarantined=wrong)
    row = next((each for each in rows if each.sequence == poll), None)
    if row is None:
        raise PathUnknownError(channel)
    raw, shown = _bytes(stream, row)
    profile = logged_profile(sources, stream.head.profile)
    how, polls = reading_of(profile, stream.head), _polls(stream)
    stated = _stated(row)
    return Told(
        row=row,
        raw=raw,
        shown=shown,
        head=stream.head,
        how=how,
        again=_again(profile, stream.head, raw) if how is not None and raw else None,
        expanded=expand(map(component_of, stated)) if stated else None,
        budget=_budget(sources, place.agent, stream.head, row) if stated else None,
        faults=[
            bare(each)
            for at, each in lookup.faults(_SEARCHED)
            if (at, each.subject) == (place, channel)
        ],
        before=max((each for each in polls if each < poll), default=None),
        after=min((each for each in polls if each > poll), default=None),
        kept=_kept(sources, parts, leaf, batch.software, prove=prove),
    )


def _streams(batch: Batch, channel: str, poll: int) -> list[Stream]:
    own = [each for each in batch.streams if each.head.channel == channel]
    return [each for each in own if poll in _polls(each)]


def _polls(stream: Stream) -> set[int]:
    return {*sequences(stream), *(each.sequence for each in stream.missed)}


def _bytes(stream: Stream, row: Reading | MissedReading) -> tuple[str, float | int | None]:
    """What came, and what a miss showed all the same."""
    if isinstance(row, Reading):
        return row.raw, None
    miss = next(each for each in stream.missed if each.sequence == row.sequence)
    return miss.raw, miss.indication


def _stated(row: Reading | MissedReading) -> tuple[StatedComponent, ...]:
    if isinstance(row, MissedReading) or row.standard_uncertainty is None:
        return ()
    return row.components


def _budget(
    sources: Sources, agent: str, head: StreamHead, row: Reading | MissedReading
) -> ReadingBudget | None:
    if not isinstance(row, Reading):
        return None
    return budget_of(head, row, own_papers(sources, agent).register)


def _again(profile: DeviceProfile | None, head: StreamHead, raw: str) -> ReadAgain | None:
    if profile is None:
        return None
    return read_again(profile, head.channel, head.parameters, raw)


def _kept(sources: Sources, parts: Parts, leaf: StoredLeaf, software: str, *, prove: bool) -> Kept:
    state = sources.ledger.state(leaf.agent, leaf.epoch)
    signed, proof = _checkpoint(state.note), None
    if signed is not None and (prove or state.size <= MOST_LEAVES):
        hashes = sources.ledger.hashes(leaf.agent, leaf.epoch)[: signed.size]
        proof = inclusion(hashes, leaf.sequence, signed.root)
    return Kept(
        leaf=leaf,
        software=software,
        log_size=state.size,
        checkpoint=signed,
        receipt=_receipt(state.receipt, parts.collector_key),
        inclusion=proof,
    )


def _checkpoint(note: bytes) -> Checkpoint | None:
    try:
        return Checkpoint.from_text(parse_note(note).text)
    except EvidenceError:
        return None


def _receipt(note: bytes, collector: Verifier) -> Receipt | None:
    """The last receipt of a log; one that this collector's key did not sign is none."""
    try:
        return open_receipt(note, collector) if note else None
    except EvidenceError:
        return None
