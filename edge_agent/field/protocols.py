"""The protocols that field tools ask in; the one table of them. Their modules come when asked for.

To add one: a module with `async def look(reached, wish) -> Look` (see `edge_agent.field.look`),
and a row here. Its frames are captured and shown as soon as `device_profiles.spoken` speaks it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from device_profiles.speed import Speed


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldProtocol:
    """How a protocol is looked at.

    Attributes:
        module: Has `look`, which asks a device of which nothing is known.
        speed: The usual one of its characters.
        on_network: Whether it also frames by itself on a network.
    """

    module: str
    speed: Speed
    on_network: bool = False


_METERS: Final = Speed(bit_s=2400, parity="even")

PROTOCOLS: Final[Mapping[str, FieldProtocol]] = MappingProxyType(
    {
        "modbus": FieldProtocol(
            module="edge_agent.field.look_modbus", speed=Speed(), on_network=True
        ),
        "dlt645": FieldProtocol(module="edge_agent.field.look_dlt645", speed=_METERS),
        "cjt188": FieldProtocol(module="edge_agent.field.look_cjt188", speed=_METERS),
        "iec62056-21": FieldProtocol(
            module="edge_agent.field.look_iec62056",
            speed=Speed(bit_s=300, data_bits=7, parity="even"),
        ),
        # Its server frames by itself; there is no speed.
        "opcua": FieldProtocol(module="edge_agent.field.look_opcua", speed=Speed()),
        "mbus": FieldProtocol(module="edge_agent.field.look_mbus", speed=_METERS),
    }
)
"""By the name of `--protocol`."""
