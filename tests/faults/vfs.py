"""A layer below SQLite that shows every operation on a folder's files to a watcher first."""

from functools import cache
from pathlib import Path
from typing import Any, Final

import apsw

NAME: Final = "carbonmeter-faults"
_JOURNALS: Final = apsw.SQLITE_OPEN_WAL | apsw.SQLITE_OPEN_MAIN_JOURNAL
Name = str | apsw.URIFilename | None


class Watcher:
    """Is told of each operation before it is done; what it raises is done instead.

    Attributes:
        of_reads: Whether it wants to hear of reads too.
    """

    of_reads = False

    def opens(self, name: str) -> None:
        """A file is opened, and made where there is none."""

    def reads(self, name: str) -> None:
        """A part of a file is read."""

    def writes(self, name: str, offset: int, data: bytes) -> None:
        """Bytes are written."""

    def truncates(self, name: str, size: int) -> None:
        """A file is cut."""

    def syncs(self, name: str, *, folder: bool) -> None:
        """A file is synced, and the folder with it after a journal was made."""

    def deletes(self, name: str) -> None:
        """A file is removed."""


class WatchedVfs(apsw.VFS):
    """The system's own file access, watched in the folders that somebody watches."""

    def __init__(self) -> None:
        super().__init__(NAME, "unix")
        self._watchers: dict[str, Watcher] = {}

    def watch(self, folder: Path, watcher: Watcher) -> None:
        """From now on the watcher hears of the folder's files."""
        self._watchers[str(folder)] = watcher

    def unwatch(self, folder: Path) -> None:
        """Nobody hears of them any more."""
        self._watchers.pop(str(folder), None)

    def excepthook(self, *_fault: object) -> bool:
        """A fault that was made is no news on stderr."""
        return True

    def xOpen(self, name: Name, flags: list[int]) -> apsw.VFSFile:
        path = Path((name.filename() if isinstance(name, apsw.URIFilename) else name) or "")
        watcher = self._watchers.get(str(path.parent))
        if watcher is None:
            return super().xOpen(name, flags)
        watcher.opens(path.name)
        kind = ReadWatchedFile if watcher.of_reads else WatchedFile
        return kind(watcher, name, flags, path.name)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: FBT001 - SQLite's own
        path = Path(filename)
        watcher = self._watchers.get(str(path.parent))
        if watcher is not None:
            watcher.deletes(path.name)
        super().xDelete(filename, syncdir)


class WatchedFile(apsw.VFSFile):
    """One open file."""

    def __init__(self, watcher: Watcher, name: Name, flags: list[int], known_as: str) -> None:
        self._watcher, self._known_as = watcher, known_as
        made = bool(flags[0] & apsw.SQLITE_OPEN_CREATE)
        # As SQLite's own access does: the folder is synced with a new journal's first sync.
        self._folder_too = made and bool(flags[0] & _JOURNALS)
        self._is_wal = bool(flags[0] & apsw.SQLITE_OPEN_WAL)
        super().__init__("unix", name, flags)

    def excepthook(self, *_fault: object) -> bool:
        """A fault that was made is no news on stderr."""
        return True

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: ANN401 - as apsw has it
        self._watcher.writes(self._known_as, offset, bytes(data))
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:
        try:
            self._watcher.truncates(self._known_as, newsize)
        except apsw.Error:
            # SQLite goes on with a WAL that it could not cut; apsw would still raise.
            if self._is_wal:
                return
            raise
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:
        self._watcher.syncs(self._known_as, folder=self._folder_too)
        self._folder_too = False
        super().xSync(flags)


class ReadWatchedFile(WatchedFile):
    """One open file, its reads watched too."""

    def xRead(self, amount: int, offset: int) -> bytes:
        self._watcher.reads(self._known_as)
        return super().xRead(amount, offset)


@cache
def watched_vfs() -> WatchedVfs:
    """The one of this process."""
    return WatchedVfs()
