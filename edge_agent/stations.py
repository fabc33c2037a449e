"""From a line in the configuration to a line that can be polled: its wire, its devices' drivers."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from device_profiles.hj212.profile import hj212_of
from device_profiles.model import DeviceProfile
from device_profiles.register_model import ModbusProfile, modbus_of
from device_profiles.spoken import name_of, spoken_of
from device_profiles.traffic import Tap
from edge_agent.config_lines import CentreSettings, DeviceSettings, LineSettings
from edge_agent.driver import Driver
from edge_agent.drivers.modbus import ModbusConnection
from edge_agent.drivers.modbus_driver import ModbusDriver
from edge_agent.drivers.opcua_settings import OpcUaEndpoint
from edge_agent.installation import Installation
from edge_agent.learned import BlockMemory
from edge_agent.line import Line, LineRules, Station
from edge_agent.line_fit import address_of
from edge_agent.line_time import silence_s, speed_of
from edge_agent.schedule import BackOff
from evidence.clock import Clock

_REPORTING: Final = BackOff(longest_ns=30_000_000_000)
"""Whoever reports costs the line nothing once it is there again: it is not left alone for long."""

if TYPE_CHECKING:
    from edge_agent.drivers.talk import Manners
    from edge_agent.drivers.wire import Wire


StructT = TypeVar("StructT", bound=Struct)
Drivers: TypeAlias = Callable[
    [LineSettings, Installation, Clock, Tap | None], Iterator[tuple[DeviceSettings, Driver[Any]]]
]
"""What makes the drivers of a line's devices."""


def line_of(
    settings: LineSettings,
    installation: Installation,
    clock: Clock,
    memory: BlockMemory,
    tap: Tap | None = None,
) -> Line:
    """A line of an installation, not connected yet.

    Args:
        settings: Of the line.
        installation: Has its devices.
        clock: Stamps requests and answers.
        memory: Keeps what it learns.
        tap: Is told all that goes over the line; None where nobody listens.
    """
    drivers = _on_wire if settings.carries_bytes else _BY_KIND.get(settings.kind, _on_modbus)
    stations = [
        Station(
            name=each.name,
            driver=driver,
            turnaround_s=_turnaround_s(installation.devices[each.name].profile),
            silence_s=_late_s(settings),
            reports=settings.kind == "hj212",
        )
        for each, driver in drivers(settings, installation, clock, tap)
    ]
    back_off = _REPORTING if settings.kind == "hj212" else BackOff()
    rules = LineRules(gap_s=_gap_s(settings, installation), back_off=back_off)
    return Line(stations, clock=clock, rules=rules, memory=memory)


def _turnaround_s(profile: DeviceProfile) -> float:
    return profile.modbus.turnaround_ms / 1000 if isinstance(profile, ModbusProfile) else 0.0


def _late_s(settings: LineSettings) -> float:
    if settings.late_s is not None:
        return settings.late_s
    return settings.timeout_s if settings.carries_bytes else 0.0


def _gap_s(settings: LineSettings, installation: Installation) -> float:
    if not settings.carries_bytes:
        return settings.gap_s
    profiles = {each.name: installation.devices[each.name].profile for each in settings.devices}
    speeds = [speed_of(settings, each, profiles[each.name]) for each in settings.devices]
    return max(settings.gap_s, *(silence_s(speed) for speed in speeds))


def _on_modbus(
    settings: LineSettings, installation: Installation, clock: Clock, tap: Tap | None
) -> Iterator[tuple[DeviceSettings, Driver[Any]]]:
    """Devices behind one Modbus server, each under its unit id."""
    udp = settings.kind == "modbus-udp"
    host, port = settings.host or "", settings.network_port
    connection = ModbusConnection(host, port, clock=clock, udp=udp, tap=tap)
    for each in settings.devices:
        traits = modbus_of(installation.devices[each.name].profile).modbus
        unit = traits.unit_id if each.unit_id is None else each.unit_id
        yield each, ModbusDriver(connection, unit, timeout_s=settings.timeout_s)


