"""Fault matrix row 30: some seeds of the simulation, and that each is the same each time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.chunks import CHUNK, SEEDS, holds
from tests.simulation.run import simulate

ROOT = Path(__file__).parents[2]
BUSY = 14
"""A seed in which clones, copies of the ledger and kills come together."""


@pytest.mark.parametrize("first", range(0, SEEDS // 2, CHUNK))
def test_nothing_is_lost_doubled_or_receipted_in_vain(first: int, scratch: Path) -> None:
    holds(first, scratch)


def test_a_seed_is_the_same_each_time(scratch: Path) -> None:
    one, other = (simulate(BUSY, scratch / name) for name in ("one", "other"))
    assert one.log == other.log
    assert one.digest == other.digest
    assert one.digest != simulate(BUSY + 1, scratch / "third").digest


def test_a_seed_does_not_depend_on_how_python_hashes() -> None:
    printed = {_printed(hash_seed) for hash_seed in ("1", "2")}
    assert len(printed) == 1
    assert f"seed {BUSY}: " in printed.pop()


def _printed(hash_seed: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.simulation", str(BUSY), "--log"],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
