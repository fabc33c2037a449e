"""How a spool is opened: sound, new, set back or damaged; and what the next epoch must say."""

import contextlib
import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from edge_agent.custody_errors import SpoolError, SpoolForeignError
from edge_agent.salvage import Salvaged, salvage
from edge_agent.spool import Spool
from edge_agent.spool_check import Unsound, check_spool
from edge_agent.spool_files import Head, SpoolFiles
from edge_agent.spool_log import LogState
from edge_agent.spool_room import LAST_WORD_BYTES
from edge_agent.spool_schema import (
    Connect,
    configured,
    connect_file,
    create_tables,
    is_of_the_disk,
    storage_error,
    transaction,
    wal_bytes,
)
from edge_agent.spool_shelf import is_former, last_kept
from evidence.log.key import SigningKey

Reason = Literal["", "new", "lost", "set_back", "damaged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found at the start.

    Attributes:
        reason: Why a new epoch must be opened; empty if the old one goes on.
        what: The finding in words.
        former: Epoch that is over.
        leaves, pending: What was salvaged of a damaged spool.
    """

    reason: Reason
    what: str = ""
    former: str = ""
    leaves: int = 0
    pending: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SpoolTerms:
    """Whose spool, who signs, how large it may be, how its file is opened; n -> n random bytes."""

    agent: str
    key: SigningKey
    limit_bytes: int
    connect: Connect = connect_file
    entropy: Callable[[int], bytes] = os.urandom


def open_spool(directory: Path, terms: SpoolTerms) -> tuple[Spool, Found]:
    """The spool in a state directory, locked and checked, and what was found.

    A damaged file is set aside and what is sound of it is in the new one; the caller opens
    a new epoch wherever `Found.reason` is not empty, before anything else.

    Raises:
        SpoolLockedError: another agent holds the directory.
        SpoolForeignError: the spool is another agent's.
        SpoolVersionError: a newer program wrote it.
        SpoolStorageError: the disk failed.
    """
    files = SpoolFiles(directory, LAST_WORD_BYTES + wal_bytes(terms.limit_bytes))
    files.ballast.make_room()
    try:
        return _opened(files, terms)
    except sqlite3.Error as wrong:
        files.unlock()
        raise storage_error(str(files.database), wrong) from wrong
    except BaseException:
        files.unlock()
        raise


def _opened(files: SpoolFiles, terms: SpoolTerms) -> tuple[Spool, Found]:
    if files.damaged.exists():
        return _salvaged(files, terms, "an earlier start was interrupted")
    head = files.read_head()
    try:
        db, state = _checked(files, terms)
    except Unsound as wrong:
        return _salvaged(files, terms, str(wrong))
    found = _finding(state, head, db)
    if state is None:
        state = LogState(agent=terms.agent, generation=0, epoch="")
    if state.agent != terms.agent:
        db.close()
        raise SpoolForeignError(str(files.database), found=state.agent, limit=terms.agent)
    return _spool(db, state, files, terms), found


def _checked(files: SpoolFiles, terms: SpoolTerms) -> tuple[sqlite3.Connection, LogState | None]:
    """The database and its state; new tables in a file that has none."""
    db = terms.connect(files.database)
    try:
        _configure(db, terms)
        state = check_spool(db, terms.key, files.database)
        if not db.execute("SELECT 1 FROM sqlite_master").fetchone():
            with transaction(db, str(files.database)):
                create_tables(db)
    except BaseException:
        db.close()
        raise
    return db, state


def _configure(db: sqlite3.Connection, terms: SpoolTerms) -> None:
    try:
        configured(db, terms.limit_bytes)
    except (sqlite3.Error, UnicodeDecodeError) as wrong:
        if is_of_the_disk(wrong):
            raise
        raise Unsound(str(wrong)) from wrong


def _finding(state: LogState | None, head: Head | None, db: sqlite3.Connection) -> Found:
    """Whether the log goes on: not if it is new, gone, or behind what was noted beside it."""
    if state is None:
        return Found(reason="new") if head is None else Found(reason="lost", former=head.epoch)
    if head is None or is_former(db, head.epoch):
        return Found(reason="")
    kept = last_kept(db)
    if head.epoch != state.epoch:
        what = f"epoch {state.epoch} where {head.epoch} was noted"
        return Found(reason="set_back", what=what, former=head.epoch)
    if head.size > state.size or head.kept > kept:
        what = f"{state.size} leaves and {kept} rows where {head.size} and {head.kept} were noted"
        return Found(reason="set_back", what=what, former=state.epoch)
    return Found(reason="")


def _salvaged(files: SpoolFiles, terms: SpoolTerms, what: str) -> tuple[Spool, Found]:
    files.set_aside()
    new = configured(terms.connect(files.database), terms.limit_bytes)
    try:
        kept = _copied(files, terms, new)
    except BaseException:
        new.close()
        raise
    state = LogState(agent=terms.agent, generation=kept.generation, epoch="")
    head = files.read_head()  # knows the epoch where the database does not tell it any more
    former = kept.epoch or ("" if head is None else head.epoch)
    found = Found(
        reason="damaged", what=what, former=former, leaves=kept.leaves, pending=kept.pending
    )
    return _spool(new, state, files, terms), found


def _copied(files: SpoolFiles, terms: SpoolTerms, new: sqlite3.Connection) -> Salvaged:
    with contextlib.closing(terms.connect(files.damaged)) as old:
        with contextlib.suppress(sqlite3.Error, UnicodeDecodeError):
            old.execute("PRAGMA writable_schema=ON")  # reads a file shorter than its header says
        return salvage(old, new, str(files.database))


def _spool(db: sqlite3.Connection, state: LogState, files: SpoolFiles, terms: SpoolTerms) -> Spool:
    try:
        spool = Spool(
            db,
            state,
            key=terms.key,
            files=files,
            limit_bytes=terms.limit_bytes,
            entropy=terms.entropy,
        )
    except (sqlite3.Error, SpoolError):
        db.close()
        raise
    return spool
