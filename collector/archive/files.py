"""The files of a month: its leaves, an index, and what the whole is.

`2026-01.leaves` is one zstd frame after the other, each a leaf's exact bytes, so that
`zstd -dc 2026-01.leaves` shows them all. `2026-01.index` has a line of JSON for each of them, and
`2026-01.json` says digests and roots.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from collector.archive.errors import ArchiveDamagedError
from evidence.errors import EnvelopeError, FrontierError, Words
from evidence.log import merkle
from evidence.log.envelope import decompress

ARCHIVE: Final = "archive"
"""The folder below the state folder; it may be a mount or a link."""
MAX_BYTES: Final = 1024 * 1024
_CHUNK: Final = 1 << 20
Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


class Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A leaf in the index: its place in ledger and log, and in the file of leaves."""

    position: Count
    agent: str
    epoch: str
    sequence: Count
    received_ns: int
    offset: Count
    size: Count
    hash: Sha256
    root: Sha256


class Piece(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Size and digest of a file."""

    size_bytes: Count
    sha256: Sha256


class Month(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A month in the archive.

    Attributes:
        collector: Whose ledger.
        month: Such as 2026-01, UTC, by the time of commit.
        first, last: Positions in order of admission.
        frontier: The edge of the ledger's tree before the first, in hexadecimal.
        root: The ledger's root with the last.
        leaves, index: The two files.
        made_at: When, RFC 3339, UTC.
        software: What made it.
    """

    carbonmeter: Literal["archive/1"] = "archive/1"
    collector: str
    month: str
    first: Count
    last: Count
    frontier: str
    root: Sha256
    leaves: Piece
    index: Piece
    made_at: str
    software: str

    def to_line(self) -> str:
        """The month in one line."""
        count = self.last - self.first + 1
        return f"{self.month} {count} leaves, {self.leaves.size_bytes} bytes, root {self.root[:16]}"


def leaves_file(folder: Path, month: str) -> Path:
    """Where the leaves of a month are."""
    return folder / f"{month}.leaves"


def index_file(folder: Path, month: str) -> Path:
    """Where their index is."""
    return folder / f"{month}.index"


def month_file(folder: Path, month: str) -> Path:
    """Where the month says what it is."""
    return folder / f"{month}.json"


def read_month(folder: Path, month: str) -> Month:
    """What a month says of itself.

    Raises:
        ArchiveDamagedError: It is missing, or cannot be read.
    """
    path = month_file(folder, month)
    try:
        with path.open("rb") as file:
            return msgspec.json.decode(file.read(MAX_BYTES), type=Month)
    except OSError as problem:
        raise ArchiveDamagedError(str(path), what=problem.strerror or "?") from problem
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise ArchiveDamagedError(str(path), what=str(problem)) from problem


def piece_of(path: Path) -> Piece:
    """Size and digest of a file.

    Raises:
        ArchiveDamagedError: It is missing, or cannot be read.
    """
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
    except OSError as problem:
        raise ArchiveDamagedError(str(path), what=problem.strerror or "?") from problem
    return Piece(size_bytes=size, sha256=digest.hexdigest())


def require_sound(folder: Path, month: Month) -> None:
    """Returns if the files of a month are as they were written, and lead from root to root.

    Every leaf is read, hashed, and appended to the tree; the ledger is not needed for it.

    Raises:
        ArchiveDamagedError: They are not; it names the first thing that is wrong.
    """
    for path, piece in (
        (leaves_file(folder, month.month), month.leaves),
        (index_file(folder, month.month), month.index),
    ):
        if piece_of(path) != piece:
            raise _damaged(path, "it has another digest", "其摘要不符")
    frontier, path = _frontier(folder, month), index_file(folder, month.month)
    for line in lines_of(folder, month.month):
        if line.position != frontier.size:
            raise _damaged(path, f"leaf {frontier.size} is missing", f"缺少叶 {frontier.size}")
        frontier = merkle.append(frontier, bytes.fromhex(line.hash))
    if (frontier.size - 1, merkle.root(frontier).hex()) != (month.last, month.root):
        raise _damaged(path, "the leaves do not lead to the root", "叶数据与根不符")


def _frontier(folder: Path, month: Month) -> merkle.Frontier:
    try:
        found = merkle.Frontier.from_hex(month.frontier)
    except FrontierError:
        found = None
    if found is None or found.size != month.first:
        raise _damaged(
            month_file(folder, month.month), "its frontier fits no tree", "frontier 不成树"
        )
    return found


def lines_of(folder: Path, month: str) -> Iterator[Line]:
    """The index of a month; each leaf was read, and has its hash.

    Raises:
        ArchiveDamagedError: A line cannot be read, or its leaf is another.
    """
    path, offset = index_file(folder, month), 0
    with (
        index_file(folder, month).open("rb") as index,
        leaves_file(folder, month).open("rb") as file,
    ):
        for number, text in enumerate(index):
            try:
                line = msgspec.json.decode(text, type=Line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                raise _damaged(
                    path, f"line {number + 1} is none", f"第 {number + 1} 行无效"
                ) from None
            if line.offset != offset or not _fits(file.read(line.size), line):
                raise _damaged(path, f"leaf {line.position} is another", f"叶 {line.position} 不符")
            offset += line.size
            yield line


def _fits(frame: bytes, line: Line) -> bool:
    try:
        return merkle.leaf_hash(decompress(frame)).hex() == line.hash
    except EnvelopeError:
        return False


def _damaged(path: Path, en: str, zh: str) -> ArchiveDamagedError:
    return ArchiveDamagedError(str(path), what=Words(en, zh))
