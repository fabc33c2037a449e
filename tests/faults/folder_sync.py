"""Tells the one who follows a disk when the product syncs the folder past SQLite."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.faults.power_cut import Disk
from tests.faults.replaced import replaced

_SYNC: Final = os.fsync


@contextmanager
def hearing_of_folder_syncs(folder: Path, disk: Disk) -> Iterator[None]:
    """Inside, a sync of that folder reaches the disk."""

    def sync(descriptor: int) -> None:
        _SYNC(descriptor)
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        if is_folder and Path(f"/proc/self/fd/{descriptor}").readlink() == folder.resolve():
            disk.syncs_folder()

    with replaced(os, "fsync", sync):
        yield
