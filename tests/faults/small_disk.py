"""A real file system of a few megabytes, in memory, that can be filled."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

FILLER: Final = "somebody-else.bin"


@contextmanager
def small_disk(place: Path, size_MiB: int) -> Iterator[Path]:
    """A tmpfs at `place`, which is made; gone afterwards. Needs root."""
    place.mkdir(parents=True)
    options = f"size={size_MiB}m,mode=0700"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def free_bytes(place: Path) -> int:
    """What is left of a disk."""
    disk = os.statvfs(place)
    return disk.f_bavail * disk.f_frsize


def fill(place: Path, leave_bytes: int) -> None:
    """Somebody else takes the disk's room, all but `leave_bytes`."""
    path = place / FILLER
    with path.open("ab") as file:
        wanted = free_bytes(place) - leave_bytes
        if wanted > 0:
            os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), wanted)


def free(place: Path) -> None:
    """Somebody else gives the room back."""
    (place / FILLER).unlink(missing_ok=True)
