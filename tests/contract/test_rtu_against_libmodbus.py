"""Modbus RTU on a pseudo terminal, with libmodbus in C on the other end: both ways."""

import asyncio
import struct
import subprocess
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from device_profiles.load import load_profile
from device_profiles.modbus import ask
from device_profiles.plan import ReadRequest
from device_profiles.speed import Speed
from edge_agent.blocks import Ask
from edge_agent.driver import Reply
from edge_agent.drivers.serial_wire import SerialWire
from edge_agent.drivers.talk import Manners, SharedWire, TalkDriver
from edge_agent.errors import AgentError, AnswerTimeoutError
from edge_agent.line import Line, LineRules, Station
from evidence.clock import SteppedClock, SystemClock
from simulators.serve import Line as Served
from simulators.serve import lone_line, opened_lines
from tests.conftest import Require
from tests.contract.libmodbus import compiled
from tests.words import words

UNIT, TIMEOUT_S = 17, 5.0
HOST = "127.0.0.1"
ResultT = TypeVar("ResultT")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory, require: Require) -> Path:
    return compiled("libmodbus_rtu", tmp_path_factory.mktemp("libmodbus"), require)


@pytest.fixture(scope="module")
def port(program: Path) -> Iterator[str]:
    """The path of a port on which libmodbus answers."""
    with subprocess.Popen(
        [program, "serve", str(UNIT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(10) == 0


def driver(shared: SharedWire, unit: int = UNIT, timeout_s: float = TIMEOUT_S) -> TalkDriver:
    def talk(request: Any) -> Any:  # noqa: ANN401 - a request of registers, a conversation
        return ask.read(ask.RTU, unit, request, "meter")

    manners = Manners(device="meter", ask=talk, speed=Speed(bit_s=19_200), timeout_s=timeout_s)
    return TalkDriver(shared, manners, clock=SystemClock())


def run(test: Coroutine[Any, Any, ResultT]) -> ResultT:
    return asyncio.run(test)


def read(port: str, *requests: ReadRequest) -> list[bytes | str]:
    """Contents, or codes of errors, of requests on one open port."""

    async def meeting() -> list[bytes | str]:
        one, found = driver(SharedWire(SerialWire(port))), list[bytes | str]()
        for each in requests:
            try:
                found.append((await one.exchange(each)).content)
            except AgentError as wrong:
                found.append(wrong.code)
        await one.close()
        return found

    return run(meeting())


@pytest.mark.parametrize(("address", "count"), [(100, 1), (101, 2), (275, 125), (399, 1)])
def test_its_registers_are_read(port: str, address: int, count: int) -> None:
    places = range(address, address + count)
    found = read(
        port,
        ReadRequest(function=3, address=address, count=count),
        ReadRequest(function=4, address=address, count=count),
    )
    assert [words(each) for each in found if isinstance(each, bytes)] == [
        tuple(7 * place + 1 for place in places),
        tuple(65_535 - place for place in places),
    ]


def test_its_coils_are_read(port: str) -> None:
    (found,) = read(port, ReadRequest(function=1, address=0, count=12))
    assert found == bytes([0b01001001, 0b0010])


def test_its_exceptions_are_coded_errors_and_the_next_read_is_right(port: str) -> None:
    codes = [ReadRequest(function=3, address=400 + code, count=1) for code in (1, 2, 4, 6, 11)]
    right = ReadRequest(function=3, address=100, count=1)
    assert read(port, *codes, right) == [
        "E_MODBUS_EXCEPTION",
        "E_MODBUS_ILLEGAL_BLOCK",
        "E_MODBUS_EXCEPTION",
        "E_MODBUS_BUSY",
        "E_MODBUS_GATEWAY",
        b"\x02\xbd",
    ]


def test_a_unit_that_is_not_there_is_a_time_out_and_the_other_is_read_all_the_same(
    port: str,
) -> None:
    """libmodbus waits for the absent unit's answer, and takes the next question for it."""
    request = ReadRequest(function=3, address=100, count=1)

    async def meeting() -> dict[str, Reply | AgentError]:
        shared, clock = SharedWire(SerialWire(port)), SystemClock()
        stations = [
            Station(name=str(unit), driver=driver(shared, unit, 0.3), silence_s=0.3)
            for unit in (UNIT + 1, UNIT)
        ]
        line = Line(stations, clock=clock, rules=LineRules(gap_s=0.002))
        asks = {each.name: (Ask(request=request),) for each in stations}
        for _ in range(2):
            outcomes = await line.cycle(asks)
        await line.close()
        return {each.device: each.answer for each in outcomes}

    found = run(meeting())
    assert isinstance(found[str(UNIT + 1)], AnswerTimeoutError)
    there = found[str(UNIT)]
    assert isinstance(there, Reply), there
    assert there.content == b"\x02\xbd"


def asked(program: Path, line: Served, *reads: tuple[int, int, int, int]) -> list[str]:
    """What libmodbus, as the master of a simulated line, reads of it."""

    async def meeting() -> list[str]:
        async with opened_lines([line], SteppedClock(0), HOST) as reached:
            process = await asyncio.create_subprocess_exec(
                program,
                "read",
                str(reached[line.id]),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
            text = "".join(" ".join(map(str, each)) + "\n" for each in reads)
            said, _ = await process.communicate(text.encode())
            assert process.returncode == 0
            return said.decode().splitlines()

    return run(meeting())


def test_it_reads_a_simulated_meter(program: Path) -> None:
    line = lone_line(load_profile("abb-b23").profile, 0, "pty")
    ((_, place),) = line.standing
    shown = place.indications(0)
    energy, voltage, refused, absent = asked(
        program, line, (1, 3, 0x5000, 4), (1, 3, 0x5B00, 2), (1, 3, 9, 2), (9, 3, 0x5000, 4)
    )
    raw = b"".join(int(word).to_bytes(2, "big") for word in energy.split())
    assert int.from_bytes(raw, "big") / 100 == pytest.approx(shown["active_energy_import"])
    high, low = map(int, voltage.split())
    assert (high << 16 | low) / 10 == pytest.approx(shown["voltage_l1"])
    assert refused == "error Illegal data address"
    assert "timed out" in absent


def test_it_reads_floats_of_a_simulated_meter(program: Path) -> None:
    profile = load_profile("eastron-sdm630").profile
    line = lone_line(profile, 0, "pty")
    ((_, place),) = line.standing
    (found,) = asked(program, line, (1, 4, 0, 6))
    raw = [int(word).to_bytes(2, "big") for word in found.split()]
    values = [struct.unpack(">f", raw[n] + raw[n + 1])[0] for n in (0, 2, 4)]
    shown = place.indications(0)
    assert values == pytest.approx([shown[f"voltage_l{n}"] for n in (1, 2, 3)], rel=1e-6)
