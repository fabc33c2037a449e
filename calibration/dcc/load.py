"""The tables of this folder, foreign documents, schemas and trusted certificates; all files."""

import tomllib
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

from calibration.dcc.document import MOST_BYTES
from calibration.dcc.errors import DccFileError
from calibration.errors import Words

MOST_SCHEMAS: Final = 200
MOST_SCHEMA_BYTES: Final = 1_000_000
MOST_TRUSTED: Final = 200
MOST_CERTIFICATE_BYTES: Final = 100_000
_CERTIFICATES: Final = frozenset((".pem", ".crt", ".cer", ".der"))


@cache
def read_table(name: str) -> dict[str, Any]:
    """A table that comes with this folder."""
    return tomllib.loads((resources.files(__package__) / name).read_text("utf-8"))


def read_bytes(path: Path, most: int = MOST_BYTES) -> bytes:
    """A file's exact bytes.

    Raises:
        DccFileError: it cannot be read, or has more than `most` bytes.
    """
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as cause:
        found = cause.strerror or type(cause).__name__
        raise DccFileError(
            str(path), found=found, limit=Words("a file that can be read", "可读取的文件")
        ) from cause
    if len(data) > most:
        raise DccFileError(str(path), found=f"> {most} B", limit=f"<= {most} B")
    return data


def last_written(path: Path) -> datetime:
    """When a file that was read was last written, UTC, whole seconds."""
    return datetime.fromtimestamp(int(path.stat().st_mtime), UTC)


def read_schemas(folder: Path) -> dict[str, bytes]:
    """The XML schemas below a folder, by their path within it.

    Raises:
        DccFileError: it is no folder, or holds more than schemas of DCC and what they import.
    """
    found = _files(folder, frozenset((".xsd",)), MOST_SCHEMAS)
    return {
        each.relative_to(folder).as_posix(): read_bytes(each, MOST_SCHEMA_BYTES) for each in found
    }


def read_trusted(folder: Path) -> dict[str, bytes]:
    """The certificates (.pem .crt .cer .der) in a folder, by the name of their file.

    Raises:
        DccFileError: it is no folder, holds none, or too many.
    """
    found = _files(folder, _CERTIFICATES, MOST_TRUSTED)
    return {each.name: read_bytes(each, MOST_CERTIFICATE_BYTES) for each in found}


def _files(folder: Path, suffixes: frozenset[str], most: int) -> list[Path]:
    """The files of a folder with these suffixes; links that lead out of it are left aside."""
    if not folder.is_dir():
        raise DccFileError(str(folder), found=Words("no folder", "没有该文件夹"), limit="a folder")
    inside = folder.resolve()
    found = [
        each
        for each in sorted(folder.rglob("*"))
        if each.suffix.lower() in suffixes
        and each.is_file()
        and each.resolve().is_relative_to(inside)
    ]
    if not found or len(found) > most:
        limit = f"1 to {most} files {' '.join(sorted(suffixes))}"
        raise DccFileError(str(folder), found=f"{len(found)} files", limit=limit)
    return found


def write_new(path: Path, text: str) -> None:
    """Writes a file that was not there before.

    Raises:
        DccFileError: it is there, or cannot be written.
    """
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as cause:
        found = cause.strerror or type(cause).__name__
        raise DccFileError(str(path), found=found, limit=Words("a new file", "新文件")) from cause
