"""The power of the agent's machine is cut, over and over, on the files that the last cut left."""

import random
import re
import shutil
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from edge_agent.custody_errors import SpoolError
from edge_agent.spool import Spool
from edge_agent.spool_schema import Connect, connect_file
from edge_agent.spool_start import Found, SpoolTerms, open_spool
from tests.faults.campaign import Campaign, Control, Tally, added
from tests.faults.connection import connect_watched
from tests.faults.power_cut import Disk, Note, lay
from tests.faults.vfs import watched_vfs
from tests.system.ledger_truth import quietly
from tests.system.spool_truth import Truth, opening
from tests.unit.edge_agent.site import KEY, installed

CUTS: Final = 25
FIGURE: Final = 10_000
LIMITS_MiB: Final = (1, 64)
"""With the small one the WAL is taken over every 16 pages."""
LATEST: Final = 150
"""Operations after which the power is cut at the latest."""


def connect_unsynced(path: Path) -> sqlite3.Connection:
    """A connection on which synchronous is NORMAL, whatever is asked for."""
    return connect_watched(path, lambda sql: re.sub(r"(synchronous\s*=\s*)FULL", r"\1NORMAL", sql))


class Site:
    """A spool on a disk whose power is cut.

    Args:
        folder: Empty.
        chance: Decides everything.
        connect: How the product opens the watched files.
    """

    def __init__(self, folder: Path, chance: random.Random, connect: Connect) -> None:
        self.folder, self.chance, self.connect = folder, chance, connect
        self.truth = Truth(site=installed(folder / "site"))
        self.limit_bytes = chance.choice(LIMITS_MiB) << 20
        self.lives = self.epochs = 0
        self.live = folder / "0"
        self.live.mkdir(parents=True)

    def play(self, cuts: int) -> list[str]:
        """What is wrong after one of so many cuts; nothing if all is well."""
        for _ in range(cuts):
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
        return {"cuts": self.lives, "polls": self.truth.kept, "epochs": self.epochs}

    def _life(self) -> dict[str, bytes]:
        """Works on the files until the power is cut; what is on the disk then."""
        disk = Disk(self.live, self.chance, [Note(name="spool.head", synced=False)])
        disk.cut_after(self.chance.randrange(LATEST))
        watched_vfs().watch(self.live, disk)
        try:
            self._work(disk)
        finally:
            watched_vfs().unwatch(self.live)
        return disk.cut()

    def _work(self, disk: Disk) -> None:
        try:
            spool, found = self._opened(self.live, self.connect)
        except SpoolError:
            assert disk.left is not None
            return
        try:
            self._begun(spool, found)
            while disk.left is None:
                self._step(spool)
        except SpoolError:
            assert disk.left is not None
        finally:
            spool.close()

    def _opened(self, folder: Path, connect: Connect) -> tuple[Spool, Found]:
        terms = SpoolTerms(
            agent=KEY.verifier.name, key=KEY, limit_bytes=self.limit_bytes, connect=connect
        )
        return open_spool(folder, terms)

    def _begun(self, spool: Spool, found: Found) -> None:
        """What the agent does with a spool that it opened, and then its uplink."""
        if found.reason:
            spool.open_epoch(opening(self._epoch()))
        else:
            spool.log_again()
        self.truth.see(spool)
        covered = self.truth.receipts.get(spool.epoch, 0)
        if covered > spool.base:
            self.truth.receipt(spool, covered)
        spool.remember([each.setup for each in self.truth.site.devices.values()], ())

    def _epoch(self) -> str:
        self.epochs += 1
        return f"{self.epochs:032x}"

    def _step(self, spool: Spool) -> None:
        kind = self.chance.randrange(20)
        if kind < 11:
            self.truth.keep(spool, self.chance.randint(1, 4))
        elif kind < 16:
            self.truth.close(spool)
        elif kind < 18:
            self.truth.receipt(spool, self.chance.randint(spool.base, spool.size))
        elif kind < 19 or self.chance.random() < 0.7:
            spool.flush()
        else:
            spool.open_epoch(opening(self._epoch()))
            self.truth.see(spool)

    def _looked_at(self, left: dict[str, bytes]) -> list[str]:
        """What an ordinary start finds; on the files that are worked on, or on a copy of them."""
        folder = self.live
        if copied := self.chance.random() < 0.5:
            folder = lay(left, self.folder / f"{self.lives}-copy")
        try:
            spool, found = self._opened(folder, connect_file)
        except SpoolError as wrong:
            return [f"it does not open: {wrong}"]
        try:
            return self._of_start(spool, found)
        finally:
            spool.close()
            if copied:
                shutil.rmtree(folder)

    def _of_start(self, spool: Spool, found: Found) -> list[str]:
        truth = self.truth
        if found.reason == "new" and not truth.given and not truth.kept:
            truth.in_flight = 0
            return []
        if found.reason:
            return [f"taken for {found.reason}: {found.what}", *truth.complaints(spool)]
        spool.log_again()
        wrong = truth.complaints(spool)
        truth.went_on(spool)
        return wrong


def _played(seed: int, folder: Path, connect: Connect) -> tuple[Tally, list[str]]:
    """25 cuts on one spool, or, with every fourth seed, one on each of 25 new ones."""
    chance, tally = random.Random(seed), dict[str, int]()
    of_these, cuts = (CUTS, 1) if seed % 4 == 3 else (1, CUTS)
    for number in range(of_these):
        site = Site(folder / str(number), chance, connect)
        with quietly():
            wrong = site.play(cuts)
        tally = added(tally, site.tally)
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


POWER_CUT_SPOOL: Final = Campaign(
    name="power-cut-agent",
    rows=(3,),
    fault="the power of the agent's machine is cut at any write, sync or delete of its spool: "
    "what was not synced is there, gone or torn, sector by sector",
    holds="every poll whose commit was confirmed is there once, the log verifies, no leaf that "
    "was given out is another one",
    counted="cuts",
    figure=FIGURE,
    play=play,
    controls=(Control(defence="synchronous=FULL (NORMAL instead)", find=_unsynced),),
)
