"""A serial server on the network: it puts bytes from a TCP connection on its line, and back."""

import asyncio
from collections.abc import Callable
from typing import Final

from device_profiles.speed import Speed
from edge_agent.drivers.wire import Wire
from edge_agent.errors import ConnectionClosedError, NoConnectionError

CONNECT_S: Final = 3.0


class _Socket(asyncio.Protocol):
    """Hands over what comes, and says when it ends."""

    def __init__(self, came: Callable[[bytes], None], lost: Callable[[], None]) -> None:
        self._came, self._lost = came, lost

    def data_received(self, data: bytes) -> None:
        self._came(data)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the library's form
        self._lost()


class StreamWire(Wire):
    """Bytes over TCP, with no frame around them.

    Args:
        host, port: Of the serial server.
        connect_s: Longest time to wait for a connection.
    """

    def __init__(self, host: str, port: int, *, connect_s: float = CONNECT_S) -> None:
        super().__init__(f"{host}:{port}")
        self._host, self._port, self._connect_s = host, port, connect_s
        self._transport: asyncio.Transport | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is a connection."""
        return self._transport is not None and not self._transport.is_closing()

    async def open(self, speed: Speed) -> None:  # noqa: ARG002 - the serial server's own setting
        """Connects; see `Wire.open`."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._connect_s):
                self._transport, _ = await loop.create_connection(
                    lambda: _Socket(self._came, self._lost), self._host, self._port
                )
        except (OSError, UnicodeError, TimeoutError):
            raise NoConnectionError(self.where, timeout_s=self._connect_s) from None
        self.forget()

    def send(self, data: bytes) -> None:
        """Sends; see `Wire.send`."""
        if self._transport is None or self._transport.is_closing():
            raise ConnectionClosedError(self.where)
        self._transport.write(data)
        self._went(data)

    async def close(self) -> None:
        """Closes the connection."""
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.abort()
            await asyncio.sleep(0)  # the loop frees the socket in its next round
