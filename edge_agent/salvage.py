"""From a damaged spool into a new one: every row that is still what was written."""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from edge_agent.earlier_logs import is_size, note_sizes
from edge_agent.spool_check import is_document, is_epoch, is_leaf, is_pending, is_setup
from edge_agent.spool_schema import GENERATION, create_tables, transaction

_LARGEST: Final = 2**63 - 1
_PORTION: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Salvaged:
    """What was sound.

    Attributes:
        leaves, pending: How many rows.
        generation: Of the newest leaf; new leaves must be of a later one.
        epoch: The old log's id, empty where it cannot be read.
    """

    leaves: int
    pending: int
    generation: int
    epoch: str


def salvage(old: sqlite3.Connection, new: sqlite3.Connection, where: str) -> Salvaged:
    """Copies what is sound into `new`, an empty database, and tells how much it was.

    Counters are not taken over: the caller starts them above all that were ever given.
    """
    with transaction(new, where):
        create_tables(new)
        setups = _copy_setups(old, new)
        documents = ((s, k, n, c, "") for s, k, n, c, _ in _rows(old, "document", "rowid"))
        sound = (row for row in documents if is_document(row[0], row[3]))
        new.executemany("INSERT OR IGNORE INTO document VALUES (?, ?, ?, ?, ?)", sound)
        epochs = {row[0] for row in _rows(old, "epoch", "rowid") if is_epoch(row[0])}
        epoch = _epoch(old)
        new.executemany(
            "INSERT OR IGNORE INTO epoch VALUES (?)", [(e,) for e in epochs | {epoch} - {""}]
        )
        sizes = {row[0]: row[1] for row in _rows(old, "receipted", "rowid") if is_size(*row)}
        note_sizes(new, sizes)
        pending = _copy_pending(old, new, setups)
    leaves, generation = _copy_leaves(old, new, where)
    return Salvaged(leaves=leaves, pending=pending, generation=generation, epoch=epoch)


def _copy_setups(old: sqlite3.Connection, new: sqlite3.Connection) -> set[bytes]:
    sound = [row for row in _rows(old, "setup", "rowid") if is_setup(row[0], row[1])]
    new.executemany("INSERT OR IGNORE INTO setup VALUES (?, ?)", sound)
    return {digest for digest, _ in sound}


def _copy_pending(old: sqlite3.Connection, new: sqlite3.Connection, setups: set[bytes]) -> int:
    found = _rows(old, "pending", "id")
    sound = sorted(row[:3] for row in found if is_pending(row[1], row[2], setups))  # by their ids
    new.executemany("INSERT INTO pending (crc, data) VALUES (?, ?)", (row[1:] for row in sound))
    return len(sound)


def _copy_leaves(old: sqlite3.Connection, new: sqlite3.Connection, where: str) -> tuple[int, int]:
    count = generation = 0
    sound = (row for row in _rows(old, "leaf", "id") if is_leaf(row[1], row[2]))
    for portion in _portions(sound):
        with transaction(new, where):
            new.executemany("INSERT OR IGNORE INTO leaf VALUES (?, ?, ?, ?)", portion)
        count += len(portion)
        generation = max([generation, *(row[0] // GENERATION for row in portion)])
    return count, generation


def _portions(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    portion: list[tuple[Any, ...]] = []
    for row in rows:
        portion.append(row)
        if len(portion) == _PORTION:
            yield portion
            portion = []
    if portion:
        yield portion


def _rows(db: sqlite3.Connection, table: str, order: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a table that can be read: upwards to the damage, then downwards to it."""
    last = -_LARGEST
    clause = f"{order} > ? ORDER BY {order}"
    # A torn tree can give a row that was not asked for; without the check that never ends.
    while (row := _next(db, table, clause, last)) is not None and row[0] > last:
        last = row[0]
        yield row[1:]
    end = _LARGEST
    clause = f"{order} < ? AND {order} > {last} ORDER BY {order} DESC"
    while (row := _next(db, table, clause, end)) is not None and last < row[0] < end:
        end = row[0]
        yield row[1:]


def _next(db: sqlite3.Connection, table: str, clause: str, at: int) -> tuple[Any, ...] | None:
    key = clause.split(" ", 1)[0]
    query = f"SELECT {key}, * FROM {table} WHERE {clause} LIMIT 1"  # noqa: S608 - our own names
    try:
        found: tuple[Any, ...] | None = db.execute(query, (at,)).fetchone()
    except (sqlite3.Error, OverflowError, UnicodeDecodeError):
        return None
    return found if found is not None and isinstance(found[0], int) else None


def _epoch(db: sqlite3.Connection) -> str:
    with contextlib.suppress(sqlite3.Error, UnicodeDecodeError):
        row = db.execute("SELECT epoch FROM log").fetchone()
        if row is not None and is_epoch(row[0]):
            return str(row[0])
    return ""
