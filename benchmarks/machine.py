"""What a run was made on: machine, versions, commit, date, and how busy it was."""

import os
import platform
import sqlite3
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import msgspec

ROOT = Path(__file__).parents[1]
BUSY = 0.5
"""Load per core beyond which figures are provisional."""


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """Where, on what and when; `load` is of the last minute before the run, per core."""

    cpu: str
    cores: int
    system: str
    python: str
    sqlite: str
    commit: str
    date: str
    load: float

    @property
    def is_busy(self) -> bool:
        """Whether others worked on the machine: the figures are provisional."""
        return self.load > BUSY

    def said(self) -> str:
        """In a line."""
        busy = " (**provisional**: others worked on it)" if self.is_busy else ""
        return (
            f"{self.cpu}, {self.cores} cores, {self.system}, Python {self.python}, "
            f"SQLite {self.sqlite}; commit {self.commit}, {self.date}, "
            f"load {self.load:.2f} a core{busy}"
        )


def this_machine() -> Machine:
    """The machine of this run."""
    cores = os.cpu_count() or 1
    return Machine(
        cpu=_cpu(),
        cores=cores,
        system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        sqlite=sqlite3.sqlite_version,
        commit=_commit(),
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        load=round(os.getloadavg()[0] / cores, 2),
    )


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _commit() -> str:
    def git(*words: str) -> str:
        words = ("/usr/bin/env", "git", *words)
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    changed = "+" if git("status", "--porcelain", "--untracked-files=no") else ""
    return f"{git('rev-parse', '--short', 'HEAD')}{changed}"
