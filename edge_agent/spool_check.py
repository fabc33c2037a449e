"""Is a spool what was written? Its rows have hashes, checksums and signatures to tell."""

import hashlib
import sqlite3
import zlib
from pathlib import Path

import msgspec

from edge_agent.custody_errors import SpoolVersionError
from edge_agent.earlier_logs import is_size
from edge_agent.poll import Poll, read_pending
from edge_agent.setup import DeviceSetup, setup_digest
from edge_agent.spool_log import LogState, all_leaves, checkpoint_note, older_leaves, read_state
from edge_agent.spool_schema import (
    GENERATION,
    VERSION,
    alter_tables,
    is_of_the_disk,
    own_tables,
    row_crc,
    tables_in,
    transaction,
    version_of,
)
from evidence.errors import EvidenceError
from evidence.log.envelope import decompress
from evidence.log.key import SigningKey
from evidence.log.merkle import append, leaf_hash


class Unsound(Exception):  # noqa: N818 - a finding that ends the check
    """Why a spool is not what was written."""


def check_spool(db: sqlite3.Connection, key: SigningKey, where: Path) -> LogState | None:
    """The state of a sound spool; None of one in which nothing was logged.

    Raises:
        Unsound: something in it is not what was written, or not signed by `key`.
        SpoolVersionError: a newer program wrote it.
        sqlite3.Error: the disk failed; that says nothing about the content.
    """
    try:
        _check_pages(db, str(where))
        if not db.execute("SELECT 1 FROM sqlite_master").fetchone():
            return None
        _check_rows(db)
        state = read_state(db)
        if state is not None:
            _check_leaves(db, state, key)
        _check_writable(db, where)
    except (sqlite3.Error, EvidenceError, ValueError, TypeError, OverflowError) as wrong:
        if is_of_the_disk(wrong):
            raise
        raise Unsound(str(wrong)) from wrong
    return state


def _check_pages(db: sqlite3.Connection, where: str) -> None:
    """Pages are in order, and tables of this version from now on."""
    version = _version(db, where)  # first: what a newer program wrote is not ours to judge
    found = [text for (text,) in db.execute("PRAGMA integrity_check(1)").fetchall()]
    _require(found == ["ok"], found[0] if found else "no answer")
    if 0 < version < VERSION:
        with transaction(db, where):
            alter_tables(db, version)


def _check_writable(db: sqlite3.Connection, where: Path) -> None:
    """Nothing in the header forbids to write: SQLite would say so of a sound disk for ever."""
    try:
        db.execute("BEGIN IMMEDIATE")
        try:
            db.execute(f"PRAGMA user_version={VERSION}")
        finally:
            db.execute("ROLLBACK")
    except sqlite3.OperationalError as wrong:
        if wrong.sqlite_errorcode & 0xFF == sqlite3.SQLITE_READONLY:
            format_numbers = set(where.read_bytes()[18:20])  # of writing and of reading: 1 or 2
            _require(format_numbers <= {1, 2}, "its header says that it may not be written")
        raise


def _version(db: sqlite3.Connection, where: str) -> int:
    """The version of the tables; a number that is not theirs is damage, and no newer program."""
    tables = tables_in(db)
    try:
        version = version_of(db, where)
    except SpoolVersionError:
        _require(tables != own_tables(), "its version is later than that of its tables")
        raise
    _require(bool(version) == bool(tables), f"its version is {version}, with {len(tables)} tables")
    current = version == VERSION or tables != own_tables()
    _require(current, "its version is earlier than that of its tables")
    return version


def _check_leaves(db: sqlite3.Connection, state: LogState, key: SigningKey) -> None:
    """Leaves are contiguous from the receipted ones on, and lead to the stored frontier."""
    frontier = state.receipted
    for sequence, digest, frame, checkpoint in all_leaves(db, state):
        _require(sequence == frontier.size, f"leaf {frontier.size} is not there")
        _require(is_leaf(digest, frame), f"leaf {sequence} does not have its hash")
        frontier = append(frontier, digest)
        # Ed25519 gives the same bytes each time, so signing again is verifying, and faster.
        signed = checkpoint == checkpoint_note(state, frontier, key)
        _require(signed, f"checkpoint {sequence} is not this log's, or not by this key")
    _require(frontier == state.frontier, "the leaves do not lead to the log's frontier")
    for row_id, digest, frame in older_leaves(db, state, GENERATION):
        _require(is_leaf(digest, frame), f"older leaf {row_id} does not have its hash")


def _check_rows(db: sqlite3.Connection) -> None:
    setups = set()
    for digest, data in db.execute("SELECT digest, data FROM setup"):
        _require(is_setup(digest, data), "a setup does not have its digest")
        setups.add(digest)
    for row_id, crc, data in db.execute("SELECT id, crc, data FROM pending"):
        _require(is_pending(crc, data, setups), f"pending row {row_id} is damaged")
    for device, following, crc in db.execute("SELECT device, next, crc FROM counter"):
        _require(row_crc(device, following) == crc, f"the counter of {device} is damaged")
    for sha256, content in db.execute("SELECT sha256, content FROM document"):
        _require(is_document(sha256, content), "a document does not have its digest")
    for (epoch,) in db.execute("SELECT id FROM epoch"):
        _require(is_epoch(epoch), "a former epoch is damaged")
    for row in db.execute("SELECT epoch, size, crc FROM receipted"):
        _require(is_size(*row), "the size of a former log is damaged")
    db.execute("SELECT key FROM told").fetchall()  # text that cannot be read is refused here


def is_leaf(digest: bytes, frame: bytes) -> bool:
    """Whether a frame holds the leaf of that hash."""
    try:
        return leaf_hash(decompress(frame)) == digest
    except (EvidenceError, TypeError):
        return False


def is_setup(digest: bytes, data: bytes) -> bool:
    """Whether stored bytes are the setup of that digest."""
    try:
        return setup_digest(msgspec.msgpack.decode(data, type=DeviceSetup)) == digest
    except (msgspec.DecodeError, UnicodeDecodeError, TypeError):
        return False


def is_pending(crc: int, data: object, setups: set[bytes]) -> bool:
    """Whether stored bytes are a poll or record as it was written, with its setup known."""
    if not isinstance(data, bytes) or zlib.crc32(data) != crc:
        return False
    pending = read_pending(data)
    return pending is not None and (not isinstance(pending, Poll) or pending.setup in setups)


def is_epoch(text: object) -> bool:
    """Whether a stored text is an epoch's id."""
    return isinstance(text, str) and len(text) == 32 and not set(text) - set("0123456789abcdef")


def is_document(sha256: str, content: object) -> bool:
    """Whether stored bytes are the file of that digest."""
    return isinstance(content, bytes) and hashlib.sha256(content).hexdigest() == sha256


def _require(holds: bool, what: str) -> None:  # noqa: FBT001 - one private fact
    if not holds:
        raise Unsound(what)
