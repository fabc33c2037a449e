"""An event loop whose waits take no time: it leaps to the next thing that is due."""

import asyncio
import selectors
from typing import Any


class VirtualLoop(asyncio.SelectorEventLoop):
    """Runs coroutines in virtual seconds, from 0 on; no thread, no socket, no sleeping."""

    def __init__(self) -> None:
        self._now_s = 0.0
        super().__init__(_Leaping(self))

    def time(self) -> float:
        """Virtual seconds since the start."""
        return self._now_s

    def leap(self, by_s: float) -> None:
        """Lets time pass."""
        self._now_s += by_s

    @property
    def elapsed_ns(self) -> int:
        """Virtual nanoseconds since the start."""
        return round(self._now_s * 1e9)


class _Leaping(selectors.SelectSelector):
    """A selector that is never ready, and lets the time of each wait pass at once."""

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[Any, int]]:
        assert timeout is not None, "every task waits for another: nothing is ever due"
        if timeout > 0:
            self._loop.leap(timeout)
        return []
