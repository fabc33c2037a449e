"""Documents of laboratories as they came: certificates on paper, scans, reports, DCCs.

A certificate in the log cites the digest of the document that it was taken from. Here the document
itself lies, byte for byte, under that digest, in a database of its own that backups take along. It
is never changed and never deleted.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from collector.database import Database
from collector.errors import LedgerError, LedgerFullError
from collector.original_errors import (
    OriginalDamagedError,
    OriginalFileError,
    OriginalFullError,
    OriginalNewerError,
    OriginalSizeError,
    OriginalUnknownError,
)

ORIGINALS: Final = "originals.sqlite"
MOST_BYTES: Final = 16 * 1024 * 1024
VERSION: Final = 1
"""Of the file's tables; 0 is the same, before the file said so."""
_TABLE: Final = """CREATE TABLE IF NOT EXISTS originals (
    sha256 TEXT PRIMARY KEY,
    data BLOB NOT NULL
) STRICT"""


class Originals:
    """The documents in a collector's folder; any number of threads and processes may use it."""

    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / ORIGINALS

    def keep(self, data: bytes) -> str:
        """Keeps a document; its SHA-256. It is on the disk when this ends.

        Args:
            data: Its exact bytes, 1 to 16 MiB.

        Raises:
            OriginalSizeError: It is empty or too large.
            OriginalFullError: There is no room on the disk.
            OriginalNewerError: A newer version of this software wrote the file.
            OriginalFileError: It cannot be written.
        """
        if not 1 <= len(data) <= MOST_BYTES:
            raise OriginalSizeError("body", found=len(data), limit=MOST_BYTES)
        digest = hashlib.sha256(data).hexdigest()
        if not self.holds(digest):
            with self._opened() as database, database.transaction():
                database.rows(_TABLE)
                database.rows(f"PRAGMA user_version = {VERSION}")
                database.rows("INSERT OR REPLACE INTO originals VALUES (?, ?)", digest, data)
        return digest

    def holds(self, digest: str) -> bool:
        """Whether a document is here, and is what its digest says."""
        try:
            self.data(digest)
        except (OriginalUnknownError, OriginalDamagedError):
            return False
        return True

    def data(self, digest: str) -> bytes:
        """The exact bytes of a document.

        Args:
            digest: Its SHA-256, 64 hexadecimal digits.

        Raises:
            OriginalUnknownError: It is not here.
            OriginalDamagedError: The bytes here are other ones.
            OriginalNewerError: A newer version of this software wrote the file.
            OriginalFileError: They cannot be read.
        """
        data = self._held(digest)
        found = hashlib.sha256(data).hexdigest()
        if found != digest:
            raise OriginalDamagedError(digest, found=found)
        return data

    def _held(self, digest: str) -> bytes:
        if not self._path.exists():
            raise OriginalUnknownError("sha256", digest=digest)
        with self._opened() as database:
            database.rows(_TABLE)
            row = database.row("SELECT data FROM originals WHERE sha256 = ?", digest)
        if row is None:
            raise OriginalUnknownError("sha256", digest=digest)
        return bytes(row[0])

    @contextmanager
    def _opened(self) -> Iterator[Database]:
        try:
            database = Database(self._path)
            try:
                _settle(database)
                self._require_known(database)
                yield database
            finally:
                database.close()
        except LedgerFullError as problem:
            raise OriginalFullError(str(self._path)) from problem
        except LedgerError as problem:
            what = problem.facts.get("what", problem.code)
            raise OriginalFileError(str(self._path), what=what) from problem

    def _require_known(self, database: Database) -> None:
        """Refuses a file of a newer version, before anything in it is touched."""
        ((version,),) = database.rows("PRAGMA user_version")
        if version > VERSION:
            raise OriginalNewerError(str(self._path), found=version, limit=VERSION)


def _settle(database: Database) -> None:
    """Durable commits with a rollback journal: to read then needs no room, WAL's index does."""
    database.rows("PRAGMA busy_timeout = 5000")
    database.rows("PRAGMA journal_mode = DELETE")
    database.rows("PRAGMA synchronous = EXTRA")
