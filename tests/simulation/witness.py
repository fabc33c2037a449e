"""What one spool commits, seen from beside it: nothing is forgotten without a receipt."""

from copy import copy
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from edge_agent.poll import Poll, read_pending
from evidence.log import merkle
from evidence.log.batch import Record, RecordKind
from evidence.log.envelope import decompress
from tests.simulation.book import Book, Log, all_polls, polls_of, records_of
from tests.simulation.machine import Handle
from tests.system.meters import METER
from tests.system.oracle import Kept

GENERATION: Final = 1 << 40
NS_PER_MS: Final = 1_000_000
MOST_UNSAID_NS: Final = 1_010_000_000
"""A second, and what whole milliseconds of many steps can add up to."""


@dataclass(slots=True, kw_only=True)
class Witness:
    """Follows the rows of one spool, commit by commit.

    Attributes:
        name: Of the machine.
        offset_ns: What its wall clock was set by, as far as it is on record or before this life.
        leaves, pending: What the spool keeps, by row.
        epochs: By generation.
        base: First leaf without a receipt, of the current epoch.
        let_go: The leaves that it committed a receipt for, by epoch and sequence.
    """

    book: Book
    name: str
    agent: str
    offset_ns: int = 0
    leaves: dict[int, bytes] = field(default_factory=dict)
    pending: dict[int, Kept | Record] = field(default_factory=dict)
    epochs: dict[int, str] = field(default_factory=dict)
    base: int = 0
    let_go: dict[tuple[str, int], bytes] = field(default_factory=dict)
    last_id: int = 0

    def twin(self, name: str) -> "Witness":
        """The same knowledge, of a copy of the spool."""
        found = copy(self)
        found.name = name
        found.leaves, found.pending = dict(self.leaves), dict(self.pending)
        found.epochs, found.let_go = dict(self.epochs), dict(self.let_go)
        return found

    @property
    def epoch(self) -> str:
        """Of the log that is appended to."""
        return self.epochs[max(self.epochs)] if self.epochs else ""

    @property
    def polls(self) -> dict[Kept, None]:
        """Every poll that the spool still keeps."""
        waiting = [each for each in self.pending.values() if isinstance(each, Kept)]
        return all_polls(self.leaves.values()) | dict.fromkeys(waiting)

    def seen(self, db: Handle, offset_ns: int) -> list[str]:
        """Looks at the spool after a commit; what it found new, in a few words each.

        Args:
            db: The connection that made it.
            offset_ns: What the machine's wall clock was set by, in all.
        """
        added = self._new_pending(db)
        self._check_clock(added, offset_ns)
        rows = db.look("SELECT generation, epoch, receipted FROM log")
        if rows:
            ((generation, epoch, receipted),) = rows
            self.epochs[generation] = epoch
            return self._follow_leaves(db, generation, merkle.Frontier.from_hex(receipted))
        return []

    def _new_pending(self, db: Handle) -> list[Kept | Record]:
        rows = db.look("SELECT id, data FROM pending WHERE id > ? ORDER BY id", self.last_id)
        added = {row_id: self._understood(data) for row_id, data in rows}
        if added:
            self.last_id = max(added)
        kept = {row_id for (row_id,) in db.look("SELECT id FROM pending")}
        self.pending = {n: each for n, each in (self.pending | added).items() if n in kept}
        polls = [each for each in added.values() if isinstance(each, Kept)]
        self.book.committed.setdefault(self.agent, {}).update(dict.fromkeys(polls))
        for poll in polls:
            self._check_answer(poll)
        return list(added.values())

    def _understood(self, data: bytes) -> Kept | Record:
        found = read_pending(data)
        assert found is not None, "a pending row cannot be read"
        if not isinstance(found, Poll):
            return found.record
        stamps = [each.at_ms for each in found.readings] + [each.at_ms for each in found.lacking]
        shown = [int.from_bytes(each.raw, "big") for each in found.readings]
        return Kept(
            device=found.device,
            sequence=found.sequence,
            at_ms=stamps[0],
            shown=shown[0] if shown else None,
        )

    def _check_answer(self, poll: Kept) -> None:
        """What is kept was answered by that meter, to this machine, at that instant."""
        self.book.world.tally["polls"] += 1
        if poll.shown is None:
            return
        self.book.shown[poll.shown] = None
        unit, number = divmod(poll.shown, METER)
        found = self.book.served.get((unit, number))
        if poll.device != f"meter-{unit}" or found != (self.name, poll.at_ms):
            self.book.world.complain(f"{self.name} keeps {poll}, answered was {found}")

    def _check_clock(self, added: list[Kept | Record], offset_ns: int) -> None:
        """No poll is kept while the clock is off by more than a second that is not on record."""
        steps = [each for each in added if isinstance(each, Record) and _is_step(each)]
        self.offset_ns += sum(int(each.facts["step_ms"]) * NS_PER_MS for each in steps)
        unsaid_ns = offset_ns - self.offset_ns
        if any(isinstance(each, Kept) for each in added) and abs(unsaid_ns) > MOST_UNSAID_NS:
            self.book.world.complain(
                f"{self.name}: a clock step of {unsaid_ns} ns is not on record"
            )

    def _follow_leaves(self, db: Handle, generation: int, receipted: merkle.Frontier) -> list[str]:
        ids = [row_id for (row_id,) in db.look("SELECT id FROM leaf ORDER BY id")]
        present = set(ids)
        new = {n: self._leaf(db, n) for n in ids if n not in self.leaves}
        gone = {n: leaf for n, leaf in self.leaves.items() if n not in present}
        for row_id, leaf in new.items():
            epoch, sequence = self.epochs[row_id // GENERATION], row_id % GENERATION
            self.book.makes((self.agent, epoch, sequence), leaf)
        self.leaves = {n: leaf for n, leaf in self.leaves.items() if n in present} | new
        self.base = receipted.size
        self.let_go |= {
            (self.epochs[generation], n % GENERATION): leaf
            for n, leaf in gone.items()
            if n // GENERATION == generation and n % GENERATION < receipted.size
        }
        self._check_gone(gone, list(new.values()), generation, receipted)
        return [f"leaf {n % GENERATION} {sha256(new[n]).hexdigest()[:8]}" for n in new]

    def _leaf(self, db: Handle, row_id: int) -> bytes:
        ((frame,),) = db.look("SELECT frame FROM leaf WHERE id = ?", row_id)
        return decompress(frame)

    def _check_gone(
        self,
        gone: dict[int, bytes],
        new: list[bytes],
        generation: int,
        receipted: merkle.Frontier,
    ) -> None:
        """What is gone has a receipt of this log's own root, or stands in a newer log.

        A receipt that came last may be followed only by the commit that begins the newer log.
        """
        log, where = (self.agent, self.epochs[generation]), f"{self.name}: leaf"
        trimmed = [n for n in gone if n // GENERATION == generation]
        if trimmed and not self._is_covered(log, generation, receipted):
            self.book.world.complain(f"{self.name}: leaves up to {receipted.size} have no receipt")
        if any(n % GENERATION >= receipted.size for n in trimmed):
            self.book.world.complain(f"{self.name}: leaves from {receipted.size} on are gone")
        polls = all_polls(new)
        records = {each for leaf in new for each in map(repr, records_of(leaf))}
        for row_id, leaf in gone.items():
            moved = all(poll in polls for poll in polls_of(leaf))
            moved = moved and all(repr(each) in records for each in records_of(leaf))
            place = (self.agent, self.epochs[row_id // GENERATION], row_id % GENERATION)
            older = row_id // GENERATION != generation
            if older and not moved and not self.book.has_receipt(place, leaf):
                self.book.world.complain(f"{where} {place[2]} of an older log is gone")

    def _is_covered(self, log: Log, generation: int, receipted: merkle.Frontier) -> bool:
        """Whether a receipt was signed for this log up to here, or on to what is still kept.

        What one receipt covers may be deleted in portions.
        """
        frontier, first = receipted, generation * GENERATION
        while not self.book.covers(log, frontier.size, merkle.root(frontier)):
            leaf = self.leaves.get(first + frontier.size)
            if leaf is None:
                return False
            frontier = merkle.append(frontier, merkle.leaf_hash(leaf))
        return True


def _is_step(record: Record) -> bool:
    return record.kind == RecordKind.CLOCK_STEP
