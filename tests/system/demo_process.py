"""A demo as a process: started, found by a mark in its environment, and ended."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from carbonmeter.demo import INTERRUPTED

COMMAND = [sys.executable, "-m", "carbonmeter.cli", "demo"]
IN_THE_BACKGROUND = ["sh", "-c", 'trap "" INT; exec "$0" "$@"', *COMMAND]
"""As a shell without job control starts it: with SIGINT ignored."""


def descendants_alive(marker: str) -> list[str]:
    """Command lines of live processes that carry `marker` in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if marker.encode() in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_bytes().decode(errors="replace"))
        except OSError:
            continue
    return [line for line in found if line]


@dataclass(frozen=True, kw_only=True)
class Running:
    """A demo that was started, where its collector and its agents answer, and its configuration."""

    process: subprocess.Popen[str]
    api: str
    config: Path
    pages: tuple[str, ...]
    mark: str


@contextmanager
def running(purpose: str, ended_by: signal.Signals = signal.SIGINT) -> Iterator[Running]:
    """A demo that goes on until a signal ends it, once it has said that it does."""
    mark = f"CARBONMETER_DEMO_MARK={purpose}-{os.getpid()}"
    name, value = mark.split("=")
    process = subprocess.Popen(
        IN_THE_BACKGROUND,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, name: value},
    )
    assert process.stderr is not None
    said = ""
    try:
        while "Ctrl-C" not in said:
            line = process.stderr.readline()
            assert line, said
            said += line
        yield Running(
            process=process,
            api=said.split("collector: ")[1].split("/api")[0],
            config=Path(said.split("--config ")[1].split("\n")[0]),
            pages=tuple(re.findall(r"page of the agent \S+: (\S+)", said)),
            mark=mark,
        )
    finally:
        process.send_signal(ended_by)
        assert process.wait(60) == INTERRUPTED, process.stderr.read()
        process.stderr.close()
