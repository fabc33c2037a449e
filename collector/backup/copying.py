"""Bytes from one place to another: databases by SQLite's own means, other files as they are."""

import errno
import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from collector.backup.errors import BackupError, BackupFullError, BackupSourceError
from evidence.errors import Words

_CHUNK: Final = 1 << 20


def copy_database(source: Path, target: Path) -> None:
    """Copies a database as it stands at one instant, also while others write to it.

    The copy is one file, without a write-ahead log, on the disk when this returns. Writers do
    not wait for it.

    Raises:
        BackupFullError: There is no room.
        BackupSourceError: The database cannot be read, or is damaged.
    """
    with _coded(source):
        make_private(target)
        with closing(sqlite3.connect(source, timeout=30.0)) as read:
            read.execute("PRAGMA query_only = ON")
            with closing(sqlite3.connect(target, isolation_level=None)) as written:
                read.backup(written)  # one step: one instant
                written.execute("PRAGMA journal_mode = DELETE")
        _sync(target)


def require_sound(path: Path) -> None:
    """Returns if SQLite finds nothing wrong with a database.

    Raises:
        BackupSourceError: It does.
    """
    with _coded(path), closing(sqlite3.connect(path)) as database:
        found = [said for (said,) in database.execute("PRAGMA integrity_check").fetchall()]
    wrong = [said for said in found if said != "ok" and not _is_imagined(said)]
    if wrong:
        raise BackupSourceError(str(path), what=wrong[0])


def _is_imagined(said: str) -> bool:
    """Whether this version of SQLite says so of sound tables too.

    3.40.0 to 3.41.0 look into the wrong column of a table WITHOUT ROWID whose key is not
    declared in the order of its columns.
    """
    return (3, 40, 0) <= sqlite3.sqlite_version_info <= (3, 41, 0) and said.startswith(
        "NULL value in "
    )


def copy_file(source: Path, target: Path) -> None:
    """Copies a small file; it is on the disk when this returns.

    Raises:
        BackupFullError: There is no room.
        BackupError: One of the two cannot be used.
    """
    with _coded(source):
        make_private(target)
        with source.open("rb") as read, target.open("wb") as written:
            while chunk := read.read(_CHUNK):
                written.write(chunk)
        _sync(target)


def make_private(path: Path) -> None:
    """An empty file that only its owner may read; there must be none."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def digest_of(path: Path) -> tuple[int, str]:
    """Size in bytes and SHA-256 of a file.

    Raises:
        BackupError: It cannot be read.
    """
    digest, size = hashlib.sha256(), 0
    with _coded(path), path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return size, digest.hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _coded(where: Path) -> Iterator[None]:
    """What the system or SQLite says about a copy, in our words."""
    try:
        yield
    except OSError as problem:
        said = problem.strerror or type(problem).__name__
        full = problem.errno in (errno.ENOSPC, errno.EDQUOT)
        raise (BackupFullError if full else BackupError)(str(where), what=said) from problem
    except sqlite3.Error as problem:
        full = getattr(problem, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL
        what = Words(f"SQLite says: {problem}", f"SQLite 报告：{problem}")
        raise (BackupFullError if full else BackupSourceError)(str(where), what=what) from problem
