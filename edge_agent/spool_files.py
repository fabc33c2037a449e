"""The files of a spool: database, lock, ballast, and the note of how far the log got."""

import fcntl
import os
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from edge_agent.custody_errors import SpoolLockedError, SpoolStorageError
from edge_agent.spool_room import BALLAST_BYTES, Ballast

_HEAD_BYTES: Final = 96


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """How far the spool got, as noted beside the database: leaves, and rows that were kept."""

    epoch: str
    size: int
    kept: int


class SpoolFiles:
    """The files in a state directory, held by one process.

    The head file is written after each commit and not synced: it can lag behind the database
    and never lead it. If it leads, the database was set back: an old copy, or a WAL that is
    gone.

    Args:
        directory: Made where it is missing.
        ballast_bytes: What is kept back for a full disk.

    Raises:
        SpoolLockedError: another process holds them.
        SpoolStorageError: the directory cannot be used.
    """

    def __init__(self, directory: Path, ballast_bytes: int = BALLAST_BYTES) -> None:
        self.directory = directory
        self.database = directory / "spool.sqlite"
        self.wal = directory / "spool.sqlite-wal"
        self.damaged = directory / "damaged.sqlite"
        self.ballast = Ballast(directory / "spool.ballast", ballast_bytes)
        self._head = directory / "spool.head"
        self._lock = self._locked()

    def _locked(self) -> int:
        try:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self.directory / "spool.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as wrong:
            raise SpoolStorageError(str(self.directory), found=wrong.strerror) from wrong
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as wrong:
            os.close(lock)
            raise SpoolLockedError(str(self.directory)) from wrong
        return lock

    def unlock(self) -> None:
        """Lets another process have the files."""
        os.close(self._lock)

    def write_head(self, epoch: str, size: int, kept: int) -> None:
        """Notes how far the spool got; call after the commit."""
        text = f"{epoch} {size} {kept}"
        line = f"{text} {zlib.crc32(text.encode()):08x}\n".ljust(_HEAD_BYTES)
        try:
            descriptor = os.open(self._head, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:
            return  # a full disk; an old note proves less, and nothing wrong
        try:
            os.pwrite(descriptor, line.encode(), 0)
        except OSError:
            return
        finally:
            os.close(descriptor)

    def read_head(self) -> Head | None:
        """How far the spool got by the note; None where there is no whole one."""
        try:
            epoch, size, kept, crc = self._head.read_text(encoding="ascii").split()
            if zlib.crc32(f"{epoch} {size} {kept}".encode()) == int(crc, 16):
                return Head(epoch=epoch, size=int(size), kept=int(kept))
        except (OSError, ValueError):
            return None
        return None

    def set_aside(self) -> None:
        """Moves a damaged database away, its WAL with it; a kill may part the steps."""
        if self.database.exists() and not self.damaged.exists():
            self.database.replace(self.damaged)
        if self.wal.exists() and not self.database.exists():
            self.wal.replace(self.damaged.with_name("damaged.sqlite-wal"))
        for rest in (self.database, self.wal, self.directory / "spool.sqlite-shm"):
            rest.unlink(missing_ok=True)

    def settle(self, epoch: str) -> None:
        """Renames what was damaged, once all that is sound is in the new database."""
        for name in ("damaged.sqlite", "damaged.sqlite-wal"):
            found = self.directory / name
            if found.exists():
                found.replace(self.directory / name.replace("damaged", f"damaged-{epoch[:8]}"))
        (self.directory / "damaged.sqlite-shm").unlink(missing_ok=True)
