"""Documents that somebody brought and did not accept yet: few, small, and not for long."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from fastapi import FastAPI, Request

from calibration.measurand import KindOfQuantity
from collector.dcc_reading import DccRead
from evidence.clock import NS_PER_S, Clock

MOST: Final = 8
LONGEST_NS: Final = 3_600 * NS_PER_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A document, and what was read from it.

    Attributes:
        name: Of its file, as whoever brought it called it.
        site: That it concerns.
        item, kind: What it does not say itself, as it was asked.
    """

    data: bytes
    name: str
    site: str
    item: str
    kind: KindOfQuantity | None
    read: DccRead


class WaitingRoom:
    """The documents of an application, by who brought them and by digest.

    Nothing of it is on the disk: what was not accepted was never here.
    """

    def __init__(self, clock: Clock) -> None:
        """Nothing yet.

        Args:
            clock: Of the people before the pages: an hour of theirs, not of the readings.
        """
        self._clock = clock
        self._held: OrderedDict[tuple[str, str], tuple[int, Brought]] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, who: str, brought: Brought) -> None:
        """Keeps a document for an hour; the oldest of too many goes."""
        with self._lock:
            self._held[who, brought.read.sha256] = self._clock.monotonic_ns(), brought
            self._held.move_to_end((who, brought.read.sha256))
            while len(self._held) > MOST:
                self._held.popitem(last=False)

    def find(self, who: str, sha256: str) -> Brought | None:
        """A document that somebody brought; None if it is not here, or not any more."""
        with self._lock:
            came_ns, found = self._held.get((who, sha256), (0, None))
            if found is not None and self._clock.monotonic_ns() - came_ns > LONGEST_NS:
                del self._held[who, sha256]
                return None
            return found


def keep_waiting_room(app: FastAPI, clock: Clock) -> None:
    """Gives an application its waiting room, by the clock of the people before its pages."""
    app.state.waiting = WaitingRoom(clock)


def waiting_room(request: Request) -> WaitingRoom:
    """That of the application that answers a request."""
    room: WaitingRoom = request.app.state.waiting
    return room
