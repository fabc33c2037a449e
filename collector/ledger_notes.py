"""What is written beside the leaves: branches, events."""

from contextlib import AbstractContextManager
from typing import Final

from collector.ledger_read import LedgerReader
from collector.outcome import Equivocation
from evidence.log.envelope import compress

MAX_BRANCHES: Final = 1000


class LedgerNotes(LedgerReader):
    """The part of a ledger that says something about its leaves."""

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing of what is written inside; on disk when it ends."""
        return self.database.transaction()

    def add_branch(self, branch: Equivocation, at_ns: int) -> bool:
        """Keeps a contradicting history beside the log; False if it had 1,000 already."""
        place = (branch.agent, branch.epoch, branch.sequence, branch.root)
        with self.transaction():
            seen = self.database.rows(
                "UPDATE branches SET last_ns = ?, seen = seen + 1 WHERE agent = ? AND epoch = ?"
                " AND sequence = ? AND root = ? RETURNING seen",
                at_ns,
                *place,
            )
            if seen:
                return True
            ((kept,),) = self.database.rows(
                "SELECT count(*) FROM branches WHERE agent = ? AND epoch = ?", *place[:2]
            )
            if kept >= MAX_BRANCHES:
                return False
            self.database.rows(
                "INSERT INTO branches VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
                *place,
                branch.error.code,
                branch.note,
                compress(branch.leaf),
                at_ns,
                at_ns,
            )
        return True

    def add_event(self, at_ns: int, code: str, message: str) -> None:
        """Records what happened to the ledger itself."""
        self.database.rows(
            "INSERT INTO events (at_ns, code, message) VALUES (?, ?, ?)", at_ns, code, message
        )
