"""The server on a real socket: slow, huge and malformed requests, and many of them."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from carbonmeter.ports import free_port
from edge_agent.config import PageSettings
from edge_agent.page.gate import Gate
from edge_agent.page.health import Health
from edge_agent.page.server import PageServer, Patience
from tests.unit.edge_agent.page.corpus import HOST, REFUSED
from tests.unit.edge_agent.page.healths import Shown, device_health, health

GET = b"GET / HTTP/1.1\r\n" + HOST + b"\r\n"
SHORT = Patience(head_s=0.15, answer_s=0.3, connections=4, again_s=0.02)


@asynccontextmanager
async def shown(
    source: Shown | None = None, patience: Patience = SHORT, port: int = 0
) -> AsyncIterator[int]:
    """A port on which the page is; whatever reaches the loop's own handler fails the test."""
    strays: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: strays.append(context))
    port = port or free_port()
    server = PageServer(PageSettings(port=port), source or Shown(), Gate(), patience)
    task = asyncio.create_task(server.serve())
    try:
        yield port
    finally:
        task.cancel()
        async with asyncio.timeout(2):
            with suppress(asyncio.CancelledError):
                await task
    await asyncio.sleep(0.005)
    assert strays == []


async def opened(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    async with asyncio.timeout(5):
        while True:
            with suppress(ConnectionRefusedError):
                return await asyncio.open_connection("127.0.0.1", port)
            await asyncio.sleep(0.01)


async def exchange(port: int, data: bytes, *, end: bool = False) -> bytes:
    """All that comes back for `data`, until the server ends."""
    reader, writer = await opened(port)
    writer.write(data)
    if end:
        writer.write_eof()
    async with asyncio.timeout(5):
        found = await reader.read(-1)
    writer.close()
    return found


async def seen_again(port: int) -> bool:
    """Whether the page is shown, once those who were let go are gone."""
    for _ in range(100):
        with suppress(ConnectionError):
            if (await exchange(port, GET)).startswith(b"HTTP/1.1 200 "):
                return True
        await asyncio.sleep(0.02)
    return False


def run(test: Callable[[int], Awaitable[None]], source: Shown | None = None) -> None:
    async def whole() -> None:
        async with shown(source) as port:
            await test(port)

    asyncio.run(whole())


def test_a_page_is_shown_and_the_connection_ends() -> None:
    async def test(port: int) -> None:
        found = await exchange(port, GET)
        head, _, body = found.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 OK\r\n")
        assert f"Content-Length: {len(body)}".encode() in head
        only = await exchange(port, GET.replace(b"GET", b"HEAD"))
        assert only == head + b"\r\n\r\n"

    run(test)


@pytest.mark.parametrize("name", REFUSED)
def test_what_must_be_refused_is_refused_on_the_wire(name: str) -> None:
    data, status = REFUSED[name]

    async def test(port: int) -> None:
        found = await exchange(port, data, end=True)
        # A head of other line ends never ends: it is what came until the sender ended.
        assert found.startswith(f"HTTP/1.1 {status} ".encode())
        assert (await exchange(port, GET)).startswith(b"HTTP/1.1 200 ")

    run(test)


def test_a_megabyte_without_end_is_cut_off_at_the_head() -> None:
    async def test(port: int) -> None:
        found = await exchange(port, b"GET / HTTP/1.1\r\nX: " + b"a" * 1_000_000, end=True)
        assert found.startswith(b"HTTP/1.1 431 ")

    run(test)


def test_a_body_that_nobody_wants_does_not_hide_the_answer() -> None:
    async def test(port: int) -> None:
        head = b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 300000\r\n\r\n"
        found = await exchange(port, head + b"b" * 300_000, end=True)
        assert found.startswith(b"HTTP/1.1 405 ")

    run(test)


def test_of_requests_sent_together_the_first_is_answered() -> None:
    async def test(port: int) -> None:
        found = await exchange(port, GET + GET, end=True)
        assert found.count(b"HTTP/1.1 ") == 1

    run(test)


def test_a_request_that_comes_drop_by_drop_is_given_up_in_time() -> None:
    async def test(port: int) -> None:
        loop = asyncio.get_running_loop()
        begin = loop.time()
        reader, writer = await opened(port)
        heard = asyncio.create_task(ended(reader))
        drops = iter(GET[:-2] * 100)
        while not heard.done():
            writer.write(bytes([next(drops)]))
            await asyncio.sleep(0.01)
        assert (await heard).startswith(b"HTTP/1.1 408 ")
        assert loop.time() - begin < 3
        writer.close()

    run(test)


def test_whoever_connects_and_says_nothing_is_let_go() -> None:
    async def test(port: int) -> None:
        assert (await exchange(port, b"")).startswith(b"HTTP/1.1 408 ")
        assert await exchange(port, b"", end=True) == b""
        assert (await exchange(port, b"GET", end=True)).startswith(b"HTTP/1.1 400 ")

    run(test)


def test_whoever_does_not_take_the_answer_is_cut_off() -> None:
    async def whole() -> None:
        source = Shown(health(*(device_health("d" * 60 + str(n)) for n in range(20_000))))
        async with shown(source) as port:
            (await opened(port))[1].close()
            with socket.socket() as deaf:
                deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                deaf.setblocking(False)  # noqa: FBT003 - the socket's own way
                loop = asyncio.get_running_loop()
                await loop.sock_connect(deaf, ("127.0.0.1", port))
                await loop.sock_sendall(deaf, b"GET /health.json HTTP/1.1\r\n" + HOST + b"\r\n")
                await asyncio.sleep(0.8)  # longer than the server waits
                found = b""
                while more := await loop.sock_recv(deaf, 1_048_576):
                    found += more
            head, _, body = found.partition(b"\r\n\r\n")
            assert len(body) < int(head.partition(b"Content-Length: ")[2].split()[0])
            assert (await exchange(port, GET)).startswith(b"HTTP/1.1 200 ")

    asyncio.run(whole())


def test_few_look_at_once_and_the_others_are_told_to_wait() -> None:
    async def test(port: int) -> None:
        idle = [await opened(port) for _ in range(SHORT.connections)]
        found = await exchange(port, GET)
        assert found.startswith(b"HTTP/1.1 503 ")
        assert b"Retry-After: 5\r\n" in found
        for reader, writer in idle:  # they are let go by themselves
            await reader.read(-1)
            writer.close()
        assert await seen_again(port)

    run(test)


def test_of_a_flood_of_connections_few_stay_open() -> None:
    async def test(port: int) -> None:
        (await opened(port))[1].close()
        many = [await opened(port) for _ in range(100)]
        async with asyncio.timeout(5):
            ends = await asyncio.gather(*(ended(reader) for reader, _ in many))
        assert sum(end == b"" for end in ends) >= 100 - 2 * SHORT.connections - 1
        for _, writer in many:
            writer.close()
        assert await seen_again(port)

    run(test)


async def ended(reader: asyncio.StreamReader) -> bytes:
    """What came until the connection ended, however it did."""
    try:
        return await reader.read(-1)
    except ConnectionError:
        return b""


@pytest.mark.parametrize("turns", range(6))
def test_whoever_comes_just_as_the_page_ends_is_not_left_waiting(turns: int) -> None:
    """A server that is closed between the two steps of letting somebody in forgets them."""

    async def whole() -> bytes:
        async with shown() as port:
            (await opened(port))[1].close()
            late = socket.create_connection(("127.0.0.1", port))
            for _ in range(turns):
                await asyncio.sleep(0)
        late.settimeout(0)
        with late, suppress(ConnectionResetError):
            async with asyncio.timeout(5):
                return await asyncio.get_running_loop().sock_recv(late, 1)
        return b""

    assert asyncio.run(whole()) in (b"", b"H")


def test_the_end_of_the_agent_waits_for_nobody_who_looks() -> None:
    async def whole() -> None:
        patient = Patience(head_s=60, answer_s=60)
        async with shown(patience=patient) as port:
            (await opened(port))[1].close()
            idle = [await opened(port) for _ in range(3)]
            begin = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - begin < 1
        for reader, writer in idle:
            assert await ended(reader) == b""
            writer.close()

    asyncio.run(whole())


class Broken(Shown):
    """A source with a mistake in it."""

    def health(self) -> Health:
        raise KeyError("a mistake")


def test_a_mistake_in_the_page_is_a_refusal_and_no_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def test(port: int) -> None:
        assert (await exchange(port, GET)).startswith(b"HTTP/1.1 500 ")
        assert (await exchange(port, GET.replace(b"/ ", b"/healthz "))).startswith(b"HTTP/1.1 200 ")

    run(test, Broken())
    assert "a mistake" in caplog.text


def test_a_port_that_is_taken_is_said_once_and_tried_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def whole() -> None:
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            async with shown(port=port):
                await asyncio.sleep(0.1)
                other.close()
                assert (await exchange(port, GET)).startswith(b"HTTP/1.1 200 ")

    asyncio.run(whole())
    assert caplog.text.count("E_PAGE_LISTEN") == 1
