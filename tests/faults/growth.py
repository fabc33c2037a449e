"""What a process holds of the machine, hour after hour, and whether it grows."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

KiB: Final = 1024
LEAST: Final = 8
"""Samples below which no slope is stated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What a process holds at one time.

    Attributes:
        memory_KiB: Resident, as the kernel counts it.
        descriptors: Open files and sockets.
        threads: Of the process.
    """

    memory_KiB: int
    descriptors: int
    threads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """How much the second half of a run may add.

    Attributes:
        share: Of the memory held.
        memory_KiB: And so much more.
    """

    share: float = 0.02
    memory_KiB: int = 1024


def holding(pid: int) -> Holding:
    """What a process holds now."""
    status = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines()
    )
    return Holding(
        memory_KiB=int(status["VmRSS"].split()[0]),
        descriptors=len(list(Path(f"/proc/{pid}/fd").iterdir())),
        threads=int(status["Threads"]),
    )


def peak_KiB(pid: int) -> int:
    """The most memory that a process has had resident."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    raise AssertionError(f"process {pid} is gone")


def slope(values: Sequence[float]) -> float:
    """How much a value grows from one sample to the next, by least squares."""
    n = len(values)
    assert n > 1, "one sample has no slope"
    middle, mean = (n - 1) / 2, sum(values) / n
    over = sum((place - middle) * (value - mean) for place, value in enumerate(values))
    return over / sum((place - middle) ** 2 for place in range(n))


def added_KiB(samples: Sequence[Holding]) -> float:
    """What the second half of a run added by its slope; the first half warms up."""
    later = [each.memory_KiB for each in samples[len(samples) // 2 :]]
    return slope(later) * len(later)


def grown(who: str, samples: Sequence[Holding], bound: Bound) -> list[str]:
    """What a process holds more of towards the end of a run; nothing if it does not grow."""
    assert len(samples) >= LEAST, f"{len(samples)} samples are too few"
    first, later = samples[: len(samples) // 2], samples[len(samples) // 2 :]
    allowed_KiB = bound.share * later[0].memory_KiB + bound.memory_KiB
    found = []
    if added_KiB(samples) > allowed_KiB:
        course = [each.memory_KiB for each in samples]
        found.append(
            f"{who}: {added_KiB(samples):.0f} KiB more, {allowed_KiB:.0f} allowed: {course}"
        )
    for name in ("descriptors", "threads"):
        before, after = (max(getattr(each, name) for each in half) for half in (first, later))
        if after > before:
            found.append(f"{who}: {name} {before} -> {after}")
    return found
