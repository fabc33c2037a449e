"""Whose bytes are looked at next: a packet a turn, peer after peer, within a share of a processor.

What strangers send can cost much more to take apart than to send. So work is counted in time of
the processor, and between turns there is a pause: the agent's other lines go on.
"""

import asyncio
from collections.abc import Callable
from time import thread_time
from typing import Final, Protocol

SHARE: Final = 0.1
"""Of one processor, for all peers of a line together."""


class Worker(Protocol):
    """Somebody with work that can be done in pieces."""

    def work(self) -> bool:
        """Does one piece; whether there may be another."""


class Rounds:
    """Lets workers work in turn.

    Args:
        share: Of one processor that they may use together, over 0, at most 1.
        spent: Time of the processor so far, s.
    """

    def __init__(self, share: float = SHARE, spent: Callable[[], float] = thread_time) -> None:
        self._share, self._spent = share, spent
        self._queue: dict[Worker, None] = {}
        self._timer: asyncio.TimerHandle | None = None

    def ask(self, worker: Worker) -> None:
        """The worker has work; it is called when its turn comes."""
        self._queue.setdefault(worker)
        if self._timer is None:
            self._arm(0.0)

    def close(self) -> None:
        """Nobody is called any more."""
        self._queue.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self, pause_s: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(pause_s, self._turn)

    def _turn(self) -> None:
        self._timer = None
        worker = next(iter(self._queue), None)
        if worker is None:
            return
        del self._queue[worker]
        began_s = self._spent()
        if worker.work():
            self._queue.setdefault(worker)
        pause_s = (self._spent() - began_s) * (1 / self._share - 1)
        if self._queue and self._timer is None:
            self._arm(pause_s)
