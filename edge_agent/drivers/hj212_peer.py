"""One connection of a data logger: bytes become packets, within limits; answers go back."""

import asyncio
from typing import TYPE_CHECKING, Final

from device_profiles.hj212.packet import holds
from device_profiles.hj212.stream import cut, cut_last
from edge_agent.centre_errors import DeafError, FloodError
from edge_agent.drivers.deadline import Deadline

if TYPE_CHECKING:
    from edge_agent.drivers.hj212 import Centre

MOST_WAITING: Final = 32_768
"""Bytes that wait to be looked at; while there are more, none are taken from the connection.

One read of the loop can bring 256 KiB beyond.
"""
MOST_REFUSED: Final = 60
"""Packets a minute that may be refused before the connection is closed."""
QUIET_S: Final = 1.0
"""Silence after which a packet without CR LF is taken for whole, if its check holds."""
_MINUTE_S: Final = 60.0


class Peer(asyncio.Protocol):
    """One connection.

    Args:
        centre: Takes packets, and knows the limits.
        number: Of the connection; later ones have greater numbers.
    """

    def __init__(self, centre: "Centre", number: int) -> None:
        self.number = number
        self.mns: set[str] = set()
        self._centre = centre
        self._transport: asyncio.Transport | None = None
        self._waiting = b""
        self._lost = False
        self._refused: tuple[int, float] = (0, 0.0)
        self._idle = Deadline(self.end)
        self._quiet = Deadline(self._silent)

    @property
    def where(self) -> str:
        """Whose connection it is, for messages."""
        found = self._transport.get_extra_info("peername") if self._transport else None
        return f"{found[0]}:{found[1]}" if found else "?"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Is kept, if there is room."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
        if self._centre.admit(self):
            self.vouched()
        else:
            transport.close()

    def data_received(self, data: bytes) -> None:
        """Bytes wait until it is this connection's turn."""
        self._quiet.clear()
        self._centre.told(self, "received", data)
        self._waiting += data
        if len(self._waiting) > MOST_WAITING and self._transport is not None:
            self._transport.pause_reading()
        self._centre.rounds.ask(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the library's form
        """What came is looked at all the same."""
        self._lost = True
        self._idle.close()
        self._quiet.close()
        self._centre.dismiss(self)
        self._centre.rounds.ask(self)

    def pause_writing(self) -> None:
        """The other side does not take its answers: it would fill this side's memory."""
        self._centre.tally.note(DeafError(self.where))
        self.end()

    def work(self) -> bool:
        """Takes one packet, if a whole one is there; whether there may be more."""
        whole = cut(self._waiting)
        if whole is None:
            self._rest()
            return False
        self._waiting = whole.rest
        self._go_on()
        self._centre.heard(self, whole.frame)
        return bool(self._waiting)

    def vouched(self) -> None:
        """A sound packet of a known logger came: the connection is worth keeping."""
        if not self._lost:
            self._idle.set(self._centre.idle_s)

    def refused(self) -> None:
        """One more packet was refused; too many a minute end the connection."""
        now_s = asyncio.get_running_loop().time()
        count, since_s = self._refused
        fresh = now_s - since_s > _MINUTE_S
        self._refused = (1, now_s) if fresh else (count + 1, since_s)
        if self._refused[0] == MOST_REFUSED:
            self._centre.tally.note(FloodError(self.where, limit=MOST_REFUSED))
            self._waiting = b""
            self.end()

    def send(self, packet: bytes) -> None:
        """Hands a packet to the connection, if it still is there."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(packet)
            self._centre.told(self, "sent", packet)

    def end(self) -> None:
        """Ends the connection."""
        if self._transport is not None:
            self._transport.abort()

    def _go_on(self) -> None:
        if len(self._waiting) <= MOST_WAITING and self._transport is not None and not self._lost:
            self._transport.resume_reading()

    def _rest(self) -> None:
        """No packet is whole: more must come, or nothing comes any more."""
        if self._lost:
            self._silent()
            self._waiting = b""
        elif self._waiting:
            self._quiet.set(QUIET_S)

    def _silent(self) -> None:
        """Takes a packet without CR LF, once its sender fell silent."""
        whole = cut_last(self._waiting)
        if whole is not None and holds(whole.frame.rstrip(b"\r\n")):
            self._waiting = whole.rest
            self._centre.heard(self, whole.frame)
