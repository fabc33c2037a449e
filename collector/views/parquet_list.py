"""Which segments there are: a table in a file of its own, and a manifest for strangers.

The table says what is current. It only grows: a segment that was made again otherwise is
marked as replaced, and its digest stays.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from collector.database import Database
from collector.errors import LedgerError, LedgerFullError
from collector.views.parquet_errors import LakeError, LakeFullError
from collector.views.parquet_schema import LAKE_VERSION, SegmentName
from collector.views.parquet_write import WORK, Segment, coded, put

LISTED: Final = "lake.sqlite"
MANIFEST: Final = "manifest.jsonl"
_TABLES: Final = (
    """CREATE TABLE IF NOT EXISTS segment (dataset TEXT NOT NULL, day TEXT NOT NULL,
      number INTEGER NOT NULL, sha256 TEXT NOT NULL, bytes INTEGER NOT NULL,
      rows INTEGER NOT NULL, from_position INTEGER NOT NULL, through_position INTEGER NOT NULL,
      ledger_root TEXT NOT NULL, replaced INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (dataset, day, number, sha256)) STRICT""",
    """CREATE TABLE IF NOT EXISTS cursor (one INTEGER PRIMARY KEY CHECK (one = 1),
      next INTEGER NOT NULL, low INTEGER NOT NULL, turn INTEGER,
      size INTEGER NOT NULL, root TEXT NOT NULL) STRICT""",
    """CREATE TABLE IF NOT EXISTS derived (one INTEGER PRIMARY KEY CHECK (one = 1),
      version INTEGER NOT NULL) STRICT""",
)
_SEGMENT: Final = (
    "SELECT dataset, day, number, from_position, through_position, ledger_root,"
    " sha256, bytes, rows FROM segment"
)


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the manifest; lines with `state` "current" are the lake, all of them together.

    Attributes:
        path: from the lake's folder.
        sha256: of the file's bytes, hexadecimal.
        from_position, through_position: the leaves of the ledger that it is made of.
        ledger_root: Merkle root over the leaves before `through_position`.
        state: `current`; `replaced` of what was made again otherwise and lies no more.
    """

    dataset: str
    day: str
    segment: int
    path: str
    sha256: str
    bytes: int
    rows: int
    from_position: int
    through_position: int
    ledger_root: str
    state: str
    version: int = LAKE_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """How far the lake follows the ledger.

    Attributes:
        next: position of the next leaf to be looked at.
        low: position of the first leaf that may hold rows of days that are open.
        turn: of the leaf before `next`; None if there is none.
        size, root: of the ledger when it was last met; root is hexadecimal.
    """

    next: int = 0
    low: int = 0
    turn: int | None = None
    size: int = 0
    root: str = ""


