"""How full the spool is, and what follows from it; and the ballast that keeps a last word.

A full disk refuses even a DELETE, since the WAL has to grow for it. So a file of our own is
given up first: it makes room for the signed gap record and for trimming.
"""

import os
from enum import IntEnum
from pathlib import Path
from typing import Final

WARN: Final = 0.80
THIN: Final = 0.95
RESUME: Final = 0.90
CALM: Final = 0.75
RESERVE_BYTES: Final = 128 * 1024
"""What is kept of the limit for the gap record and the trims; 2 % of a small limit."""
BALLAST_BYTES: Final = 512 * 1024
LAST_WORD_BYTES: Final = 256 * 1024
"""What the gap record and the first trims take; a ballast has room for the WAL too."""


class Level(IntEnum):
    """How full the spool is, in the order of what is done about it."""

    ROOMY = 0
    WARN = 1
    THIN = 2
    STOP = 3


def level_of(used_bytes: int, limit_bytes: int, before: Level) -> Level:
    """The level at `used_bytes` of `limit_bytes`.

    From THIN and STOP it falls back only below 90 %, from WARN below 75 %: no flutter.
    """
    share = used_bytes / limit_bytes
    if used_bytes + min(RESERVE_BYTES, limit_bytes // 50) >= limit_bytes:
        return Level.STOP
    if before is Level.STOP and share >= RESUME:
        return Level.STOP
    if share >= THIN or (before is Level.THIN and share >= RESUME):
        return Level.THIN
    return Level.WARN if share >= (WARN if before is Level.ROOMY else CALM) else Level.ROOMY


def kept_when_thin(at_ns: int, last_kept_ns: int | None) -> bool:
    """Whether a poll is made while the spool is thinned: the first of each UTC hour."""
    hour_ns = 3_600_000_000_000
    return last_kept_ns is None or at_ns // hour_ns != last_kept_ns // hour_ns


class Ballast:
    """A file whose only use is to be removed when the disk is full.

    What is in the WAL can need as much room again in the database before the WAL can be used
    anew: a ballast smaller than the WAL is eaten by that, and nothing can be deleted then.
    """

    def __init__(self, path: Path, size_bytes: int = BALLAST_BYTES) -> None:
        self._path, self.size_bytes = path, size_bytes

    def take(self) -> bool:
        """Whether the ballast is on the disk now; made where it is not, and there is room."""
        try:
            if self._path.exists() and self._path.stat().st_size >= self.size_bytes:
                return True
            if not self.has_room():
                return False
            self._fill()
        except OSError:
            self.release()
            return False
        return True

    def has_room(self) -> bool:
        """Whether the disk has room for it, and for as much work beside it."""
        return self.disk_free_bytes() >= 2 * self.size_bytes

    def make_room(self) -> None:
        """Gives it up where a start would hardly find room for its own commits."""
        if self.disk_free_bytes() < self.size_bytes:
            self.release()

    def disk_free_bytes(self) -> int:
        """What is left of the disk; 0 where nobody can say."""
        try:
            disk = os.statvfs(self._path.parent)
        except OSError:
            return 0
        return disk.f_bavail * disk.f_frsize

    def release(self) -> None:
        """Gives its room to whoever needs it."""
        self._path.unlink(missing_ok=True)

    def _fill(self) -> None:
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, self.size_bytes)
        finally:
            os.close(descriptor)
