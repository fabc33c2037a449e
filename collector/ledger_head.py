"""What is remembered outside the ledger: its head, and that one process writes it.

The head is written after each commit and before a receipt is signed for it. A ledger that
does not reach it is an old copy, and signing on would fork what was promised.
"""

import fcntl
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from collector.database import file_error
from collector.errors import LedgerLockedError, LedgerRestoredError
from evidence.errors import Words
from evidence.log.merkle import MAX_SIZE

_TEXT: Final = re.compile(r"carbonmeter-ledger-head/1\n(0|[1-9][0-9]{0,18})\n([0-9a-f]{64})\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The ledger's head: all leaves in order of admission.

    Attributes:
        size: Number of leaves.
        root: The Merkle root over them, 32 bytes.
    """

    size: int
    root: bytes

    def to_text(self) -> str:
        """The content of the file."""
        return f"carbonmeter-ledger-head/1\n{self.size}\n{self.root.hex()}\n"


def read_head(path: Path) -> Head | None:
    """The remembered head; None if none was ever written.

    Raises:
        LedgerRestoredError: The file is damaged, so nothing can be compared.
        LedgerError: It cannot be read.
    """
    try:
        text = path.read_bytes()[:256].decode("ascii", errors="replace")
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise file_error(str(path), problem) from problem
    match = _TEXT.fullmatch(text)
    if match is None or int(match[1]) > MAX_SIZE:
        what = Words("the file of the head is damaged", "头部文件已损坏")
        raise LedgerRestoredError(str(path), what=what)
    return Head(size=int(match[1]), root=bytes.fromhex(match[2]))


def write_head(path: Path, head: Head) -> None:
    """Replaces the remembered head in one step.

    The folder is not synced: after a power cut an older head may come back, which a longer
    ledger still contains. Only the first one must not be gone: `sync_folder` after it.

    Raises:
        LedgerError: It cannot be written; the old one stands.
    """
    fresh = path.with_name(path.name + ".new")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(head.to_text())
            file.flush()
            os.fsync(descriptor)
        fresh.replace(path)
    except OSError as problem:
        raise file_error(str(path), problem) from problem


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder durable.

    Raises:
        LedgerError: It cannot be done.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as problem:
        raise file_error(str(folder), problem) from problem


def lock(path: Path) -> int:
    """The descriptor that holds the lock at `path` until it is closed, or the process ends.

    Raises:
        LedgerLockedError: Another process, or this one, holds it.
        LedgerError: The file cannot be made.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as problem:
        raise file_error(str(path), problem) from problem
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise LedgerLockedError(str(path)) from None
    return descriptor
