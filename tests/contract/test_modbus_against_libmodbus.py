"""Our driver against a foreign implementation: libmodbus, in C, in a process of its own."""

import asyncio
import subprocess
from collections.abc import Iterator

import pytest

from device_profiles.plan import ReadRequest
from edge_agent.blocks import ask_block
from edge_agent.driver import Reply
from edge_agent.drivers.modbus import ModbusConnection
from edge_agent.drivers.modbus_driver import ModbusDriver
from edge_agent.errors import AgentError, ModbusExceptionError
from edge_agent.line import Line, Station
from evidence.clock import SystemClock
from tests.conftest import Require
from tests.contract.libmodbus import compiled
from tests.words import bits, words

UNIT = 17


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, require: Require) -> Iterator[int]:
    """The port of a running server."""
    program = compiled("libmodbus_server", tmp_path_factory.mktemp("libmodbus"), require)
    with subprocess.Popen(
        [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline())
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(10) == 0


def words_of(port: int, request: ReadRequest) -> tuple[int, ...]:
    async def meeting() -> tuple[int, ...]:
        connection = ModbusConnection("127.0.0.1", port, clock=SystemClock())
        try:
            driver = ModbusDriver(connection, UNIT, timeout_s=5.0)
            content = (await driver.exchange(request)).content
            return words(content) if request.function > 2 else bits(content, request.count)
        finally:
            await connection.close()

    return asyncio.run(meeting())


@pytest.mark.parametrize(("address", "count"), [(0, 1), (3, 8), (7, 19), (1000, 2000)])
def test_coils_and_discrete_inputs_are_read(server: int, address: int, count: int) -> None:
    places = range(address, address + count)
    coils = ReadRequest(function=1, address=address, count=count)
    inputs = ReadRequest(function=2, address=address, count=count)
    assert words_of(server, coils) == tuple(int(place % 3 == 0) for place in places)
    assert words_of(server, inputs) == tuple(int(place % 5 == 0) for place in places)


@pytest.mark.parametrize(("address", "count"), [(100, 1), (101, 2), (275, 125), (399, 1)])
def test_holding_and_input_registers_are_read(server: int, address: int, count: int) -> None:
    places = range(address, address + count)
    holding = ReadRequest(function=3, address=address, count=count)
    inputs = ReadRequest(function=4, address=address, count=count)
    assert words_of(server, holding) == tuple(7 * place + 1 for place in places)
    assert words_of(server, inputs) == tuple(65_535 - place for place in places)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (1, "E_MODBUS_EXCEPTION"),
        (2, "E_MODBUS_ILLEGAL_BLOCK"),
        (3, "E_MODBUS_ILLEGAL_BLOCK"),
        (4, "E_MODBUS_EXCEPTION"),
        (5, "E_MODBUS_BUSY"),
        (6, "E_MODBUS_BUSY"),
        (8, "E_MODBUS_EXCEPTION"),
        (10, "E_MODBUS_GATEWAY"),
        (11, "E_MODBUS_GATEWAY"),
    ],
)
def test_its_exceptions_are_coded_errors(server: int, code: int, expected: str) -> None:
    with pytest.raises(AgentError) as caught:
        words_of(server, ReadRequest(function=3, address=400 + code, count=1))
    assert caught.value.code == expected
    assert f"exception {code:02X}" in str(caught.value)


@pytest.mark.parametrize(("address", "count"), [(0, 1), (99, 2), (399, 2), (5000, 10)])
def test_what_it_does_not_have_is_an_illegal_block(server: int, address: int, count: int) -> None:
    with pytest.raises(ModbusExceptionError) as caught:
        words_of(server, ReadRequest(function=4, address=address, count=count))
    assert caught.value.exception_code == 2


def test_a_device_that_cannot_say_who_it_is_says_so_and_stays_readable(server: int) -> None:
    async def meeting() -> None:
        connection = ModbusConnection("127.0.0.1", server, clock=SystemClock())
        driver = ModbusDriver(connection, UNIT, timeout_s=5.0)
        with pytest.raises(ModbusExceptionError) as caught:
            await driver.identify()
        assert caught.value.exception_code == 1
        reply = await driver.exchange(ReadRequest(function=3, address=100, count=1))
        assert words(reply.content) == (701,)
        await connection.close()

    asyncio.run(meeting())


def test_a_block_that_reaches_beyond_its_registers_is_read_as_far_as_they_go(server: int) -> None:
    wholes = [ReadRequest(function=3, address=place, count=2) for place in range(380, 430, 2)]
    block = ask_block(ReadRequest(function=3, address=380, count=50), wholes)

    async def meeting() -> dict[int, int]:
        clock = SystemClock()
        connection = ModbusConnection("127.0.0.1", server, clock=clock)
        driver = ModbusDriver(connection, UNIT, timeout_s=5.0)
        line = Line([Station(name="meter", driver=driver)], clock=clock)
        for _ in range(3):  # the search is bounded within a cycle
            outcomes = await line.cycle({"meter": (block,)})
        await line.close()
        return {
            outcome.request.address + n: word
            for outcome in outcomes
            if isinstance(outcome.answer, Reply) and isinstance(outcome.request, ReadRequest)
            for n, word in enumerate(words(outcome.answer.content))
        }

    assert asyncio.run(meeting()) == {place: 7 * place + 1 for place in range(380, 400)}