def _on_opcua(
    settings: LineSettings, installation: Installation, clock: Clock, tap: Tap | None
) -> Iterator[tuple[DeviceSettings, Driver[Any]]]:
    """Devices behind one OPC UA server, in one session; its bytes are its library's own affair."""
    del tap
    from edge_agent.drivers.on_demand import (  # noqa: PLC0415 - only where a line needs it
        opcua_drivers,
        opcua_subscriptions,
    )

    if settings.opcua is None:
        return
    module = opcua_drivers(settings.place)
    connection = module.OpcUaConnection(_beside(settings.opcua, installation), clock=clock)
    for each in settings.devices:
        name, timeout_s = f"{settings.place} {each.name}", settings.timeout_s
        if settings.sampling is None:
            yield each, module.OpcUaDriver(connection, name, timeout_s=timeout_s)
        else:
            watched = opcua_subscriptions(settings.place).OpcUaSubscriptionDriver
            yield each, watched(connection, name, settings.sampling, timeout_s=timeout_s)


def _beside(endpoint: OpcUaEndpoint, installation: Installation) -> OpcUaEndpoint:
    """The endpoint with its files found from the configuration's folder."""
    security = _moved(endpoint.security, ("certificate", "key", "trust"), installation)
    user = _moved(endpoint.user, ("password_file", "certificate", "key"), installation)
    return replace(endpoint, security=security, user=user)


def _moved(named: StructT, keys: tuple[str, ...], installation: Installation) -> StructT:
    """A table whose files are found from the configuration's folder."""
    files = [key for key in keys if key in named.__struct_fields__]
    return replace(named, **{key: str(installation.beside(getattr(named, key))) for key in files})


def _on_wire(
    settings: LineSettings, installation: Installation, clock: Clock, tap: Tap | None
) -> Iterator[tuple[DeviceSettings, Driver[Any]]]:
    """Devices on one line of bytes, each in its own protocol."""
    from edge_agent.drivers.talk import SharedWire, TalkDriver  # noqa: PLC0415 - rarely needed

    wire = _wire(settings)
    wire.tap = tap
    shared = SharedWire(wire)
    for each in settings.devices:
        manners = _manners(settings, each, installation)
        yield each, TalkDriver(shared, manners, clock=clock)


def _at_centre(
    settings: LineSettings, installation: Installation, clock: Clock, tap: Tap | None
) -> Iterator[tuple[DeviceSettings, Driver[Any]]]:
    """Data loggers that connect by themselves, each known by its MN."""
    from edge_agent.drivers.hj212 import Centre, CentreTerms, Hj212Driver  # noqa: PLC0415

    more = settings.centre or CentreSettings()
    terms = CentreTerms(
        host=settings.host or "",
        port=settings.network_port,
        idle_s=more.idle_s,
        data_time_bound_s=more.data_time_bound_s,
        rtd_interval_s=more.rtd_interval_s,
    )
    centre = Centre(terms, clock=clock, tap=tap)
    for each in settings.devices:
        profile = hj212_of(installation.devices[each.name].profile)
        name, timeout_s = f"{settings.place} {each.name}", settings.timeout_s
        mn = each.address or ""
        yield each, Hj212Driver(centre, profile, mn, device=name, timeout_s=timeout_s)


_BY_KIND: Final[Mapping[str, Drivers]] = MappingProxyType({"opcua": _on_opcua, "hj212": _at_centre})


def _wire(settings: LineSettings) -> "Wire":
    if settings.kind == "serial":
        from edge_agent.drivers.serial_wire import SerialWire  # noqa: PLC0415 - brings pyserial

        return SerialWire(settings.path or "")
    from edge_agent.drivers.stream_wire import StreamWire  # noqa: PLC0415 - rarely needed

    return StreamWire(settings.host or "", settings.network_port)


def _manners(
    settings: LineSettings, device: DeviceSettings, installation: Installation
) -> "Manners":
    from edge_agent.drivers.talk import Manners  # noqa: PLC0415 - rarely needed

    profile = installation.devices[device.name].profile
    spoken = spoken_of(profile, settings.framing)
    return Manners(
        device=f"{settings.place} {device.name}",
        ask=partial(spoken.ask, profile, address_of(device, profile)),
        speed=speed_of(settings, device, profile),
        timeout_s=settings.timeout_s,
        protocol=name_of(profile, settings.framing),
    )
