"""The agent's disk fails at the n-th operation: every n, until one run meets no fault."""

import random
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from edge_agent.custody_errors import SpoolError
from edge_agent.spool import Spool
from edge_agent.spool_schema import Connect, connect_file
from edge_agent.spool_start import SpoolTerms, open_spool
from tests.faults.campaign import Campaign, Control, Tally
from tests.faults.connection import connect_watched
from tests.faults.io_error import IO_ERROR, NO_ROOM, FailingDisk, Fault, SilentDisk, met, sort_of
from tests.faults.power_cut import Note, lay
from tests.faults.vfs import watched_vfs
from tests.system.spool_truth import Truth, opening
from tests.unit.edge_agent.site import KEY, installed

FIGURE: Final = 10_000
STEPS: Final = 14
MOST: Final = 2_000
LIMIT_BYTES: Final = 1 << 20
"""Small, so that the WAL is taken over every 16 pages."""
Disks = type[FailingDisk]


def connect_forgetful(path: Path) -> sqlite3.Connection:
    """A connection that has to read nearly everything again."""
    db = connect_watched(path)
    db.execute("PRAGMA cache_size=1")
    return db


@dataclass(slots=True, kw_only=True)
class Agent:
    """What an agent does with its spool; it starts again where it is told to.

    Attributes:
        folder: Of the spool.
        chance: What it does; the same for each n.
        wrong: What must not be.
        spool: While it is open.
    """

    folder: Path
    chance: random.Random
    truth: Truth
    wrong: list[str] = field(default_factory=list)
    spool: Spool | None = None
    epochs: int = 0

    def start(self, connect: Connect) -> None:
        """Opens the spool as the agent does."""
        terms = SpoolTerms(
            agent=KEY.verifier.name, key=KEY, limit_bytes=LIMIT_BYTES, connect=connect
        )
        self.spool, found = open_spool(self.folder, terms)
        promised = self.truth.kept or self.truth.given
        if found.reason and (found.reason != "new" or promised):
            self.wrong.append(f"taken for {found.reason}: {found.what}")
        if found.reason:
            self._reopen(self.spool)
        self.spool.log_again()
        self.wrong += self.truth.complaints(self.spool)
        self.truth.went_on(self.spool)
        self.spool.remember([each.setup for each in self.truth.site.devices.values()], ())

    def _reopen(self, spool: Spool) -> None:
        self.epochs += 1
        spool.open_epoch(opening(f"{self.epochs:032x}"))
        self.truth.see(spool)

    def step(self, number: int) -> None:
        """Does one thing."""
        spool, kind = self.spool, self.chance.randrange(8)
        assert spool is not None
        if kind < 3:
            self.truth.keep(spool, 1 + kind)
        elif kind < 5:
            self.truth.close(spool)
        elif kind < 6:
            self.truth.receipt(spool, (spool.base + spool.size) // 2)
        elif number == STEPS - 2:
            self._reopen(spool)
        else:
            spool.flush()

    def stop(self) -> None:
        """As a kill ends it."""
        if self.spool is not None:
            self.spool.close()
            self.spool = None


class Run:
    """One life with one fault, the healing, and a cut of the power at the end.

    Args:
        folder: Empty.
        seed: Of what is done.
        fault: What fails.
        disks: On what kind of disk.
    """

    def __init__(self, folder: Path, seed: int, fault: Fault, disks: Disks) -> None:
        live = folder / "live"
        live.mkdir(parents=True)
        self.folder, self.fault = folder, fault
        truth = Truth(site=installed(folder / "site"))
        self.agent = Agent(folder=live, chance=random.Random(seed), truth=truth)
        notes = [Note(name="spool.head", synced=False)]
        self.disk = disks(live, random.Random(f"{seed} {fault.at}"), notes, fault)

    @property
    def was_met(self) -> bool:
        """Whether the fault came to pass."""
        return self.disk.failed > 0

    def play(self) -> list[str]:
        """What is wrong; nothing if all is well."""
        watched_vfs().watch(self.agent.folder, self.disk)
        try:
            self._live()
        finally:
            self.agent.stop()
            watched_vfs().unwatch(self.agent.folder)
        return self.agent.wrong or self._after_cut()

    def _live(self) -> None:
        if not self._tried(lambda: self.agent.start(connect_forgetful)):
            self._restart()
        for number in range(STEPS):
            if self._tried(lambda at=number: self.agent.step(at)):  # type: ignore[misc]
                continue
            if not self._goes_on():
                self._restart()
        assert self.agent.spool is not None
        self.disk.heal()
        if self.was_met:
            self._restart()

    def _tried(self, step: Callable[[], None]) -> bool:
        """Whether it was done; a coded error alone may keep it from that."""
        try:
            step()
        except SpoolError as wrong:
            if not self.was_met:
                self.agent.wrong.append(f"without a fault: {wrong}")
            return False
        except sqlite3.Error as wrong:
            self.agent.wrong.append(f"without a code: {wrong}")
            return False
        return True

    def _goes_on(self) -> bool:
        """Whether the same spool can be used once there is room; after other faults it may not."""
        self.disk.heal()
        assert self.agent.spool is not None
        spool = self.agent.spool
        done = self._tried(lambda: self.agent.truth.keep(spool, 1))
        if not done and self.fault.codes == NO_ROOM:
            self.agent.wrong.append("with room again, the same spool does not go on")
        return done

    def _restart(self) -> None:
        self.agent.stop()
        self.disk.heal()
        if not self._tried(lambda: self.agent.start(connect_forgetful)):
            self.agent.wrong.append("it does not start again on a disk that is healed")

    def _after_cut(self) -> list[str]:
        """What was acknowledged is on the disk, not only in the memory of the system."""
        self.agent.folder = lay(self.disk.cut(), self.folder / "cut")
        try:
            self.agent.start(connect_file)
        except SpoolError as wrong:
            return [f"after a cut: {wrong}"]
        finally:
            self.agent.stop()
        return [f"after a cut: {each}" for each in self.agent.wrong]


def runs(seed: int, folder: Path, first: Fault, disks: Disks, every: int = 1) -> list[str]:
    """What was wrong in runs with one fault each, one after the other, until a run met none.

    Args:
        seed: Of what is done.
        folder: Empty; keeps a file for each fault that was met.
        first: Of the faults.
        disks: On what kind of disk.
        every: How many operations lie between two faults.
    """
    for at in range(first.at, MOST, every):
        run = Run(folder / str(at), seed, replace(first, at=at), disks)
        if wrong := run.play():
            return [f"at operation {at}: {each}" for each in wrong]
        shutil.rmtree(run.folder)
        if not run.was_met:
            return []
        (folder / f"met-{at}").touch()
    return [f"after {MOST} operations there are more"]


def play(seed: int, folder: Path) -> Tally:
    """Every n of one sort of fault, on one sequence of steps."""
    wrong = runs(seed, folder, sort_of(seed), FailingDisk)
    assert not wrong, "\n".join(wrong)
    return {"faults": met(folder), "clean_runs": 1}


def _silent(seed: int, folder: Path) -> Sequence[str]:
    syncs = Fault(at=1, lasting=False, codes={"syncs": IO_ERROR["syncs"]})
    return runs(seed, folder, syncs, SilentDisk)


IO_ERROR_SPOOL: Final = Campaign(
    name="io-error-agent",
    rows=(4,),
    fault="the n-th open, read, write, truncate, sync or delete of the agent's spool fails with "
    "an I/O error or for want of room, once or until it is healed; every n until one run is clean",
    holds="a coded error; what was acknowledged is on the disk, also after a power cut; it goes "
    "on when it is healed",
    counted="faults",
    figure=FIGURE,
    play=play,
    controls=(Control(defence="the error of a sync (swallowed instead)", find=_silent),),
)
