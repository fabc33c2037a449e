"""How far the earlier logs of an agent had receipts: said anew at the beginning of each new one.

Leaves that have their receipt are deleted here. If an older copy of the collector's ledger
comes into use later, the agent's next log must show what is lacking of all earlier ones, not
of the last one alone; the record of it in a log between may be lacking too.

Functions that write run within the caller's transaction.
"""

import sqlite3
from collections.abc import Mapping
from typing import Final

from edge_agent.spool_schema import row_crc
from evidence.log.batch import Record, RecordKind

MOST_SAID: Final = 90
"""Of the latest logs: so many records fit a leaf beside those that say why it begins."""


def note_sizes(db: sqlite3.Connection, sizes: Mapping[str, int]) -> None:
    """Stores for how many leaves of each epoch a receipt was signed; a larger number stands."""
    known = read_sizes(db)
    found = [(each, size) for each, size in sizes.items() if size > known.get(each, 0)]
    rows = [(epoch, size, row_crc(epoch, size)) for epoch, size in found]
    db.executemany("INSERT OR REPLACE INTO receipted VALUES (?, ?, ?)", rows)


def read_sizes(db: sqlite3.Connection) -> dict[str, int]:
    """For how many leaves of each earlier epoch a receipt was signed, as far as is known."""
    rows = db.execute("SELECT epoch, size FROM receipted ORDER BY rowid").fetchall()
    return dict(rows)


def is_size(epoch: object, size: object, crc: object) -> bool:
    """Whether a stored row is what was written."""
    return row_crc(epoch, size) == crc


def earlier_logs(sizes: Mapping[str, int], at_ms: int) -> tuple[Record, ...]:
    """A record for each of the latest earlier logs, the oldest first."""
    return tuple(
        Record(
            kind=RecordKind.EARLIER_LOG,
            at_ms=at_ms,
            facts={"epoch": epoch, "receipted_size": size},
        )
        for epoch, size in list(sizes.items())[-MOST_SAID:]
    )
