"""Lines where masters find them: on ports and as pseudo terminals, until they are told to stop."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from device_profiles.healthy import SIMULATED_SERIAL
from device_profiles.model import DeviceProfile
from device_profiles.register_model import ModbusProfile
from device_profiles.spoken import spoken_of
from evidence.clock import Clock
from simulators.constants import constants
from simulators.place import Place, Site
from simulators.plant import Plant
from simulators.seat import BYTES
from simulators.servers.bus import Bus
from simulators.servers.modbus import ModbusServer
from simulators.servers.modbus_udp import ModbusUdpServer
from simulators.servers.opcua_places import nodes_of
from simulators.servers.pseudo_terminal import PseudoTerminal
from simulators.servers.serial_server import SerialServer
from simulators.servers.spoken_station import SpokenStation


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line with its places.

    Attributes:
        id: in the scenario.
        kind: how it is reached, as `scenario.LineForm` says.
        port: 0 lets the machine choose; a pseudo terminal has none.
        places: by unit id, of lines that frame by themselves.
        seats: of lines of bytes.
    """

    id: str
    kind: str = "modbus-tcp"
    port: int = 0
    places: Mapping[int, Place] = field(default_factory=dict)
    seats: Sequence[SpokenStation] = ()

    @property
    def standing(self) -> Iterator[tuple[str, Place]]:
        """The address and the place of each device."""
        yield from ((str(unit), place) for unit, place in sorted(self.places.items()))
        yield from ((seat.address, seat.place) for seat in self.seats)


def lines_of(plant: Plant, first_port: int) -> tuple[Line, ...]:
    """The lines of a plant; those without a port follow one another from `first_port`, if > 0."""
    return tuple(
        Line(
            id=form.id,
            kind=form.kind,
            port=form.port or (first_port + index if first_port else 0),
            places=plant.lines.get(form.id, {}),
            seats=plant.seats.get(form.id, ()),
        )
        for index, form in enumerate(plant.scenario.lines)
    )


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
        kind: empty takes `modbus-tcp` for Modbus, and `serial-tcp` for all others.
        framing: of Modbus on a line of bytes.
        serial: number that the device shows, as far as its profile knows where.

    Raises:
        ProtocolError: the protocol is not spoken on such a line.
    """
    modbus = isinstance(profile, ModbusProfile)
    kind = kind or ("modbus-tcp" if modbus else "serial-tcp")
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
    if profile.protocol == "opcua":
        return Line(id=profile.id, kind="opcua", port=port, places={0: place})
    if isinstance(profile, ModbusProfile) and kind.startswith("modbus"):
        return Line(id=profile.id, kind=kind, port=port, places={profile.modbus.unit_id: place})
    spoken = spoken_of(profile, framing)
    address = str(profile.modbus.unit_id) if isinstance(profile, ModbusProfile) else ""
    seat = SpokenStation(place=place, spoken=spoken, address=address or spoken.lone_address)
    return Line(id=profile.id, kind=kind, port=port, seats=(seat,))


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
