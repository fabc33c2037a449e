"""Small profiles that the tests of this room share; real devices are in the catalogue."""

import tomllib
from typing import Any

from device_profiles.parse import parse_profile
from device_profiles.register_model import ModbusProfile, modbus_of

HEAD = """
schema = 1
id = "example"
maker = "Example"
model = "E1"
protocol = "modbus"
title = { en = "Example", zh = "示例" }
sources = [{ key = "manual", document = "Example manual", page = "1", grade = "A" }]
"""

CHANNEL = (
    'name = "NAME", kind_of_quantity = "active_energy", unit = "kW.h", accumulation = "register"'
)


def channel(name: str, source: str, more: str = "") -> str:
    """A line of the channel table."""
    return f"{{ {CHANNEL.replace('NAME', name)}, source = {source}{', ' if more else ''}{more} }},"


def document(*channels: str, modbus: str = "modbus = {}", more: str = "") -> str:
    """A whole profile as text."""
    return "\n".join((HEAD, modbus, more, "channels = [", *channels, "]\n"))


def profile(*channels: str, modbus: str = "modbus = {}", more: str = "") -> ModbusProfile:
    """A whole profile, checked."""
    text = document(*channels, modbus=modbus, more=more)
    return modbus_of(parse_profile(text.encode(), "example.toml"))


def table(text: str) -> dict[str, Any]:
    """The text as plain data."""
    return tomllib.loads(text)
