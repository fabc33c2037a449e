"""A serial port as a wire: pseudo terminals, which the kernel makes and no code of ours serves."""

import asyncio
import fcntl
import os
import termios
import tty
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from device_profiles.speed import Speed
from edge_agent.drivers import serial_wire
from edge_agent.drivers.serial_wire import SerialWire
from edge_agent.errors import ConnectionClosedError, NoSerialPortError

SPEED, SOON_S = Speed(bit_s=9600), 5.0


@contextmanager
def pair() -> Iterator[tuple[int, str]]:
    """The master's end, which does not block, and the path of the port."""
    ours, theirs = os.openpty()
    for file in (ours, theirs):
        tty.setraw(file)
    os.set_blocking(ours, False)
    path = os.ttyname(theirs)
    os.close(theirs)
    try:
        yield ours, path
    finally:
        with suppress(OSError):
            os.close(ours)


def run(test: Callable[[SerialWire, int], Awaitable[None]]) -> None:
    async def meeting() -> None:
        with pair() as (ours, path):
            wire = SerialWire(path)
            await wire.open(SPEED)
            async with asyncio.timeout(30):
                await test(wire, ours)
            await wire.close()

    asyncio.run(meeting())


def test_bytes_travel_both_ways() -> None:
    async def test(wire: SerialWire, ours: int) -> None:
        wire.send(b"\x11\x13\x00\xff\x03")
        assert os.read(ours, 100) == b"\x11\x13\x00\xff\x03"
        os.write(ours, b"\x13\x11\x0d\x0a\x04\xff")
        assert await wire.take(SOON_S) == b"\x13\x11\x0d\x0a\x04\xff"

    run(test)


def test_what_came_before_the_port_was_opened_is_nobodys_answer() -> None:
    async def meeting() -> None:
        with pair() as (ours, path):
            os.write(ours, b"old")
            wire = SerialWire(path)
            await wire.open(SPEED)
            os.write(ours, b"new")
            assert await wire.take(SOON_S) == b"new"
            await wire.close()

    asyncio.run(meeting())


def test_a_port_that_is_pulled_out_is_a_lost_line_and_can_be_opened_when_it_is_back(
    tmp_path: Path,
) -> None:
    async def meeting() -> None:
        port = tmp_path / "ttyUSB0"
        wire = SerialWire(str(port))
        with pair() as (ours, path):
            port.symlink_to(path)
            await wire.open(SPEED)
            asyncio.get_running_loop().call_later(0.02, os.close, ours)
            with pytest.raises(ConnectionClosedError):
                await wire.take(SOON_S)
            assert not wire.is_open
            with pytest.raises(ConnectionClosedError):
                wire.send(b"x")
        port.unlink()
        with pytest.raises(NoSerialPortError):
            await wire.open(SPEED)
        with pair() as (ours, path):
            port.symlink_to(path)
            await wire.open(SPEED)
            os.write(ours, b"back")
            assert await wire.take(SOON_S) == b"back"
            await wire.close()

    asyncio.run(meeting())


def test_a_port_that_another_program_has_open_is_refused() -> None:
    async def test(wire: SerialWire, _ours: int) -> None:
        second = SerialWire(wire.where)
        with pytest.raises(NoSerialPortError):
            await second.open(SPEED)
        assert not second.is_open

    run(test)


def test_a_port_that_takes_no_more_bytes_is_given_up_and_opened_empty() -> None:
    async def test(wire: SerialWire, ours: int) -> None:
        with pytest.raises(NoSerialPortError, match="takes no more bytes"):
            _fill(wire)
        assert not wire.is_open
        await wire.open(SPEED)
        wire.send(b"new")
        found = b""
        while not found.endswith(b"new"):
            found += await _there(ours)

    run(test)


async def _there(ours: int) -> bytes:
    await asyncio.sleep(0)
    try:
        return os.read(ours, 100_000)
    except BlockingIOError:
        return b""


def _fill(wire: SerialWire) -> None:
    for _ in range(100_000):
        wire.send(bytes(64))


@pytest.mark.parametrize("path", ["/dev/null", "/nowhere/ttyS9", "", "/", "a\0b"])
def test_what_is_no_port_is_a_coded_error(path: str) -> None:
    with pytest.raises(NoSerialPortError) as refused:
        asyncio.run(SerialWire(path).open(SPEED))
    assert refused.value.skips_line


def test_a_port_with_a_speed_gets_the_one_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serial_wire, "_is_pseudo", lambda _file: False)

    async def test(wire: SerialWire, _ours: int) -> None:
        for bit_s, constant in ((2400, termios.B2400), (38_400, termios.B38400)):
            wire.change(Speed(bit_s=bit_s))
            assert _settings(wire)[4:6] == [constant, constant]
        wire.change(Speed(bit_s=9600, stop_bits=2))
        assert _settings(wire)[2] & termios.CSTOPB

    run(test)


def _settings(wire: SerialWire) -> list[int]:
    file = os.open(wire.where, os.O_RDWR | os.O_NOCTTY)
    try:
        return termios.tcgetattr(file)
    finally:
        os.close(file)


def test_a_speed_that_the_port_refuses_is_a_coded_error_and_the_port_is_given_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def test(wire: SerialWire, _ours: int) -> None:
        monkeypatch.setattr(serial_wire, "_is_pseudo", lambda _file: False)
        monkeypatch.setattr(serial_wire, "_PARITY", {"none": "?"})
        with pytest.raises(NoSerialPortError):
            wire.change(SPEED)
        assert not wire.is_open
        monkeypatch.undo()
        await wire.open(SPEED)

    run(test)


def test_a_port_is_given_back_when_it_is_closed() -> None:
    async def test(wire: SerialWire, _ours: int) -> None:
        await wire.close()
        file = os.open(wire.where, os.O_RDWR | os.O_NOCTTY)
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(file)

    run(test)
