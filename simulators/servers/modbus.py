"""A Modbus TCP server over simulated places: one port, several unit ids.

The shell around `answer` and `disturb`, with the framing of `device_profiles.modbus.answer`: a
server library would not let a reply be late, short, under another transaction id, or meaningless.
"""

import asyncio
from collections.abc import Mapping

from device_profiles.modbus.answer import TCP, heard, reply
from device_profiles.modbus.pdu import Adu
from device_profiles.wire_errors import WireError
from evidence.clock import Clock
from simulators.place import Place
from simulators.servers.answer import GATEWAY_TARGET_FAILED, exception
from simulators.servers.disturb import Reply

MOST_CONNECTIONS = 64
READ_BYTES = 4096


class ModbusServer:
    """Serves places by unit id; what they show is worked out when they are asked."""

    def __init__(self, places: Mapping[int, Place], clock: Clock) -> None:
        self._places = places
        self._clock = clock
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._late: set[asyncio.Task[None]] = set()

    async def start(self, host: str, port: int) -> int:
        """Begins to listen and returns the port; `port` 0 lets the machine choose.

        Raises:
            OSError: the address cannot be listened on.
        """
        self._server = await asyncio.start_server(self._serve, host, port)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Stops listening, drops late replies and closes all connections."""
        if self._server is not None:
            self._server.close()
        pending = self._connections | self._late
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)
        try:
            if len(self._connections) <= MOST_CONNECTIONS:
                await self._converse(reader, writer)
        except (WireError, ConnectionError, asyncio.CancelledError):
            pass  # the peer broke the framing or left, or the server is closing
        finally:
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        rest = b""
        while received := await reader.read(READ_BYTES):
            requests, rest = heard(TCP, rest + received, "modbus request")
            for request in requests:
                answered = self._reply(request)
                if answered.closes:
                    return
                await self._send(answered, writer)

    def _reply(self, request: Adu) -> Reply:
        place = self._places.get(request.unit)
        if place is None:
            absent = exception(request.pdu[0], GATEWAY_TARGET_FAILED)
            return Reply(content=reply(TCP, request, absent))
        return place.respond(request, self._clock.now_ns())

    async def _send(self, reply: Reply, writer: asyncio.StreamWriter) -> None:
        if reply.delay_s > 0:
            task = asyncio.create_task(self._send_late(reply, writer))
            self._late.add(task)
            task.add_done_callback(self._late.discard)
        elif reply.content:
            writer.write(reply.content)
            await writer.drain()

    async def _send_late(self, reply: Reply, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(reply.delay_s)
        if reply.content and not writer.is_closing():
            writer.write(reply.content)
