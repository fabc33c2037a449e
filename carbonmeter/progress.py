"""A progress bar for people, on stderr; a line every tenth where nobody watches."""

import sys
from typing import Final, TextIO

from evidence.clock import Clock

WIDTH: Final = 30


def say(words: str) -> None:
    """Tells people on stderr which stage begins."""
    print(words, file=sys.stderr, flush=True)  # noqa: T201 - for people


class Progress:
    """Tells how far a long task is.

    Args:
        words: what is counted.
        total: how many there are, > 0.
        clock: real time, for the rate.
        out: where to; stderr, so that stdout holds nothing but data.
    """

    def __init__(self, words: str, total: int, clock: Clock, out: TextIO = sys.stderr) -> None:
        self._words, self._total, self._clock, self._out = words, total, clock, out
        self._start_ns = clock.monotonic_ns()
        self._said = -1

    def at(self, done: int) -> None:
        """Says that `done` of the total are done, if it would look different."""
        step = done * (100 if self._out.isatty() else 10) // self._total
        if step == self._said:
            return
        self._said = step
        end = "\r" if self._out.isatty() and done < self._total else "\n"
        print(self._line(done), end=end, file=self._out, flush=True)

    def _line(self, done: int) -> str:
        seconds = (self._clock.monotonic_ns() - self._start_ns) / 1e9
        filled = WIDTH * done // self._total
        bar = "#" * filled + "." * (WIDTH - filled)
        rate = done / seconds if seconds > 0 else 0.0
        return f"[{bar}] {done}/{self._total} {self._words}, {rate:.0f}/s"