class Listing:
    """The table of segments and the cursor; for one thread at a time.

    Raises:
        LakeError: from every method: the file cannot be used.
    """

    def __init__(self, state_dir: Path) -> None:
        with _ours():
            self._database = Database(state_dir / LISTED)
            self._database.settle()
            for table in _TABLES:
                self._database.rows(table)

    def close(self) -> None:
        """Closes the file."""
        with _ours():
            self._database.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing of what is listed inside."""
        with _ours(), self._database.transaction():
            yield

    def cursor(self) -> Cursor:
        """How far the lake is."""
        with _ours():
            row = self._database.row("SELECT next, low, turn, size, root FROM cursor")
        if row is None:
            return Cursor()
        return Cursor(next=row[0], low=row[1], turn=row[2], size=row[3], root=row[4])

    def move(self, to: Cursor, derived: int) -> None:
        """Moves the cursor; hours are from now on those of a store of version `derived`."""
        moved = (to.next, to.low, to.turn, to.size, to.root)
        with _ours():
            self._database.rows("INSERT OR REPLACE INTO cursor VALUES (1,?,?,?,?,?)", *moved)
            self._database.rows("INSERT OR REPLACE INTO derived VALUES (1,?)", derived)

    def derived(self) -> int:
        """The version of the store that the listed hours were made from; 0 if not known."""
        with _ours():
            row = self._database.row("SELECT version FROM derived")
        return 0 if row is None else int(row[0])

    def current(self, dataset: str) -> list[Segment]:
        """The current segments of a dataset by day and number."""
        query = f"{_SEGMENT} WHERE dataset=? AND NOT replaced ORDER BY day, number"
        with _ours():
            rows = self._database.rows(query, dataset)
        return [_segment(*row) for row in rows]

    def digests(self) -> dict[str, str]:
        """Path -> SHA-256 of all current segments."""
        return {each.path: each.sha256 for each in self.lines() if each.state == "current"}

    def add(self, segment: Segment) -> None:
        """Lists a segment as current."""
        name = segment.name
        with _ours():
            self._database.rows(
                "INSERT OR REPLACE INTO segment VALUES (?,?,?,?,?,?,?,?,?,0)",
                name.dataset,
                name.day,
                name.number,
                segment.sha256,
                segment.size,
                segment.rows,
                name.from_position,
                name.through_position,
                name.ledger_root,
            )

    def replace(self, segment: Segment) -> None:
        """Marks a segment as replaced; its digest stays."""
        name = segment.name
        with _ours():
            self._database.rows(
                "UPDATE segment SET replaced=1 WHERE dataset=? AND day=? AND number=? AND sha256=?",
                name.dataset,
                name.day,
                name.number,
                segment.sha256,
            )

    def lines(self) -> list[Listed]:
        """All segments that were ever listed, by dataset, day and number; current ones last."""
        query = f"{_SEGMENT} WHERE replaced=? ORDER BY dataset, day, number, sha256"
        with _ours():
            found = [
                _line(_segment(*row), state)
                for state, replaced in (("replaced", 1), ("current", 0))
                for row in self._database.rows(query, replaced)
            ]
        return sorted(found, key=lambda each: (each.dataset, each.day, each.segment))


def _segment(  # noqa: PLR0913, PLR0917 - the columns of a row
    dataset: str,
    day: str,
    number: int,
    from_position: int,
    through_position: int,
    ledger_root: str,
    sha256: str,
    size: int,
    rows: int,
) -> Segment:
    name = SegmentName(
        dataset=dataset,
        day=day,
        number=number,
        from_position=from_position,
        through_position=through_position,
        ledger_root=ledger_root,
    )
    return Segment(name=name, sha256=sha256, size=size, rows=rows)


def _line(segment: Segment, state: str) -> Listed:
    name = segment.name
    return Listed(
        dataset=name.dataset,
        day=name.day,
        segment=name.number,
        path=segment.path,
        sha256=segment.sha256,
        bytes=segment.size,
        rows=segment.rows,
        from_position=name.from_position,
        through_position=name.through_position,
        ledger_root=name.ledger_root,
        state=state,
    )


def write_manifest(lake: Path, lines: Iterable[Listed]) -> None:
    """Replaces the manifest in one step.

    Raises:
        LakeError: it cannot be written; the old one stands.
    """
    text = b"".join(msgspec.json.encode(each) + b"\n" for each in lines)
    with coded(lake):
        fresh = lake / WORK / MANIFEST
        with fresh.open("wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        put(fresh, lake / MANIFEST)


def read_manifest(lake: Path) -> list[Listed]:
    """The lines of a lake's manifest.

    Raises:
        LakeError: there is none, or it is not one.
    """
    with coded(lake):
        text = (lake / MANIFEST).read_bytes()
    try:
        return [msgspec.json.decode(line, type=Listed) for line in text.splitlines()]
    except msgspec.DecodeError as wrong:
        raise LakeError(str(lake / MANIFEST), what=str(wrong)) from wrong


def digest_of(path: Path) -> str:
    """SHA-256 of a file's bytes, hexadecimal; empty if there is no such file.

    Raises:
        LakeError: it cannot be read.
    """
    with coded(path):
        try:
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            return ""


@contextmanager
def _ours() -> Iterator[None]:
    """Errors of the table's file as those of the lake."""
    try:
        yield
    except LedgerError as problem:
        kind = LakeFullError if isinstance(problem, LedgerFullError) else LakeError
        raise kind(problem.where, what=str(problem.facts.get("what", problem.code))) from problem
