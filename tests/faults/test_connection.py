"""The apsw connection of the faults behaves as sqlite3's where spool and ledger use it."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

import apsw
import pytest

from tests.faults.connection import connect_watched
from tests.faults.power_cut import failure
from tests.faults.vfs import Watcher, watched_vfs

LARGEST: Final = 2**63 - 1
Connect = Callable[[Path], sqlite3.Connection]


def connect_plain(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False)


def asked(db: sqlite3.Connection, sql: str, *parameters: object) -> object:
    """The rows of a statement, or the kind and the code of its error."""
    try:
        return db.execute(sql, parameters).fetchall()
    except sqlite3.Error as wrong:
        code = getattr(wrong, "sqlite_errorcode", None)
        return type(wrong), code
    except OverflowError:
        return OverflowError


def used(db: sqlite3.Connection) -> list[object]:
    """What a connection answers to all that spool and ledger do with one."""
    said: list[object] = [
        asked(db, "PRAGMA journal_mode=WAL"),
        asked(db, "PRAGMA synchronous=FULL"),
        asked(db, "PRAGMA wal_autocheckpoint=16"),
        asked(db, "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, x BLOB, n TEXT UNIQUE)"),
        asked(db, "SELECT 1 FROM t"),
        db.execute("SELECT * FROM t").fetchone(),
        db.in_transaction,
    ]
    db.execute("BEGIN IMMEDIATE")
    said += [db.in_transaction, db.execute("INSERT INTO t (x) VALUES (?)", (b"a",)).lastrowid]
    db.executemany("INSERT INTO t (x, n) VALUES (?, ?)", ((bytes([n]), str(n)) for n in range(3)))
    said += [asked(db, "UPDATE t SET x=? RETURNING id", b"b"), asked(db, "COMMIT")]
    said += [db.in_transaction, list(db.execute("SELECT id, x, n FROM t ORDER BY id"))]
    rows = db.execute("SELECT id FROM t ORDER BY id")
    said += [rows.fetchone(), asked(db, "SELECT count(*) FROM t"), rows.fetchone()]
    return said + errors_of(db)


def errors_of(db: sqlite3.Connection) -> list[object]:
    said = [
        asked(db, "INSERT INTO t (n) VALUES ('1')"),
        asked(db, "SELECT no_such_column FROM t"),
        asked(db, "no statement"),
        asked(db, "COMMIT"),
        asked(db, "INSERT INTO t (id) VALUES (?)", LARGEST + 1),
        asked(db, "SELECT CAST(x'ff' AS TEXT)"),
        asked(db, "SELECT ?"),
    ]
    db.execute("PRAGMA query_only=ON")
    said.append(asked(db, "DELETE FROM t"))
    db.execute("PRAGMA query_only=OFF")
    (pages,) = db.execute("PRAGMA page_count").fetchone()
    db.execute(f"PRAGMA max_page_count={pages + 1}")
    said.append(asked(db, "INSERT INTO t (x) VALUES (zeroblob(100000))"))
    db.close()
    said.append(asked(db, "SELECT 1"))
    return said


def test_it_answers_as_sqlite3_does(tmp_path: Path) -> None:
    plain = used(connect_plain(tmp_path / "plain"))
    assert used(connect_watched(tmp_path / "watched")) == plain


@pytest.mark.parametrize("connect", [connect_plain, connect_watched])
def test_a_file_that_is_no_database_or_cannot_be_opened_is_said(
    tmp_path: Path, connect: Connect
) -> None:
    (tmp_path / "prose").write_bytes(b"prose, not a database" * 500)
    wrong = asked(connect(tmp_path / "prose"), "SELECT 1 FROM sqlite_master")
    assert wrong == (sqlite3.DatabaseError, sqlite3.SQLITE_NOTADB)
    with pytest.raises(sqlite3.OperationalError, match="unable to open") as refused:
        connect(tmp_path / "no folder" / "db")
    assert refused.value.sqlite_errorcode & 0xFF == sqlite3.SQLITE_CANTOPEN


@pytest.mark.parametrize("connect", [connect_plain, connect_watched])
def test_a_lock_of_another_connection_is_said(tmp_path: Path, connect: Connect) -> None:
    # Both of one sort: two SQLites in one process do not see each other's locks.
    one, other = connect(tmp_path / "db"), connect(tmp_path / "db")
    other.execute("PRAGMA busy_timeout=1")
    one.execute("CREATE TABLE t (x)")
    one.execute("BEGIN IMMEDIATE")
    assert asked(other, "BEGIN IMMEDIATE") == (sqlite3.OperationalError, sqlite3.SQLITE_BUSY)
    one.close()
    other.close()


class Failing(Watcher):
    """A disk on which writes of one file fail, while it is named."""

    def __init__(self) -> None:
        self.name, self.hits = "", 0

    def writes(self, name: str, offset: int, data: bytes) -> None:  # noqa: ARG002 - as a watcher
        if name == self.name:
            self.hits += 1
            raise failure(apsw.SQLITE_IOERR_WRITE, "the write failed")


def test_what_goes_wrong_after_a_commit_is_kept_from_the_caller_as_sqlite3_does(
    tmp_path: Path,
) -> None:
    disk = Failing()
    watched_vfs().watch(tmp_path, disk)
    db = connect_watched(tmp_path / "db")
    used_before = db.execute("PRAGMA journal_mode=WAL").fetchall()
    db.execute("CREATE TABLE t (x)")
    db.execute("PRAGMA wal_autocheckpoint=1")
    disk.name = "db"
    for _ in range(5):
        db.execute("INSERT INTO t VALUES (zeroblob(5000))")
    assert (used_before, disk.hits) == ([("wal",)], 5)
    assert db.execute("SELECT count(*) FROM t").fetchall() == [(5,)]
    db.close()
    watched_vfs().unwatch(tmp_path)
    assert asked(connect_plain(tmp_path / "db"), "SELECT count(*) FROM t") == [(5,)]


def test_a_write_that_fails_is_an_error_with_its_code(tmp_path: Path) -> None:
    disk = Failing()
    watched_vfs().watch(tmp_path, disk)
    db = connect_watched(tmp_path / "db")
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("CREATE TABLE t (x)")
    disk.name = "db-wal"
    wrong = asked(db, "INSERT INTO t VALUES (1)")
    assert wrong == (sqlite3.OperationalError, apsw.SQLITE_IOERR_WRITE)
    disk.name = ""
    assert asked(db, "INSERT INTO t VALUES (1)") == []
    db.close()
    watched_vfs().unwatch(tmp_path)
