"""Simulated Modbus over datagrams."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from device_profiles.load import load_profile
from device_profiles.modbus.pdu import Adu
from device_profiles.modbus.tcp import frame
from evidence.clock import SteppedClock
from simulators.fault import AnyFault, Garbage, LateReply, Silence, WrongTransactionId
from simulators.serve import lone_line
from simulators.servers.modbus_udp import MOST_PEERS, ModbusUdpServer

HOST = "127.0.0.1"
ASKED = frame(Adu(transaction=9, unit=1, pdu=b"\x03\x5b\x00\x00\x02"))
SOON_S, SILENT_S = 5.0, 0.05


@asynccontextmanager
async def served(*faults: AnyFault) -> AsyncIterator[tuple[ModbusUdpServer, int]]:
    line = lone_line(load_profile("abb-b23").profile, 0, "modbus-udp")
    for _, place in line.standing:
        place.strike(faults)
    server = ModbusUdpServer(line.places, SteppedClock(0))
    try:
        yield server, await server.start(HOST, 0)
    finally:
        await server.close()
        await asyncio.sleep(0)


async def asked(port: int, data: bytes = ASKED, wait_s: float = SOON_S) -> bytes | None:
    """The datagram that comes back to a socket of its own; None for silence."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.setblocking(False)  # noqa: FBT003 - the library's form
        own.connect((HOST, port))
        own.send(data)
        try:
            async with asyncio.timeout(wait_s):
                return await asyncio.get_running_loop().sock_recv(own, 1000)
        except TimeoutError:
            return None


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        async with asyncio.timeout(30):
            await test()

    asyncio.run(main())


def test_a_datagram_is_answered_to_whoever_sent_it() -> None:
    async def test() -> None:
        async with served() as (_, port):
            answer = await asked(port)
            assert answer is not None
            assert (answer[:2], answer[6:9]) == (b"\0\x09", b"\x01\x03\x04")

    run(test)


@pytest.mark.parametrize(
    "data", [b"", b"\0", ASKED[:-1], ASKED + b"\0", frame(Adu(transaction=1, unit=2, pdu=b"\x03"))]
)
def test_what_is_no_frame_or_for_nobody_is_not_answered(data: bytes) -> None:
    async def test() -> None:
        async with served() as (_, port):
            assert await asked(port, data, SILENT_S) is None
            assert await asked(port) is not None

    run(test)


def test_faults_strike_datagrams() -> None:
    async def test() -> None:
        async with served(Silence(first_poll=0, last_poll=0), LateReply(delay_s=0.05)) as (_, port):
            assert await asked(port, wait_s=SILENT_S) is None
            began_s = asyncio.get_running_loop().time()
            assert await asked(port) is not None
            assert asyncio.get_running_loop().time() - began_s >= 0.045
        async with served(WrongTransactionId(transaction_id=3)) as (_, port):
            assert (await asked(port) or b"")[:2] == b"\0\x03"
        async with served(Garbage(length=11)) as (_, port):
            assert len(await asked(port) or b"") == 11

    run(test)


def test_however_many_ask_only_the_latest_are_remembered() -> None:
    async def test() -> None:
        async with served(LateReply(delay_s=60)) as (server, port):
            for _ in range(2 * MOST_PEERS):
                assert await asked(port, wait_s=0.001) is None
            assert len(server._sending) == MOST_PEERS

    run(test)
