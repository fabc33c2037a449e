"""The power of the collector's machine is cut, over and over, on what the last cut left."""

import random
import re
import shutil
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from collector import ledger
from collector.database import Connect, Connection, connect_sqlite
from collector.errors import LedgerError
from collector.ledger import Ledger, open_ledger
from tests.faults.campaign import Campaign, Control, Tally, added
from tests.faults.connection import connect_watched
from tests.faults.folder_sync import hearing_of_folder_syncs
from tests.faults.power_cut import Disk, Note, lay
from tests.faults.replaced import replaced
from tests.faults.vfs import watched_vfs
from tests.system.ledger_truth import Works, quietly

CUTS: Final = 25
FIGURE: Final = 10_000
CHECKPOINT_PAGES: Final = (8, 40, 1000)
LATEST: Final = 120
"""Operations after which the power is cut at the latest."""


def connect_unsynced(path: Path) -> sqlite3.Connection:
    """A connection on which synchronous is NORMAL, whatever is asked for."""
    return connect_watched(path, lambda sql: re.sub(r"(synchronous\s*=\s*)FULL", r"\1NORMAL", sql))


class Centre:
    """A ledger on a disk whose power is cut, and the agents that feed it.

    Args:
        folder: Empty.
        chance: Decides everything.
        connect: How the product opens the watched files.
    """

    def __init__(self, folder: Path, chance: random.Random, connect: Connect) -> None:
        self.folder, self.chance = folder, chance
        self.pages = chance.choice(CHECKPOINT_PAGES)
        self.connect = connect
        self.works, self.lives = Works(), 0
        self.live = folder / "0"
        self.live.mkdir(parents=True)

    def play(self, cuts: int) -> list[str]:
        """What is wrong after one of so many cuts; nothing if all is well."""
        while self.lives < cuts and not self.works.is_done:
            left = self._life()
            self.lives += 1
            shutil.rmtree(self.live)
            self.live = lay(left, self.folder / str(self.lives))
            if found := self._looked_at(left):
                return [f"after cut {self.lives}: {each}" for each in found]
        return []

    @property
    def tally(self) -> Tally:
        """What happened."""
        return {"cuts": self.lives, "leaves": sum(self.works.following.values())}

    def _life(self) -> dict[str, bytes]:
        """Works on the files until the power is cut; what is on the disk then."""
        notes = [Note(name="head", synced=True), Note(name="head.new", synced=True)]
        disk = Disk(self.live, self.chance, notes)
        disk.cut_after(self.chance.randrange(LATEST))
        watched_vfs().watch(self.live, disk)
        try:
            with hearing_of_folder_syncs(self.live, disk):
                self._work(disk)
        finally:
            watched_vfs().unwatch(self.live)
        return disk.cut()

    def _work(self, disk: Disk) -> None:
        try:
            opened = open_ledger(self.live, self._connected)
        except LedgerError:
            assert disk.left is not None
            return
        try:
            self._fed(opened, disk)
        except LedgerError:
            assert disk.left is not None
        finally:
            opened.close()

    def _connected(self, path: Path) -> Connection:
        """The WAL is taken over often, in some rounds, for the power to be cut within."""
        connection = self.connect(path)
        connection.execute(f"PRAGMA wal_autocheckpoint={self.pages}", ())
        return connection

    def _fed(self, opened: Ledger, disk: Disk) -> None:
        intake = self.works.intake(opened)
        self.works.hear(intake.resume())
        while disk.left is None and not self.works.is_done:
            for agent in self.works.agents:
                self.works.send(intake, agent, self.chance.randrange(4))
            self.works.flush(intake)

    def _looked_at(self, left: dict[str, bytes]) -> list[str]:
        """What an ordinary start finds; on the files that are worked on, or on a copy of them."""
        folder = self.live
        if copied := self.chance.random() < 0.5:
            folder = lay(left, self.folder / f"{self.lives}-copy")
        try:
            opened = open_ledger(folder, connect_sqlite)
        except LedgerError as wrong:
            return [f"it does not open: {wrong}"]
        try:
            return self.works.complaints(opened)
        finally:
            opened.close()
            if copied:
                shutil.rmtree(folder)


def _played(seed: int, folder: Path, connect: Connect) -> tuple[Tally, list[str]]:
    """25 cuts on one ledger, or, with every fourth seed, one on each of 25 new ones."""
    chance, tally = random.Random(seed), dict[str, int]()
    of_these, cuts = (CUTS, 1) if seed % 4 == 3 else (1, CUTS)
    for number in range(of_these):
        centre = Centre(folder / str(number), chance, connect)
        with quietly():
            wrong = centre.play(cuts)
        tally = added(tally, centre.tally)
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
    """On new ledgers, for it is the first head that can be gone."""
    with replaced(ledger, "sync_folder", lambda _: None):
        return _played(4 * seed + 3, folder, connect_watched)[1]


POWER_CUT_LEDGER: Final = Campaign(
    name="power-cut-collector",
    rows=(3,),
    fault="the power of the collector's machine is cut at any write, sync or delete of its "
    "ledger: what was not synced is there, gone or torn, sector by sector",
    holds="every leaf for which a receipt was handed out is there, byte for byte, and the ledger "
    "opens without a person",
    counted="cuts",
    figure=FIGURE,
    play=play,
    controls=(
        Control(defence="synchronous=FULL (NORMAL instead)", find=_unsynced),
        Control(defence="the sync of the folder after the first head", find=_headless),
    ),
)
