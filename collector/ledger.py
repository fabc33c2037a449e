"""The ledger: the exact bytes of every admitted leaf, and where each agent's log ends.

The source of truth. A leaf and the state of its log are committed in one transaction, with
WAL and synchronous=FULL; only then may a receipt be signed.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from collector.database import Connect, Database, connect_sqlite, file_error
from collector.errors import LedgerDamagedError, LedgerPositionError, LedgerRestoredError
from collector.ledger_head import Head, lock, read_head, sync_folder, write_head
from collector.ledger_notes import LedgerNotes
from collector.ledger_read import LEDGER, LedgerReader
from collector.ledger_schema import SCHEMA
from collector.outcome import Admitted
from evidence.errors import Words
from evidence.log import merkle

HEAD: Final = "head"
LOCK: Final = "lock"


class Ledger(LedgerNotes):
    """The one writer of a ledger; `open_ledger` makes it.

    Statements may come from several threads, one at a time; a transaction makes other
    threads' transactions wait. What another thread shall read undisturbed, it reads
    through `read_ledger`.
    """

    def __init__(self, database: Database, head_path: Path, locked: int) -> None:
        super().__init__(database)
        self._head_path = head_path
        self._locked: int | None = locked
        self._remembered: Head | None = None

    def append(self, admitted: Admitted, received_ns: int) -> None:
        """Commits one leaf with the state of its log; see `append_many`."""
        self.append_many((admitted,), received_ns)

    def append_many(self, admitted: Sequence[Admitted], received_ns: int) -> None:
        """Commits leaves with the states of their logs, all or none of them.

        Args:
            admitted: In the order of their logs.
            received_ns: The instant, POSIX ns.

        Raises:
            LedgerPositionError: A leaf does not stand where its log ends.
            LedgerFullError: The disk is full.
            LedgerError: SQLite failed otherwise.
        """
        with self.transaction():
            frontier = self.frontier()
            for one in admitted:
                self._append(one, frontier, received_ns)
                frontier = merkle.append(frontier, one.leaf_hash)
            self.database.rows("UPDATE ledger SET frontier = ?", frontier.to_hex())

    def _append(self, one: Admitted, before: merkle.Frontier, received_ns: int) -> None:
        log = self._continued(one, received_ns)
        after = merkle.append(before, one.leaf_hash)
        self.database.rows(
            "INSERT INTO leaves VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            before.size,
            log,
            one.sequence,
            one.leaf_hash,
            one.root,
            merkle.root(after),
            received_ns,
            one.frame,
        )
        # A message that was altered on its way looked like a branch until its original came.
        self.database.rows(
            "DELETE FROM branches WHERE agent = ? AND epoch = ? AND sequence = ? AND root = ?",
            one.agent,
            one.epoch,
            one.sequence,
            one.root,
        )

    def _continued(self, one: Admitted, received_ns: int) -> int:
        """The id of the leaf's log, its state moved on by the leaf."""
        row = self.database.row(
            "SELECT id, size FROM logs WHERE agent = ? AND epoch = ?", one.agent, one.epoch
        )
        size = 0 if row is None else row[1]
        if not one.sequence == size == one.frontier.size - 1:
            where = f"{one.agent}/{one.epoch}"
            raise LedgerPositionError(where, found=one.sequence, limit=size)
        moved = (one.frontier.size, one.frontier.to_hex(), one.note)
        if row is not None:
            self.database.rows(
                "UPDATE logs SET size = ?, frontier = ?, note = ? WHERE id = ?", *moved, row[0]
            )
            return int(row[0])
        ((log,),) = self.database.rows(
            "INSERT INTO logs (size, frontier, note, agent, epoch, opened_ns)"
            " VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
            *moved,
            one.agent,
            one.epoch,
            received_ns,
        )
        return int(log)

    def set_receipt(self, agent: str, epoch: str, size: int, receipt: bytes) -> None:
        """Keeps the receipt that was signed over the first `size` leaves of a log.

        Raises:
            LedgerPositionError: The log does not have that many.
        """
        updated = self.database.rows(
            "UPDATE logs SET receipt = ?, receipt_size = ?"
            " WHERE agent = ? AND epoch = ? AND size >= ? RETURNING id",
            receipt,
            size,
            agent,
            epoch,
            size,
        )
        if not updated:
            held = self.state(agent, epoch).size
            raise LedgerPositionError(f"{agent}/{epoch}", found=size, limit=held)

    def set_receipts(self, signed: Mapping[tuple[str, str], tuple[int, bytes]]) -> None:
        """Keeps several receipts in one commit: (agent, epoch) -> (size, receipt)."""
        with self.transaction():
            for (agent, epoch), (size, receipt) in signed.items():
                self.set_receipt(agent, epoch, size, receipt)

    def remember(self) -> None:
        """Writes the head beside the ledger; a receipt may be signed only after this.

        Raises:
            LedgerError: It cannot be written.
        """
        head = self.head()
        if head != self._remembered:
            write_head(self._head_path, head)
            if self._remembered is None:
                sync_folder(self._head_path.parent)
            self._remembered = head

    def close(self) -> None:
        """Closes the connection and lets go of the lock; a second time, nothing happens."""
        try:
            super().close()
        finally:
            if self._locked is not None:
                os.close(self._locked)
            self._locked = None


