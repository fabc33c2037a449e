"""A month moved out of the ledger: written, read back and compared, and only then taken out."""

import errno
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Final

import msgspec

from collector.archive.errors import ArchiveDamagedError, ArchiveError, ArchiveFullError
from collector.archive.files import (
    ARCHIVE,
    Line,
    Month,
    Piece,
    index_file,
    leaves_file,
    lines_of,
    month_file,
    read_month,
    require_sound,
)
from collector.archive.months import Run
from collector.database import Row
from collector.ledger_head import sync_folder
from collector.ledger_notes import LedgerNotes
from collector.ledger_rows import StoredLeaf
from evidence.clock import NS_PER_S, utc_text
from evidence.errors import Words
from evidence.log import merkle
from evidence.log.envelope import compress
from evidence.software import SOFTWARE

PORTION: Final = 200
"""Leaves in one commit, so that the intake waits for milliseconds."""
_CHUNK: Final = 4096
Enter = Callable[[Month], object]
Breathe = Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A month that is in the archive.

    Attributes:
        month: What it is.
        taken: Leaves whose bytes were taken out of the ledger now.
    """

    month: Month
    taken: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell:
    """Who hears of a month that is moved.

    Attributes:
        enter: Called once its files are written and checked, before anything is taken out.
        breathe: Called between commits, to let others write.
    """

    enter: Enter
    breathe: Breathe


def archive_month(ledger: LedgerNotes, collector: str, run: Run, now_ns: int, tell: Tell) -> Moved:
    """Moves the leaves of a month into files; the ledger keeps hashes and roots.

    A run that was broken off goes on where it was. The collector may run meanwhile.

    Args:
        ledger: A connection of its own that may write.
        collector: The collector's id.
        run: Which leaves.
        now_ns: The instant, POSIX ns.
        tell: Who hears of it.

    Raises:
        ArchiveFullError: There is no room; nothing was taken out.
        ArchiveError: It cannot be written.
        ArchiveDamagedError: What was written cannot be read back the same.
        LedgerError: A leaf in the ledger is damaged, or SQLite failed.
    """
    folder = Path(ledger.database.where).parent / ARCHIVE
    if not month_file(folder, run.month).exists():
        _write(ledger, folder, collector, run, now_ns)
    month = read_month(folder, run.month)
    if (month.first, month.last, month.collector) != (run.first, run.last, collector):
        what = Words("it is of other leaves", "其内容属于其他叶")
        raise ArchiveDamagedError(str(month_file(folder, run.month)), what=what)
    require_sound(folder, month)
    _require_same(ledger, month)
    if ledger.database.row("SELECT 1 FROM archives WHERE month = ?", month.month) is None:
        tell.enter(month)  # twice rather than never, if the process dies here
        _note(ledger, month, now_ns)
    return Moved(month=month, taken=_take_out(ledger, folder, month, tell.breathe))


def _write(ledger: LedgerNotes, folder: Path, collector: str, run: Run, now_ns: int) -> None:
    """The three files; the one that makes the month count comes last."""
    with _coded(folder):
        folder.mkdir(mode=0o700, exist_ok=True)
        before = _frontier_at(ledger, run.first)
        leaves, index = (
            _written(path, (pair[which] for pair in _pairs(ledger, run)))
            for which, path in enumerate(
                (leaves_file(folder, run.month), index_file(folder, run.month))
            )
        )
        month = Month(
            collector=collector,
            month=run.month,
            first=run.first,
            last=run.last,
            frontier=before.to_hex(),
            root=(ledger.root_at(run.last + 1) or b"").hex(),
            leaves=leaves,
            index=index,
            made_at=utc_text(now_ns // NS_PER_S * NS_PER_S),
            software=SOFTWARE,
        )
        text = msgspec.json.format(msgspec.json.encode(month), indent=1) + b"\n"
        _written(month_file(folder, run.month), iter([text]))
        sync_folder(folder)


def _pairs(ledger: LedgerNotes, run: Run) -> Iterator[tuple[bytes, bytes]]:
    """Each leaf's frame and its line in the index."""
    offset = 0
    for leaf in _leaves(ledger, run):
        frame = compress(leaf.leaf)
        yield frame, msgspec.json.encode(_line(leaf, offset, len(frame))) + b"\n"
        offset += len(frame)


