"""Where lines of bytes are reached: serial servers, pseudo terminals, and replies in their time."""

import asyncio
import os
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from simulators.fault import AnyFault, LateReply, Reboot
from simulators.servers.bus import Bus
from simulators.servers.disturb import Reply
from simulators.servers.pseudo_terminal import PseudoTerminal
from simulators.servers.sending import Sending
from simulators.servers.serial_server import MOST_CONNECTIONS, SerialServer
from tests.unit.edge_agent.scripted_wire import in_virtual_time, now
from tests.unit.simulators.servers.lines import question, seat

HOST, SOON_S = "127.0.0.1", 10.0
ASKED = question("rtu")
RIGHT = b"".join(each.content for each in Bus([seat("rtu")]).hear(ASKED, 0))


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        async with asyncio.timeout(30):
            await test()

    asyncio.run(main())


@asynccontextmanager
async def served(*faults: AnyFault) -> AsyncIterator[int]:
    one = seat("rtu", *faults)
    server = SerialServer(lambda: Bus([one]), lambda: 0)
    try:
        yield await server.start(HOST, 0)
    finally:
        await server.close()
        await asyncio.sleep(0.01)


async def asked(port: int, pieces: tuple[bytes, ...] = (ASKED,)) -> bytes:
    """What a connection of its own hears to bytes; all until the end, or one answer."""
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        async with asyncio.timeout(SOON_S):
            return await reader.readexactly(len(RIGHT))
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""
    finally:
        writer.transport.abort()


def test_a_serial_server_carries_bare_bytes_in_whatever_pieces_they_come() -> None:
    async def test() -> None:
        async with served() as port:
            assert await asked(port) == RIGHT
            assert await asked(port, tuple(bytes([byte]) for byte in ASKED)) == RIGHT

    run(test)


def test_what_one_connection_began_to_say_is_not_finished_by_another() -> None:
    async def test() -> None:
        async with served() as port:
            reader, writer = await asyncio.open_connection(HOST, port)
            writer.write(ASKED[:3])
            assert await asked(port) == RIGHT
            writer.write(ASKED[3:])
            assert await reader.readexactly(len(RIGHT)) == RIGHT
            writer.transport.abort()

    run(test)


def test_a_reboot_ends_the_connection_and_the_next_one_is_answered() -> None:
    async def test() -> None:
        async with served(Reboot(first_poll=0, last_poll=0)) as port:
            assert await asked(port) == b""
            assert await asked(port) == RIGHT

    run(test)


def test_a_serial_server_takes_so_many_connections_and_no_more() -> None:
    async def test() -> None:
        async with served() as port:
            held = [await asyncio.open_connection(HOST, port) for _ in range(MOST_CONNECTIONS)]
            assert await asked(port) == b""
            held[0][1].transport.abort()
            while not (found := await asked(port)):
                await asyncio.sleep(0)
            assert found == RIGHT
            for _, writer in held:
                writer.transport.abort()

    run(test)


def test_a_server_that_is_closed_ends_its_connections_and_drops_what_is_late() -> None:
    async def test() -> None:
        async with served(LateReply(delay_s=0.05)) as port:
            reader, writer = await asyncio.open_connection(HOST, port)
            writer.write(ASKED)
            await asyncio.sleep(0.01)
        with pytest.raises((ConnectionError, EOFError)):
            await reader.readexactly(1)
        writer.transport.abort()

    run(test)


@asynccontextmanager
async def on_a_terminal(*faults: AnyFault) -> AsyncIterator[str]:
    terminal = PseudoTerminal(Bus([seat("rtu", *faults)]), lambda: 0)
    try:
        yield await terminal.start()
    finally:
        await terminal.close()


async def read(port: int, count: int) -> bytes:
    found = b""
    async with asyncio.timeout(SOON_S):
        while len(found) < count:
            try:
                found += os.read(port, count)
            except BlockingIOError:
                await asyncio.sleep(0)
    return found


def opened(path: str) -> int:
    return os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)


def test_a_pseudo_terminal_is_a_serial_port_on_which_masters_come_and_go() -> None:
    async def test() -> None:
        async with on_a_terminal() as path:
            assert stat.S_ISCHR(Path(path).stat().st_mode)  # noqa: ASYNC240 - of the kernel
            for _ in range(2):
                port = opened(path)
                for byte in ASKED:
                    os.write(port, bytes([byte]))
                assert await read(port, len(RIGHT)) == RIGHT
                os.close(port)
        assert not os.path.exists(path)  # noqa: ASYNC240, PTH110 - of the kernel

    run(test)


def test_a_terminal_that_nobody_reads_loses_bytes_and_goes_on() -> None:
    async def test() -> None:
        async with on_a_terminal() as path:
            port = opened(path)
            for _ in range(2000):
                os.write(port, ASKED)
                await asyncio.sleep(0)
            filled = b""
            while chunk := await _there(port):
                filled += chunk
            assert RIGHT in filled
            os.write(port, ASKED)
            assert await read(port, len(RIGHT)) == RIGHT
            os.close(port)

    run(test)


async def _there(port: int) -> bytes:
    await asyncio.sleep(0.005)
    try:
        return os.read(port, 65_536)
    except BlockingIOError:
        return b""


def test_a_terminal_that_is_taken_away_ends_the_line() -> None:
    async def test() -> None:
        async with on_a_terminal() as path:
            port = opened(path)
        with pytest.raises(OSError, match="Input/output"):
            os.write(port, ASKED)
        os.close(port)

    run(test)


def test_replies_are_sent_in_their_own_time_and_none_after_the_end() -> None:
    async def test() -> list[tuple[float, bytes]]:
        found: list[tuple[float, bytes]] = []
        sending = Sending(lambda data: found.append((now(), data)))
        late = [Reply(content=b"late", delay_s=2.0), Reply(content=b"later", delay_s=9.0)]
        sending.all([*late, Reply(content=b"now"), Reply(content=b"")])
        await asyncio.sleep(5.0)
        sending.close()
        await asyncio.sleep(60.0)
        return found

    assert in_virtual_time(test()) == [(0.0, b"now"), (2.0, b"late")]
