"""Which documents agents logged, and where: the list of a store's file, on its connection.

Twenty thousand papers are no matter of each question. The list, and what was made of all of them,
is made anew only when a document came, or when all were derived again.
"""

import sqlite3
from collections.abc import Callable, Hashable, Sequence
from typing import Any, Final, TypeVar, cast

from collector.place import Place

T = TypeVar("T")
MOST_MADE: Final = 16
Logged = tuple[str, str, Place]
"""Kind, SHA-256 and place of a document."""


class DocumentList:
    """The documents in a store's file; for one thread at a time."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._mark: object = None
        self._listed: list[Logged] = []
        self._made: dict[Hashable, Any] = {}

    def all(self, kinds: Sequence[str]) -> list[Logged]:
        """The documents of these kinds, in order of arrival."""
        self._renew()
        return [each for each in self._listed if each[0] in kinds]

    def made(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` makes of documents, until another one comes; nobody changes it.

        Args:
            key: Says what is made, and of which documents.
            make: Called where it was not made before.
        """
        self._renew()
        if key not in self._made:
            found = make()
            if len(self._made) >= MOST_MADE:
                self._made.clear()
            self._made[key] = found
        return cast("T", self._made[key])

    def _renew(self) -> None:
        """Reads the list, and forgets what was made of another one, if it changed."""
        mark = self.mark(), self._db.total_changes  # what is taken back is written before
        if mark == self._mark:
            return
        rows = self._db.execute(
            "SELECT kind, sha256, agent, epoch, sequence FROM document"
            " ORDER BY received_ns, agent, epoch, sequence"
        )
        listed = [_logged(row) for row in rows]
        if listed != self._listed:  # the connection writes other things too
            self._listed, self._made = listed, {}
        self._mark = mark

    def mark(self) -> tuple[int, int]:
        """What is another one as soon as a document came: a new row has the last number."""
        count, last = self._db.execute("SELECT count(*), max(rowid) FROM document").fetchone()
        return int(count), int(last or 0)

    def of(self, agent: str, kinds: Sequence[str]) -> list[Logged]:
        """Those of one agent, in order of arrival."""
        marks = ",".join("?" for _ in kinds)
        rows = self._db.execute(
            "SELECT kind, sha256, agent, epoch, sequence FROM document"  # noqa: S608 - only question marks are put in
            f" WHERE agent=? AND kind IN ({marks}) ORDER BY received_ns, epoch, sequence",
            (agent, *kinds),
        )
        return [_logged(row) for row in rows]


def _logged(row: tuple[str, str, str, str, int]) -> Logged:
    kind, sha256, agent, epoch, sequence = row
    return kind, sha256, Place(agent=agent, epoch=epoch, sequence=sequence)
