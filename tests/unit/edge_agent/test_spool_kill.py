"""kill -9 at any instant: nothing committed is lost, no number is used twice or left out."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from edge_agent.installation import Installation
from tests.unit.edge_agent.site import installed
from tests.unit.edge_agent.test_spool import opened
from tests.unit.edge_agent.test_spool_damage import shown_by

ROOT = Path(__file__).parents[3]
CYCLES = int(os.environ.get("CARBONMETER_KILLS", "8"))


def run_and_kill(folder: Path, lines: int) -> list[list[str]]:
    """What the process said until it was killed after some lines; a torn last line is left out."""
    command = [sys.executable, "-m", "tests.unit.edge_agent.keeping_process"]
    process = subprocess.Popen(
        [*command, str(folder / "agent.toml"), str(folder / "s")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    said = "".join(process.stdout.readline() for _ in range(lines))
    process.send_signal(signal.SIGKILL)
    # communicate() would read past what readline() holds in its buffer
    rest, wrong = process.stdout.read(), process.stderr.read()
    process.wait()
    process.stdout.close()
    process.stderr.close()
    assert wrong == ""
    whole, _, _ = (said + rest).rpartition("\n")
    return [line.split() for line in whole.splitlines()]


@pytest.fixture
def site(tmp_path: Path) -> Installation:
    return installed(tmp_path)


def test_a_killed_agent_loses_nothing_it_committed(tmp_path: Path, site: Installation) -> None:
    chance = random.Random(7)
    last_kept, last_size = -1, 1
    for _ in range(CYCLES):
        said = run_and_kill(tmp_path, chance.randrange(2, 60))
        assert said[0][0] == "S"
        # Killed between a commit and its line: one more may be there than was said.
        assert int(said[0][1]) - 1 in {last_kept, last_kept + 1}
        kept = [int(number) for kind, number in said if kind == "K"]
        assert kept == list(range(int(said[0][1]), int(said[0][1]) + len(kept)))
        sizes = [int(number) for kind, number in said if kind == "L"]
        assert sizes == sorted(set(sizes))
        assert not sizes or sizes[0] > last_size - 1
        last_kept = kept[-1] if kept else int(said[0][1]) - 1
        last_size = max([last_size, *sizes])
    spool, found = opened(tmp_path / "s", site)
    assert found.reason == ""
    assert spool.size >= last_size
    readings = shown_by(spool)
    assert readings == [readings[0] + n for n in range(len(readings))]
    assert int(readings[-1]) - 100 in {last_kept, last_kept + 1}
    spool.close()
