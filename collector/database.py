"""One SQLite connection: durable settings, transactions, and its errors in our words."""

import errno
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar, Final, Protocol

from collector.errors import (
    LedgerDamagedError,
    LedgerError,
    LedgerFullError,
    LedgerLockedError,
)
from evidence.errors import Words

Value = str | bytes | int | float | None
Row = tuple[Any, ...]
_PRIMARY: Final = 0xFF
_ERRORS: Final[dict[int, type[LedgerError]]] = {
    sqlite3.SQLITE_FULL: LedgerFullError,
    sqlite3.SQLITE_BUSY: LedgerLockedError,
    sqlite3.SQLITE_LOCKED: LedgerLockedError,
    sqlite3.SQLITE_CORRUPT: LedgerDamagedError,
    sqlite3.SQLITE_NOTADB: LedgerDamagedError,
}


class Connection(Protocol):
    """What is asked of a connection; sqlite3's fits, and so does another binding's."""

    def execute(self, sql: str, parameters: Sequence[Value], /) -> Iterable[Any]:
        """The rows of one statement; no transaction is begun on its own."""
        ...

    def close(self) -> None:
        """Closes the connection."""
        ...


Connect = Callable[[Path], Connection]


def connect_sqlite(path: Path) -> Connection:
    """A connection to the file at `path`, which only its owner may read.

    It may be used by several threads, one at a time.
    """
    with suppress(FileExistsError):
        # Only where it is missing: closing any descriptor of a file drops all locks that this
        # process has on it, those of its other connections too (POSIX record locks).
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False)


class Database:
    """Statements and transactions on one connection.

    Every error of SQLite leaves as a `LedgerError` that names the file: one of `errors` by
    SQLite's primary result code, or else `error`.
    """

    errors: ClassVar[Mapping[int, type[LedgerError]]] = _ERRORS
    error: ClassVar[type[LedgerError]] = LedgerError

    def __init__(self, path: Path, connect: Connect = connect_sqlite) -> None:
        self.where = str(path)
        self._lock = threading.RLock()
        self._depth = 0
        with self._coded():
            self._connection = connect(path)

    def settle(self) -> None:
        """Makes commits durable: WAL, and synchronous=FULL for each of them.

        Raises:
            LedgerError: The file system does not allow it.
        """
        self.rows("PRAGMA busy_timeout = 5000")
        ((mode,),) = self.rows("PRAGMA journal_mode = WAL")
        if mode != "wal":
            raise self.error(self.where, what=f"journal_mode is '{mode}', not 'wal'")
        self.rows("PRAGMA synchronous = FULL")
        self.rows("PRAGMA foreign_keys = ON")

    def rows(self, sql: str, *parameters: Value) -> list[Row]:
        """All rows of one statement.

        Raises:
            LedgerError: SQLite failed.
        """
        with self._coded():
            return [tuple(row) for row in self._connection.execute(sql, parameters)]

    def row(self, sql: str, *parameters: Value) -> Row | None:
        """The first row of one statement, None if there is none.

        Raises:
            LedgerError: SQLite failed.
        """
        rows = self.rows(sql, *parameters)
        return rows[0] if rows else None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing of what is written inside; on disk when this ends.

        One inside another joins it. Other threads wait.

        Raises:
            LedgerError: It could not be committed; nothing of it is kept.
        """
        with self._lock:
            if self._depth:
                yield
                return
            self.rows("BEGIN IMMEDIATE")
            self._depth = 1
            try:
                yield
                self.rows("COMMIT")
            except BaseException:
                # After some failures SQLite has rolled back by itself.
                with suppress(LedgerError):
                    self.rows("ROLLBACK")
                raise
            finally:
                self._depth = 0

    def close(self) -> None:
        """Closes the connection."""
        with self._coded():
            self._connection.close()

    @contextmanager
    def _coded(self) -> Iterator[None]:
        try:
            yield
        except OSError as problem:
            raise self._file_error(problem) from problem
        except UnicodeDecodeError as problem:  # of a text, or of SQLite's own message
            what = Words("a text is no UTF-8", "存在非 UTF-8 文本")
            kind = self.errors.get(sqlite3.SQLITE_CORRUPT, self.error)
            raise kind(self.where, what=what) from problem
        except Exception as problem:
            number = _result_code(problem)
            if number is None:
                raise  # a mistake of ours, not of the disk
            kind = self.errors.get(number, self.error)
            raise kind(self.where, what=str(problem)) from problem

    def _file_error(self, problem: OSError) -> LedgerError:
        kind = self.errors[sqlite3.SQLITE_FULL] if _is_full(problem) else self.error
        return kind(self.where, what=_reason(problem))


def file_error(where: str, problem: OSError) -> LedgerError:
    """What the operating system said about a file of the ledger, in our words."""
    kind = LedgerFullError if _is_full(problem) else LedgerError
    return kind(where, what=_reason(problem))


def _is_full(problem: OSError) -> bool:
    return problem.errno in (errno.ENOSPC, errno.EDQUOT)


def _reason(problem: OSError) -> str:
    return problem.strerror or type(problem).__name__


def _result_code(problem: Exception) -> int | None:
    """SQLite's primary result code; sqlite3 and apsw carry it under different names."""
    for name in ("sqlite_errorcode", "result"):
        number = getattr(problem, name, None)
        if isinstance(number, int):
            return number & _PRIMARY
    if isinstance(problem, sqlite3.OperationalError) and "decode" in str(problem):
        return sqlite3.SQLITE_CORRUPT  # a column that is no UTF-8 has no code of its own
    return None
