"""A segment on the disk: whole and under its name, or not at all."""

import errno
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from collector.views.parquet_errors import LakeError, LakeFullError
from collector.views.parquet_schema import SegmentName

GROUP_ROWS: Final = 131_072
PAGE_BYTES: Final = 1024 * 1024
ZSTD_LEVEL: Final = 3
WORK: Final = ".work"
"""Folder of what is not finished; emptied whenever the lake is opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A segment that was written.

    Attributes:
        name: which one.
        sha256: of its bytes, hexadecimal.
        size: bytes.
        rows: how many.
    """

    name: SegmentName
    sha256: str
    size: int
    rows: int

    @property
    def path(self) -> str:
        """Where it lies, from the lake's folder."""
        return self.name.path(self.sha256)


@contextmanager
def coded(where: Path) -> Iterator[None]:
    """What the operating system says about the lake, in our words.

    Raises:
        LakeFullError: there is no room.
        LakeError: it cannot be used otherwise.
    """
    try:
        yield
    except (OSError, pa.ArrowException) as problem:
        number = getattr(problem, "errno", None)
        kind = LakeFullError if number in (errno.ENOSPC, errno.EDQUOT) else LakeError
        said = getattr(problem, "strerror", None) or str(problem) or type(problem).__name__
        raise kind(str(where), what=said) from problem


class _Hashed:
    """A file that is written once, front to back, and hashed as it is."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.sha256 = hashlib.sha256()
        self.size = 0

    closed = False

    def write(self, data: bytes) -> int:
        self.sha256.update(data)
        self.size += len(data)
        self._file.write(data)
        return len(data)

    def tell(self) -> int:
        return self.size

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        """Nothing: the file is synced before it is closed."""


def write_segment(lake: Path, name: SegmentName, tables: Iterable[pa.Table]) -> Segment:
    """The segment that holds `tables` one after the other; durable when this returns.

    The bytes follow from the rows alone: row groups end where a table ends, once they hold
    `GROUP_ROWS` rows.

    Raises:
        LakeError: it could not be written; nothing lies under its name.
    """
    with coded(lake):
        fresh = lake / WORK / "segment"
        with fresh.open("wb") as file:
            hashed = _Hashed(file)
            rows = _write(hashed, name.schema(), tables)
            file.flush()
            os.fsync(file.fileno())
        digest = hashed.sha256.hexdigest()
        segment = Segment(name=name, sha256=digest, size=hashed.size, rows=rows)
        put(fresh, lake / segment.path)
    return segment


def _write(file: _Hashed, schema: pa.Schema, tables: Iterable[pa.Table]) -> int:
    rows = 0
    with pq.ParquetWriter(
        pa.PythonFile(file, mode="w"),
        schema,
        compression="zstd",
        compression_level=ZSTD_LEVEL,
        data_page_size=PAGE_BYTES,
        write_statistics=True,
        write_page_index=True,
        version="2.6",
    ) as writer:
        for group in grouped(tables):
            writer.write_table(group.cast(schema), row_group_size=GROUP_ROWS * 2)
            rows += group.num_rows
    return rows


def grouped(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Tables joined until they hold `GROUP_ROWS` rows."""
    waiting: list[pa.Table] = []
    for table in tables:
        waiting.append(table)
        if sum(each.num_rows for each in waiting) >= GROUP_ROWS:
            yield pa.concat_tables(waiting).combine_chunks()
            waiting = []
    if waiting:
        yield pa.concat_tables(waiting).combine_chunks()


def put(fresh: Path, path: Path) -> None:
    """Gives a finished file its name, durably.

    Raises:
        OSError: it cannot be done.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh.replace(path)
    for folder in (path.parent, path.parent.parent):
        sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder durable.

    Raises:
        OSError: it cannot be done.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
