"""Whether a device is the one it should be, and set as it should be (pure)."""

import math
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field

import msgspec

from device_profiles.formats import Number
from device_profiles.identity_errors import (
    DeviceIdentityError,
    OtherDeviceError,
    OtherSerialError,
    SettingError,
    SettingUnstatedError,
    SilentError,
)
from device_profiles.identity_model import IdentityField, Readback
from device_profiles.phrase import Words
from device_profiles.plan import ReadRequest
from device_profiles.register_model import ModbusProfile
from device_profiles.words import Replies, identity_sources, number_at, reads_of, text_at


class ObjectsRequest(msgspec.Struct, frozen=True, kw_only=True):
    """All device identification objects of a category (function 43/14).

    Args:
        code: 1 basic, 2 regular, 3 extended; a category has those before it.
    """

    code: int = 1


RELATIVE_TOLERANCE = 1e-6
"""How far a setting may be from what it must equal: a float32 register is no closer."""
_LAST_BASIC, _LAST_REGULAR = 2, 0x7F


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a device said about itself.

    Attributes:
        identity: text or number per identity field that was read, by its place in the profile.
        settings: value per setting that was read, by name.
    """

    identity: Mapping[int, str | int] = field(default_factory=dict)
    settings: Mapping[str, float] = field(default_factory=dict)


def identity_reads(profile: ModbusProfile) -> tuple[ReadRequest, ...]:
    """The fewest legal reads that bring all identity registers and settings; may be none."""
    return reads_of(profile, list(identity_sources(profile)))


def identity_objects(profile: ModbusProfile) -> tuple[int, ...]:
    """The ids of the device identification objects (function 43/14) that the profile asks for."""
    wanted = {each.object_id for each in profile.identity if each.object_id is not None}
    return tuple(sorted(wanted))


def identity_requests(profile: ModbusProfile) -> tuple[Hashable, ...]:
    """Everything to ask of a device to know who it is and how it is set; may be none."""
    objects = identity_objects(profile)
    reads = identity_reads(profile)
    if not objects:
        return reads
    last = objects[-1]
    code = 1 if last <= _LAST_BASIC else 2 if last <= _LAST_REGULAR else 3
    return (*reads, ObjectsRequest(code=code))


def said(
    profile: ModbusProfile, replies: Replies, objects: Mapping[int, str] | None = None
) -> Said:
    """What the device said about itself, from what was read.

    Args:
        profile: a profile without findings.
        replies: the data bytes of each answered read, see `identity_reads`.
        objects: text per device identification object, see `identity_objects`.
    """
    fields = enumerate(profile.identity)
    found = {place: _field(profile, each, replies, objects or {}) for place, each in fields}
    settings = {each.name: _setting(profile, each, replies) for each in profile.readback}
    return Said(
        identity={place: each for place, each in found.items() if each is not None and each != ""},
        settings={name: each for name, each in settings.items() if each is not None},
    )


def identity_findings(
    profile: ModbusProfile,
    device: Said,
    *,
    serial: str | None = None,
    probe_serial: str | None = None,
    parameters: Mapping[str, float] | None = None,
    where: str | None = None,
) -> tuple[DeviceIdentityError, ...]:
    """What does not fit: first who the device is, then how it is set. Empty where all fits.

    Args:
        profile: a profile without findings.
        device: what was read.
        serial: the configured serial number; None where none is.
        probe_serial: that of the probe, where the site states one.
        parameters: the site's values, only those that the configuration states.
        where: what to call the device; None takes the profile's id.
    """
    name = where or profile.id
    return (
        *(
            finding
            for place, each in enumerate(profile.identity)
            for finding in _judged(
                each,
                device.identity.get(place),
                probe_serial if each.what == "probe_serial" else serial,
                name,
            )
        ),
        *(
            finding
            for setting in profile.readback
            if setting.name in device.settings
            for finding in _settled(setting, device.settings[setting.name], parameters or {}, name)
        ),
    )


def _field(
    profile: ModbusProfile, each: IdentityField, replies: Replies, objects: Mapping[int, str]
) -> str | int | None:
    if each.text is not None:
        return text_at(each.text, profile.modbus, replies)
    if each.number is not None:
        number = number_at(each.number, profile.modbus, replies)
        return None if number is None else int(number)
    return objects.get(-1 if each.object_id is None else each.object_id)


def _setting(profile: ModbusProfile, each: Readback, replies: Replies) -> float | None:
    number = number_at(each.number, profile.modbus, replies)
    over: Number | None = 1
    if each.over is not None:
        over = number_at(each.over, profile.modbus, replies)
    if number is None or not over:
        return None
    value = number * each.scale / over
    return value if math.isfinite(value) else None


def _judged(
    each: IdentityField, found: str | int | None, serial: str | None, where: str
) -> Iterator[DeviceIdentityError]:
    allowed = [*each.expects, *map(str, each.equals)]
    probe = each.what == "probe_serial"
    numbered = probe or each.what == "serial"
    facts = {"key": f"identity[{each.what}]", "what": each.what, "found": str(found)[:80]}
    if found is None:
        if allowed or each.what == "serial" or (probe and serial is not None):
            yield SilentError(
                where, **facts, limit=", ".join(allowed) or Words("a serial number", "编号")
            )
    elif allowed and not _as_expected(each, found):
        yield OtherDeviceError(where, **facts, limit=", ".join(allowed))
    elif serial is not None and numbered and not _same_serial(found, serial):
        yield OtherSerialError(where, **facts, limit=serial)


def _as_expected(each: IdentityField, found: str | int) -> bool:
    return found in each.equals or any(str(found).startswith(text) for text in each.expects)


def _same_serial(found: str | int, serial: str) -> bool:
    """Whether two serial numbers are one: type plates print leading zeros, registers do not."""
    plain = str(found).strip()
    if plain.isdecimal() and serial.isdecimal():
        return plain.lstrip("0") == serial.lstrip("0")
    return plain == serial


def _settled(
    setting: Readback, found: float, parameters: Mapping[str, float], where: str
) -> Iterator[DeviceIdentityError]:
    key = f"readback[{setting.name}]"
    if setting.parameter is None:
        allowed = setting.equals
    elif setting.parameter in parameters:
        allowed = (parameters[setting.parameter],)
    else:
        limit = f"parameters.{setting.parameter}"
        yield SettingUnstatedError(where, key=key, found=f"{found:g}", limit=limit)
        return
    if not any(math.isclose(found, each, rel_tol=RELATIVE_TOLERANCE) for each in allowed):
        limit = ", ".join(f"{each:g}" for each in allowed)
        yield SettingError(where, key=key, found=f"{found:g}", limit=limit)
