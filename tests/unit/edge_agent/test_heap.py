"""Large blocks that are free again are given back to the system; by itself glibc keeps them."""

import platform
import subprocess
import sys

import pytest

PROGRAM = """
import gc
from pathlib import Path

def resident_kB():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4

{begin}
first = bytearray(16 << 20)
del first  # from now on glibc takes blocks of up to 16 MiB from its heap
before = resident_kB()
large, pinned = [], []
for _ in range(16):
    large.append(bytearray(1 << 20))
    pinned.append(bytearray(1024))
large.clear()
{end}
print(resident_kB() - before, gc.isenabled())
"""
LEAN = "from edge_agent.heap import *; load_lean()"


def grown(begin: str, end: str) -> tuple[int, bool]:
    """How much a process keeps of 16 MiB it has freed, kB; and whether it looks for cycles."""
    program = PROGRAM.format(begin=begin, end=end)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    kB, collecting = done.stdout.split()
    return int(kB), collecting == b"True"


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
def test_what_is_freed_is_given_back() -> None:
    assert grown(LEAN, "leave_alone_what_stays()")[0] < 4_000
    assert grown("", "")[0] > 12_000


def test_cycles_are_looked_for_once_everything_is_loaded() -> None:
    assert grown(LEAN, "")[1] is False
    assert grown(LEAN, "leave_alone_what_stays()")[1] is True
