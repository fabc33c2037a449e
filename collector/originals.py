"""Documents of laboratories as they came: certificates on paper, scans, reports, DCCs.

A certificate in the log cites the digest of the document that it was taken from. Here the document
itself lies, byte for byte, under that digest. It is never changed and never deleted.
"""

import hashlib
import os
import secrets
from pathlib import Path
from typing import Final

from collector.original_errors import (
    OriginalDamagedError,
    OriginalFileError,
    OriginalSizeError,
    OriginalUnknownError,
)

ORIGINALS: Final = "originals"
MOST_BYTES: Final = 16 * 1024 * 1024


class Originals:
    """The documents in a collector's folder; any number of threads and processes may use it."""

    def __init__(self, state_dir: Path) -> None:
        self._folder = state_dir / ORIGINALS

    def keep(self, data: bytes) -> str:
        """Keeps a document; its SHA-256. It is on the disk when this ends.

        Args:
            data: Its exact bytes, 1 to 16 MiB.

        Raises:
            OriginalSizeError: It is empty or too large.
            OriginalFileError: It cannot be written.
        """
        if not 1 <= len(data) <= MOST_BYTES:
            raise OriginalSizeError("body", found=len(data), limit=MOST_BYTES)
        digest = hashlib.sha256(data).hexdigest()
        if not self.holds(digest):
            self._write(self._path(digest), data)
        return digest

    def holds(self, digest: str) -> bool:
        """Whether a document is here, and is what its digest says."""
        try:
            self.data(digest)
        except (OriginalUnknownError, OriginalDamagedError):
            return False
        return True

    def data(self, digest: str) -> bytes:
        """The exact bytes of a document.

        Args:
            digest: Its SHA-256, 64 hexadecimal digits.

        Raises:
            OriginalUnknownError: It is not here.
            OriginalDamagedError: The bytes here are other ones.
            OriginalFileError: They cannot be read.
        """
        path = self._path(digest)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise OriginalUnknownError("sha256", digest=digest) from None
        except OSError as problem:
            raise _unusable(path, problem) from problem
        found = hashlib.sha256(data).hexdigest()
        if found != digest:
            raise OriginalDamagedError(str(path), found=found)
        return data

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest

    def _write(self, path: Path, data: bytes) -> None:
        """Writes a file that is there wholly or not at all, also after a power cut."""
        fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            with os.fdopen(os.open(fresh, flags, 0o600), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
            for folder in (path.parent, self._folder, self._folder.parent):
                _sync(folder)
        except OSError as problem:
            fresh.unlink(missing_ok=True)
            raise _unusable(path, problem) from problem


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unusable(path: Path, problem: OSError) -> OriginalFileError:
    return OriginalFileError(str(path), what=problem.strerror or type(problem).__name__)
