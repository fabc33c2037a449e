"""The instant until which an answer is waited for; it is moved with each request."""

import asyncio
from collections.abc import Callable


class Deadline:
    """Calls once when time is up.

    A timer of its own for every request costs as much as a tenth of the exchange: so one timer
    runs, and looks when it fires whether the deadline has moved meanwhile.

    Args:
        passed: What to call.
    """

    def __init__(self, passed: Callable[[], None]) -> None:
        self._passed = passed
        self._at_s: float | None = None
        self._timer: asyncio.TimerHandle | None = None

    def set(self, seconds: float) -> None:
        """Time is up in so many seconds, > 0, unless it is set anew or cleared before."""
        loop = asyncio.get_running_loop()
        self._at_s = loop.time() + seconds
        if self._timer is None or self._timer.when() > self._at_s:
            self._arm(loop, self._at_s)

    def clear(self) -> None:
        """There is no deadline any more."""
        self._at_s = None

    def close(self) -> None:
        """There is none, and no timer runs."""
        self.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self, loop: asyncio.AbstractEventLoop, at_s: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = loop.call_at(at_s, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer, at_s = None, self._at_s
        if at_s is None:
            return
        if loop.time() < at_s:
            self._arm(loop, at_s)
            return
        self.clear()
        self._passed()
