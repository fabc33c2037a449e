"""A run of registers on a device that refuses some of them."""

import asyncio

import pytest

from device_profiles.plan import ReadRequest
from edge_agent.errors import AnswerTimeoutError, ModbusExceptionError
from edge_agent.field.reached import Reached
from edge_agent.field.readings import best_order
from edge_agent.field.registers import Registers, read_run
from edge_agent.field.target import Target
from evidence.clock import SystemClock
from tests.unit.edge_agent.modbus_server import (
    Behaviour,
    Served,
    answer_right,
    framed,
    serving,
    truth,
)


def holding(first: int, count: int) -> ReadRequest:
    return ReadRequest(function=3, address=first, count=count)


def read(
    behave: Behaviour, run: ReadRequest, timeout_s: float = 2.0
) -> tuple[Registers, list[tuple[int, int]]]:
    """What came of a run, and the reads that brought it: address and count."""

    async def meeting() -> tuple[Registers, list[tuple[int, int]]]:
        async with serving(behave) as server:
            target = Target(
                kind="modbus-tcp", host="127.0.0.1", port=server.port, timeout_s=timeout_s
            )
            reached = Reached(target, SystemClock())
            try:
                found = await read_run(reached.unit(1), run, 125, lambda _: None)
            finally:
                await reached.close()
            return found, [(served.address, served.count) for served in server.served]

    return asyncio.run(meeting())


def refusing(illegal: set[int], *, pairs: bool = False) -> Behaviour:
    """Refuses blocks with these addresses and, as `pairs`, those that cut a pair of registers."""

    async def behave(served: Served) -> None:
        wanted = range(served.address, served.address + served.count)
        cut = pairs and (served.address % 2 or served.count % 2)
        if cut or illegal & set(wanted):
            served.send(framed(served, bytes([served.function | 0x80, 2])))
        else:
            await answer_right(served)

    return behave


def test_a_device_that_refuses_nothing_is_asked_in_the_fewest_blocks() -> None:
    found, asked = read(answer_right, holding(10, 100))
    assert asked == [(10, 100)]
    assert found.words == {address: truth(1, address) for address in range(10, 110)}
    assert not found.refused


def test_blocks_are_halved_around_what_is_illegal() -> None:
    found, asked = read(refusing({5, 6, 39}), holding(0, 40))
    assert sorted(found.words) == [n for n in range(40) if n not in {5, 6, 39}]
    assert [(first, last) for first, last, _ in found.refusals()] == [(5, 6), (39, 39)]
    assert [first for first, _ in found.runs()] == [0, 7]
    assert len(asked) < 30


def test_values_of_two_registers_stay_whole_on_a_device_that_refuses_to_have_them_cut() -> None:
    found, _ = read(refusing({6, 7}, pairs=True), holding(0, 20))
    assert sorted(found.words) == [n for n in range(20) if n not in {6, 7}]


def test_a_function_that_is_not_known_ends_the_run_at_once() -> None:
    async def behave(served: Served) -> None:
        served.send(framed(served, bytes([served.function | 0x80, 1])))

    found, asked = read(behave, holding(0, 300))
    assert len(asked) == 1
    assert not found.words
    ((first, last, wrong),) = found.refusals()
    assert (first, last) == (0, 299)
    assert isinstance(wrong, ModbusExceptionError)


def test_silence_from_the_beginning_is_an_error_and_later_a_statement() -> None:
    async def silent(_: Served) -> None:
        pass

    async def half(served: Served) -> None:
        if served.address < 64:
            await answer_right(served)

    with pytest.raises(AnswerTimeoutError):
        read(silent, holding(0, 10), timeout_s=0.05)
    found, _ = read(half, holding(0, 200), timeout_s=0.05)
    assert set(found.words) == set(range(64))
    ((first, last, wrong),) = found.refusals()
    assert (first, last) == (64, 199)
    assert isinstance(wrong, AnswerTimeoutError)


@pytest.mark.parametrize("order", ["ABCD", "CDAB", "BADC", "DCBA"])
@pytest.mark.parametrize("first", [0, 7])
def test_the_word_order_of_known_values_is_found(order: str, first: int) -> None:
    import struct  # noqa: PLC0415 - the values are written by hand

    words: list[int] = []
    for value in (230.4, 49.98, 1234.5, 0.953, 17.25, 6.02):
        a, b, c, d = struct.pack(">f", value)
        bytes_ = {"ABCD": (a, b, c, d), "CDAB": (c, d, a, b), "BADC": (b, a, d, c)}
        e, f, g, h = bytes_.get(order, (d, c, b, a))
        words += [e << 8 | f, g << 8 | h]
    run = holding(first, len(words))
    found = Registers(run=run, words=dict(enumerate(words, first)), refused={})
    told = best_order(found)
    assert told["best"] == order


def test_registers_of_zeros_name_no_word_order() -> None:
    found = Registers(run=holding(0, 8), words=dict.fromkeys(range(8), 0), refused={})
    assert best_order(found)["best"] is None
