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
from collector.schema import Schema

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
# Entries of version 2 may lie here: software that hashes them otherwise must not find them damaged.
_VERSION_2: Final = ()
SCHEMA: Final = Schema(
    name="a journal",
    application_id=0x636D6A6E,  # "cmjn"
    steps=(_VERSION_1, _VERSION_2),
    damaged=JournalDamagedError,
    newer=JournalNewerError,
)


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
