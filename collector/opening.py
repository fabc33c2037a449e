"""The files of a state folder, opened as this process needs them: ledger, reader, derived store."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from collector.database import Connection
from collector.errors import LedgerRestoredError, StoreError
from collector.ledger import Ledger, open_ledger
from collector.ledger_read import LedgerReader, read_ledger
from collector.store import Store
from evidence.errors import Words

DERIVED: Final = "derived.sqlite"


def open_store(state_dir: Path) -> Store:
    """The derived store beside the ledger; made if there is none."""

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(state_dir / DERIVED, check_same_thread=False, timeout=10.0)

    return Store(connect)


def open_reader(state_dir: Path) -> LedgerReader:
    """A reader of a ledger that this process has open already.

    Raises:
        LedgerError: there is no ledger, or it cannot be read.
    """
    return read_ledger(state_dir, _connected_again)


def _connected_again(path: Path) -> Connection:
    """One more connection to a file that this process has open.

    Only SQLite may open and close it: closing any other descriptor of the file drops the
    process's POSIX locks on it, and the next process that looks into the ledger would take
    it for abandoned and delete its WAL, with all that was receipted since the checkpoint.
    """
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False)


def open_witnessed_ledger(state_dir: Path) -> Ledger:
    """The ledger for this process alone, found to hold what was derived from it before.

    Ledger and head may have been put back together; the derived data, in a file of their own,
    still know how far it was.

    Raises:
        LedgerRestoredError: it is older than the head, or than what was derived from it.
        LedgerError: as `open_ledger`.
    """
    ledger = open_ledger(state_dir)
    try:
        _require_judged(ledger, state_dir)
    except BaseException:
        ledger.close()
        raise
    return ledger


def _require_judged(ledger: Ledger, state_dir: Path) -> None:
    judged, held = _judged(state_dir), ledger.head().size
    if judged > held:
        what = Words(
            f"it has {held} leaves, {judged} were judged", f"现有 {held} 个叶，已评判 {judged} 个"
        )
        raise LedgerRestoredError(ledger.database.where, what=what)


def _judged(state_dir: Path) -> int:
    """How many leaves the derived data follow from; 0 where they cannot say."""
    if not (state_dir / DERIVED).exists():
        return 0
    try:
        store = open_store(state_dir)
        try:
            return store.cursor()
        finally:
            store.close()
    except (StoreError, sqlite3.DatabaseError):
        return 0


@contextmanager
def emptied_store(state_dir: Path) -> Iterator[Store]:
    """The derived store without what follows from the ledger; statements are kept.

    A file that cannot be used, or was written by a newer version, is made anew.
    """
    try:
        store = open_store(state_dir)
        store.forget()
    except (StoreError, sqlite3.DatabaseError):
        for name in (DERIVED, f"{DERIVED}-wal", f"{DERIVED}-shm"):
            (state_dir / name).unlink(missing_ok=True)
        store = open_store(state_dir)
    try:
        yield store
    finally:
        store.close()
