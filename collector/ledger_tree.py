"""Proofs about the ledger's own tree: that one head of it goes on from another.

The tree has a leaf for each that was ever admitted. Roots of its complete subtrees of 256,
256^2, ... leaves never change; they are kept in a file of their own, so that a proof costs what
is new. The file follows from the ledger: it can be deleted, and whoever alters it makes proofs
that fail. Beside each root stands the ledger's own at the end of the subtree, so that what was
kept of a ledger that was restored and went on otherwise is not used.
"""

from contextlib import suppress
from pathlib import Path
from typing import Final, Self

from collector.database import Database
from collector.errors import LedgerError
from collector.ledger_read import LedgerReader
from evidence.errors import LogPositionError, Words
from evidence.log.merkle import EMPTY_ROOT, MAX_SIZE, node_hash, root_of
from evidence.log.partial_tree import split

TREE: Final = "tree.sqlite"
_WIDTH: Final = 256
_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS subtree (leaves INTEGER, place INTEGER, root BLOB NOT NULL,"
    " ledger_root BLOB NOT NULL, PRIMARY KEY (leaves, place)) STRICT, WITHOUT ROWID"
)


class LedgerTree:
    """The tree over all leaves in order of admission; for one thread at a time.

    Args:
        ledger: Whose leaves; it stays the caller's.
        path: Of the file that keeps roots; beside the ledger if left out.
    """

    def __init__(self, ledger: LedgerReader, path: Path | None = None) -> None:
        self._ledger = ledger
        beside = Path(ledger.database.where).with_name(TREE)
        self._kept = Database(beside if path is None else path)
        with suppress(LedgerError):  # without room for it, roots are made again each time
            self._kept.rows("PRAGMA busy_timeout = 1000")
            self._kept.rows("PRAGMA journal_mode = WAL")
            self._kept.rows("PRAGMA synchronous = NORMAL")
            self._kept.rows(_TABLE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._kept.close()

    def consistency(self, old_size: int, size: int) -> tuple[bytes, ...]:
        """The proof that the head of `size` leaves goes on from that of `old_size`.

        RFC 6962 section 2.1.2; empty for an old size of 0 or of the whole.

        Raises:
            LogPositionError: `old_size` is not in 0 .. `size`, or there are fewer leaves.
            LedgerError: The ledger cannot be read.
        """
        held = self._ledger.frontier().size
        if not 0 <= old_size <= size <= held:
            limit = Words(f"0 .. {held}, the older one first", f"0 .. {held}，较早者在前")
            raise LogPositionError("ledger", name="size", value=f"{old_size}, {size}", limit=limit)
        low, high, path = 0, size, []
        while low < old_size < high:
            middle = low + split(high - low)
            if old_size <= middle:
                path.append(self.root(middle, high))
                high = middle
            else:
                path.append(self.root(low, middle))
                low = middle
        if low > 0:
            path.append(self.root(low, high))
        return tuple(reversed(path))

    def root(self, low: int, high: int) -> bytes:
        """The root over the leaves `low` <= position < `high`, a subtree of RFC 6962's.

        Raises:
            LedgerError: The ledger cannot be read.
        """
        size = high - low
        if size == 0:
            return EMPTY_ROOT
        if size >= _WIDTH and _is_power(size):
            return self._complete(size, low // size)
        if size <= _WIDTH:
            return root_of(self._ledger.hashes_between(low, high))
        middle = low + split(size)
        return node_hash(self.root(low, middle), self.root(middle, high))

    def _complete(self, leaves: int, place: int) -> bytes:
        """The root of a complete subtree, kept from the first time it was made."""
        of_ledger = self._ledger.root_at(leaves * (place + 1)) or b""
        with suppress(LedgerError):
            query = "SELECT root, ledger_root FROM subtree WHERE leaves = ? AND place = ?"
            row = self._kept.row(query, leaves, place)
            if row is not None and row[1] == of_ledger and len(row[0]) == len(EMPTY_ROOT):
                return bytes(row[0])
        part, low = leaves // _WIDTH, leaves * place
        if part == 1:
            made = root_of(self._ledger.hashes_between(low, low + leaves))
        else:
            first = place * _WIDTH
            made = root_of([self._complete(part, first + at) for at in range(_WIDTH)])
        with suppress(LedgerError):
            self._kept.rows(
                "INSERT OR REPLACE INTO subtree VALUES (?, ?, ?, ?)", leaves, place, made, of_ledger
            )
        return made


def _is_power(size: int) -> bool:
    """Whether it is a power of 256, at least 256."""
    return size & (size - 1) == 0 and (size.bit_length() - 1) % 8 == 0 and size <= MAX_SIZE
