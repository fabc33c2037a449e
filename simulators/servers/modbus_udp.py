"""A Modbus server over datagrams: one frame each, of the same form as over TCP."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Final

from device_profiles.modbus.answer import TCP
from device_profiles.wire_errors import WireError
from evidence.clock import Clock
from simulators.place import Place
from simulators.servers.sending import Sending

MOST_PEERS: Final = 64
"""Of whoever asked longest ago, late replies are dropped: a client that begins anew is another."""


class ModbusUdpServer(asyncio.DatagramProtocol):
    """Serves places by unit id; what they show is worked out when they are asked."""

    def __init__(self, places: Mapping[int, Place], clock: Clock) -> None:
        self._places, self._clock = places, clock
        self._transport: asyncio.DatagramTransport | None = None
        self._sending: dict[tuple[str, int], Sending] = {}

    async def start(self, host: str, port: int) -> int:
        """Begins to listen and returns the port; `port` 0 lets the machine choose.

        Raises:
            OSError: the address cannot be listened on.
        """
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=(host, port)
        )
        return int(self._transport.get_extra_info("sockname")[1])

    async def close(self) -> None:
        """Stops listening and drops late replies."""
        for each in self._sending.values():
            each.close()
        if self._transport is not None:
            self._transport.close()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answers a datagram; silence to what is no frame, and to units that are not there."""
        try:
            request = TCP.unframe(data, "modbus request")
        except WireError:
            return
        place = self._places.get(request.unit)
        if place is None or not request.pdu:
            return
        self._peer(addr).all([place.respond(request, self._clock.now_ns())])

    def _peer(self, addr: tuple[str, int]) -> Sending:
        peer = self._sending.pop(addr, None) or Sending(partial(self._send, addr))
        self._sending[addr] = peer
        if len(self._sending) > MOST_PEERS:
            self._sending.pop(next(iter(self._sending))).close()
        return peer

    def _send(self, addr: tuple[str, int], data: bytes) -> None:
        if self._transport is not None:
            self._transport.sendto(data, addr)
