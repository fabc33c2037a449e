"""What is written beside the leaves: branches, documents, quarantine, events."""

import hashlib
from contextlib import AbstractContextManager
from typing import Final

from collector.errors import LedgerAbsentError
from collector.ledger_read import LedgerReader
from collector.outcome import Equivocation
from evidence.errors import Words
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

    def add_document(
        self, kind: str, name: str, content: bytes, position: int, recorded_ns: int
    ) -> str:
        """Keeps a file that batches cite; its SHA-256 in hexadecimal. The first stands.

        Args:
            kind: As logged: profile, certificate, confirmation, configuration.
            name: As logged.
            content: The exact bytes.
            position: Of the leaf that brought it, among all leaves.
            recorded_ns: When that leaf was committed, POSIX ns.
        """
        digest = hashlib.sha256(content).hexdigest()
        self.database.rows(
            "INSERT OR IGNORE INTO documents VALUES (?, ?, ?, ?, ?, ?)",
            digest,
            kind,
            name,
            content,
            position,
            recorded_ns,
        )
        return digest

    def quarantine(self, position: int, stream: str, code: str, message: str, at_ns: int) -> None:
        """Names what is wrong in a leaf; said again, it changes nothing."""
        self.database.rows(
            "INSERT OR IGNORE INTO quarantine (position, stream, code, message, at_ns)"
            " VALUES (?, ?, ?, ?, ?)",
            position,
            stream,
            code,
            message,
            at_ns,
        )

    def release(self, quarantine_id: int, by: str, reason: str, at_ns: int) -> None:
        """Records that a person released what was quarantined.

        Raises:
            LedgerAbsentError: There is no such entry, or it was released before.
        """
        updated = self.database.rows(
            "UPDATE quarantine SET released_by = ?, reason = ?, released_ns = ?"
            " WHERE id = ? AND released_ns IS NULL RETURNING id",
            by,
            reason,
            at_ns,
            quarantine_id,
        )
        if not updated:
            what = Words(f"open entry {quarantine_id}", f"未释放的条目 {quarantine_id}")
            raise LedgerAbsentError(self.database.where, what=what)

    def add_event(self, at_ns: int, code: str, message: str) -> None:
        """Records what happened to the ledger itself."""
        self.database.rows(
            "INSERT INTO events (at_ns, code, message) VALUES (?, ?, ?)", at_ns, code, message
        )
