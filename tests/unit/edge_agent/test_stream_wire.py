"""A serial server's socket as a wire: real connections on this machine."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from device_profiles.speed import Speed
from edge_agent.drivers.stream_wire import StreamWire
from edge_agent.drivers.wire import MOST_KEPT
from edge_agent.errors import ConnectionClosedError, NoConnectionError

HOST, SPEED, SOON_S = "127.0.0.1", Speed(), 5.0


class Server:
    """The other end; `peers` are its connections, in order."""

    def __init__(self) -> None:
        self.peers: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self._came = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.peers.append((reader, writer))
        self._came.set()

    async def peer(self, number: int = 0) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        while len(self.peers) <= number:
            await self._came.wait()
            self._came.clear()
        return self.peers[number]


@asynccontextmanager
async def connected() -> AsyncIterator[tuple[StreamWire, Server]]:
    server = Server()
    listening = await asyncio.start_server(server.serve, HOST, 0)
    wire = StreamWire(HOST, listening.sockets[0].getsockname()[1])
    await wire.open(SPEED)
    try:
        yield wire, server
    finally:
        await wire.close()
        for _, writer in server.peers:
            writer.transport.abort()
        listening.close()
        await asyncio.sleep(0.01)


def run(test: Callable[[StreamWire, Server], Awaitable[None]]) -> None:
    async def meeting() -> None:
        async with asyncio.timeout(30), connected() as (wire, server):
            await test(wire, server)

    asyncio.run(meeting())


def test_bytes_travel_both_ways_and_what_came_together_is_taken_together() -> None:
    async def test(wire: StreamWire, server: Server) -> None:
        reader, writer = await server.peer()
        wire.send(b"ask")
        assert await reader.readexactly(3) == b"ask"
        writer.write(b"one")
        assert await wire.take(SOON_S) == b"one"
        with pytest.raises(TimeoutError):
            await wire.take(0.01)

    run(test)


def test_what_is_forgotten_is_not_taken() -> None:
    async def test(wire: StreamWire, server: Server) -> None:
        _, writer = await server.peer()
        writer.write(b"old")
        await wire.quiet(0.05, at_most_s=SOON_S)
        writer.write(b"new")
        assert await wire.take(SOON_S) == b"new"

    run(test)


def test_of_more_than_is_kept_the_latest_bytes_are_kept() -> None:
    async def test(wire: StreamWire, server: Server) -> None:
        _, writer = await server.peer()
        writer.write(bytes(MOST_KEPT) + b"latest")
        await writer.drain()
        async with asyncio.timeout(SOON_S):
            while not wire._received.endswith(b"latest"):
                await asyncio.sleep(0)
        taken = await wire.take(SOON_S)
        assert len(taken) == MOST_KEPT
        assert taken.endswith(b"latest")

    run(test)


def test_whoever_waits_hears_that_the_other_end_left_and_the_wire_can_be_opened_again() -> None:
    async def test(wire: StreamWire, server: Server) -> None:
        _, writer = await server.peer()
        asyncio.get_running_loop().call_later(0.02, writer.transport.abort)
        with pytest.raises(ConnectionClosedError):
            await wire.take(SOON_S)
        assert not wire.is_open
        with pytest.raises(ConnectionClosedError):
            wire.send(b"ask")
        await wire.open(SPEED)
        _, writer = await server.peer(1)
        writer.write(b"again")
        assert await wire.take(SOON_S) == b"again"

    run(test)


def test_a_wire_that_was_lost_while_nobody_waited_says_so_at_once() -> None:
    async def test(wire: StreamWire, server: Server) -> None:
        _, writer = await server.peer()
        writer.write(b"half")
        writer.close()
        assert await wire.take(SOON_S) == b"half"
        began_s = asyncio.get_running_loop().time()
        with pytest.raises(ConnectionClosedError):
            await wire.take(SOON_S)
        assert asyncio.get_running_loop().time() - began_s < SOON_S / 2

    run(test)


def test_what_an_earlier_connection_still_says_does_not_reach_the_next_one() -> None:
    async def test(wire: StreamWire, server: Server) -> None:
        _, old = await server.peer()
        await wire.open(SPEED)
        old.write(b"late")
        _, new = await server.peer(1)
        new.write(b"own")
        assert await wire.take(SOON_S) == b"own"

    run(test)


def test_nobody_at_the_address_is_a_coded_error() -> None:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    for host in (HOST, "no such\u2028host", "x" * 300):
        with pytest.raises(NoConnectionError):
            asyncio.run(StreamWire(host, port, connect_s=5.0).open(SPEED))


def test_an_address_that_does_not_answer_is_given_up_in_time() -> None:
    with socket.socket() as full:
        full.bind((HOST, 0))
        full.listen(0)
        with socket.socket() as first, socket.socket() as second:
            for each in (first, second):  # the queue is full: nobody takes the third
                each.setblocking(False)  # noqa: FBT003 - the library's form
                each.connect_ex(full.getsockname())
            wire = StreamWire(HOST, full.getsockname()[1], connect_s=0.1)
            with pytest.raises(NoConnectionError):
                asyncio.run(wire.open(SPEED))
