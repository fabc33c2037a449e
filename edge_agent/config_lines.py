"""An agent's lines and the devices on them: their types in agent.toml."""

from collections.abc import Iterator
from datetime import datetime, time
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from device_profiles.scalars import Name
from device_profiles.speed import Speed
from edge_agent.drivers.opcua_settings import OpcUaEndpoint, Sampling

_END = r"(?![\s\S])"
NS_PER_S: Final = 1_000_000_000

PlaceName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}" + _END)]
"""A site, a line or a device: it stands in channel ids, so no slash, blank or colon."""
Serial = Annotated[str, Meta(pattern=r"^[^\s/:]{1,64}" + _END)]
"""A serial number: it stands in influence ids, so no blank, slash or colon."""
Host = Annotated[str, Meta(min_length=1, max_length=253)]
Port = Annotated[int, Meta(ge=1, le=65535)]
Seconds = Annotated[float, Meta(ge=0, le=86_400)]
Period = Annotated[float, Meta(ge=0.01, le=86_400)]
Share = Annotated[float, Meta(gt=0, le=1)]
Amount = Annotated[float, Meta(gt=0, le=1e18)]
Count = Annotated[float, Meta(ge=-1e18, le=1e18)]
Instant = Annotated[datetime, Meta(tz=True)]
FilePath = Annotated[str, Meta(min_length=1, max_length=4096)]
LineKind = Literal["modbus-tcp", "modbus-udp", "serial", "serial-tcp", "opcua", "hj212"]
MODBUS_PORT: Final = 502


class ExchangeSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A meter exchanged by a person, with both readings per register channel."""

    at: Instant
    old_serial: Serial
    new_serial: Serial
    closing: dict[Name, Count] = {}
    opening: dict[Name, Count] = {}


class GasState(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The state that a gas quantity is stated for: 273.15 K for flue gas in China and the EU.

    Of a fraction the temperature and the pressure change nothing; wet or dry does.
    """

    temperature_K: Annotated[float, Meta(ge=200, le=2000)]
    pressure_Pa: Annotated[float, Meta(ge=10_000, le=100_000_000)]
    wet: bool


class CheckSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When an analyser is checked with gas, of one that does not say so itself.

    Args:
        channels: that show the gas.
        at: time of day, UTC, at which the first check of a day begins, as 19:10:00.
        every_h: hours from one to the next; a divisor or a multiple of 24.
        duration_s: from its begin until the sample is back.
    """

    channels: Annotated[tuple[Name, ...], Meta(min_length=1)]
    at: Annotated[time, Meta(tz=False)]
    every_h: Annotated[int, Meta(ge=1, le=8784)] = 24
    duration_s: Annotated[float, Meta(gt=0, le=86_400)]


class DeviceSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One device on a line.

    Args:
        profile: id in the catalogue, or path of a file that ends in .toml.
        unit_id: Modbus unit; None takes the profile's.
        address: of protocols with other addresses: a meter number, a primary address, the MN
            of a data logger; None takes the profile's, if it has one.
        speed: of its characters on a serial port, where it differs from the line's.
        serial: of the instrument that stood here first.
        probe_serial: of the probe behind the transmitter, where it can be exchanged alone.
        period_s, phase_s: polls stand on the UTC grid of `period_s`, a whole part of an hour or, of
            registers alone, so many full hours; shifted by `phase_s`.
        channels: of the profile; None takes all.
        parameters: what the site knows and the registers do not, such as a CT ratio.
        nameplate_mpe_relative: maximum permissible error of the class on the name-plate.
        rated_rate: highest rate of a register, in its unit per hour.
        resolution: smallest step shown, where the profile's is not this instrument's.
        reference_conditions: of channels that show a gas: its state, which no device says.
        subject: of what the device measures; empty takes the device's name.
        frozen_after_s: for how long its channels may show the same; what stands still for
            longer is kept and marked `frozen`. None where its load may be off for ever.
        checks: with gas, of an analyser whose status does not tell them.
        identity_every: polls from one look at serial number and settings to the next, as far as
            the profile knows where the device shows them.
    """

    name: PlaceName
    profile: Annotated[str, Meta(min_length=1)]
    serial: Serial
    probe_serial: Serial | None = None
    unit_id: Annotated[int, Meta(ge=0, le=255)] | None = None
    address: Annotated[str, Meta(pattern=r"^[0-9A-Za-z._-]{1,32}" + _END)] | None = None
    speed: Speed | None = None
    period_s: Period = 60.0
    phase_s: Seconds = 0.0
    channels: tuple[Name, ...] | None = None
    parameters: dict[Name, Amount] = {}
    nameplate_mpe_relative: Share | None = None
    rated_rate: dict[Name, Amount] = {}
    resolution: dict[Name, Amount] = {}
    reference_conditions: dict[Name, GasState] = {}
    subject: str = ""
    frozen_after_s: Annotated[float, Meta(gt=0, le=31_622_400)] | None = None
    exchanges: tuple[ExchangeSettings, ...] = ()
    checks: tuple[CheckSettings, ...] = ()
    identity_every: Annotated[int, Meta(ge=1, le=1_000_000)] = 60

    @property
    def period_ns(self) -> int:
        """Distance of the poll grid in ns, whole milliseconds."""
        return round(self.period_s * 1000) * 1_000_000

    @property
    def phase_ns(self) -> int:
        """Shift of the poll grid in ns, whole milliseconds."""
        return round(self.phase_s * 1000) * 1_000_000

    @property
    def frozen_after_ns(self) -> int | None:
        """`frozen_after_s` in ns, whole milliseconds."""
        after_s = self.frozen_after_s
        return None if after_s is None else round(after_s * 1000) * 1_000_000


class CentreSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a line asks of the data loggers that connect to it.

    Args:
        idle_s: how long a connection may bring no packet of a configured logger.
        data_time_bound_s: how far a message's DataTime may be from the time at which it comes;
            what is further off is kept and marked `clock_suspect`.
        rtd_interval_s: interval of real-time data that is set (1062) whenever a logger connects;
            None sets nothing.
    """

    idle_s: Annotated[float, Meta(ge=10, le=604_800)] = 3900.0
    data_time_bound_s: Annotated[float, Meta(ge=1, le=86_400)] = 300.0
    rtd_interval_s: Annotated[int, Meta(ge=30, le=3600)] | None = None


class LineSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A physical line: what its devices share.

    Args:
        kind: `modbus-tcp` and `modbus-udp` are devices or gateways that frame by themselves;
            `serial` is a port of this machine, `serial-tcp` a serial server that carries bare
            bytes, and on these two devices of all protocols stand side by side; `opcua` is a
            server, whose devices share one session; `hj212` listens: data loggers connect to it
            by themselves.
        host, port: of a network kind; port 502 where none is given. Of `hj212`, of this
            machine, and both must be given.
        path: of the serial port, e.g. /dev/ttyUSB0.
        speed: of the characters, where the device and its profile say nothing else.
        framing: of Modbus on a line of bytes.
        opcua: the server, its security and user; files are relative to the configuration.
        sampling: given, the server is subscribed to and sends what changes; else it is read.
        timeout_s: longest wait for an answer; on a line of bytes, the longest silence in it.
        gap_s: least silence between an answer and the next request.
        late_s: for how long a late answer may still come after a time-out; the line rests so
            long. None takes `timeout_s` on a line of bytes, and 0 elsewhere.
        centre: of `hj212`.
    """

    name: PlaceName
    kind: LineKind
    host: Host | None = None
    port: Port | None = None
    path: FilePath | None = None
    speed: Speed | None = None
    framing: Literal["rtu", "ascii"] = "rtu"
    opcua: OpcUaEndpoint | None = None
    sampling: Sampling | None = None
    timeout_s: Annotated[float, Meta(ge=0.01, le=60)] = 1.0
    gap_s: Annotated[float, Meta(ge=0, le=60)] = 0.0
    late_s: Annotated[float, Meta(ge=0, le=60)] | None = None
    centre: CentreSettings | None = None
    devices: Annotated[tuple[DeviceSettings, ...], Meta(min_length=1)]

    @property
    def place(self) -> str:
        """What the line is in the world; two lines of one place would fight for it."""
        if self.opcua is not None:
            return self.opcua.url
        return self.path or f"{self.host}:{self.network_port}"

    @property
    def network_port(self) -> int:
        """The port of a network kind."""
        return MODBUS_PORT if self.port is None else self.port

    @property
    def carries_bytes(self) -> bool:
        """Whether it is a line of bare bytes, on which frames are cut by their protocol."""
        return self.kind in {"serial", "serial-tcp"}


def line_misfits(line: LineSettings) -> Iterator[tuple[str, str]]:
    """The keys of a line that do not go with its kind, and what they must be."""
    if (line.kind == "opcua") != (line.opcua is not None):
        yield "opcua", "given on a line of kind opcua, and there only"
    if line.centre is not None and line.kind != "hj212":
        yield "centre", "left out on a line to which no loggers connect"
    if line.kind == "serial":
        yield from _serial_misfits(line)
    elif line.kind != "opcua":
        yield from _network_misfits(line)


def _serial_misfits(line: LineSettings) -> Iterator[tuple[str, str]]:
    if line.path is None:
        yield "path", "the serial port, e.g. /dev/ttyUSB0"
    if line.host is not None:
        yield "host", "left out on a serial port"


def _network_misfits(line: LineSettings) -> Iterator[tuple[str, str]]:
    listens = line.kind == "hj212"
    own = "the address of this machine on which loggers connect; 0.0.0.0 for all"
    if line.host is None:
        yield "host", own if listens else "the name or address of the device or gateway"
    if listens and line.port is None:
        yield "port", "the port on which loggers connect"
    if line.path is not None:
        yield "path", "left out on a network line"
