"""A disk whose power is cut at a chosen operation, and what is on it then."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import apsw

from tests.faults.image import FolderImage
from tests.faults.vfs import Watcher

SHM: Final = "-shm"
_KINDS: Final[dict[int, type[apsw.Error]]] = {
    apsw.SQLITE_FULL: apsw.FullError,
    apsw.SQLITE_CANTOPEN: apsw.CantOpenError,
}


@dataclass(slots=True, kw_only=True)
class Note:
    """A small file that the product replaces as a whole, past SQLite.

    Attributes:
        name: In the folder.
        synced: Whether what it holds is on the disk before its name is.
        versions: Any of these may come back; None where it was not there.
    """

    name: str
    synced: bool
    versions: list[bytes | None] = field(default_factory=list)

    def look(self, folder: Path) -> None:
        """Takes note of what it holds now."""
        path = folder / self.name
        now = path.read_bytes() if path.exists() else None
        if not self.versions or self.versions[-1] != now:
            begun = bool(self.versions) and self.versions[-1] is None and not self.synced
            self.versions += [b"", now] if begun else [now]

    def settle(self) -> None:
        """The folder was synced: of a file whose bytes are, only the latest can come back."""
        if self.synced:
            del self.versions[:-1]


class Disk(Watcher):
    """Follows what is done to a folder's files, until the power is cut.

    Args:
        folder: With the files that are there at the start, all of them synced.
        chance: Decides what a cut leaves.
        notes: Files past SQLite.

    Attributes:
        left: Name -> content, once the power was cut.
        operations: How many there were.
    """

    def __init__(self, folder: Path, chance: random.Random, notes: Iterable[Note] = ()) -> None:
        self.folder, self.chance, self.image = folder, chance, FolderImage()
        self.notes = {note.name: note for note in notes}
        self.left: dict[str, bytes] | None = None
        self.operations = 0
        self._cut_at: int | None = None
        for path in folder.iterdir():
            if path.name not in self.notes and path.is_file() and not path.name.endswith(SHM):
                self.image.put(path.name, path.read_bytes())
        self._look()

    def cut_after(self, operations: int) -> None:
        """The power will be cut at the operation after these."""
        self._cut_at = self.operations + operations

    def cut(self) -> dict[str, bytes]:
        """Cuts the power, unless it is cut already; what is on the disk."""
        if self.left is None:
            self._look()
            self.left = self.image.after_cut(self.chance)
            for note in self.notes.values():
                found = self.chance.choice(note.versions)
                if found is not None:
                    self.left[note.name] = found
        return self.left

    def opens(self, name: str) -> None:
        if name not in self.image.names:
            self._step()
        self.image.file(name)

    def writes(self, name: str, offset: int, data: bytes) -> None:
        self.image.file(name).pending.append((offset, data))
        self._step()

    def truncates(self, name: str, size: int) -> None:
        self.image.file(name).pending.append((size, None))
        self._step()

    def syncs(self, name: str, *, folder: bool) -> None:
        self._step()
        self.image.file(name).sync()
        self._look()
        if folder:
            self.syncs_folder()

    def syncs_folder(self) -> None:
        """The folder's names are on the disk."""
        self._look()
        self.image.sync()
        for note in self.notes.values():
            note.settle()

    def deletes(self, name: str) -> None:
        self._step()
        self.image.remove(name)

    def _look(self) -> None:
        for note in self.notes.values():
            note.look(self.folder)

    def _step(self) -> None:
        self.operations += 1
        if self._cut_at is not None and self.operations > self._cut_at:
            self.cut()
        if self.left is not None:
            raise failure(apsw.SQLITE_IOERR, "the power is cut")


def failure(code: int, what: str) -> apsw.Error:
    """What SQLite is told of an operation that failed."""
    wrong = _KINDS.get(code, apsw.IOError)(what)
    vars(wrong).update(result=code & 0xFF, extendedresult=code)
    return wrong


def lay(left: dict[str, bytes], folder: Path) -> Path:
    """The files on a new disk."""
    folder.mkdir(parents=True)
    for name, content in left.items():
        (folder / name).write_bytes(content)
        (folder / name).chmod(0o600)
    return folder
