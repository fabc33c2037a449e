"""Rows 7 and 8: memory with 50 devices and a device more; start to the first point; --help.

A point is delivered when a listener behind the broker has it. For the start the batch is
closed after 0.1 s: how long a batch waits is the site's choice, not the program's cost.
Wall-clock is what a person waits for, so these two need a quiet machine.
"""

import subprocess
import sys
import time
from collections.abc import Callable

from benchmarks.figures import Bound, Figure, measured
from benchmarks.processes import rss_kB
from benchmarks.whole_agent import SETTLE_S, Field, field
from benchmarks.works import Site, agent_at_work, wait_until

FEW, MANY, ROUNDS = 50, 100, 5
MEMORY_S = 15.0
MEMORY = Bound(goal=64, gate=80, of="subject")
DEVICE = Bound(goal=25, gate=50, of="subject")
START = Bound(goal=1.0, gate=2.0, of="subject")
HELP = Bound(goal=0.3, gate=0.6, of="subject")
HELPS = (("--help",), ("agent", "--help"))


def measure() -> list[Figure]:
    """The figures of rows 7 and 8."""
    with field() as here:
        few = [_memory_kB(here, FEW) for _ in range(ROUNDS)]
        many = [_memory_kB(here, MANY) for _ in range(ROUNDS)]
        starts = [_start_s(here) for _ in range(ROUNDS)]
    device = [(b - a) / (MANY - FEW) for a, b in zip(few, many, strict=True)]
    megabytes = [each / 1024 for each in few]
    return [
        measured(7, f"memory with {FEW} devices", megabytes, unit="MB", bound=MEMORY),
        measured(7, "memory of a device more", device, unit="kB", bound=DEVICE),
        measured(8, "start to the first point delivered", starts, unit="s", bound=START),
        *(_help(words) for words in HELPS),
    ]


def _memory_kB(here: Field, number: int) -> float:
    """Resident memory at 1 s polls, with batches of 10 s and receipts."""
    site = Site(devices=number, period_s=1.0, ports=(here.port,))
    with agent_at_work(here.folder, here.broker, site) as agent:
        wait_until(lambda: agent.heard().points > 0, "the agent delivers")
        time.sleep(MEMORY_S)
        return float(rss_kB(agent.process))


def _start_s(here: Field) -> float:
    """From the start of the process to its first point at the listener."""
    site = Site(devices=FEW, period_s=0.1, ports=(here.port,), max_age_s=0.1)
    with agent_at_work(here.folder, here.broker, site) as agent:
        wait_until(lambda: agent.heard().points > 0, "the agent delivers")
        found = time.monotonic() - agent.started_s
        time.sleep(SETTLE_S / 10)
    return found


def _help(words: tuple[str, ...]) -> Figure:
    command = [sys.executable, "-m", "carbonmeter.cli", *words]
    found = [_seconds(lambda: subprocess.run(command, capture_output=True, check=True))
             for _ in range(ROUNDS + 1)]  # fmt: skip
    return measured(8, f"carbonmeter {' '.join(words)}", found[1:], unit="s", bound=HELP)


def _seconds(run: Callable[[], object]) -> float:
    begin = time.monotonic()
    run()
    return time.monotonic() - begin
