"""The judge at work: leaves from the ledger, what follows into the derived store."""

from collections.abc import Mapping
from itertools import islice
from typing import Final

from collector.judge import Judge, Position
from collector.ledger_read import LedgerReader
from collector.ledger_rows import StoredLeaf
from collector.library import Library
from collector.store import Store
from evidence.log.batch import Document, decode

PORTION: Final = 100  # leaves a commit


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
        self._judge = self._warmed_up()

    @property
    def library(self) -> Library:
        """All certificates and confirmations that have been judged."""
        return self._judge.library

    def catch_up(self) -> int:
        """Judges what the ledger holds beyond the cursor; how many leaves that were."""
        leaves = self._ledger.since(self._store.cursor())
        count, late = 0, False
        while portion := list(islice(leaves, PORTION)):
            with self._store.transaction():
                for leaf in portion:
                    judgement = self._judge.judge(leaf.leaf, position_of(leaf))
                    self._store.keep(judgement, position_of(leaf))
                    late = late or judgement.late
            count += len(portion)
        if late:
            self.judge_again()
        return count

    def judge_again(self) -> int:
        """Windows anew under all that is known by now; how many became another version."""
        judge = Judge(
            self._sites,
            self._judge.library,
            faulty=self._store.lookup.faulty(),
            accept_simulated=self._accept_simulated,
        )
        changed = 0
        with self._store.transaction():
            for leaf in self._ledger.since(0):
                if leaf.position >= self._store.cursor():
                    break
                for window in judge.judge(leaf.leaf, position_of(leaf)).windows:
                    changed += self._store.keep_window(window)
        return changed

    def _warmed_up(self) -> Judge:
        """A judge that knows the certificates, and the readings of hours still open."""
        judge = Judge(self._sites, self._library_before(), accept_simulated=self._accept_simulated)
        for record in self._store.lookup.exchanges():
            judge.recall(record)
        cursor = self._store.cursor()
        for leaf in self._ledger.since(self._store.open_from()):
            if leaf.position >= cursor:
                break
            judge.judge(leaf.leaf, position_of(leaf))
        return judge

    def _library_before(self) -> Library:
        library = Library()
        for _, _, place in self._store.lookup.documents(("certificate", "confirmation")):
            leaf = decode(self._ledger.leaf(place.agent, place.epoch, place.sequence).leaf)
            if isinstance(leaf, Document):
                library = library.with_document(leaf)
        return library


def position_of(leaf: StoredLeaf) -> Position:
    """Where a stored leaf stands."""
    return Position(
        position=leaf.position,
        agent=leaf.agent,
        epoch=leaf.epoch,
        sequence=leaf.sequence,
        received_ns=leaf.received_ns,
    )
