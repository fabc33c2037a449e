"""Where an instrument is, as a command line says it."""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

import msgspec

from device_profiles.speed import Speed
from edge_agent.drivers.opcua_settings import Url
from edge_agent.field.errors import UsageError
from edge_agent.field.protocols import PROTOCOLS
from edge_agent.field.words import host_in, speed_in
from evidence.errors import Words

Kind = Literal["modbus-tcp", "modbus-udp", "serial", "serial-tcp", "opcua"]
MODBUS_PORT: Final = 502


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A place that can be asked.

    Attributes:
        kind: As of a line in agent.toml.
        host, port: Of a network kind.
        path: Of a serial port.
        url: Of an OPC UA server.
        speed: Of the characters, where it was given.
        framing: Of Modbus on a line of bytes.
        protocol: A key of `PROTOCOLS`.
        timeout_s: Longest wait for an answer, > 0.
    """

    kind: Kind
    host: str = ""
    port: int = 0
    path: str = ""
    url: str = ""
    speed: Speed | None = None
    framing: Literal["rtu", "ascii"] = "rtu"
    protocol: str = "modbus"
    timeout_s: float = 1.0

    @property
    def place(self) -> str:
        """What it is in the world."""
        return self.path or self.url or f"{self.host}:{self.port}"

    @property
    def carries_bytes(self) -> bool:
        """Whether it is a line of bare bytes."""
        return self.kind in {"serial", "serial-tcp"}

    @property
    def usual_speed(self) -> Speed:
        """The speed that was given, or else the protocol's usual one."""
        return self.speed or PROTOCOLS[self.protocol].speed


def add_place(parser: argparse.ArgumentParser, timeout_s: float = 1.0) -> None:
    """Adds the options that say where."""
    place = parser.add_argument_group("where").add_mutually_exclusive_group(required=True)
    place.add_argument("--tcp", metavar="HOST[:PORT]", help="a Modbus TCP server; port 502")
    place.add_argument("--udp", metavar="HOST[:PORT]", help="Modbus in datagrams; port 502")
    place.add_argument("--serial", metavar="PATH", type=Path, help="a port, e.g. /dev/ttyUSB0")
    place.add_argument("--serial-tcp", metavar="HOST:PORT", help="a serial server: bare bytes")
    place.add_argument("--opcua", metavar="URL", help="an OPC UA server: opc.tcp://host:4840")
    how = parser.add_argument_group("how")
    how.add_argument("--protocol", choices=tuple(PROTOCOLS), help="modbus; of --opcua: opcua")
    how.add_argument("--speed", metavar="9600-8N1", help="of --serial; the protocol's usual one")
    how.add_argument("--framing", choices=("rtu", "ascii"), default="rtu", help="of Modbus: rtu")
    how.add_argument(
        "--timeout", type=float, default=timeout_s, metavar="S", help=f"for an answer: {timeout_s}"
    )


def target_of(arguments: argparse.Namespace) -> Target:
    """The place that options name.

    Raises:
        UsageError: They contradict each other, or a text is not understood.
    """
    if not 0.01 <= arguments.timeout <= 60:
        raise UsageError("--timeout", found=arguments.timeout, limit="0.01..60")
    shared = Target(
        kind="serial",
        speed=None if arguments.speed is None else speed_in(arguments.speed),
        framing=arguments.framing,
        protocol=protocol_of(arguments),
        timeout_s=arguments.timeout,
    )
    if (shared.protocol == "opcua") != (arguments.opcua is not None):
        limit = Words("opcua with --opcua, and only there", "opcua 与 --opcua 须一同使用")
        raise UsageError("--protocol", found=shared.protocol, limit=limit)
    if arguments.opcua is not None:
        return replace(shared, kind="opcua", url=_url_in(arguments.opcua))
    if arguments.serial is not None:
        return replace(shared, path=str(arguments.serial))
    if arguments.serial_tcp is not None:
        host, port = host_in(arguments.serial_tcp, None, "--serial-tcp")
        return replace(shared, kind="serial-tcp", host=host, port=port)
    return _network(arguments, shared)


def protocol_of(arguments: argparse.Namespace) -> str:
    """The protocol that options name: OPC UA where a server is named, else Modbus by default."""
    named: str | None = arguments.protocol
    return named or ("opcua" if arguments.opcua is not None else "modbus")


def _url_in(text: str) -> str:
    try:
        return msgspec.convert(text, Url)
    except msgspec.ValidationError:
        raise UsageError("--opcua", found=text, limit="opc.tcp://host:port/path") from None


def _network(arguments: argparse.Namespace, shared: Target) -> Target:
    if not PROTOCOLS[shared.protocol].on_network:
        limit = Words(
            "--serial or --serial-tcp for this protocol", "该协议须用 --serial 或 --serial-tcp"
        )
        raise UsageError("--protocol", found=shared.protocol, limit=limit)
    kind: Kind = "modbus-udp" if arguments.udp is not None else "modbus-tcp"
    text = arguments.udp if arguments.udp is not None else arguments.tcp
    host, port = host_in(text, MODBUS_PORT, f"--{kind[7:]}")
    return replace(shared, kind=kind, host=host, port=port)
