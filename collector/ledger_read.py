"""Questions to the ledger. Whatever is read is compared with its hash."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, Self

from collector.archive.reading import archived_frame
from collector.database import Connect, Database, Row, connect_sqlite
from collector.errors import LedgerAbsentError, LedgerDamagedError
from collector.ledger_head import Head
from collector.ledger_rows import Branch, StoredLeaf
from collector.ledger_schema import SCHEMA
from collector.outcome import Held, LogState
from evidence.errors import EnvelopeError, FrontierError, Words
from evidence.log import merkle
from evidence.log.envelope import decompress

LEDGER: Final = "ledger.db"
_CHUNK: Final = 64
_LEAF = (
    "SELECT position, agent, epoch, sequence, hash, root, received_ns, leaf"
    " FROM leaves JOIN logs ON logs.id = leaves.log"
)


class LedgerReader:
    """What is committed in a ledger, on a connection of its own.

    Any number may be open beside the one that writes; each is for one thread at a time.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    def close(self) -> None:
        """Closes the connection."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def state(self, agent: str, epoch: str) -> LogState:
        """Where a log ends; of one that is not held, the state before its first leaf.

        Raises:
            LedgerDamagedError: The stored frontier fits no tree.
        """
        row = self.database.row(
            "SELECT frontier, note, receipt, receipt_size FROM logs WHERE agent = ? AND epoch = ?",
            agent,
            epoch,
        )
        if row is None:
            return LogState(agent=agent, epoch=epoch)
        frontier, note, receipt, receipt_size = row
        return LogState(
            agent=agent,
            epoch=epoch,
            frontier=self._frontier(frontier),
            note=note,
            receipt=receipt,
            receipt_size=receipt_size,
        )

    def epochs(self, agent: str) -> tuple[str, ...]:
        """The epochs of an agent that are held, in order of their first leaf's arrival."""
        rows = self.database.rows("SELECT epoch FROM logs WHERE agent = ? ORDER BY id", agent)
        return tuple(epoch for (epoch,) in rows)

    def agents(self) -> tuple[str, ...]:
        """The agents of whom anything is held, in alphabetical order."""
        rows = self.database.rows("SELECT DISTINCT agent FROM logs ORDER BY agent")
        return tuple(agent for (agent,) in rows)

    def held(self, agent: str, epoch: str, sequence: int) -> Held | None:
        """Hash and root at a position of a log; None beyond its end."""
        row = self.database.row(
            "SELECT hash, root FROM leaves WHERE sequence = ?"
            " AND log = (SELECT id FROM logs WHERE agent = ? AND epoch = ?)",
            sequence,
            agent,
            epoch,
        )
        return None if row is None else Held(leaf_hash=row[0], root=row[1])

    def hashes(self, agent: str, epoch: str) -> list[bytes]:
        """The hashes of all leaves of a log, in their order, 32 bytes each."""
        rows = self.database.rows(
            "SELECT hash FROM leaves WHERE log ="
            " (SELECT id FROM logs WHERE agent = ? AND epoch = ?) ORDER BY sequence",
            agent,
            epoch,
        )
        return [leaf_hash for (leaf_hash,) in rows]

    def leaf(self, agent: str, epoch: str, sequence: int) -> StoredLeaf:
        """The leaf at a position of a log.

        Raises:
            LedgerAbsentError: It is not held.
            LedgerDamagedError: Its bytes do not have their hash any more.
        """
        rows = self.database.rows(
            f"{_LEAF} WHERE agent = ? AND epoch = ? AND sequence = ?", agent, epoch, sequence
        )
        if not rows:
            what = Words(f"leaf {sequence} of {agent}/{epoch}", f"{agent}/{epoch} 的叶 {sequence}")
            raise LedgerAbsentError(self.database.where, what=what)
        return self._stored(rows[0])

    def leaves(self, agent: str, epoch: str, from_sequence: int = 0) -> Iterator[StoredLeaf]:
        """The leaves of a log in their order, from `from_sequence` (>= 0) on.

        Leaves that are committed while it runs are met too.

        Raises:
            LedgerDamagedError: A leaf's bytes do not have their hash any more.
        """
        query = f"{_LEAF} WHERE agent = ? AND epoch = ? AND sequence >= ? ORDER BY sequence LIMIT ?"
        while rows := self.database.rows(query, agent, epoch, from_sequence, _CHUNK):
            yield from map(self._stored, rows)
            from_sequence = rows[-1][3] + 1

    def since(self, position: int) -> Iterator[StoredLeaf]:
        """All leaves in order of admission, from `position` (>= 0) on: for cursors.

        Raises:
            LedgerDamagedError: A leaf's bytes do not have their hash any more.
        """
        query = f"{_LEAF} WHERE position >= ? ORDER BY position LIMIT ?"
        while rows := self.database.rows(query, position, _CHUNK):
            yield from map(self._stored, rows)
            position = rows[-1][0] + 1

    def received(self, position: int) -> Iterator[tuple[int, int]]:
        """Position and instant of commit (UTC ns) of all leaves from `position` (>= 0) on."""
        query = "SELECT position, received_ns FROM leaves WHERE position >= ? ORDER BY position"
        while rows := self.database.rows(f"{query} LIMIT ?", position, _CHUNK * _CHUNK):
            yield from ((int(at), int(received_ns)) for at, received_ns in rows)
            position = rows[-1][0] + 1

    def _stored(self, row: Row) -> StoredLeaf:
        position, agent, epoch, sequence, leaf_hash, root, received_ns, frame = row
        try:
            leaf = decompress(frame or archived_frame(self.database, position))
        except EnvelopeError:
            leaf = None
        if leaf is None or merkle.leaf_hash(leaf) != leaf_hash:
            raise self._damaged(
                f"leaf {sequence} of {agent}/{epoch} does not have its hash",
                f"{agent}/{epoch} 的叶 {sequence} 与其哈希不符",
            )
        return StoredLeaf(
            position=position,
            agent=agent,
            epoch=epoch,
            sequence=sequence,
            leaf=leaf,
            leaf_hash=leaf_hash,
            root=root,
            received_ns=received_ns,
        )

    def frontier(self) -> merkle.Frontier:
        """The edge of the tree over all leaves in order of admission.

        Raises:
            LedgerDamagedError: It is lost, or fits no tree.
        """
        row = self.database.row("SELECT frontier FROM ledger")
        return self._frontier("" if row is None else row[0])

    def head(self) -> Head:
        """Size and root of the tree over all leaves in order of admission."""
        frontier = self.frontier()
        return Head(size=frontier.size, root=merkle.root(frontier))

    def root_at(self, size: int) -> bytes | None:
        """The root over the first `size` leaves admitted; None if there are fewer."""
        if size == 0:
            return merkle.EMPTY_ROOT
        row = self.database.row("SELECT ledger_root FROM leaves WHERE position = ?", size - 1)
        return None if row is None else bytes(row[0])

    def received_ns(self, agent: str, epoch: str, sequence: int) -> int | None:
        """When the leaf at a position of a log was committed, UTC ns; None if it is not held."""
        row = self.database.row(
            "SELECT received_ns FROM leaves WHERE sequence = ?"
            " AND log = (SELECT id FROM logs WHERE agent = ? AND epoch = ?)",
            sequence,
            agent,
            epoch,
        )
        return None if row is None else int(row[0])

    def size_at(self, at_ns: int) -> int:
        """How many leaves were admitted up to an instant (UTC ns).

        Instants of commit ascend with the position; where a clock went back, it is the size
        behind some leaf that had come by then.
        """
        low, high = 0, self.frontier().size
        while low < high:
            middle = (low + high) // 2
            query = "SELECT received_ns FROM leaves WHERE position = ?"
            row = self.database.row(query, middle)
            if row is not None and row[0] <= at_ns:
                low = middle + 1
            else:
                high = middle
        return low

    def hashes_between(self, low: int, high: int) -> list[bytes]:
        """The hashes of the leaves admitted at `low` <= position < `high`, 32 bytes each."""
        rows = self.database.rows(
            "SELECT hash FROM leaves WHERE position >= ? AND position < ? ORDER BY position",
            low,
            high,
        )
        return [leaf_hash for (leaf_hash,) in rows]

    def branches(self) -> tuple[Branch, ...]:
        """All contradicting histories that are kept, in order of agent, epoch, sequence."""
        rows = self.database.rows(
            "SELECT agent, epoch, sequence, root, code, note, leaf, first_ns, last_ns, seen,"
            " released_by, reason, released_ns FROM branches"
            " ORDER BY agent, epoch, sequence, first_ns"
        )
        return tuple(self._branch(row) for row in rows)

    def _branch(self, row: Row) -> Branch:
        agent, epoch, sequence, root, code, note, frame, first_ns, last_ns, seen, *released = row
        return Branch(
            agent=agent,
            epoch=epoch,
            sequence=sequence,
            root=root,
            code=code,
            note=note,
            leaf=decompress(frame),
            first_ns=first_ns,
            last_ns=last_ns,
            seen=seen,
            released_by=released[0],
            reason=released[1],
            released_ns=released[2],
        )

    def events(self) -> tuple[tuple[int, str, str], ...]:
        """What happened to the ledger itself: instant (POSIX ns), code, message."""
        rows = self.database.rows("SELECT at_ns, code, message FROM events ORDER BY id")
        return tuple((at_ns, code, message) for at_ns, code, message in rows)

    def _frontier(self, text: str) -> merkle.Frontier:
        try:
            return merkle.Frontier.from_hex(text)
        except FrontierError:
            raise self._damaged("a frontier fits no tree", "某个 frontier 不成树") from None

    def _damaged(self, en: str, zh: str) -> LedgerDamagedError:
        return LedgerDamagedError(self.database.where, what=Words(en, zh))


def read_ledger(state_dir: Path, connect: Connect = connect_sqlite) -> LedgerReader:
    """A reader of the ledger in `state_dir`; it writes nothing and needs no lock.

    Raises:
        LedgerAbsentError: There is no ledger.
        LedgerError: It is newer, or not a ledger.
    """
    path = state_dir / LEDGER
    if not path.exists():
        raise LedgerAbsentError(str(path), what=Words("the ledger", "账本"))
    database = Database(path, connect)
    try:
        database.rows("PRAGMA busy_timeout = 5000")
        database.rows("PRAGMA query_only = ON")
        SCHEMA.known(database)
    except BaseException:
        database.close()
        raise
    return LedgerReader(database)
