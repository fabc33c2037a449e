"""Every misbehaviour becomes its coded error, and the next request gets its own value."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusIOException

from calibration.indication import MissReason
from device_profiles.plan import ReadRequest
from edge_agent.driver import Driver, Identification, Reply
from edge_agent.drivers.modbus import ModbusConnection
from edge_agent.drivers.modbus_driver import ModbusDriver
from edge_agent.errors import AgentError, NoConnectionError
from evidence.clock import SystemClock
from tests.unit.edge_agent import modbus_faults as faults
from tests.unit.edge_agent.modbus_server import (
    Behaviour,
    Served,
    Server,
    answer_right,
    bit,
    framed,
    right,
    serving,
    truth,
)
from tests.words import bits, words

TIMEOUT_S = 0.03
PATIENT_S = 5.0
UNIT = 3


def holding(address: int, count: int = 2) -> ReadRequest:
    return ReadRequest(function=3, address=address, count=count)


def run(test: Coroutine[Any, Any, None]) -> None:
    asyncio.run(test)


def driver_of(server: Server) -> ModbusDriver:
    return ModbusDriver(connection_to(server), UNIT, timeout_s=PATIENT_S)


def connection_to(server: Server) -> ModbusConnection:
    return ModbusConnection(
        "127.0.0.1", server.port, clock=SystemClock(), connect_timeout_s=PATIENT_S
    )


def own(address: int, count: int = 2, unit: int = UNIT) -> tuple[int, ...]:
    return tuple(truth(unit, place) for place in range(address, address + count))


async def failure(driver: Driver[ReadRequest], request: ReadRequest) -> AgentError:
    try:
        reply = await driver.exchange(request)
    except AgentError as error:
        return error
    pytest.fail(f"a value came of it: {reply}")


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (faults.silence, "E_TIMEOUT"),
        (faults.late, "E_TIMEOUT"),
        (faults.late_on_newest, "E_TIMEOUT"),
        (faults.late_without_transaction, "E_TIMEOUT"),
        (faults.trickle, "E_TIMEOUT"),
        (faults.flood, "E_FRAME_PROTOCOL"),
        (faults.transaction_zero, "E_FRAME_TRANSACTION"),
        (faults.transaction_foreign, "E_FRAME_TRANSACTION"),
        (faults.unit_foreign, "E_FRAME_UNIT"),
        (faults.protocol_foreign, "E_FRAME_PROTOCOL"),
        (faults.garbage, "E_FRAME_PROTOCOL"),
        (faults.function_foreign, "E_FRAME_FUNCTION"),
        (faults.function_unknown, "E_FRAME_FUNCTION"),
        (faults.too_few, "E_FRAME_SHORT"),
        (faults.too_many, "E_FRAME_BYTE_COUNT"),
        (faults.byte_count_lies, "E_FRAME_BYTE_COUNT"),
        (faults.length_lies, "E_FRAME_LENGTH"),
        (faults.length_huge, "E_FRAME_LENGTH"),
        (faults.exception_with_wrong_length, "E_FRAME_LENGTH"),
        (faults.closed, "E_CONNECTION_CLOSED"),
        (faults.reset, "E_CONNECTION_CLOSED"),
        (faults.half_then_closed, "E_CONNECTION_CLOSED"),
        (faults.refusing(1), "E_MODBUS_EXCEPTION"),
        (faults.refusing(2), "E_MODBUS_ILLEGAL_BLOCK"),
        (faults.refusing(3), "E_MODBUS_ILLEGAL_BLOCK"),
        (faults.refusing(4), "E_MODBUS_EXCEPTION"),
        (faults.refusing(5), "E_MODBUS_BUSY"),
        (faults.refusing(6), "E_MODBUS_BUSY"),
        (faults.refusing(10), "E_MODBUS_GATEWAY"),
        (faults.refusing(11), "E_MODBUS_GATEWAY"),
        (faults.exception_padded, "E_MODBUS_ILLEGAL_BLOCK"),
    ],
)
def test_each_misbehaviour_is_its_coded_error_and_the_next_request_gets_its_own_value(
    fault: Behaviour, code: str
) -> None:
    async def meeting() -> None:
        async with serving(fault) as server:
            connection = connection_to(server)
            timeout_s = TIMEOUT_S if code == "E_TIMEOUT" else PATIENT_S
            error = await failure(ModbusDriver(connection, UNIT, timeout_s=timeout_s), holding(0))
            assert error.code == code
            assert error.miss_reason in set(MissReason)
            server.behave = answer_right
            next_driver = ModbusDriver(connection, UNIT, timeout_s=PATIENT_S)
            assert words((await next_driver.exchange(holding(1000))).content) == own(1000)
            await connection.close()

    run(meeting())


async def answer_the_first_and_then_this(served: Served) -> None:
    """The late answer goes out where it was asked, just before the right one."""
    first = served.server.served[0]
    first.send(right(first))
    await answer_right(served)


async def answer_the_first_here(served: Served) -> None:
    """As a stack with one global socket does: the late answer goes to whoever is connected."""
    served.send(right(served.server.served[0]))


def test_a_late_reply_never_becomes_another_registers_value() -> None:
    async def meeting() -> None:
        async with serving(faults.silence) as server:
            connection = connection_to(server)
            driver = ModbusDriver(connection, UNIT, timeout_s=PATIENT_S)
            await failure(ModbusDriver(connection, UNIT, timeout_s=TIMEOUT_S), holding(0))
            server.behave = answer_the_first_and_then_this
            for address in (1000, 2000):
                assert words((await driver.exchange(holding(address))).content) == own(address)
            await connection.close()

    run(meeting())


def test_a_late_reply_on_a_newer_connection_is_refused_by_its_transaction_id() -> None:
    async def meeting() -> None:
        async with serving(faults.silence) as server:
            connection = connection_to(server)
            driver = ModbusDriver(connection, UNIT, timeout_s=PATIENT_S)
            await failure(ModbusDriver(connection, UNIT, timeout_s=TIMEOUT_S), holding(0))
            server.behave = answer_the_first_here
            assert (await failure(driver, holding(1000))).code == "E_FRAME_TRANSACTION"
            server.behave = answer_right
            assert words((await driver.exchange(holding(2000))).content) == own(2000)
            assert server.connections == 3
            await connection.close()

    run(meeting())


@pytest.mark.parametrize("odd", faults.VALUES)
def test_an_odd_but_right_answer_is_a_value_and_so_is_the_next(odd: Behaviour) -> None:
    async def meeting() -> None:
        async with serving(odd) as server:
            driver = driver_of(server)
            for address in (0, 1000, 0, 2000):
                assert words((await driver.exchange(holding(address))).content) == own(address)
                for _ in range(5):  # what comes twice has come, however slow the machine is
                    await asyncio.sleep(0.004)
            await driver.close()

    run(meeting())


@pytest.mark.parametrize("surplus", [faults.twice_at_once, faults.exception_padded])
def test_surplus_bytes_cost_a_connection_its_trust(surplus: Behaviour) -> None:
    async def meeting() -> None:
        async with serving(surplus) as server:
            driver = driver_of(server)
            for connections in (1, 2, 3):
                await settled(driver, holding(0))
                assert server.connections == connections
            await driver.close()

    run(meeting())


def test_an_exception_costs_no_connection() -> None:
    async def meeting() -> None:
        async with serving(faults.refusing(2)) as server:
            driver = driver_of(server)
            await failure(driver, holding(0))
            await failure(driver, holding(1))
            assert server.connections == 1
            await driver.close()

    run(meeting())


def test_after_a_time_out_no_connection_is_left_for_the_late_answer() -> None:
    async def meeting() -> None:
        async with serving(faults.silence) as server:
            connection = connection_to(server)
            await failure(ModbusDriver(connection, UNIT, timeout_s=TIMEOUT_S), holding(0))
            await asyncio.wait_for(server.ended.wait(), PATIENT_S)
            await connection.close()

    run(meeting())


def test_registers_and_bits_of_all_four_reading_functions_arrive() -> None:
    async def meeting() -> None:
        async with serving() as server:
            driver = driver_of(server)
            expected = tuple(bit(UNIT, place) for place in range(7, 26))
            for coils in (
                ReadRequest(function=1, address=7, count=19),
                ReadRequest(function=2, address=7, count=19),
            ):
                assert bits((await driver.exchange(coils)).content, 19) == expected
            for registers in (
                ReadRequest(function=3, address=8, count=125),
                ReadRequest(function=4, address=8, count=125),
            ):
                assert words((await driver.exchange(registers)).content) == own(8, 125)
            assert server.connections == 1
            await driver.close()

    run(meeting())


def test_a_reply_carries_its_bytes_and_the_instants_on_the_wire() -> None:
    async def meeting() -> None:
        clock = SystemClock()
        async with serving() as server:
            driver = driver_of(server)
            before_ns = clock.now_ns()
            reply = await driver.exchange(holding(5))
            assert before_ns <= reply.requested_at_ns <= reply.answered_at_ns <= clock.now_ns()
            assert reply.raw[7:] == bytes([3, 4]) + b"".join(
                word.to_bytes(2, "big") for word in own(5)
            )
            await driver.close()

    run(meeting())


def test_where_nobody_listens_is_a_connection_error_and_a_later_server_is_found() -> None:
    async def meeting() -> None:
        async with serving() as server:
            port = server.port
        driver = ModbusDriver(
            ModbusConnection("127.0.0.1", port, clock=SystemClock(), connect_timeout_s=0.2), UNIT
        )
        error = await failure(driver, holding(0))
        assert isinstance(error, NoConnectionError)
        with pytest.raises(NoConnectionError):
            await driver.open()
        listener = await asyncio.start_server(Server(answer_right).handle, "127.0.0.1", port)
        async with listener:
            assert words((await driver.exchange(holding(0))).content) == own(0)
            await driver.close()

    run(meeting())


@pytest.mark.parametrize("host", ["a..b", "x" * 70 + ".invalid", "256.1.1.1"])
def test_a_host_that_cannot_be_is_a_connection_error(host: str) -> None:
    async def meeting() -> None:
        connection = ModbusConnection(host, 502, clock=SystemClock(), connect_timeout_s=0.2)
        with pytest.raises(NoConnectionError):
            await connection.open()

    run(meeting())


@pytest.mark.parametrize(
    ("address", "count"), [(0, 0), (0, 126), (65_535, 2), (-1, 2), (70_000, 1)]
)
def test_a_request_beyond_the_protocols_limits_is_never_sent(address: int, count: int) -> None:
    async def meeting() -> None:
        async with serving() as server:
            driver = driver_of(server)
            error = await failure(driver, holding(address, count))
            assert error.code == "E_REQUEST"
            assert server.served == []
            await driver.close()

    run(meeting())


def test_a_cancelled_exchange_leaves_nothing_for_the_next() -> None:
    async def meeting() -> None:
        async with serving(faults.late) as server:
            driver = driver_of(server)
            task = asyncio.create_task(driver.exchange(holding(0)))
            await asyncio.sleep(0.02)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            server.behave = answer_right
            assert words((await driver.exchange(holding(1000))).content) == own(1000)
            assert server.connections == 2
            await driver.close()

    run(meeting())


def test_an_outer_time_out_is_a_time_out_and_leaves_nothing_for_the_next() -> None:
    async def meeting() -> None:
        async with serving(faults.late) as server:
            driver = driver_of(server)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.02):
                    await driver.exchange(holding(0))
            server.behave = answer_right
            assert words((await driver.exchange(holding(1000))).content) == own(1000)
            await driver.close()

    run(meeting())


def test_units_on_one_connection_asked_at_once_get_each_their_own_values() -> None:
    async def meeting() -> None:
        async with serving() as server:
            connection = connection_to(server)
            drivers = {unit: ModbusDriver(connection, unit) for unit in range(1, 8)}
            replies = await asyncio.gather(
                *(driver.exchange(holding(unit * 11)) for unit, driver in drivers.items())
            )
            for unit, reply in zip(drivers, replies, strict=True):
                assert words(reply.content) == own(unit * 11, unit=unit)
            assert server.connections == 1
            await connection.close()

    run(meeting())


IDENTITY = b"\x2b\x0e\x01\x01\x00\x00\x03" + b"\x00\x04ACME" + b"\x01\x05EM-24" + b"\x02\x031.2"


def test_a_device_says_who_it_is() -> None:
    async def introduce(served: Served) -> None:
        served.send(framed(served, IDENTITY))

    async def meeting() -> None:
        async with serving(introduce) as server:
            driver = driver_of(server)
            known = Identification(maker="ACME", model="EM-24", revision="1.2")
            assert await driver.identify() == known
            await driver.close()

    run(meeting())


def test_a_device_is_asked_on_while_more_follows() -> None:
    parts = {
        0: b"\x2b\x0e\x01\x01\xff\x01\x01" + b"\x00\x04ACME",
        1: b"\x2b\x0e\x01\x01\x00\x00\x02" + b"\x01\x05EM-24" + b"\x02\x031.2",
    }

    async def introduce(served: Served) -> None:
        served.send(framed(served, parts[served.frame[10]]))

    async def meeting() -> None:
        async with serving(introduce) as server:
            driver = driver_of(server)
            known = Identification(maker="ACME", model="EM-24", revision="1.2")
            assert await driver.identify() == known
            await driver.close()

    run(meeting())


@pytest.mark.parametrize(
    "pdu", [IDENTITY[:-1], IDENTITY + b"\0", b"\x2b\x0d" + IDENTITY[2:], IDENTITY[:4], b"\xab\x01"]
)
def test_a_device_that_misstates_who_it_is_is_refused(pdu: bytes) -> None:
    async def introduce(served: Served) -> None:
        served.send(framed(served, pdu))

    async def meeting() -> None:
        async with serving(introduce) as server:
            driver = driver_of(server)
            with pytest.raises(
                AgentError, match=r"E_FRAME(_LENGTH)? |E_ANSWER |E_MODBUS_EXCEPTION"
            ):
                await driver.identify()
            server.behave = answer_right
            assert words((await driver.exchange(holding(9))).content) == own(9)
            await driver.close()

    run(meeting())


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from((*faults.FAULTS, *faults.VALUES, answer_right, answer_right)),
            st.integers(1, 7),
            st.integers(0, 4000),
            st.integers(2, 5),
        ),
        min_size=2,
        max_size=6,
    )
)
def test_no_sequence_of_faults_yields_a_value_of_another_address(
    steps: list[tuple[Behaviour, int, int, int]],
) -> None:
    async def meeting() -> None:
        async with serving() as server:
            connection = connection_to(server)
            for behave, unit, address, count in steps:
                server.behave = behave
                driver = ModbusDriver(connection, unit, timeout_s=0.01)
                outcome = await settled(driver, holding(address, count))
                if isinstance(outcome, Reply):
                    assert words(outcome.content) == own(address, count, unit)
            server.behave = answer_right
            last = await settled(ModbusDriver(connection, UNIT, timeout_s=PATIENT_S), holding(77))
            if isinstance(last, AgentError):  # the last fault's late answer met it: asked once more
                assert last.code == "E_FRAME_TRANSACTION"
                last = await ModbusDriver(connection, UNIT, timeout_s=PATIENT_S).exchange(
                    holding(77)
                )
            assert words(last.content) == own(77)
            await connection.close()

    run(meeting())


async def settled(driver: ModbusDriver, request: ReadRequest) -> Reply | AgentError:
    try:
        return await driver.exchange(request)
    except AgentError as error:
        return error


async def answer_the_first_without_transaction(served: Served) -> None:
    served.send(b"\0\0" + right(served.server.served[0])[2:])


def test_the_guard_refuses_the_late_answer_that_bare_pymodbus_takes() -> None:
    async def meeting() -> None:
        async with serving(faults.silence) as server:
            connection = connection_to(server)
            await failure(ModbusDriver(connection, UNIT, timeout_s=TIMEOUT_S), holding(0))
            server.behave = answer_the_first_without_transaction
            driver = ModbusDriver(connection, UNIT, timeout_s=PATIENT_S)
            assert (await failure(driver, holding(1000))).code == "E_FRAME_TRANSACTION"
            await connection.close()

    run(meeting())


def test_bare_pymodbus_takes_a_late_answer_for_another_registers() -> None:
    """Negative control: without the guard the faults above do become values."""

    async def meeting() -> None:
        async with serving(faults.silence) as server:
            client = AsyncModbusTcpClient("127.0.0.1", port=server.port, timeout=1, retries=0)
            await client.connect()
            client.ctx.comm_params.timeout_connect = TIMEOUT_S
            with pytest.raises(ModbusIOException, match="No response"):
                await client.read_holding_registers(0, count=2, device_id=UNIT)
            client.ctx.comm_params.timeout_connect = PATIENT_S
            server.behave = answer_the_first_without_transaction
            bare = await client.read_holding_registers(1000, count=2, device_id=UNIT)
            assert not bare.isError()
            assert tuple(bare.registers) == own(0)
            client.close()
            await asyncio.sleep(0)

    run(meeting())


def test_bare_pymodbus_takes_a_short_answer_for_a_whole_one() -> None:
    async def meeting() -> None:
        async with serving(faults.too_few) as server:
            client = AsyncModbusTcpClient("127.0.0.1", port=server.port, timeout=1, retries=0)
            await client.connect()
            bare = await client.read_holding_registers(0, count=2, device_id=UNIT)
            assert not bare.isError()
            assert len(bare.registers) == 1
            client.close()
            await asyncio.sleep(0)

    run(meeting())
