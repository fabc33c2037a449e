"""The journal's file: its tables, its version, and its errors in our words."""

import sqlite3
from collections.abc import Mapping
from typing import ClassVar, Final

from collector.database import Database
from collector.errors import LedgerError
from collector.journal_errors import (
    JournalBusyError,
    JournalDamagedError,
    JournalError,
    JournalFullError,
    JournalNewerError,
)

APPLICATION_ID: Final = 0x636D6A6E  # "cmjn"
# entries: the exact bytes; action, site and subject repeat what stands in them, to be found by.
# journal: the edge of the tree, and its head as a signed note.
_VERSION_1: Final = (
    """CREATE TABLE entries (
        position INTEGER PRIMARY KEY,
        hash BLOB NOT NULL,
        root BLOB NOT NULL,
        leaf BLOB NOT NULL,
        action TEXT NOT NULL,
        site TEXT NOT NULL,
        subject TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX entries_by_action ON entries (action, position)",
    "CREATE INDEX entries_by_subject ON entries (subject, position)",
    """CREATE TABLE journal (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        frontier TEXT NOT NULL,
        note BLOB NOT NULL
    ) STRICT""",
)
_STEPS: Final = (_VERSION_1,)
VERSION: Final = len(_STEPS)


class JournalDatabase(Database):
    """A connection to the journal's file."""

    errors: ClassVar[Mapping[int, type[LedgerError]]] = {
        sqlite3.SQLITE_FULL: JournalFullError,
        sqlite3.SQLITE_BUSY: JournalBusyError,
        sqlite3.SQLITE_LOCKED: JournalBusyError,
        sqlite3.SQLITE_CORRUPT: JournalDamagedError,
        sqlite3.SQLITE_NOTADB: JournalDamagedError,
    }
    error: ClassVar[type[LedgerError]] = JournalError


def prepare(database: Database) -> None:
    """Brings the tables to this software's version, inside the transaction that is open.

    Raises:
        JournalNewerError: They are of a later version.
        JournalDamagedError: The file is a database of something else.
    """
    for statement in (each for step in _STEPS[require_known(database) :] for each in step):
        database.rows(statement)
    database.rows(f"PRAGMA application_id = {APPLICATION_ID}")
    database.rows(f"PRAGMA user_version = {VERSION}")


def require_known(database: Database) -> int:
    """The version of the tables, 0 for an empty file.

    Raises:
        JournalNewerError: It is later than this software's.
        JournalDamagedError: The file is a database of something else.
    """
    ((application,),) = database.rows("PRAGMA application_id")
    ((version,),) = database.rows("PRAGMA user_version")
    ((tables,),) = database.rows("SELECT count(*) FROM sqlite_schema")
    if application != APPLICATION_ID and (application or version or tables):
        what = f"its application id is {application:#x}, it is not a journal"
        raise JournalDamagedError(database.where, what=what)
    if version > VERSION:
        raise JournalNewerError(database.where, found=version, limit=VERSION)
    return int(version)
