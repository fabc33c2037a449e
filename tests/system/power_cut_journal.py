"""The power of the collector's machine is cut while people's acts are entered, over and over."""

import random
import re
import shutil
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from collector import journal as journals
from collector import private_file
from collector.database import Connect, Connection
from collector.errors import LedgerError
from collector.journal import Journal, open_journal
from collector.journal_check import require_sound
from collector.private_file import PrivateFile
from collector.token_errors import TokenFileError
from evidence.clock import SteppedClock
from evidence.errors import EvidenceError
from evidence.log.entry import Act, Action
from tests.faults.campaign import Campaign, Control, Tally, added
from tests.faults.connection import connect_watched
from tests.faults.folder_sync import hearing_of_folder_syncs
from tests.faults.power_cut import Disk, Note, lay
from tests.faults.replaced import replaced
from tests.faults.vfs import watched_vfs

CUTS: Final = 25
FIGURE: Final = 10_000
CHECKPOINT_PAGES: Final = (4, 20, 1000)
LATEST: Final = 60
"""Operations after which the power is cut at the latest."""
NOTES: Final = ("journal-head", "journal-head.new", "journal.key", "journal.key.new", "done.new")
DONE: Final = "done"


def connect_unsynced(path: Path) -> sqlite3.Connection:
    """A connection on which synchronous is NORMAL, whatever is asked for."""
    return connect_watched(path, lambda sql: re.sub(r"(synchronous\s*=\s*)FULL", r"\1NORMAL", sql))


class Office:
    """A journal on a disk whose power is cut, and a file that each act writes its number into.

    Args:
        folder: Empty.
        chance: Decides everything.
        connect: How the product opens the watched files.
    """

    def __init__(self, folder: Path, chance: random.Random, connect: Connect) -> None:
        self.folder, self.chance, self._connect = folder, chance, connect
        self._pages = chance.choice(CHECKPOINT_PAGES)
        self.lives, self.entered, self._begun = 0, 0, 0
        self._live = folder / "0"
        self._live.mkdir(parents=True)
        self._key = ""

    def play(self, cuts: int) -> list[str]:
        """What is wrong after one of so many cuts; nothing if all is well."""
        while self.lives < cuts:
            left = self._life()
            self.lives += 1
            shutil.rmtree(self._live)
            self._live = lay(left, self.folder / str(self.lives))
            if found := self._looked_at():
                return [f"after cut {self.lives}: {each}" for each in found]
        return []

    @property
    def tally(self) -> Tally:
        """What happened."""
        return {"cuts": self.lives, "entries": self.entered}

    def _life(self) -> dict[str, bytes]:
        """Works on the files until the power is cut; what is on the disk then."""
        notes = [Note(name=name, synced=True) for name in (*NOTES, DONE)]
        disk = Disk(self._live, self.chance, notes)
        disk.cut_after(self.chance.randrange(LATEST))
        watched_vfs().watch(self._live, disk)
        try:
            with hearing_of_folder_syncs(self._live, disk):
                self._work(disk)
        finally:
            watched_vfs().unwatch(self._live)
        return disk.cut()

    def _work(self, disk: Disk) -> None:
        try:
            opened = open_journal(self._live, "plant-3", SteppedClock(0), self._connected)
        except LedgerError:
            assert disk.left is not None
            return
        try:
            self._key = opened.pinned
            while disk.left is None:
                self._act(opened)
        except (LedgerError, TokenFileError):
            assert disk.left is not None
        finally:
            opened.close()

    def _connected(self, path: Path) -> Connection:
        connection = self._connect(path)
        connection.execute(f"PRAGMA wal_autocheckpoint={self._pages}", ())
        return connection

    def _act(self, opened: Journal) -> None:
        """Writes the next number into the file, entered."""
        number = opened.head().size
        self._begun = number + 1
        act = Act(
            who="wang", role="host", action=Action.CORRECTION, subject=str(number), reason="r"
        )
        with opened.recording(act):
            self._do(number + 1)
        self.entered = number + 1

    def _do(self, number: int) -> None:
        """What the entry tells of."""
        PrivateFile(self._live / DONE).write(str(number).encode())

    def _done(self) -> int:
        """How much of it was done."""
        return int(PrivateFile(self._live / DONE).read() or b"0")

    def _looked_at(self) -> list[str]:
        """What an ordinary start finds."""
        try:
            with open_journal(self._live, "plant-3", SteppedClock(0)) as opened:
                return self._complaints(opened)
        except (LedgerError, EvidenceError) as wrong:
            return [f"it does not open: {wrong}"]

    def _complaints(self, opened: Journal) -> list[str]:
        head = require_sound(opened, opened.verifier)
        subjects = [each.entry.subject for each in opened.entries()]
        wrong, done = [], self._done()
        if self.entered and opened.pinned != self._key:
            wrong.append("another key signs it")
        if not self.entered <= head.size <= self._begun:
            wrong.append(f"{head.size} entries, {self.entered} were acknowledged")
        if subjects != [str(number) for number in range(head.size)]:
            wrong.append(f"other entries than were made: {subjects}")
        if not head.size <= done <= self._begun:
            wrong.append(f"{head.size} acts are entered, {done} were done")
        self.entered = head.size
        return wrong


class Diary(Office):
    """A journal whose entries tell of nothing on the disk: nothing else syncs the folder."""

    def _do(self, number: int) -> None:
        pass

    def _done(self) -> int:
        return self._begun


def _played(
    seed: int, folder: Path, connect: Connect, kind: type[Office] = Office
) -> tuple[Tally, list[str]]:
    """25 cuts on one journal, or, with every fourth seed, one on each of 25 new ones."""
    chance, tally = random.Random(seed), dict[str, int]()
    of_these, cuts = (CUTS, 1) if seed % 4 == 3 else (1, CUTS)
    for number in range(of_these):
        office = kind(folder / str(number), chance, connect)
        wrong = office.play(cuts)
        tally = added(tally, office.tally)
        if wrong:
            return tally, wrong
    return tally, []


def play(seed: int, folder: Path) -> Tally:
    """25 cuts."""
    tally, wrong = _played(seed, folder, connect_watched)
    assert not wrong, "\n".join(wrong)
    return tally


def _unsynced(seed: int, folder: Path) -> Sequence[str]:
    return _played(seed, folder, connect_unsynced)[1]


def _headless(seed: int, folder: Path) -> Sequence[str]:
    """On new journals, for it is the first head that can be gone."""
    with replaced(journals, "sync_folder", lambda _: None):
        return _played(4 * seed + 3, folder, connect_watched, Diary)[1]


def _undone(seed: int, folder: Path) -> Sequence[str]:
    with replaced(private_file, "_sync", lambda _: None):
        return _played(seed, folder, connect_watched)[1]


POWER_CUT_JOURNAL: Final = Campaign(
    name="power-cut-journal",
    rows=(3,),
    fault="the power of the collector's machine is cut at any write, sync or delete of its "
    "journal, while acts are entered that change a file beside it",
    holds="every entry that was acknowledged is there, signed, and what it tells of was done; the "
    "journal opens without a person, under the same key",
    counted="cuts",
    figure=FIGURE,
    play=play,
    controls=(
        Control(defence="synchronous=FULL of the journal (NORMAL instead)", find=_unsynced),
        Control(defence="the sync of what an act replaced, before its entry", find=_undone),
        Control(defence="the sync of the folder after the journal's first head", find=_headless),
    ),
)
