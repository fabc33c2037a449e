"""The collector's disk fails at the n-th operation: every n, until one run meets no fault."""

import random
import shutil
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from collector.database import Connect, connect_sqlite
from collector.errors import LedgerError
from collector.intake import Intake
from collector.ledger import Ledger, open_ledger
from tests.faults.campaign import Campaign, Control, Tally
from tests.faults.connection import connect_watched
from tests.faults.folder_sync import hearing_of_folder_syncs
from tests.faults.io_error import IO_ERROR, FailingDisk, Fault, SilentDisk, met, sort_of
from tests.faults.power_cut import Note, lay
from tests.faults.vfs import watched_vfs
from tests.system.ledger_truth import Works, quietly

FIGURE: Final = 10_000
FLUSHES: Final = 8
MOST: Final = 2_000
CHECKPOINT_PAGES: Final = 12
Disks = type[FailingDisk]


def connect_forgetful(path: Path) -> sqlite3.Connection:
    """A connection that has to read nearly everything again, and takes its WAL over often."""
    db = connect_watched(path)
    db.execute("PRAGMA cache_size=1")
    db.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
    return db


class Run:
    """One life with one fault, the healing, and a cut of the power at the end.

    Args:
        folder: Empty.
        seed: Of what is sent.
        fault: What fails.
        disks: On what kind of disk.
    """

    def __init__(self, folder: Path, seed: int, fault: Fault, disks: Disks) -> None:
        self.folder, self.live = folder, folder / "live"
        self.live.mkdir(parents=True)
        self.chance = random.Random(seed)
        self.works, self.wrong = Works(), list[str]()
        notes = [Note(name="head", synced=True), Note(name="head.new", synced=True)]
        self.disk = disks(self.live, random.Random(f"{seed} {fault.at}"), notes, fault)

    @property
    def was_met(self) -> bool:
        """Whether the fault came to pass."""
        return self.disk.failed > 0

    def play(self) -> list[str]:
        """What is wrong; nothing if all is well."""
        watched_vfs().watch(self.live, self.disk)
        try:
            with hearing_of_folder_syncs(self.live, self.disk):
                self._live()
        finally:
            watched_vfs().unwatch(self.live)
        return self.wrong or self._after_cut()

    def _live(self) -> None:
        ledger = self._opened()
        try:
            self._fed(ledger)
        finally:
            ledger.close()

    def _opened(self) -> Ledger:
        """The ledger; opened once more on a disk that was healed, where the first start failed."""
        try:
            return open_ledger(self.live, connect_forgetful)
        except LedgerError as wrong:
            if not self.was_met:
                self.wrong.append(f"without a fault: {wrong}")
        self.disk.heal()
        return open_ledger(self.live, connect_forgetful)

    def _fed(self, ledger: Ledger) -> None:
        intake = self.works.intake(ledger)
        for number in range(FLUSHES):
            if number == FLUSHES - 3:
                self.disk.heal()
            for agent in self.works.agents:
                self._sent(intake, agent, self.chance.randrange(5))
            self.works.flush(intake)
        self._all_is_taken(intake, ledger)

    def _sent(self, intake: Intake, agent: str, count: int) -> None:
        """Sends leaves; what the collector cannot judge is sent again after its next answer."""
        try:
            self.works.send(intake, agent, count)
        except LedgerError as wrong:
            if not self.was_met:
                self.wrong.append(f"without a fault: {wrong}")

    def _all_is_taken(self, intake: Intake, ledger: Ledger) -> None:
        """On the healed disk the same collector takes in and receipts what the agents send."""
        for agent in self.works.agents:
            self.works.following[agent] = self.works.receipted[agent]
            self.works.send(intake, agent, 3)
        self.works.flush(intake)
        held = {name: ledger.state(name, sent.log.epoch).size for name, sent in self.works.logs()}
        if held != self.works.receipted or min(held.values()) < 3:
            self.wrong.append(f"healed: {held} leaves are held, {self.works.receipted} receipted")

    def _after_cut(self) -> list[str]:
        """What was receipted is on the disk, not only in the memory of the system."""
        folder = lay(self.disk.cut(), self.folder / "cut")
        return [f"after a cut: {each}" for each in _looked_at(self.works, folder, connect_sqlite)]


def _looked_at(works: Works, folder: Path, connect: Connect) -> list[str]:
    try:
        ledger = open_ledger(folder, connect)
    except LedgerError as wrong:
        return [f"it does not open: {wrong}"]
    try:
        return works.complaints(ledger)
    finally:
        ledger.close()


def runs(seed: int, folder: Path, first: Fault, disks: Disks, every: int = 1) -> list[str]:
    """What was wrong in runs with one fault each, one after the other, until a run met none.

    Args:
        seed: Of what is sent.
        folder: Empty; keeps a file for each fault that was met.
        first: Of the faults.
        disks: On what kind of disk.
        every: How many operations lie between two faults.
    """
    for at in range(first.at, MOST, every):
        run = Run(folder / str(at), seed, replace(first, at=at), disks)
        with quietly():
            wrong = run.play()
        if wrong:
            return [f"at operation {at}: {each}" for each in wrong]
        shutil.rmtree(run.folder)
        if not run.was_met:
            return []
        (folder / f"met-{at}").touch()
    return [f"after {MOST} operations there are more"]


def play(seed: int, folder: Path) -> Tally:
    """Every n of one sort of fault, on one sequence of messages."""
    wrong = runs(seed, folder, sort_of(seed), FailingDisk)
    assert not wrong, "\n".join(wrong)
    return {"faults": met(folder), "clean_runs": 1}


def _silent(seed: int, folder: Path) -> Sequence[str]:
    syncs = Fault(at=1, lasting=False, codes={"syncs": IO_ERROR["syncs"]})
    return runs(seed, folder, syncs, SilentDisk)


IO_ERROR_LEDGER: Final = Campaign(
    name="io-error-collector",
    rows=(4,),
    fault="the n-th open, read, write, truncate, sync or delete of the collector's ledger fails "
    "with an I/O error or for want of room, once or until it is healed; every n until one run is "
    "clean",
    holds="a coded error and no receipt; what was receipted is on the disk, also after a power "
    "cut; the same collector goes on when it is healed",
    counted="faults",
    figure=FIGURE,
    play=play,
    controls=(Control(defence="the error of a sync (swallowed instead)", find=_silent),),
)
