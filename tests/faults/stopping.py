"""Processes that stand still: SIGSTOP and SIGCONT, by pid."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DEADLINE_S = 10.0


@contextmanager
def stopped(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """The process does nothing inside; its sockets stay open and its memory stays as it was."""
    assert process.poll() is None, "it had ended before it was stopped"
    os.kill(process.pid, signal.SIGSTOP)
    try:
        _until_stopped(process.pid)
        yield
    finally:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGCONT)


def _until_stopped(pid: int) -> None:
    end = time.monotonic() + DEADLINE_S
    while state_of(pid) != "T":
        assert time.monotonic() < end, f"process {pid} did not stop"
        time.sleep(0.001)


def state_of(pid: int) -> str:
    """The letter by which the kernel names what a process does: R, S, T, Z, ..."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
