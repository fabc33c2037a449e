"""One connection of Modbus TCP or UDP on pymodbus' transport, and one that somebody listens to."""

import asyncio
import logging
from collections.abc import Callable
from typing import Literal

from pymodbus.transport import CommParams, ModbusProtocol

# What pymodbus logs is raised here as coded errors; twice said is once too often.
logging.getLogger("pymodbus").setLevel(logging.CRITICAL)

Told = Callable[[Literal["sent", "received"], bytes], None]
"""Is told what goes over the connection, as it goes."""


class Transport(ModbusProtocol, asyncio.BufferedProtocol):
    """pymodbus' transport of one connection: hands over what comes, and says when it is lost.

    It brings its own buffer: else asyncio makes one of 256 KiB for each answer, which takes as
    long as all the rest of an exchange.

    Args:
        params: Where to, and how long to wait for it.
        received: Takes all bytes since the last request; whether they are done with.
        lost: Called when the other end is gone.
    """

    def __init__(
        self, params: CommParams, received: Callable[[bytes], bool], lost: Callable[[], None]
    ) -> None:
        super().__init__(params, is_server=False)
        self._received, self._lost = received, lost
        self._buffer = bytearray(self.max_buffer_size)

    def get_buffer(self, sizehint: int) -> bytearray:  # noqa: ARG002 - asyncio's own guess
        """Where asyncio puts what comes."""
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """So many bytes came."""
        self.data_received(bytes(self._buffer[:nbytes]))

    def callback_new_connection(self) -> ModbusProtocol:
        """Of a server; nobody connects to a client."""
        return self

    def callback_connected(self) -> None:
        """Whoever opens waits for `connect` itself."""

    def callback_disconnected(self, _exc: Exception | None) -> None:
        """The other end closed, or the network did."""
        self._lost()

    def callback_data(self, data: bytes, addr: tuple[str, int] | None = None) -> int:  # noqa: ARG002
        """Says how many bytes need not be shown again."""
        return len(data) if self._received(data) else 0


class TappedTransport(Transport):
    """A transport that tells all that goes over it; apart, so that others pay nothing for it.

    Args:
        params, received, lost: Of every transport.
        told: Is told it.
    """

    def __init__(
        self,
        params: CommParams,
        received: Callable[[bytes], bool],
        lost: Callable[[], None],
        told: Told,
    ) -> None:
        super().__init__(params, received, lost)
        self._told = told

    def send(self, data: bytes, addr: tuple[str, int] | None = None) -> None:
        """Sends, and tells it."""
        super().send(data, addr)
        self._told("sent", data)

    def datagram_received(self, data: bytes, addr: tuple[str, int] | None) -> None:
        """Tells what came, over TCP as well, and hands it on."""
        self._told("received", data)
        super().datagram_received(data, addr)


async def connected(transport: Transport) -> bool:
    """Whether a connection came about in time."""
    try:
        return await transport.connect()
    except UnicodeError:  # a host name that no resolver takes
        return False
