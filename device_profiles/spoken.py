"""How protocols are spoken on a line of bytes; the one table of them.

Modbus is spoken in two framings, every other protocol in its own.
"""

from collections.abc import Mapping
from typing import Any, Final

from device_profiles.at_first_use import AtFirstUse
from device_profiles.dialect import LineDialect
from device_profiles.errors import ProtocolError
from device_profiles.model import DeviceProfile

SPOKEN: Final[Mapping[str, LineDialect[Any]]] = AtFirstUse(
    {
        "modbus-rtu": "device_profiles.modbus.spoken:MODBUS_RTU",
        "modbus-ascii": "device_profiles.modbus.spoken:MODBUS_ASCII",
        "dlt645": "device_profiles.dlt645.dialect:DLT645_SPOKEN",
        "cjt188": "device_profiles.cjt188.dialect:CJT188_SPOKEN",
        "iec62056-21": "device_profiles.iec62056.dialect:IEC62056_SPOKEN",
        "mbus": "device_profiles.mbus.dialect:MBUS_SPOKEN",
    }
)


def name_of(profile: DeviceProfile, framing: str = "rtu") -> str:
    """What a device's frames are called on a line of bytes: as in `device_profiles.decode`."""
    return f"modbus-{framing}" if profile.protocol == "modbus" else profile.protocol


def spoken_of(profile: DeviceProfile, framing: str = "rtu") -> LineDialect[Any]:
    """How the protocol of `profile` is spoken on a line of bytes.

    Args:
        profile: Of the device.
        framing: Of Modbus, `rtu` or `ascii`; others have one of their own.

    Raises:
        ProtocolError: The protocol is not spoken on such lines.
    """
    name = name_of(profile, framing)
    if name not in SPOKEN:
        limit = " | ".join(SPOKEN)
        raise ProtocolError(profile.id, key="protocol", found=name, limit=limit)
    return SPOKEN[name]
