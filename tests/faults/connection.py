"""An apsw connection that is used as sqlite3's are, as far as spool and ledger use them.

What sqlite3 does not raise is not raised here either: SQLite keeps to itself what goes wrong in
a checkpoint after a commit, or while it closes; apsw would hand out the watcher's exception.
"""

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, cast

import apsw

from tests.faults.vfs import NAME, watched_vfs

Row = tuple[Any, ...]
Rewrite = Callable[[str], str]
_PRIMARY: Final = 0xFF
_AUTOCHECKPOINT: Final = re.compile(r"PRAGMA wal_autocheckpoint\s*=\s*(\d+)", re.IGNORECASE)
_DEFAULT_PAGES: Final = 1000
_BUSY_MS: Final = 5000
_KINDS: Final[dict[int, type[sqlite3.Error]]] = {
    **dict.fromkeys((sqlite3.SQLITE_INTERNAL, sqlite3.SQLITE_NOTFOUND), sqlite3.InternalError),
    **dict.fromkeys(
        (
            sqlite3.SQLITE_ERROR,
            sqlite3.SQLITE_PERM,
            sqlite3.SQLITE_ABORT,
            sqlite3.SQLITE_BUSY,
            sqlite3.SQLITE_LOCKED,
            sqlite3.SQLITE_READONLY,
            sqlite3.SQLITE_INTERRUPT,
            sqlite3.SQLITE_IOERR,
            sqlite3.SQLITE_FULL,
            sqlite3.SQLITE_CANTOPEN,
            sqlite3.SQLITE_PROTOCOL,
            sqlite3.SQLITE_EMPTY,
            sqlite3.SQLITE_SCHEMA,
        ),
        sqlite3.OperationalError,
    ),
    **dict.fromkeys((sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH), sqlite3.IntegrityError),
    sqlite3.SQLITE_TOOBIG: sqlite3.DataError,
    sqlite3.SQLITE_MISUSE: sqlite3.InterfaceError,
}


@contextmanager
def _as_sqlite3() -> Iterator[None]:
    try:
        yield
    except (apsw.ConnectionClosedError, apsw.BindingsError) as wrong:
        raise sqlite3.ProgrammingError(str(wrong)) from wrong
    except apsw.Error as wrong:
        raise _mapped(wrong) from wrong
    except UnicodeDecodeError as wrong:
        raise sqlite3.OperationalError(f"Could not decode to UTF-8: {wrong}") from wrong
    except TypeError as wrong:
        raise sqlite3.InterfaceError(str(wrong)) from wrong


def _mapped(wrong: apsw.Error) -> sqlite3.Error:
    code: int = getattr(wrong, "extendedresult", apsw.SQLITE_ERROR)
    kind = _KINDS.get(code & _PRIMARY, sqlite3.DatabaseError)
    found = kind(str(wrong))
    found.sqlite_errorcode = code
    found.sqlite_errorname = str(apsw.mapping_result_codes.get(code & _PRIMARY, code))
    return found


class Cursor:
    """The rows of a statement; all there are, unless it only reads.

    apsw must not find an error while it lets go of a statement that has more to do. sqlite3
    would do so too, and keep the error to itself unless somebody asks for the next row.
    """

    def __init__(self, rows: Iterator[Row], row_id: int, late: apsw.Error | None = None) -> None:
        self._rows, self.lastrowid, self._late = rows, row_id, late

    def fetchone(self) -> Row | None:
        """The next row."""
        with _as_sqlite3():
            row = next(self._rows, None)
            if row is None and self._late is not None:
                late, self._late = self._late, None
                raise late
            return row

    def fetchall(self) -> list[Row]:
        """The rest of the rows."""
        return list(self)

    def __iter__(self) -> Iterator[Row]:
        while (row := self.fetchone()) is not None:
            yield row


class LikeSqlite3:
    """A connection through the watched files.

    Args:
        path: The database; made where there is none.
        rewrite: What becomes of a statement's text before it is run.
    """

    def __init__(self, path: Path, rewrite: Rewrite) -> None:
        self.isolation_level: str | None = None
        self._rewrite, self._committed = rewrite, False
        with _as_sqlite3():
            self._db = apsw.Connection(str(path), vfs=NAME)
            self._db.set_busy_timeout(_BUSY_MS)
        self._checkpoint_every(_DEFAULT_PAGES)

    @property
    def in_transaction(self) -> bool:
        """Whether one was begun and is not over."""
        return not self._db.get_autocommit()

    def execute(self, sql: str, parameters: Sequence[Any] = (), /) -> Cursor:
        """Runs one statement, as far as its first row."""
        sql, self._committed = self._rewrite(sql), False
        with _as_sqlite3():
            rows, late = self._run(sql, tuple(parameters))
            row_id = self._db.last_insert_rowid()
        if pages := _AUTOCHECKPOINT.match(sql):
            self._checkpoint_every(int(pages[1]))
        return Cursor(rows, row_id, late)

    def _run(self, sql: str, parameters: Row) -> tuple[Iterator[Row], apsw.Error | None]:
        try:
            cursor = self._db.execute(sql, parameters)
        except apsw.Error:
            if not self._committed:
                raise
            return iter(()), None
        if sql.lstrip()[:6].upper() == "SELECT":
            return iter(cursor), None
        rows: list[Row] = []
        try:
            rows.extend(cursor)
        except apsw.Error as wrong:
            return iter(rows), wrong
        return iter(rows), None

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]], /) -> Cursor:
        """Runs a statement once for each row of parameters."""
        with _as_sqlite3():
            done = list(self._db.executemany(self._rewrite(sql), rows))
            return Cursor(iter(done), self._db.last_insert_rowid())

    def close(self) -> None:
        """Closes it; what goes wrong then is SQLite's own affair."""
        with suppress(apsw.Error):
            self._db.close(force=True)

    def _checkpoint_every(self, pages: int) -> None:
        """What SQLite does by itself after commits, in a place where its errors can be dropped."""

        def committed(db: apsw.Connection, name: str, in_wal: int) -> int:
            self._committed = True
            if pages and in_wal >= pages:
                with suppress(apsw.Error):
                    db.wal_checkpoint(name)
            return apsw.SQLITE_OK

        self._db.set_wal_hook(committed)


def connect_watched(path: Path, rewrite: Rewrite = str) -> sqlite3.Connection:
    """A connection to the file at `path` through the watched files, in the manner of sqlite3."""
    watched_vfs()
    return cast("sqlite3.Connection", LikeSqlite3(path, rewrite))
