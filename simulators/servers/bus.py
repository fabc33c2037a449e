"""Several devices on one line of bytes, of one protocol or of many; no input or output.

Everything that is sent on the line is heard by all: each protocol cuts its own frames out of the
same bytes, and each device decides whether it is meant.
"""

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from device_profiles.conversation import FrameCut
from simulators.servers.disturb import Reply

MOST_KEPT: Final = 4096
"""Bytes that may wait for the rest of a frame; of what comes beyond, the latest are kept."""


class Station(Protocol):
    """One device on a line."""

    @property
    def cut(self) -> FrameCut:
        """How it finds whole requests in what it hears; devices of one protocol share one."""

    def hear(self, frame: bytes, at_ns: int) -> Reply | None:
        """What it sends to a request, at an instant; None where it is not meant."""


class Bus:
    """The devices of a line, and what they have heard of a frame that is not whole yet.

    Args:
        stations: In the order in which they answer, where several do.
    """

    def __init__(self, stations: Sequence[Station]) -> None:
        self._stations = tuple(stations)
        self._heard: dict[FrameCut, bytes] = {station.cut: b"" for station in stations}

    def hear(self, data: bytes, at_ns: int) -> list[Reply]:
        """What the devices send to bytes on the line, in order.

        Once one protocol has understood a frame, the others forget what they heard of it: a
        master says one thing at a time.
        """
        for cut in self._heard:
            self._heard[cut] = (self._heard[cut] + data)[-MOST_KEPT:]
        replies: list[Reply] = []
        while (found := self._next()) is not None:
            cut, frame = found
            replies += self._answers(cut, frame, at_ns)
        return replies

    def _next(self) -> tuple[FrameCut, bytes] | None:
        """The next whole frame in what one protocol heard."""
        for cut, heard in self._heard.items():
            whole = cut(heard)
            if whole is not None:
                self._heard = dict.fromkeys(self._heard, b"")
                self._heard[cut] = whole.rest
                return cut, whole.frame
        return None

    def _answers(self, cut: FrameCut, frame: bytes, at_ns: int) -> list[Reply]:
        meant = (one.hear(frame, at_ns) for one in self._stations if one.cut is cut)
        return [reply for reply in meant if reply is not None]


Now = Callable[[], int]
"""The instant, UTC ns."""