def open_ledger(state_dir: Path, connect: Connect = connect_sqlite) -> Ledger:
    """The ledger in `state_dir`, made if there is none, for this process alone.

    Raises:
        LedgerLockedError: Another collector has it open.
        LedgerRestoredError: It is older or other than the remembered head.
        LedgerNewerError: It was written by a newer version.
        LedgerDamagedError: It contradicts itself, or is no ledger.
        LedgerError: The folder cannot be used.
    """
    ledger = _opened(state_dir, connect)
    try:
        _require_whole(ledger)
        require_remembered(ledger, read_head(state_dir / HEAD))
        ledger.remember()
    except BaseException:
        ledger.close()
        raise
    return ledger


def accept_restored(
    state_dir: Path, by: str, at_ns: int, connect: Connect = connect_sqlite
) -> Head:
    """The head from which the collector goes on after a person accepted a restored ledger.

    The acceptance is recorded in the ledger. Agents then send again from where it ends.

    Args:
        state_dir: The ledger's folder; no collector may have it open.
        by: Who accepts it.
        at_ns: When, POSIX ns.
        connect: How to open the file.

    Raises:
        LedgerError: The ledger cannot be used even so.
    """
    ledger = _opened(state_dir, connect)
    try:
        _require_whole(ledger)
        head = ledger.head()
        ledger.add_event(at_ns, LedgerRestoredError.code, f"accepted at {head.size} by {by}")
        ledger.remember()
    finally:
        ledger.close()
    return head


def _opened(state_dir: Path, connect: Connect) -> Ledger:
    """The ledger, locked and brought to this version, its head not yet compared."""
    try:
        state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise file_error(str(state_dir), problem) from problem
    locked = lock(state_dir / LOCK)
    try:
        database = _prepared(state_dir / LEDGER, connect)
    except BaseException:
        os.close(locked)
        raise
    return Ledger(database, state_dir / HEAD, locked)


def _prepared(path: Path, connect: Connect) -> Database:
    database = Database(path, connect)
    try:
        database.settle()
        if SCHEMA.known(database) != SCHEMA.version:
            with database.transaction():
                SCHEMA.prepare(database)
    except BaseException:
        database.close()
        raise
    return database


def _require_whole(ledger: Ledger) -> None:
    """Refuses a ledger whose last leaf is not the one its frontier ends with."""
    head = ledger.head()
    if ledger.root_at(head.size) != head.root or ledger.root_at(head.size + 1) is not None:
        what = Words("its leaves do not lead to its frontier", "叶数据与 frontier 不符")
        raise LedgerDamagedError(ledger.database.where, what=what)


def require_remembered(ledger: LedgerReader, remembered: Head | None) -> None:
    """Refuses a ledger that does not lead to the head that is remembered beside it.

    Raises:
        LedgerRestoredError: It is older or other.
    """
    size, where = ledger.head().size, ledger.database.where
    if remembered is None and size:
        what = Words("the file of the head is gone", "头部文件缺失")
        raise LedgerRestoredError(where, what=what)
    if remembered is None:
        return
    if remembered.size > size:
        what = Words(
            f"it has {size} leaves, {remembered.size} are remembered",
            f"现有 {size} 个叶，记住的是 {remembered.size} 个",
        )
        raise LedgerRestoredError(where, what=what)
    if ledger.root_at(remembered.size) != remembered.root:
        what = Words(
            f"its first {remembered.size} leaves are other ones",
            f"其前 {remembered.size} 个叶与记住的不同",
        )
        raise LedgerRestoredError(where, what=what)
