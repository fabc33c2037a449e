"""Whether devices can stand on their line: protocol, address, and nobody twice. Pure."""

from collections.abc import Iterator, Mapping
from typing import Final

from device_profiles.errors import ProfileError
from device_profiles.hj212.profile import Hj212Profile
from device_profiles.item_errors import DeviceAddressError
from device_profiles.model import DeviceProfile
from device_profiles.spoken import spoken_of
from edge_agent.config_errors import (
    ConfigDuplicateError,
    ConfigLimitError,
    ConfigMissingKeyError,
    ConfigProfileError,
)
from edge_agent.config_lines import DeviceSettings, LineSettings

_BY_ADDRESS: Final = frozenset(("serial", "serial-tcp", "hj212"))
"""Kinds of lines on which two devices of one address would take each other's data."""


def require_fit(line: LineSettings, profiles: Mapping[str, DeviceProfile], where: str) -> None:
    """Returns if every device of a line can be asked on it.

    Args:
        line: With its devices.
        profiles: By the device's name.
        where: The configuration, for the error.

    Raises:
        ConfigProfileError: a protocol that is not spoken on such a line.
        ConfigLimitError: text that is no address of the device's protocol.
        ConfigMissingKeyError: a data logger without an MN.
        ConfigDuplicateError: two devices that would answer to one address.
    """
    seen: set[tuple[str, str]] = set()
    for device in line.devices:
        profile = profiles[device.name]
        _require_protocol(line, device, profile, where)
        for found in _claims(device, profile):
            if line.kind in _BY_ADDRESS and found in seen:
                key = f"lines[{line.name}].devices[{device.name}].address"
                limit = "one device of a protocol on this line"
                address = address_of(device, profile)
                raise ConfigDuplicateError(where, key=key, found=f"'{address}'", limit=limit)
            seen.add(found)


def _claims(device: DeviceSettings, profile: DeviceProfile) -> Iterator[tuple[str, str]]:
    """What is the device's alone on its line: its address; of a logger, each kind of its data."""
    address = address_of(device, profile)
    if not isinstance(profile, Hj212Profile):
        yield profile.protocol, address
        return
    for command in profile.commands:
        yield f"{profile.protocol} {command}", address


def address_of(device: DeviceSettings, profile: DeviceProfile) -> str:
    """The address of a device as its protocol reads it; empty takes the profile's."""
    if device.address is not None:
        return device.address
    modbus = profile.protocol == "modbus" and device.unit_id is not None
    return str(device.unit_id) if modbus else ""


def _require_protocol(
    line: LineSettings, device: DeviceSettings, profile: DeviceProfile, where: str
) -> None:
    key = f"lines[{line.name}].devices[{device.name}]"
    if not line.carries_bytes:
        spoken_here = line.kind if line.kind in {"opcua", "hj212"} else "modbus"
        if profile.protocol != spoken_here:
            other = f"a profile of protocol {profile.protocol}"
            only = f"{spoken_here} on {line.kind}"
            raise ConfigProfileError(where, key=f"{key}.profile", found=other, limit=only)
        if line.kind == "hj212" and not device.address:
            mn = "the MN of the data logger"
            raise ConfigMissingKeyError(where, key=f"{key}.address", limit=mn)
        return
    try:
        spoken = spoken_of(profile, line.framing)
        spoken.check_address(profile, address_of(device, profile))
    except DeviceAddressError as wrong:
        found, limit = f"'{wrong.facts['found']}'", wrong.facts["limit"]
        raise ConfigLimitError(where, key=f"{key}.address", found=found, limit=limit) from None
    except ProfileError as wrong:
        limit = "a protocol that is spoken on this line"
        raise ConfigProfileError(
            where, key=f"{key}.profile", found=wrong.say("en"), limit=limit
        ) from None
