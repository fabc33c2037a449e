"""Processes of this software, started with what they say in files, watched, and ended together."""

import contextlib
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

from evidence.clock import ScaledClock, SystemClock


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A process of the demo, the file that holds what it says, and its own page if it has one.

    Attributes:
        arguments: Of its command.
    """

    name: str
    process: subprocess.Popen[str]
    log: Path
    arguments: tuple[str, ...] = ()
    page: str = ""


def start(
    children: list[Child],
    folder: Path,
    name: str,
    arguments: Sequence[str],
    clock: ScaledClock,
    *,
    pipe: bool = False,
) -> Child:
    """A process that runs one of our commands under a clock; it joins the children.

    Args:
        children: Those that are ended together.
        folder: Of the file that holds what it says.
        name: Of that file, without `.log`.
        arguments: Of the command.
        clock: By which it runs.
        pipe: Whether its output is read here, rather than kept in the file.
    """
    log = folder / f"{name}.log"
    with log.open("w", encoding="utf-8") as said:
        process = _run(arguments, clock, subprocess.PIPE if pipe else said, said)
    children.append(Child(name=name, process=process, log=log, arguments=tuple(arguments)))
    return children[-1]


def _run(
    arguments: Sequence[str], clock: ScaledClock, out: int | TextIO, said: TextIO
) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - our own commands
        [sys.executable, "-m", "carbonmeter.cli", *arguments, "--clock", clock.to_text()],
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=said,
        text=True,
    )


def restart(children: list[Child], name: str, clock: ScaledClock) -> None:
    """Ends the process of that name, and starts it anew; it says on where it said.

    Args:
        children: Those that are ended together; it keeps its place among them.
        name: Of one of them, whose output is kept in its file.
        clock: By which it runs.
    """
    place = next(n for n, each in enumerate(children) if each.name == name)
    before = children[place]
    end_all([before])
    with before.log.open("a", encoding="utf-8") as said:
        process = _run(before.arguments, clock, said, said)
    children[place] = replace(before, process=process)


def end_all(children: Sequence[Child]) -> None:
    """Asks all processes to end, and makes those end that do not within 10 s."""
    clock = SystemClock()
    until_ns = clock.monotonic_ns() + 10_000_000_000
    for each in children:
        with contextlib.suppress(ProcessLookupError):
            each.process.terminate()
    for each in children:
        _end_by(each.process, max(0.0, (until_ns - clock.monotonic_ns()) / 1e9))


def _end_by(process: subprocess.Popen[str], left_s: float) -> None:
    try:
        process.wait(left_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def tail_of(log: Path) -> str:
    """The last lines of what a process said."""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
