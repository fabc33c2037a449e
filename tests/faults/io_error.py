"""A disk on which one operation fails, or all from that one on until it is healed."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import apsw

from tests.faults.power_cut import Disk, Note, failure

IO_ERROR: Final = {
    "opens": apsw.SQLITE_CANTOPEN,
    "reads": apsw.SQLITE_IOERR_READ,
    "writes": apsw.SQLITE_IOERR_WRITE,
    "truncates": apsw.SQLITE_IOERR_TRUNCATE,
    "syncs": apsw.SQLITE_IOERR_FSYNC,
    "deletes": apsw.SQLITE_IOERR_DELETE,
}
NO_ROOM: Final = {"writes": apsw.SQLITE_FULL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What fails.

    Attributes:
        at: Number of the first operation that does, from 1 on, of the kinds in `codes`.
        lasting: Whether all later ones do too.
        codes: Kind of operation -> what SQLite is told.
    """

    at: int
    lasting: bool
    codes: dict[str, int]


def sort_of(seed: int) -> Fault:
    """The first of a sort of faults."""
    codes = NO_ROOM if seed % 3 == 2 else IO_ERROR
    return Fault(at=1, lasting=seed // 3 % 2 == 1, codes=codes)


def met(folder: Path) -> int:
    """How many faults were met in runs on a folder, which keeps a file for each."""
    return len(list(folder.glob("met-*")))


class FailingDisk(Disk):
    """A disk with a fault; its power can be cut too.

    A write that fails may have reached the disk in part, and what a sync that fails was to
    make durable may be lost for good, whatever a later one says.

    Args:
        folder, chance, notes: As of a `Disk`.
        fault: What fails.

    Attributes:
        failed: How many operations did.
    """

    of_reads = True

    def __init__(
        self, folder: Path, chance: random.Random, notes: Iterable[Note], fault: Fault
    ) -> None:
        super().__init__(folder, chance, notes)
        self.fault: Fault | None = fault
        self.failed = self._seen = 0

    def heal(self) -> None:
        """Nothing fails any more."""
        self.fault = None

    def opens(self, name: str) -> None:
        self._may_fail("opens")
        super().opens(name)

    def reads(self, name: str) -> None:
        self._may_fail("reads")
        self.image.file(name)

    def writes(self, name: str, offset: int, data: bytes) -> None:
        try:
            self._may_fail("writes")
        except apsw.Error:
            part = data[: self.chance.randrange(len(data))]
            self.image.file(name).pending.append((offset, part))
            raise
        super().writes(name, offset, data)

    def truncates(self, name: str, size: int) -> None:
        self._may_fail("truncates")
        super().truncates(name, size)

    def syncs(self, name: str, *, folder: bool) -> None:
        try:
            self._may_fail("syncs")
        except apsw.Error:
            self._lose(name)
            raise
        super().syncs(name, folder=folder)

    def deletes(self, name: str) -> None:
        self._may_fail("deletes")
        super().deletes(name)

    def _lose(self, name: str) -> None:
        if self.chance.random() < 0.5:
            self.image.file(name).drop()

    def _may_fail(self, kind: str) -> None:
        if self.fault is None or kind not in self.fault.codes:
            return
        self._seen += 1
        if self._seen == self.fault.at or (self.fault.lasting and self._seen > self.fault.at):
            self.failed += 1
            raise failure(self.fault.codes[kind], f"one of the {kind} failed")


class SilentDisk(FailingDisk):
    """The same, but that a sync which fails says that all is well."""

    def syncs(self, name: str, *, folder: bool) -> None:
        try:
            super().syncs(name, folder=folder)
        except apsw.IOError:
            self.image.file(name).drop()
