"""A line of bytes behind a TCP port, as a serial server offers it: bare bytes, no frames."""

import asyncio
from collections.abc import Callable
from typing import Final

from simulators.servers.bus import Bus, Now
from simulators.servers.sending import Sending

MOST_CONNECTIONS: Final = 8


class SerialServer:
    """Serves a bus on a TCP port; every connection hears what the line says to it alone.

    Args:
        bus: Makes the line's devices for a connection.
        now: The instant.
    """

    def __init__(self, bus: Callable[[], Bus], now: Now) -> None:
        self._bus, self._now = bus, now
        self._server: asyncio.Server | None = None
        self._peers: set[_Peer] = set()

    async def start(self, host: str, port: int) -> int:
        """Begins to listen and returns the port; `port` 0 lets the machine choose.

        Raises:
            OSError: the address cannot be listened on.
        """
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._peer, host, port)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Stops listening and ends all connections."""
        if self._server is not None:
            self._server.close()
        for peer in tuple(self._peers):
            peer.end()
        if self._server is not None:
            await self._server.wait_closed()

    def _peer(self) -> "_Peer":
        return _Peer(self._bus(), self._now, self._peers)


class _Peer(asyncio.Protocol):
    """One connection to the line."""

    def __init__(self, bus: Bus, now: Now, peers: "set[_Peer]") -> None:
        self._bus, self._now, self._peers = bus, now, peers
        self._transport: asyncio.Transport | None = None
        self._sending = Sending(self._send)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport) or len(self._peers) >= MOST_CONNECTIONS:
            transport.close()
            return
        self._transport = transport
        self._peers.add(self)

    def data_received(self, data: bytes) -> None:
        replies = self._bus.hear(data, self._now())
        if any(reply.closes for reply in replies):
            self.end()
        self._sending.all(replies)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the library's form
        self._sending.close()
        self._peers.discard(self)

    def end(self) -> None:
        """Ends the connection."""
        if self._transport is not None:
            self._transport.abort()

    def _send(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)
