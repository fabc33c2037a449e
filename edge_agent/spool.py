"""The agent's durable outbox: what was read, what was logged, what has a receipt.

Every cycle's readings are committed before the batch is closed; closing a batch stores its
leaf, the frontier, the signed checkpoint and the removal of the pending rows in one
transaction. What has no receipt is never overwritten and never deleted.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial

from edge_agent import spool_shelf as shelf
from edge_agent.batcher import Packed, Place
from edge_agent.documents import DocumentFile
from edge_agent.earlier_logs import note_sizes, read_sizes
from edge_agent.poll import Pending, stamp_after
from edge_agent.relog import Opening, opening_leaves, relogged
from edge_agent.setup import DeviceSetup
from edge_agent.spool_files import SpoolFiles
from edge_agent.spool_log import LogState, append_leaves, trim, write_state
from edge_agent.spool_read import SpoolReader
from edge_agent.spool_room import Level, level_of
from edge_agent.spool_schema import free_bytes, transaction, used_bytes
from edge_agent.waiting import Waiting
from evidence.log.key import SigningKey
from evidence.log.parts import BLIND_BYTES

RELOG_PORTION = 64
TRIM_PORTION = 64
"""Leaves that one commit deletes at most: the WAL has to hold what it changes."""
_Write = Callable[[LogState], LogState]


class Spool(SpoolReader):
    """One agent's spool; made by `edge_agent.spool_start.open_spool`.

    Args:
        db: The open database, checked.
        state: Where the log stands; of epoch "" before the first `open_epoch`.
        key: Signs checkpoints.
        files: The spool's files, locked.
        limit_bytes: How much it may take.
        entropy: n -> n random bytes.
    """

    def __init__(
        self,
        db: sqlite3.Connection,
        state: LogState,
        *,
        key: SigningKey,
        files: SpoolFiles,
        limit_bytes: int,
        entropy: Callable[[int], bytes],
    ) -> None:
        super().__init__(db, state, files)
        self._entropy = entropy
        self._key, self._limit_bytes = key, limit_bytes
        self._level, self._used_bytes, self._free_bytes = Level.ROOMY, 0, 0
        self._receipt: tuple[int, int] | None = None
        self._waiting, self._kept = shelf.read_waiting(db), shelf.last_kept(db)
        self._counters = shelf.read_counters(db)
        self._former = {epoch for (epoch,) in db.execute("SELECT id FROM epoch").fetchall()}
        self._measure()

    @property
    def base(self) -> int:
        """Sequence of the first leaf without a receipt."""
        return self._state.base if self._receipt is None else self._receipt[0]

    @property
    def receipt_s(self) -> int | None:
        """The collector's time in the last receipt, POSIX s."""
        return self._state.receipt_s if self._receipt is None else self._receipt[1]

    @property
    def level(self) -> Level:
        """How full it is."""
        return self._level

    @property
    def used_bytes(self) -> int:
        """What it takes on the disk, free pages not counted."""
        return self._used_bytes

    @property
    def free_bytes(self) -> int:
        """What is free inside its database, for use without more of the disk."""
        return self._free_bytes

    @property
    def waiting(self) -> Sequence[Waiting]:
        """Polls and records that are committed and not in a batch yet, in order."""
        return tuple(self._waiting)

    @property
    def former_epochs(self) -> frozenset[str]:
        """Epochs that are over."""
        return frozenset(self._former)

    def place(self) -> Place:
        """Where the next leaf stands."""
        return Place(agent=self._state.agent, epoch=self.epoch, sequence=self.size)

    def next_sequence(self, device: str) -> int:
        """The number of the device's next poll."""
        return max(self._counters.get(device, 0), self._state.first_sequence)

    def remember(self, setups: Iterable[DeviceSetup], documents: Iterable[DocumentFile]) -> None:
        """Stores what the next polls will refer to; raises as `keep`."""

        def write(state: LogState) -> LogState:
            shelf.write_setups(self._db, setups, self._waiting)
            shelf.write_documents(self._db, documents)
            return state

        self._commit(write)

    def keep(
        self, pending: Sequence[Pending], *, told: Iterable[str] = (), configuration: str = ""
    ) -> None:
        """Commits polls and records; they are on the disk when it returns.

        Args:
            pending: In their order.
            told: Keys of records that are made once.
            configuration: SHA-256 of the configuration that one of the records names.

        Raises:
            SpoolFullError: there is no room; nothing was kept.
            SpoolStorageError: the disk failed; nothing was kept.
        """
        kept: list[Waiting] = []

        def write(state: LogState) -> LogState:
            kept.extend(shelf.write_pending(self._db, pending))
            shelf.write_told(self._db, told)
            return replace(
                state,
                stamp_ms=stamp_after(state.stamp_ms, pending),
                configuration=configuration or state.configuration,
            )

        self._commit(write, kept)
        self._waiting += kept
        self._counters |= shelf.counted(pending)

    def append(self, leaves: Sequence[Packed], documents: Iterable[str] = ()) -> None:
        """Logs leaves that hold all that is pending, with their signed checkpoints.

        Args:
            leaves: Made for the places from `place()` on.
            documents: SHA-256 of the files among them.

        Raises:
            SpoolFullError, SpoolStorageError: nothing was logged, all is still pending.
        """
        last = self._waiting[-1].row if self._waiting else 0

        def write(state: LogState) -> LogState:
            self._db.execute("DELETE FROM pending WHERE id <= ?", (last,))
            shelf.mark_logged(self._db, documents, state.epoch)
            return append_leaves(self._db, state, leaves, self._key)

        self._commit(write)
        self._waiting.clear()

    def receipted(self, size: int, at_s: int) -> None:
        """Takes note that a receipt covers the first `size` leaves; raises as `flush`.

        They are deleted within the next commit; where there is little room, or they are many,
        at once.
        """
        for end in range(self._state.base + TRIM_PORTION, size, TRIM_PORTION):
            self._receipt = (end, at_s)
            self.flush()
        self._receipt = (size, at_s)
        if self._level >= Level.THIN:
            self.flush()

    def unreceipted(self, size: int) -> None:
        """Keeps what a receipt covers beyond `size`, as far as it was not deleted yet."""
        if self._receipt is not None and size < self._receipt[0]:
            self._receipt = (max(size, self._state.base), self._receipt[1])

    def flush(self) -> None:
        """Commits what receipts allow to delete, if anything.

        Raises:
            SpoolFullError, SpoolStorageError: it is not deleted yet.
        """
        if self._receipt is not None:
            self._commit(lambda state: state)

    def open_epoch(self, opening: Opening) -> None:
        """Begins a new log, and logs in it again what has no receipt.

        Raises:
            SpoolFullError, SpoolStorageError: the old epoch stands, or the rest is logged
                again at the next start.
        """
        over = {*opening.former, self.epoch} - {""}
        self._commit(partial(self._begin, opening, over))
        self._former |= over
        self._key = opening.key or self._key
        self._files.settle(opening.epoch)
        self.log_again()

    def log_again(self) -> None:
        """Moves leaves of earlier epochs to the current one, in portions that a kill may part.

        Raises:
            SpoolFullError, SpoolStorageError: the rest is still to be moved.
        """
        while rows := self._older(RELOG_PORTION):
            self._commit(partial(self._move, rows))

    def close(self) -> None:
        """Closes the files; what is pending stays pending."""
        self._db.close()
        self._files.unlock()

    def _begin(self, opening: Opening, over: Iterable[str], state: LogState) -> LogState:
        fresh = LogState(
            agent=state.agent,
            generation=state.generation + 1,
            epoch=opening.epoch,
            stamp_ms=state.stamp_ms,
            configuration=state.configuration,
            first_sequence=max(state.first_sequence, opening.first_sequence),
        )
        self._db.executemany("INSERT OR IGNORE INTO epoch VALUES (?)", [(each,) for each in over])
        own = {state.epoch: state.base} if state.epoch else {}
        note_sizes(self._db, {**own, **opening.receipted})
        leaves = opening_leaves(state.agent, opening, read_sizes(self._db))
        shelf.write_documents(self._db, opening.documents, opening.epoch)
        shelf.write_told(self._db, opening.told)
        return append_leaves(self._db, fresh, leaves, opening.key or self._key)

    def _move(self, rows: Sequence[tuple[int, bytes, bytes]], state: LogState) -> LogState:
        for row_id, _, frame in rows:
            place = Place(agent=state.agent, epoch=state.epoch, sequence=state.size)
            unlogged = partial(shelf.unlogged, self._db)
            moved = relogged(frame, place, unlogged, self._entropy(BLIND_BYTES))
            shelf.mark_logged(self._db, moved.documents, state.epoch)
            state = append_leaves(self._db, state, moved.leaves, self._key)
            self._db.execute("DELETE FROM leaf WHERE id = ?", (row_id,))
        return state

    def _commit(self, write: _Write, kept: Sequence[Waiting] = ()) -> None:
        """One transaction: what receipts allow to delete, what `write` adds, the state."""
        state = self._state
        with transaction(self._db, str(self._files.database)):
            if self._receipt is not None:
                state = trim(self._db, state, self._receipt[0])
                state = replace(state, receipt_s=self._receipt[1])
            state = write(state)
            write_state(self._db, state)
        self._state, self._receipt = state, None
        self._kept = max([self._kept, *(each.row for each in kept)])
        self._files.write_head(state.epoch, state.size, self._kept)
        self._measure()

    def _measure(self) -> None:
        with self._coded():
            self._used_bytes = used_bytes(self._db, self._files.wal)
            self._free_bytes = free_bytes(self._db)
        self._level = level_of(self._used_bytes, self._limit_bytes, self._level)
