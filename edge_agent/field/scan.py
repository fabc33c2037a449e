"""Who is there: hosts and units on a network, units and meters on a line; reads only, in pace."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from device_profiles.conversation import Conversation
from device_profiles.modbus.identification import BASIC, text_of
from device_profiles.plan import ReadRequest
from device_profiles.speed import Speed
from edge_agent.driver import Reply
from edge_agent.drivers.modbus import ModbusConnection
from edge_agent.errors import (
    AgentError,
    ModbusBusyError,
    ModbusExceptionError,
    NoConnectionError,
    UnreachableError,
)
from edge_agent.field.look import Progress
from edge_agent.field.pace import Pace
from edge_agent.field.reached import Reached, Unit
from edge_agent.field.target import Target
from edge_agent.field.words import speed_text
from evidence.clock import Clock

FIRST_REGISTER: Final = ReadRequest(function=3, address=0, count=1)
"""What everybody is asked: who refuses it is there as well."""
AT_ONCE: Final = 64
"""Connections at a time."""
OTHER_PORTS: Final = {4840: "opcua"}
"""Ports at which no Modbus is spoken, and what usually is."""


class Found(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody who is there.

    Attributes:
        place: Host and port, or path.
        protocol: What is spoken there; empty where only the port is open.
        address: Unit id or meter number; empty where nobody in particular answered.
        speed: Of the line, such as 9600-8N1; empty on a network.
        says: What it told of itself, or the error by which it showed itself.
    """

    place: str
    protocol: str = ""
    address: str = ""
    speed: str = ""
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """How a scan goes about.

    Attributes:
        pace: Of all questions.
        clock: Stamps.
        timeout_s: Longest wait for a connection or an answer.
        report: Takes who was found, at once.
        progress: Is told what is being done.
    """

    pace: Pace
    clock: Clock
    timeout_s: float
    report: Callable[[Found], None]
    progress: Progress


async def scan_network(
    hosts: Sequence[str], ports: Sequence[int], units: Sequence[int], search: Search
) -> None:
    """Reports every open port, and every Modbus unit behind one."""
    free = asyncio.Semaphore(AT_ONCE)
    async with asyncio.TaskGroup() as group:
        for host in hosts:
            for port in ports:
                await free.acquire()
                await search.pace.turn()
                search.progress(f"{host}:{port}")
                task = group.create_task(_host(host, port, units, search))
                task.add_done_callback(lambda _: free.release())


async def _host(host: str, port: int, units: Sequence[int], search: Search) -> None:
    connection = ModbusConnection(
        host, port, clock=search.clock, connect_timeout_s=search.timeout_s
    )
    try:
        await connection.open()
        search.report(Found(place=f"{host}:{port}", protocol=OTHER_PORTS.get(port, "")))
        if port not in OTHER_PORTS:
            await _units_of(connection, host, port, units, search)
    except NoConnectionError:
        pass
    finally:
        await connection.close()


async def _units_of(
    connection: ModbusConnection, host: str, port: int, units: Sequence[int], search: Search
) -> None:
    target = Target(kind="modbus-tcp", host=host, port=port, timeout_s=search.timeout_s)
    reached = Reached(target, search.clock, connection=connection)
    for number in units:
        search.progress(f"{target.place} unit {number}")
        await search.pace.turn()
        says = await _presence(reached.unit(number), search)
        if says is not None:
            found = Found(place=target.place, protocol="modbus", address=str(number), says=says)
            search.report(found)


async def _presence(unit: Unit, search: Search) -> str | None:
    """What a unit says of itself; None where there is none."""
    try:
        await unit.read(FIRST_REGISTER)
        says = "answers"
    except (ModbusExceptionError, ModbusBusyError) as refusal:
        says = f"exception {refusal.facts['exception_code']:02X}"
    except NoConnectionError:
        raise
    except AgentError as wrong:
        return None if isinstance(wrong, UnreachableError) else wrong.code
    await search.pace.turn()
    try:
        objects = await unit.objects(BASIC)
    except AgentError:
        return says
    return " ".join(text_of(content) for _, content in objects) or says


async def scan_line(
    target: Target,
    speeds: Sequence[Speed],
    units: Sequence[int],
    protocols: Iterable[str],
    search: Search,
) -> None:
    """Reports every Modbus unit and the one meter that answers a wildcard, at each speed.

    Raises:
        NoSerialPortError, NoConnectionError: The line cannot be opened.
    """
    reached = Reached(target, search.clock)
    chosen = frozenset(protocols)
    try:
        for speed in speeds:
            for name, wildcard in _wildcards(chosen):
                await _meter(reached, speed, name, wildcard, search)
            if "modbus" in chosen:
                await _units_on(reached, speed, units, search)
    finally:
        await reached.close()


@dataclass(frozen=True, slots=True)
class _Wildcard:
    """A question that any meter of a protocol answers, and its address in the answer."""

    talk: Callable[[], Conversation]
    address: Callable[[Reply], str]


def _wildcards(chosen: frozenset[str]) -> Iterator[tuple[str, _Wildcard]]:
    if "dlt645" in chosen:
        from device_profiles.dlt645.ask import address_in, read_address  # noqa: PLC0415

        yield "dlt645", _Wildcard(read_address, lambda reply: address_in(reply.content))
    if "cjt188" in chosen:
        from device_profiles.cjt188.ask import read_data  # noqa: PLC0415
        from device_profiles.cjt188.frame import ANY, ANY_TYPE, decode  # noqa: PLC0415

        yield (
            "cjt188",
            _Wildcard(lambda: read_data(ANY_TYPE, ANY), lambda reply: decode(reply.raw).address),
        )


async def _meter(
    reached: Reached, speed: Speed, protocol: str, wildcard: _Wildcard, search: Search
) -> None:
    text = _speed(reached, speed)
    search.progress(f"{protocol} {text}")
    await search.pace.turn()
    place = reached.target.place
    try:
        reply = await reached.talker("any meter", protocol, speed).hold(wildcard.talk())
    except AgentError as wrong:
        if wrong.skips_line:
            raise
        if not isinstance(wrong, UnreachableError):
            search.report(Found(place=place, protocol=protocol, speed=text, says=wrong.code))
        return
    address = wildcard.address(reply)
    search.report(Found(place=place, protocol=protocol, address=address, speed=text))


async def _units_on(reached: Reached, speed: Speed, units: Sequence[int], search: Search) -> None:
    place, text = reached.target.place, _speed(reached, speed)
    for number in units:
        search.progress(f"unit {number} {text}")
        await search.pace.turn()
        says = await _presence(reached.unit(number, speed), search)
        if says is not None:
            found = Found(
                place=place, protocol="modbus", address=str(number), speed=text, says=says
            )
            search.report(found)


def _speed(reached: Reached, speed: Speed) -> str:
    return speed_text(speed) if reached.target.kind == "serial" else ""
