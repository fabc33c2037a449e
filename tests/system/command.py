"""A process of the product that is started, ended, killed or waited for; always by its own pid."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
DEADLINE_S = 60.0


def until(true: Callable[[], bool], what: str, deadline_s: float = DEADLINE_S) -> None:
    """Returns when something became true; fails at the deadline."""
    end = time.monotonic() + deadline_s
    while not true():
        assert time.monotonic() < end, f"in {deadline_s} s: not {what}"
        time.sleep(0.01)


@dataclass(slots=True, kw_only=True)
class Command:
    """A `carbonmeter` command that runs until it is told to end, or is killed.

    Attributes:
        words: After the program's name.
        log: File that takes what it prints.
        module: What is run; a launcher that puts a fault in runs the same command.
        before: Words in front of the interpreter, such as a namespace to run in.
        env: More of the environment.
    """

    words: tuple[str, ...]
    log: Path
    module: str = "carbonmeter.cli"
    before: tuple[str, ...] = ()
    env: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.before, sys.executable, "-m", self.module, *self.words],
                cwd=ROOT,
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONWARNINGS": "default", **self.env},
            )

    def kill(self) -> None:
        """Ends it as a power cut would: no handler runs."""
        if self.process is not None:
            self.require_running()
            self.process.kill()
            self.process.wait(10)
            self.process = None

    def require_running(self) -> None:
        """Fails where it was started, and ended without being told to."""
        ended = self.process is not None and self.process.poll() is not None
        assert not ended, f"it had ended by itself: {self.said()}"

    def died(self) -> None:
        """Waits until it has killed itself."""
        assert self.process is not None
        try:
            code = self.process.wait(DEADLINE_S)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it did not die: {self.env}, {self.said()}") from None
        self.process = None
        assert code == -signal.SIGKILL, f"it ended by itself: {code}, {self.said()}"

    def end(self) -> int:
        """Asks it to end, and gives its exit code."""
        assert self.process is not None
        self.process.terminate()
        code = self.process.wait(30)
        self.process = None
        return code

    def run(self, *more: str) -> int:
        """Runs the command with other words to its end; its exit code."""
        self.words, before = more, self.words
        self.start()
        assert self.process is not None
        code = self.process.wait(DEADLINE_S)
        self.process, self.words = None, before
        return code

    def said(self) -> str:
        """The end of what it logged."""
        return self.log.read_text()[-2000:]
