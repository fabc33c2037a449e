"""The agent's transparency log in the spool: append, sign, trim; within a transaction."""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from edge_agent.batcher import Packed
from edge_agent.spool_schema import GENERATION, row_crc
from evidence.errors import FrontierError, Words
from evidence.log.checkpoint import Checkpoint, origin, sign_checkpoint
from evidence.log.key import SigningKey
from evidence.log.merkle import Frontier, append, root
from evidence.log.note import parse_note


@dataclass(frozen=True, slots=True, kw_only=True)
class LogState:
    """Where the log stands.

    Attributes:
        agent: Whose log.
        generation: Number of the epoch on this machine, ascending.
        epoch: Its random id.
        frontier: Of all leaves.
        receipted: Of the leaves that a receipt covers; they are no longer kept.
        receipt_s: The collector's time in the last receipt; None before the first.
        stamp_ms: Latest stamp of a poll, as far as the clock was not suspect.
        configuration: SHA-256 of the configuration that was last recorded.
        first_sequence: No poll is numbered below it: what is salvaged may hold any number.
    """

    agent: str
    generation: int
    epoch: str
    frontier: Frontier = field(default_factory=Frontier)
    receipted: Frontier = field(default_factory=Frontier)
    receipt_s: int | None = None
    stamp_ms: int = 0
    configuration: str = ""
    first_sequence: int = 0

    @property
    def base(self) -> int:
        """Sequence of the first leaf without a receipt."""
        return self.receipted.size

    @property
    def size(self) -> int:
        """Number of leaves, which is the next sequence."""
        return self.frontier.size

    def leaf_id(self, sequence: int) -> int:
        """Id of a leaf's row."""
        return self.generation * GENERATION + sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLeaf:
    """A leaf as kept: zstd frame of its exact bytes, and the checkpoint that ends with it."""

    sequence: int
    frame: bytes
    checkpoint: bytes


_COLUMNS = (
    "agent, generation, epoch, frontier, receipted, receipt_s, stamp_ms, configuration, "
    "first_sequence"
)


def read_state(db: sqlite3.Connection) -> LogState | None:
    """The stored state; None where none was written.

    Raises:
        FrontierError: the row is damaged.
    """
    row = db.execute(f"SELECT {_COLUMNS}, crc FROM log").fetchone()  # noqa: S608 - our own names
    if row is None:
        return None
    if row_crc(*row[:-1]) != row[-1]:
        raise FrontierError("log", what=Words("its checksum differs", "校验和不符"))
    return LogState(
        agent=row[0],
        generation=row[1],
        epoch=row[2],
        frontier=Frontier.from_hex(row[3]),
        receipted=Frontier.from_hex(row[4]),
        receipt_s=row[5],
        stamp_ms=row[6],
        configuration=row[7],
        first_sequence=row[8],
    )


def write_state(db: sqlite3.Connection, state: LogState) -> None:
    """Stores the state."""
    values = (
        state.agent,
        state.generation,
        state.epoch,
        state.frontier.to_hex(),
        state.receipted.to_hex(),
        state.receipt_s,
        state.stamp_ms,
        state.configuration,
        state.first_sequence,
    )
    marks = ", ".join("?" * len(values))
    db.execute(
        f"INSERT OR REPLACE INTO log (one, {_COLUMNS}, crc) VALUES (1, {marks}, ?)",  # noqa: S608
        (*values, row_crc(*values)),
    )


def append_leaves(
    db: sqlite3.Connection, state: LogState, leaves: Iterable[Packed], key: SigningKey
) -> LogState:
    """The state after `leaves`, each stored with the signed checkpoint that ends with it."""
    frontier = state.frontier
    for leaf in leaves:
        sequence = frontier.size
        frontier = append(frontier, leaf.digest)
        note = checkpoint_note(state, frontier, key)
        db.execute(
            "INSERT INTO leaf (id, hash, frame, checkpoint) VALUES (?, ?, ?, ?)",
            (state.leaf_id(sequence), leaf.digest, leaf.frame, note),
        )
    return replace(state, frontier=frontier)


def checkpoint_note(state: LogState, frontier: Frontier, key: SigningKey) -> bytes:
    """The signed checkpoint of the log at a frontier; the same bytes each time (Ed25519)."""
    head = Checkpoint(
        origin=origin(state.agent, state.epoch), size=frontier.size, root=root(frontier)
    )
    return sign_checkpoint(head, [key])


def read_leaf(db: sqlite3.Connection, state: LogState, sequence: int) -> StoredLeaf | None:
    """A kept leaf; None if it is not there."""
    row = db.execute(
        "SELECT frame, checkpoint FROM leaf WHERE id = ?", (state.leaf_id(sequence),)
    ).fetchone()
    return None if row is None else StoredLeaf(sequence=sequence, frame=row[0], checkpoint=row[1])


def root_at(db: sqlite3.Connection, state: LogState, size: int) -> bytes | None:
    """The log's root at `size` leaves; None where it is not known any more."""
    if size == state.base:
        return root(state.receipted)
    leaf = read_leaf(db, state, size - 1)
    if leaf is None:
        return None
    return Checkpoint.from_text(parse_note(leaf.checkpoint).text).root


def trim(db: sqlite3.Connection, state: LogState, size: int) -> LogState:
    """The state with everything below `size` receipted, and those leaves deleted."""
    first, end = state.leaf_id(state.base), state.leaf_id(size)
    rows = db.execute("SELECT hash FROM leaf WHERE id >= ? AND id < ? ORDER BY id", (first, end))
    receipted = state.receipted
    for (digest,) in rows.fetchall():
        receipted = append(receipted, digest)
    db.execute("DELETE FROM leaf WHERE id >= ? AND id < ?", (first, end))
    return replace(state, receipted=receipted)


def older_leaves(
    db: sqlite3.Connection, state: LogState, most: int
) -> list[tuple[int, bytes, bytes]]:
    """Leaves of earlier epochs, still to be logged again: (id, hash, frame), oldest first."""
    return db.execute(
        "SELECT id, hash, frame FROM leaf WHERE id < ? ORDER BY id LIMIT ?",
        (state.leaf_id(0), most),
    ).fetchall()


def all_leaves(
    db: sqlite3.Connection, state: LogState
) -> Iterator[tuple[int, bytes, bytes, bytes]]:
    """All kept leaves of the current epoch: (sequence, hash, frame, checkpoint), in order."""
    first = state.leaf_id(0)
    rows = db.execute(
        "SELECT id, hash, frame, checkpoint FROM leaf WHERE id >= ? ORDER BY id", (first,)
    )
    for row_id, digest, frame, checkpoint in rows:
        yield row_id - first, digest, frame, checkpoint
