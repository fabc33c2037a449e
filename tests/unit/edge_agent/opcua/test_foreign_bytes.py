"""Whatever sits at the port: coded errors in bounded time and memory, and nothing left behind."""

import asyncio
import struct
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device_profiles.opcua.request import NodesRequest
from edge_agent.drivers.opcua import OpcUaConnection, OpcUaDriver
from edge_agent.drivers.opcua_guard import MOST_CHUNK_BYTES, MOST_MESSAGE_BYTES, Bounds
from edge_agent.drivers.opcua_settings import NoSecurity, OpcUaEndpoint
from edge_agent.errors import AgentError
from evidence.clock import SystemClock

Server = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
ACKNOWLEDGE = b"ACKF" + struct.pack("<I5I", 28, 0, 65_535, 65_535, 0, 0)


async def silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def closing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


def saying(*answers: bytes) -> Server:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            if not await reader.read(65_536):
                return
            writer.write(answer)
        await reader.read()

    return talk


async def flooding(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Chunks without an end, each of them legal."""
    await reader.read(65_536)
    writer.write(ACKNOWLEDGE)
    chunk = b"MSGC" + struct.pack("<I", 60_000) + bytes(59_992)
    while True:
        writer.write(chunk)
        await writer.drain()


async def asked(server: Server) -> str:
    """The code of the error that a driver ends with."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await server(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    endpoint = OpcUaEndpoint(
        url=f"opc.tcp://127.0.0.1:{port}/", security=NoSecurity(), connect_timeout_s=0.5
    )
    connection = OpcUaConnection(endpoint, clock=SystemClock())
    try:
        await OpcUaDriver(connection, "meter").exchange(NodesRequest(nodes=("i=1",)))
    except AgentError as wrong:
        return wrong.code
    finally:
        await connection.close()
        listening.close()
        await listening.wait_closed()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.wait_for(asyncio.gather(*others, return_exceptions=True), 5)
    return "no error"


@pytest.mark.parametrize(
    "server",
    [
        silent,
        closing,
        saying(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
        saying(b"\x00" * 100),
        saying(b"ACKF\xff\xff\xff\xff"),
        saying(b"ACKF\x08\x00\x00\x00"),
        saying(b"ERRF" + struct.pack("<IIi", 16, 0x8001_0000, -1)),
        saying(ACKNOWLEDGE),
        saying(ACKNOWLEDGE, b"OPNF\x0c\x00\x00\x00\x00\x00\x00\x00"),
        saying(ACKNOWLEDGE, b"OPNF" + struct.pack("<I", 300) + bytes(292)),
        saying(ACKNOWLEDGE, b"MSGF" + struct.pack("<I", 40) + b"\xff" * 32),
        saying(ACKNOWLEDGE, b"ERRF" + struct.pack("<IIi", 16, 0x8054_0000, -1)),
        flooding,
    ],
)
def test_what_is_no_server_is_a_coded_error_in_bounded_time(server: Server) -> None:
    async def within() -> str:
        async with asyncio.timeout(10):
            return await asked(server)

    assert asyncio.run(within()).startswith("E_")


def chunk(kind: bytes, size: int) -> bytes:
    return b"MSG" + kind + struct.pack("<I", size) + bytes(max(0, min(size, 10**8) - 8))


@settings(max_examples=40)
@given(st.lists(st.integers(8, 40), max_size=6), st.data())
def test_sound_chunks_pass_however_they_are_cut(sizes: list[int], data: st.DataObject) -> None:
    stream, bounds = b"".join(chunk(b"F", size) for size in sizes), Bounds()
    while stream:
        step = data.draw(st.integers(1, len(stream)))
        assert bounds.admits(stream[:step])
        stream = stream[step:]


@pytest.mark.parametrize("size", [0, 7, MOST_CHUNK_BYTES + 1, 0xFFFF_FFFF])
def test_a_chunk_of_impossible_size_is_stopped_at_its_header(size: int) -> None:
    assert not Bounds().admits(b"MSGF" + struct.pack("<I", size))


def test_a_message_is_bounded_over_all_its_chunks_and_the_next_begins_anew() -> None:
    bounds, part = Bounds(), chunk(b"C", MOST_CHUNK_BYTES)
    times = MOST_MESSAGE_BYTES // MOST_CHUNK_BYTES
    assert all(bounds.admits(part) for _ in range(times - 1))
    assert bounds.admits(chunk(b"F", MOST_CHUNK_BYTES))
    assert all(bounds.admits(part) for _ in range(times))
    assert not bounds.admits(part)
