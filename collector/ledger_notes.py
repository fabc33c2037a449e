"""What is written beside the leaves: branches, events."""

from contextlib import AbstractContextManager
from typing import Final

from collector.errors import LedgerAbsentError
from collector.ledger_read import LedgerReader
from collector.ledger_rows import Branch
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
                "INSERT INTO branches (agent, epoch, sequence, root, code, note, leaf, first_ns,"
                " last_ns, seen) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
                *place,
                branch.error.code,
                branch.note,
                compress(branch.leaf),
                at_ns,
                at_ns,
            )
        return True

    def release_branch(self, root: str, by: str, reason: str, at_ns: int) -> Branch:
        """The open branch whose root begins so, in hexadecimal: somebody looked at it.

        It is kept; who released it and why is recorded with it and among the events.

        Args:
            root: So many digits that one open branch alone begins with them.
            by: Who looked at it.
            reason: What became of it.
            at_ns: When, POSIX ns.

        Raises:
            LedgerAbsentError: None begins so, or more than one.
        """
        with self.transaction():
            branch = self.open_branch(root)
            place = (branch.agent, branch.epoch, branch.sequence)
            self.database.rows(
                "UPDATE branches SET released_by = ?, reason = ?, released_ns = ?"
                " WHERE agent = ? AND epoch = ? AND sequence = ? AND root = ?",
                *(by, reason, at_ns),
                *(*place, branch.root),
            )
            where = "/".join(map(str, place))
            text = f"branch {branch.root.hex()} of {where} released by {by}: {reason}"
            self.add_event(at_ns, branch.code, text)
        return branch

    def open_branch(self, root: str) -> Branch:
        """The open branch whose root begins so, in hexadecimal.

        Raises:
            LedgerAbsentError: None begins so, or more than one.
        """
        found = [each for each in self.branches() if each.is_open and _begins(each, root)]
        if len(found) != 1:
            what = Words(f"one open branch {root}", f"唯一的未处理分支 {root}")
            raise LedgerAbsentError(self.database.where, what=what)
        return found[0]

    def add_event(self, at_ns: int, code: str, message: str) -> None:
        """Records what happened to the ledger itself."""
        self.database.rows(
            "INSERT INTO events (at_ns, code, message) VALUES (?, ?, ?)", at_ns, code, message
        )


def _begins(branch: Branch, root: str) -> bool:
    return bool(root) and branch.root.hex().startswith(root.lower())
