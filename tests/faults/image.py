"""What a power cut leaves of files: everything that was synced, and any part of the rest. Pure.

A disk keeps sectors of 512 bytes. What was written since the last sync of a file is there, or
not, or torn, sector by sector; a name that was made or removed since the last sync of the folder
stands for either file.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

SECTOR_BYTES: Final = 512
TORN: Final = 0.05
"""Share of the sectors which reached the disk that did so in part."""


@dataclass(slots=True, kw_only=True, eq=False)
class FileImage:
    """One file.

    Attributes:
        durable: What is on the disk whatever happens.
        pending: What was done since: (offset, bytes), or (size, None) where it was cut.
    """

    durable: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)

    def sync(self) -> None:
        """All of it is on the disk."""
        for place, data in self.pending:
            _put(self.durable, place, data)
        self.pending.clear()

    def drop(self) -> None:
        """What was not synced never will be: so some kernels end a sync that failed."""
        self.pending.clear()

    def after_cut(self, chance: random.Random) -> bytes:
        """What is read after the cut."""
        share, found = chance.choice((0.0, 0.1, 0.5, 0.9, 1.0)), bytearray(self.durable)
        for place, data in self.pending:
            if data is None:
                if chance.random() < share:
                    _put(found, place, None)
                continue
            for start, part in _sectors(place, data):
                if chance.random() < share:
                    _put(found, start, _torn(found, start, part, chance))
        return bytes(found)


def _put(content: bytearray, place: int, data: bytes | None) -> None:
    if data is None:
        del content[place:]
        return
    if len(content) < place:
        content.extend(bytes(place - len(content)))
    content[place : place + len(data)] = data


def _sectors(offset: int, data: bytes) -> Iterator[tuple[int, bytes]]:
    """The parts of a write, each within one sector."""
    start = 0
    while start < len(data):
        end = min(len(data), start + SECTOR_BYTES - (offset + start) % SECTOR_BYTES)
        yield offset + start, data[start:end]
        start = end


def _torn(content: bytearray, start: int, part: bytes, chance: random.Random) -> bytes:
    """A part as it reached the disk: nearly always whole, else its beginning, or noise."""
    if chance.random() >= TORN:
        return part
    if chance.random() < 0.2:
        return chance.randbytes(len(part))
    at = chance.randrange(len(part))
    before = bytes(content[start : start + len(part)]).ljust(len(part), b"\0")
    return part[:at] + before[at:]


@dataclass(slots=True, kw_only=True)
class FolderImage:
    """The files of a folder by name.

    Attributes:
        names: As the running system sees them.
        durable: As the disk does.
        changed: Name -> what it stood for at any time since the folder was synced.
    """

    names: dict[str, FileImage] = field(default_factory=dict)
    durable: dict[str, FileImage] = field(default_factory=dict)
    changed: dict[str, list[FileImage | None]] = field(default_factory=dict)

    def put(self, name: str, content: bytes) -> None:
        """A file that is there, and synced, from the beginning."""
        self.names[name] = self.durable[name] = FileImage(durable=bytearray(content))

    def file(self, name: str) -> FileImage:
        """The file of that name; made where there is none."""
        if name not in self.names:
            self._note(name)
            self.names[name] = FileImage()
            self.changed[name].append(self.names[name])
        return self.names[name]

    def remove(self, name: str) -> None:
        """The name is gone."""
        if name in self.names:
            self._note(name)
            del self.names[name]
            self.changed[name].append(None)

    def _note(self, name: str) -> None:
        self.changed.setdefault(name, [self.durable.get(name)])

    def sync(self) -> None:
        """The names are on the disk; what the files hold is another matter."""
        self.durable = dict(self.names)
        self.changed.clear()

    def after_cut(self, chance: random.Random) -> dict[str, bytes]:
        """Name -> content after the cut."""
        stands = dict(self.durable)
        for name, versions in self.changed.items():
            found = chance.choice(versions)
            stands.pop(name, None)
            if found is not None:
                stands[name] = found
        return {name: file.after_cut(chance) for name, file in sorted(stands.items())}
