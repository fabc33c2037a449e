"""What stands in agent.toml for a device that was found (pure)."""

from device_profiles.model import DeviceProfile
from device_profiles.speed import Speed
from edge_agent.field.target import Target


def stanza(target: Target, profile: DeviceProfile, named: str, address: str) -> str:
    """The line and the device, as agent.toml writes them; names and serial are to be filled in.

    Args:
        target: Where it answered.
        profile: As which it answered.
        named: Its id, or the path of its file.
        address: Under which it answered; empty for the profile's.
    """
    parts = ["[[lines]]", 'name = "line-1"', f'kind = "{target.kind}"', *_place(target)]
    parts += _manner(target)
    parts += ["", "[[lines.devices]]", 'name = "device-1"', f'profile = "{named}"']
    if address:
        modbus = profile.protocol == "modbus"
        parts.append(f"unit_id = {address}" if modbus else f'address = "{address}"')
    return "\n".join([*parts, 'serial = "as-on-the-name-plate"'])


def _place(target: Target) -> list[str]:
    if target.kind == "serial":
        return [f'path = "{target.path}"']
    if target.kind == "opcua":
        return [f'opcua = {{ url = "{target.url}", security = {{ type = "none" }} }}']
    return [f'host = "{target.host}"', f"port = {target.port}"]


def _manner(target: Target) -> list[str]:
    parts = [] if target.timeout_s == 1.0 else [f"timeout_s = {target.timeout_s:g}"]
    if target.carries_bytes and target.framing != "rtu":
        parts.append(f'framing = "{target.framing}"')
    return parts if target.speed is None else [*parts, _speed(target.speed)]


def _speed(speed: Speed) -> str:
    told = f'bit_s = {speed.bit_s}, data_bits = {speed.data_bits}, parity = "{speed.parity}"'
    return f"speed = {{ {told}, stop_bits = {speed.stop_bits} }}"
