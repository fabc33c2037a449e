"""Lines on the network: one Modbus TCP server each, until they are told to stop."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from device_profiles.model import DeviceProfile
from device_profiles.register_model import modbus_of
from evidence.clock import Clock
from simulators.constants import constants
from simulators.place import Place, Site
from simulators.plant import Plant
from simulators.servers.modbus import ModbusServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A TCP port with places by unit id; `port` 0 lets the machine choose."""

    id: str
    port: int
    places: Mapping[int, Place]


def lines_of(plant: Plant, first_port: int) -> tuple[Line, ...]:
    """The lines of a plant; those without a port follow one another from `first_port`, if > 0."""
    return tuple(
        Line(
            id=form.id,
            port=form.port or (first_port + index if first_port else 0),
            places=plant.lines[form.id],
        )
        for index, form in enumerate(plant.scenario.lines)
    )


def lone_line(profile: DeviceProfile, port: int) -> Line:
    """A line with one device of a profile that shows constants, under the profile's unit id."""
    site = Site(
        profile=profile, constants=constants(profile, {}), parameters={}, faults=(), gaps="zero"
    )
    return Line(
        id=profile.id, port=port, places={modbus_of(profile).modbus.unit_id: Place(site, ())}
    )


async def serve(
    lines: Sequence[Line],
    clock: Clock,
    host: str,
    stop: asyncio.Event,
    announce: Callable[[Mapping[str, int]], None],
) -> None:
    """Serves all lines until `stop` is set; `announce` is told each line's port.

    Raises:
        OSError: an address cannot be listened on; nothing is left open.
    """
    _count_up(lines, clock.now_ns())
    async with AsyncExitStack() as opened:
        ports = {}
        for line in lines:
            server = ModbusServer(line.places, clock)
            opened.push_async_callback(server.close)
            ports[line.id] = await server.start(host, line.port)
        announce(ports)
        await stop.wait()


def _count_up(lines: Sequence[Line], at_ns: int) -> None:
    """Lets all registers count up to an instant, so that the first reply is not late."""
    for line in lines:
        for place in line.places.values():
            place.indications(at_ns)
