"""Lines where masters find them: on ports and as pseudo terminals, until they are told to stop."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from device_profiles.healthy import SIMULATED_SERIAL
from device_profiles.hj212.dialect import LONE_MN
from device_profiles.hj212.profile import Hj212Profile, hj212_of
from device_profiles.model import DeviceProfile
from device_profiles.register_model import ModbusProfile
from device_profiles.spoken import spoken_of
from evidence.clock import Clock
from evidence.errors import Words
from simulators.constants import constants
from simulators.errors import ScenarioServeError
from simulators.place import Place, Site
from simulators.plant import Plant
from simulators.seat import BYTES, REPORTS
from simulators.servers.bus import Bus
from simulators.servers.hj212 import Reporting
from simulators.servers.hj212_logger import LoggerSeat
from simulators.servers.modbus import ModbusServer
from simulators.servers.modbus_udp import ModbusUdpServer
from simulators.servers.opcua_places import nodes_of
from simulators.servers.pseudo_terminal import PseudoTerminal
from simulators.servers.serial_server import SerialServer
from simulators.servers.spoken_station import SpokenStation

LONE_INTERVAL_S: Final = 30.0
"""Between real-time data of a data logger that has no scenario."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line with its places.

    Attributes:
        id: in the scenario.
        kind: how it is reached, as `scenario.LineForm` says.
        host: of the centre, where data loggers do not connect to the simulation's own host.
        port: 0 lets the machine choose; a pseudo terminal has none. Of loggers: their centre's.
        places: by unit id, of lines that frame by themselves.
        seats: of lines of bytes.
        loggers: of lines that report.
    """

    id: str
    kind: str = "modbus-tcp"
    host: str = ""
    port: int = 0
    places: Mapping[int, Place] = field(default_factory=dict)
    seats: Sequence[SpokenStation] = ()
    loggers: Sequence[LoggerSeat] = ()

    @property
    def standing(self) -> Iterator[tuple[str, Place]]:
        """The address and the place of each device."""
        yield from ((str(unit), place) for unit, place in sorted(self.places.items()))
        yield from ((seat.address, seat.place) for seat in self.seats)
        yield from ((logger.mn, logger.place) for logger in self.loggers)


def lines_of(plant: Plant, first_port: int) -> tuple[Line, ...]:
    """The lines of a plant; those without a port follow one another from `first_port`, if > 0.

    Raises:
        ScenarioServeError: data loggers without the port of their centre.
    """
    lines = tuple(
        Line(
            id=form.id,
            kind=form.kind,
            host=form.host,
            port=form.port or (first_port + index if first_port else 0),
            places=plant.lines.get(form.id, {}),
            seats=plant.seats.get(form.id, ()),
            loggers=plant.loggers.get(form.id, ()),
        )
        for index, form in enumerate(plant.scenario.lines)
    )
    for line in lines:
        _require_centre(line)
    return lines


def _require_centre(line: Line) -> None:
    if line.loggers and not line.port:
        what = Words("data loggers connect to a port of their centre", "数采仪须连接到中心的端口")
        remedy = Words("give the port", "请给出端口")
        raise ScenarioServeError(line.id, what=what, remedy=remedy)


def lone_line(
    profile: DeviceProfile,
    port: int,
    kind: str = "",
    framing: str = "rtu",
    serial: str = SIMULATED_SERIAL,
) -> Line:
    """A line with one device of a profile that shows constants, under the profile's address.

    Args:
        profile: of the device.
        port: 0 lets the machine choose.
        kind: empty takes `modbus-tcp` for Modbus, `hj212` for data loggers, and `serial-tcp`
            for all others.
        framing: of Modbus on a line of bytes.
        serial: number that the device shows, as far as its profile knows where.

    Raises:
        ProtocolError: the protocol is not spoken on such a line.
        ScenarioServeError: a data logger without the port of its centre.
    """
    modbus = isinstance(profile, ModbusProfile)
    usual = REPORTS if isinstance(profile, Hj212Profile) else "serial-tcp"
    kind = kind or ("modbus-tcp" if modbus else usual)
    site = Site(
        profile=profile,
        constants=constants(profile, {}),
        parameters={},
        faults=(),
        gaps="zero",
        serial=serial,
        on_bytes=kind in BYTES and profile.protocol != "opcua",
    )
    place = Place(site, ())
    if kind == REPORTS:
        return _lone_logger(hj212_of(profile), place, port)
    if profile.protocol == "opcua":
        return Line(id=profile.id, kind="opcua", port=port, places={0: place})
    if isinstance(profile, ModbusProfile) and kind.startswith("modbus"):
        return Line(id=profile.id, kind=kind, port=port, places={profile.modbus.unit_id: place})
    spoken = spoken_of(profile, framing)
    address = str(profile.modbus.unit_id) if isinstance(profile, ModbusProfile) else ""
    seat = SpokenStation(place=place, spoken=spoken, address=address or spoken.lone_address)
    return Line(id=profile.id, kind=kind, port=port, seats=(seat,))


def _lone_logger(profile: Hj212Profile, place: Place, port: int) -> Line:
    logger = LoggerSeat(place=place, mn=LONE_MN, interval_s=LONE_INTERVAL_S)
    line = Line(id=profile.id, kind=REPORTS, port=port, loggers=(logger,))
    _require_centre(line)
    return line


async def serve(
    lines: Sequence[Line],
    clock: Clock,
    host: str,
    stop: asyncio.Event,
    announce: Callable[[Mapping[str, int | str]], None],
) -> None:
    """Serves all lines until `stop` is set; `announce` is told each line's port or path.

    Raises:
        OSError: an address cannot be listened on; nothing is left open.
    """
    async with opened_lines(lines, clock, host) as found:
        announce(found)
        await stop.wait()


@asynccontextmanager
async def opened_lines(
    lines: Sequence[Line], clock: Clock, host: str
) -> AsyncIterator[Mapping[str, int | str]]:
    """Serves all lines inside; yields each line's port or path.

    Raises:
        OSError: an address cannot be listened on; nothing is left open.
    """
    _count_up(lines, clock.now_ns())
    async with AsyncExitStack() as opened:
        yield {line.id: await _opened(line, clock, host, opened) for line in lines}


async def _opened(line: Line, clock: Clock, host: str, opened: AsyncExitStack) -> int | str:
    """The port or path on which a line is served from now on."""
    if line.kind == "pty":
        terminal = PseudoTerminal(Bus(line.seats), clock.now_ns)
        opened.push_async_callback(terminal.close)
        return await terminal.start()
    if line.kind == REPORTS:
        reporting = Reporting(line.loggers, clock)
        opened.push_async_callback(reporting.close)
        return reporting.start(line.host or host, line.port)
    if line.kind == "opcua":
        from simulators.servers.opcua import OpcUaServer  # noqa: PLC0415 - brings its library

        nodes = OpcUaServer(nodes_of(line.places.values()), clock)
        opened.push_async_callback(nodes.close)
        return await nodes.start(host, line.port)
    server = _server(line, clock)
    opened.push_async_callback(server.close)
    return await server.start(host, line.port)


def _server(line: Line, clock: Clock) -> ModbusServer | ModbusUdpServer | SerialServer:
    if line.kind == "serial-tcp":
        return SerialServer(lambda: Bus(line.seats), clock.now_ns)
    if line.kind == "modbus-udp":
        return ModbusUdpServer(line.places, clock)
    return ModbusServer(line.places, clock)


def _count_up(lines: Sequence[Line], at_ns: int) -> None:
    """Lets all registers count up to an instant, so that the first reply is not late."""
    for line in lines:
        for _, place in line.standing:
            place.indications(at_ns)
