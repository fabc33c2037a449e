"""A channel's statements as they would have been made at an instant.

Hours are kept as they are told now, and a file that was rebuilt does not know when it told them
otherwise. The ledger knows when each leaf was received. So the leaves that had been received by the
instant are judged again, under the documents among them: what an auditor does with a bundle. They
are read one after the other, and no more than one is held. Likewise of a period whose hours begin
at other minutes than those that are kept.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from calibration.errors import CalibrationError
from calibration.grid import grid_of
from collector.bundle_held import Held
from collector.bundle_leaves import Choosing
from collector.bundle_scope import Scope
from collector.judging import position_of
from collector.ledger_rows import StoredLeaf
from evidence.bundle.memory import Memory
from evidence.bundle.streams import has_exchange, kept_in, of_channels
from evidence.errors import EvidenceError
from evidence.judging.deriving import Deriving
from evidence.judging.dividing import require_whole
from evidence.judging.judge import Judge
from evidence.judging.judgement import Position
from evidence.judging.library import Library
from evidence.log.batch import Batch, Document, Leaf, RecordKind, decode
from evidence.statement.activity import activity_data
from evidence.statement.datum import ActivityData
from evidence.statement.groups import groups_of
from evidence.statement.stating import suspects_of

Span = tuple[int, int]
_Judged = tuple[StoredLeaf, Leaf]


@dataclass(frozen=True, slots=True, kw_only=True)
class AsKnown:
    """What followed at an instant from what had been received.

    Attributes:
        memory: The hours.
        libraries: What each agent had logged that bears on them.
    """

    memory: Memory
    libraries: Mapping[str, Library]


def as_known(held: Held, scope: Scope) -> AsKnown:
    """What followed at an instant for a channel in a time.

    Raises:
        LedgerError: a leaf cannot be read.
        PeriodError: hours that begin where the time does would cut readings in two.
    """
    choosing = Choosing(held, scope)
    choosing.run()
    return _judged(held, choosing, list(_decoded(choosing.papers())))


def stated_as_known(
    held: Held, channel: str, spans: Sequence[Span], known_ns: int, software: str
) -> list[ActivityData]:
    """The activity data of a channel by what had been received at an instant.

    They are not kept: nobody stated them then. One that was has the digest that it had.

    Args:
        held: what the collector holds.
        channel: measured, or computed from others.
        spans: the periods, in order, of full hours that begin where those of the first do;
            those without an hour are left out.
        known_ns: UTC ns.
        software: name and version that states them.

    Raises:
        LedgerError: a leaf cannot be read.
        WindowMergeError: two hours of a period do not join.
    """
    scope = Scope(channel=channel, period=(spans[0][0], spans[-1][1]), known_ns=known_ns)
    return following(as_known(held, scope), channel, spans, software)


def following(
    known: AsKnown, channel: str, spans: Sequence[Span], software: str
) -> list[ActivityData]:
    """The activity data of a channel that followed from what was known.

    Raises:
        WindowMergeError: two hours of a period do not join.
    """
    memory, whole = known.memory, (spans[0][0], spans[-1][1])
    row = memory.channel(channel)
    if row is None:
        return []
    register = known.libraries.get(row.agent, Library()).register
    windows = memory.windows(channel, *whole)
    suspects = suspects_of(register, channel, row.head.measurand, windows)
    divided = ((each, memory.windows(channel, *each)) for each in spans)
    return [
        activity_data(
            inside,
            row.head.measurand,
            span,
            software=software,
            suspects=suspects,
            double_count_groups=groups_of(register, inside),
        )
        for span, inside in divided
        if inside
    ]


def _decoded(stored: Iterable[StoredLeaf]) -> Iterator[_Judged]:
    for each in stored:
        try:
            yield each, decode(each.leaf)
        except (EvidenceError, CalibrationError):
            continue  # it is in the quarantine by its name


def _libraries(
    leaves: Iterable[_Judged], faulty: frozenset[tuple[str, str, int, str]]
) -> dict[str, Library]:
    """What each agent had logged and was found sound, by agent."""
    found: dict[str, Library] = {}
    for stored, leaf in leaves:
        place = stored.agent, stored.epoch, stored.sequence
        if isinstance(leaf, Document) and (*place, leaf.name) not in faulty:
            known = found.get(stored.agent, Library())
            found[stored.agent] = known.with_document(leaf)
    return found


def _judged(held: Held, choosing: Choosing, papers: Sequence[_Judged]) -> AsKnown:
    """The hours that follow from chosen leaves, under all documents among them."""
    channels, faulty = choosing.channels, held.lookup.faulty()
    grid_ns = grid_of(choosing.scope.period[0])
    libraries, memory = _libraries(papers, faulty), Memory()
    deriving = Deriving(memory, held.sites)
    judge = Judge(
        held.sites,
        libraries,
        faulty=faulty,
        accept_simulated=held.accept_simulated,
        grid_ns=grid_ns,
    )
    for stored, leaf in papers:
        if isinstance(leaf, Batch) and has_exchange(leaf, channels):
            _recall(judge, leaf, channels, stored.position)
    for stored, leaf in _decoded(choosing.leaves()):
        if isinstance(leaf, Batch):
            position, own = position_of(stored), of_channels(leaf, channels)
            _require_whole(own, position, faulty, choosing.scope.period)
            judgement = judge.take(own, position)
            kept_in(memory, deriving, judgement, judge, position)
    return AsKnown(memory=memory, libraries=libraries)


def _require_whole(
    leaf: Leaf, position: Position, faulty: frozenset[tuple[str, str, int, str]], period: Span
) -> None:
    """Returns if no reading of a period is cut in two: the channel may have been read otherwise.

    What was found wrong counts in no hour, and says nothing of how a channel was read.

    Raises:
        PeriodError: one is.
    """
    for each in leaf.streams if isinstance(leaf, Batch) else ():
        if (*position.place, each.head.channel) not in faulty:
            require_whole(each, period)


def _recall(judge: Judge, leaf: Batch, channels: frozenset[str], position: int) -> None:
    """Tells the judge of the exchanges of channels, before it meets readings around them."""
    for record in leaf.records:
        if record.kind != RecordKind.EXCHANGE or record.channel in channels:
            judge.recall(record, position)
