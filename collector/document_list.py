"""Which documents agents logged, and where: the list of a store's file, on its connection.

Twenty thousand papers are no matter of each question. The list is read anew only when a document
came, or when all were derived again.
"""

import sqlite3
from collections.abc import Sequence

from collector.place import Place

Logged = tuple[str, str, Place]
"""Kind, SHA-256 and place of a document."""


class DocumentList:
    """The documents in a store's file; for one thread at a time."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._mark: object = None
        self._listed: list[Logged] = []

    def all(self, kinds: Sequence[str]) -> list[Logged]:
        """The documents of these kinds, in order of arrival."""
        mark = self.mark(), self._db.total_changes  # what is taken back is written before
        if mark != self._mark:
            rows = self._db.execute(
                "SELECT kind, sha256, agent, epoch, sequence FROM document"
                " ORDER BY received_ns, agent, epoch, sequence"
            )
            self._listed = [_logged(row) for row in rows]
            self._mark = mark
        return [each for each in self._listed if each[0] in kinds]

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
