"""The judge at work: leaves from the ledger, what follows into the derived store."""

from collections.abc import Iterator, Mapping
from itertools import islice, takewhile
from typing import Final

from collector.documented import libraries_of
from collector.ledger_read import LedgerReader
from collector.ledger_rows import StoredLeaf
from collector.store import Store
from evidence.judging.deriving import Deriving
from evidence.judging.judge import Judge
from evidence.judging.judgement import Judgement, Position, Reopening
from evidence.log.leaf import DocumentKind

PORTION: Final = 100  # leaves a commit
_READ_AGAIN: Final[tuple[DocumentKind, ...]] = (
    "profile",
    "certificate",
    "confirmation",
    "event",
    "setting",
    "derivation",
    "plan",
    "test",
)


class Judging:
    """Keeps the derived store abreast of the ledger.

    Args:
        ledger: to read from.
        store: to write to; its cursor says how far it is.
        sites: agent -> site.
        accept_simulated: whether batches stamped by a simulated clock count.
    """

    def __init__(
        self,
        ledger: LedgerReader,
        store: Store,
        sites: Mapping[str, str],
        *,
        accept_simulated: bool = False,
    ) -> None:
        self._ledger = ledger
        self._store = store
        self._sites = sites
        self._accept_simulated = accept_simulated
        self._deriving = Deriving(store, sites)
        self._judge = self._warmed_up()
        self._deriving.take_as_known(self._judge.libraries)

    def catch_up(self) -> int:
        """Judges what the ledger holds beyond the cursor; how many leaves that were."""
        leaves = self._ledger.since(self._store.cursor())
        count = 0
        while portion := list(islice(leaves, PORTION)):
            with self._store.transaction():
                for leaf in portion:
                    self._keep(self._judge.judge(leaf.leaf, position_of(leaf)), position_of(leaf))
            count += len(portion)
        if self._store.is_late():
            self.judge_again()
        return count

    def fold_days(self) -> int:
        """Sums a portion of the days that are over; 0 if none is due."""
        return self._store.fold_days(PORTION)

    def _keep(self, judgement: Judgement, position: Position) -> None:
        """Keeps what a leaf gave, and the hours of channels that are computed from it."""
        self._store.keep(judgement, position)
        self._follow(judgement, self._judge, position)

    def _follow(self, judgement: Judgement, judge: Judge, position: Position) -> None:
        hours = (*judgement.windows, *judgement.means)
        if hours or judgement.documents:
            for fault in self._deriving.follow(hours, judge.libraries):
                self._store.keep_fault(fault, position)

    def judge_again(self) -> int:
        """Windows anew under all that is known by now; how many became another version.

        They are committed in portions, so that nobody waits for the whole; until the last
        one the store remembers that it is not done.
        """
        judge, changed = self._judge_anew(), 0
        opened: dict[str, tuple[int, Reopening]] = {}
        leaves = self._judged_before(0)
        while portion := list(islice(leaves, PORTION)):
            with self._store.transaction():
                for leaf in portion:
                    judgement = judge.judge(leaf.leaf, position_of(leaf))
                    changed += self._store.keep_hours(judgement)
                    opened |= judgement.opened
                    self._follow(judgement, judge, position_of(leaf))
        self._store.settle(opened)
        judge.go_on()
        self._judge = judge
        return changed

    def _warmed_up(self) -> Judge:
        """A judge that knows the certificates, and the readings of hours still open."""
        judge = self._judge_anew(self._store.opened())
        for leaf in self._judged_before(self._store.open_from()):
            judge.judge(leaf.leaf, position_of(leaf))
        judge.go_on()
        return judge

    def _judged_before(self, position: int) -> Iterator[StoredLeaf]:
        """The leaves from a position on that have been judged."""
        cursor = self._store.cursor()
        return takewhile(lambda leaf: leaf.position < cursor, self._ledger.since(position))

    def _judge_anew(self, opened: Mapping[str, Reopening] | None = None) -> Judge:
        """A judge that knows all documents and exchanges, and what was found wrong."""
        judge = Judge(
            self._sites,
            libraries_of(self._store.lookup, self._ledger, _READ_AGAIN),
            faulty=self._store.lookup.faulty(),
            accept_simulated=self._accept_simulated,
            opened=opened,
        )
        for place, record in self._store.lookup.noted_exchanges():
            judge.recall(record, place)
        return judge


def position_of(leaf: StoredLeaf) -> Position:
    """Where a stored leaf stands."""
    return Position(
        position=leaf.position,
        agent=leaf.agent,
        epoch=leaf.epoch,
        sequence=leaf.sequence,
        received_ns=leaf.received_ns,
    )
