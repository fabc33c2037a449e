"""What lies in the spool beside the log: pending polls, counters, setups, files to be logged.

Functions that write run within the caller's transaction.
"""

import sqlite3
import zlib
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from edge_agent.documents import DocumentFile
from edge_agent.poll import Pending, Poll, pending_bytes, read_pending
from edge_agent.setup import DeviceSetup, setup_digest, stored_form
from edge_agent.spool_schema import row_crc
from edge_agent.waiting import Waiting, waiting_as


def read_waiting(db: sqlite3.Connection) -> list[Waiting]:
    """Everything that waits for its batch, in order."""
    rows = db.execute("SELECT id, data FROM pending ORDER BY id").fetchall()
    read = [(row, read_pending(data), data) for row, data in rows]
    return [waiting_as(row, each, data) for row, each, data in read if each is not None]


def last_kept(db: sqlite3.Connection) -> int:
    """Id of the last row that ever was pending; ids are not used twice."""
    row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'pending'").fetchone()
    return 0 if row is None else int(row[0])


def is_former(db: sqlite3.Connection, epoch: str) -> bool:
    """Whether an epoch is over, by what the spool knows."""
    return db.execute("SELECT 1 FROM epoch WHERE id = ?", (epoch,)).fetchone() is not None


def is_told(db: sqlite3.Connection, key: str) -> bool:
    """Whether something that is said or done once was said or done."""
    return db.execute("SELECT 1 FROM told WHERE key = ?", (key,)).fetchone() is not None


def write_told(db: sqlite3.Connection, told: Iterable[str]) -> None:
    """Notes that something was said or done."""
    db.executemany("INSERT OR IGNORE INTO told VALUES (?)", [(key,) for key in told])


def write_pending(db: sqlite3.Connection, pending: Sequence[Pending]) -> list[Waiting]:
    """Stores polls and records, and counts the polls; gives them as they wait."""
    waiting = []
    for each in pending:
        data = pending_bytes(each)
        row = db.execute("INSERT INTO pending (crc, data) VALUES (?, ?)", (zlib.crc32(data), data))
        waiting.append(waiting_as(int(row.lastrowid or 0), each, data))
    db.executemany(
        "INSERT OR REPLACE INTO counter VALUES (?, ?, ?)",
        [(device, n, row_crc(device, n)) for device, n in counted(pending).items()],
    )
    return waiting


def counted(pending: Iterable[Pending]) -> dict[str, int]:
    """The next poll's number of each device that was polled."""
    return {each.device: each.sequence + 1 for each in pending if isinstance(each, Poll)}


def read_counters(db: sqlite3.Connection) -> dict[str, int]:
    """The next poll's number of every device that was ever polled."""
    return dict(db.execute("SELECT device, next FROM counter").fetchall())


def read_setups(db: sqlite3.Connection) -> list[DeviceSetup]:
    """All stored setups."""
    rows = db.execute("SELECT data FROM setup").fetchall()
    return [msgspec.msgpack.decode(data, type=DeviceSetup) for (data,) in rows]


def write_setups(
    db: sqlite3.Connection, setups: Iterable[DeviceSetup], waiting: Iterable[Waiting]
) -> None:
    """Stores the setups in use, and forgets those that nothing refers to any more."""
    current: Mapping[bytes, bytes] = {setup_digest(each): stored_form(each) for each in setups}
    used = {each.setup for each in waiting} | current.keys()
    rows = db.execute("SELECT digest FROM setup").fetchall()
    gone = [row for row in rows if row[0] not in used]
    db.executemany("DELETE FROM setup WHERE digest = ?", gone)
    db.executemany("INSERT OR IGNORE INTO setup VALUES (?, ?)", list(current.items()))


def write_documents(
    db: sqlite3.Connection, documents: Iterable[DocumentFile], epoch: str = ""
) -> None:
    """Stores files; those of an epoch as logged in it, others as they were where known."""
    rows = [(each.sha256, each.kind, each.name, each.content, epoch) for each in documents]
    how = "REPLACE" if epoch else "IGNORE"
    db.executemany(f"INSERT OR {how} INTO document VALUES (?, ?, ?, ?, ?)", rows)  # noqa: S608


def mark_logged(db: sqlite3.Connection, documents: Iterable[str], epoch: str) -> None:
    """Notes that files (SHA-256) stand in an epoch's log."""
    rows = [(epoch, sha256) for sha256 in documents]
    db.executemany("UPDATE document SET epoch = ? WHERE sha256 = ?", rows)


def unlogged(db: sqlite3.Connection, sha256: str, epoch: str) -> DocumentFile | None:
    """A stored file, if an epoch's log lacks it."""
    row = db.execute(
        "SELECT kind, name, content FROM document WHERE sha256 = ? AND epoch <> ?",
        (sha256, epoch),
    ).fetchone()
    return None if row is None else DocumentFile(kind=row[0], name=row[1], content=row[2])


def read_document(db: sqlite3.Connection, sha256: str) -> DocumentFile | None:
    """A stored file."""
    row = db.execute(
        "SELECT kind, name, content FROM document WHERE sha256 = ?", (sha256,)
    ).fetchone()
    return None if row is None else DocumentFile(kind=row[0], name=row[1], content=row[2])
