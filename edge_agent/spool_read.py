"""Questions to a spool; what the disk says against an answer leaves as a coded error."""

import sqlite3
from contextlib import AbstractContextManager

from edge_agent import spool_shelf as shelf
from edge_agent.documents import DocumentFile
from edge_agent.setup import DeviceSetup
from edge_agent.spool_files import SpoolFiles
from edge_agent.spool_log import LogState, StoredLeaf, older_leaves, read_leaf, root_at
from edge_agent.spool_schema import coded


class SpoolReader:
    """What is kept in a spool.

    Each method raises `SpoolStorageError` where the disk or the database fails.

    Args:
        db: The open database, checked.
        state: Where the log stands.
        files: The spool's files, locked.
    """

    def __init__(self, db: sqlite3.Connection, state: LogState, files: SpoolFiles) -> None:
        self._db, self._state, self._files = db, state, files

    @property
    def files(self) -> SpoolFiles:
        """The files that it lies in."""
        return self._files

    @property
    def state(self) -> LogState:
        """Where the log stands; what a receipt covers may still wait for its deletion."""
        return self._state

    @property
    def epoch(self) -> str:
        """Id of the log that leaves are appended to."""
        return self._state.epoch

    @property
    def size(self) -> int:
        """Number of leaves in it; the next leaf's sequence."""
        return self._state.size

    def is_told(self, key: str) -> bool:
        """Whether a record that is made once was made."""
        with self._coded():
            return shelf.is_told(self._db, key)

    def setups(self) -> list[DeviceSetup]:
        """What the stored polls were read under, and the setups in use."""
        with self._coded():
            return shelf.read_setups(self._db)

    def document(self, sha256: str) -> DocumentFile | None:
        """A stored file."""
        with self._coded():
            return shelf.read_document(self._db, sha256)

    def unlogged(self, sha256: str) -> DocumentFile | None:
        """A stored file, if the log lacks it."""
        with self._coded():
            return shelf.unlogged(self._db, sha256, self.epoch)

    def leaf(self, sequence: int) -> StoredLeaf | None:
        """A leaf that is kept; None if it is not."""
        with self._coded():
            return read_leaf(self._db, self._state, sequence)

    def root_at(self, size: int) -> bytes | None:
        """The log's root at `size` leaves; None below what is kept."""
        with self._coded():
            return root_at(self._db, self._state, size)

    def _older(self, most: int) -> list[tuple[int, bytes, bytes]]:
        """Leaves of earlier epochs that are still to be logged again."""
        with self._coded():
            return older_leaves(self._db, self._state, most)

    def _coded(self) -> AbstractContextManager[None]:
        return coded(str(self._files.database))
