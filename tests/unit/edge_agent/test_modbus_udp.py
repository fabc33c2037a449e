"""Modbus over datagrams, against a server that is not ours."""

import asyncio

import pytest
from pymodbus.server import ModbusUdpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from carbonmeter.ports import free_port
from device_profiles.plan import ReadRequest
from edge_agent.drivers.modbus import ModbusConnection
from edge_agent.drivers.modbus_driver import ModbusDriver
from edge_agent.errors import AnswerTimeoutError, IllegalBlockError
from evidence.clock import SystemClock
from tests.words import words

HOST, UNIT = "127.0.0.1", 5


def test_registers_are_read_over_udp_and_a_refusal_is_told() -> None:
    async def meeting() -> None:
        port = free_port()
        data = SimData(100, values=[7, 8, 9], datatype=DataType.REGISTERS)
        server = ModbusUdpServer(SimDevice(UNIT, simdata=[data]), address=(HOST, port))
        serving = asyncio.create_task(server.serve_forever())
        await asyncio.sleep(0)
        connection = ModbusConnection(HOST, port, clock=SystemClock(), udp=True)
        driver = ModbusDriver(connection, UNIT, timeout_s=5.0)
        for _ in range(3):
            reply = await driver.exchange(ReadRequest(function=3, address=100, count=3))
            assert words(reply.content) == (7, 8, 9)
        with pytest.raises(IllegalBlockError):
            await driver.exchange(ReadRequest(function=3, address=300, count=3))
        await driver.close()
        await server.shutdown()  # type: ignore[no-untyped-call]
        serving.cancel()

    asyncio.run(meeting())


def test_a_datagram_that_nobody_answers_is_a_time_out_and_the_next_one_is_asked_anew() -> None:
    async def meeting() -> None:
        loop = asyncio.get_running_loop()
        heard: list[bytes] = []

        class Deaf(asyncio.DatagramProtocol):
            def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
                del addr
                heard.append(data)

        transport, _ = await loop.create_datagram_endpoint(Deaf, local_addr=(HOST, 0))
        port = transport.get_extra_info("sockname")[1]
        connection = ModbusConnection(HOST, port, clock=SystemClock(), udp=True)
        driver = ModbusDriver(connection, UNIT, timeout_s=0.05)
        for _ in range(2):
            with pytest.raises(AnswerTimeoutError):
                await driver.exchange(ReadRequest(function=3, address=0, count=1))
        assert [data[:2] for data in heard] == [b"\x00\x01", b"\x00\x02"]
        await driver.close()
        transport.close()

    asyncio.run(meeting())