def _leaves(ledger: LedgerNotes, run: Run) -> Iterator[StoredLeaf]:
    return takewhile(lambda leaf: leaf.position <= run.last, ledger.since(run.first))


def _line(leaf: StoredLeaf, offset: int, size: int) -> Line:
    return Line(
        position=leaf.position,
        agent=leaf.agent,
        epoch=leaf.epoch,
        sequence=leaf.sequence,
        received_ns=leaf.received_ns,
        offset=offset,
        size=size,
        hash=leaf.leaf_hash.hex(),
        root=leaf.root.hex(),
    )


def _frontier_at(ledger: LedgerNotes, size: int) -> merkle.Frontier:
    """The edge of the ledger's tree over its first leaves."""
    frontier = merkle.Frontier()
    query = "SELECT hash FROM leaves WHERE position >= ? AND position < ? ORDER BY position LIMIT ?"
    while rows := ledger.database.rows(query, frontier.size, size, _CHUNK):
        for (leaf_hash,) in rows:
            frontier = merkle.append(frontier, leaf_hash)
    return frontier


def _written(path: Path, parts: Iterator[bytes]) -> Piece:
    """Writes a file under another name, then gives it its own; size and digest."""
    fresh, digest, size = path.with_name(path.name + ".new"), hashlib.sha256(), 0
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
    with os.fdopen(os.open(fresh, flags, 0o600), "wb") as file:
        for part in parts:
            file.write(part)
            digest.update(part)
            size += len(part)
        file.flush()
        os.fsync(file.fileno())
        # what is read back shall come from the disk
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    fresh.replace(path)
    return Piece(size_bytes=size, sha256=digest.hexdigest())


def _require_same(ledger: LedgerNotes, month: Month) -> None:
    """Returns if the ledger has the month's root."""
    if (ledger.root_at(month.last + 1) or b"").hex() != month.root:
        what = Words("the ledger has another root there", "账本在该处的根不同")
        raise ArchiveDamagedError(ledger.database.where, what=what)


def _note(ledger: LedgerNotes, month: Month, now_ns: int) -> None:
    ledger.database.rows(
        "INSERT INTO archives VALUES (?, ?, ?, ?, ?, ?)",
        month.month,
        month.first,
        month.last,
        month.leaves.sha256,
        bytes.fromhex(month.root),
        now_ns,
    )


def _take_out(ledger: LedgerNotes, folder: Path, month: Month, breathe: Breathe) -> int:
    """Takes the bytes of leaves out that were just read from the archive; how many."""
    taken, portion = 0, list[Line]()
    for line in lines_of(folder, month.month):
        portion.append(line)
        if len(portion) == PORTION or line.position == month.last:
            taken += _taken(ledger, month.month, portion)
            portion.clear()
            breathe()
    return taken


def _taken(ledger: LedgerNotes, month: str, lines: list[Line]) -> int:
    """Takes out what these lines name, all or nothing of it; how many leaves.

    Rows are deleted and written anew: one that only shrinks would keep its room on the page.
    """
    with ledger.transaction():
        rows = [row for line in lines for row in _with_bytes(ledger, line)]
        for row in rows:
            ledger.database.rows("DELETE FROM leaves WHERE position = ?", row[0])
        for row in rows:
            ledger.database.rows("INSERT INTO leaves VALUES (?, ?, ?, ?, ?, ?, ?, x'')", *row)
        for line in lines:
            place = (line.position, month, line.offset, line.size)
            ledger.database.rows("INSERT OR REPLACE INTO archived VALUES (?, ?, ?, ?)", *place)
    return len(rows)


def _with_bytes(ledger: LedgerNotes, line: Line) -> list[Row]:
    """The leaf's row, but for its bytes, if these are there and are those of the line."""
    return ledger.database.rows(
        "SELECT position, log, sequence, hash, root, ledger_root, received_ns FROM leaves"
        " WHERE position = ? AND hash = ? AND leaf <> x''",
        line.position,
        bytes.fromhex(line.hash),
    )


@contextmanager
def _coded(where: Path) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        full = problem.errno in (errno.ENOSPC, errno.EDQUOT)
        kind = ArchiveFullError if full else ArchiveError
        raise kind(str(where), what=problem.strerror or "?") from problem
