"""The unit codes of CJ/T 188, as data: UCUM unit, power of ten, and how well each is known.

Status: "frames" where a published frame with its printed value shows it; "firmware" where only a
meter's published firmware lists it (CaiYongCode/KingDa-NBWaterMeterCode-BC95@a8748ed
USER/inc/CJT-188-2004.h, grade C; all agree with the memory of the standard's table, D).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

Quantity = Literal["energy", "power", "volume", "volume_flow", "voltage"]
Status = Literal["frames", "firmware"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterUnit:
    """One unit code.

    Attributes:
        unit: UCUM code.
        quantity: what is measured in it.
        status: how well it is known.
        exponent: values are in 10^exponent of `unit` (2: hundreds).
    """

    unit: str
    quantity: Quantity
    status: Status
    exponent: int = 0


_ROWS: Final[tuple[tuple[int, str, Quantity, Status, int], ...]] = (
    (0x01, "J", "energy", "firmware", 0),
    (0x02, "W.h", "energy", "firmware", 0),
    (0x05, "kW.h", "energy", "firmware", 0),
    (0x08, "MW.h", "energy", "frames", 0),
    (0x0A, "MW.h", "energy", "firmware", 2),
    (0x0B, "kJ", "energy", "firmware", 0),
    (0x0E, "MJ", "energy", "firmware", 0),
    (0x11, "GJ", "energy", "firmware", 0),
    (0x13, "GJ", "energy", "firmware", 2),
    (0x14, "W", "power", "firmware", 0),
    (0x17, "kW", "power", "frames", 0),
    (0x1A, "MW", "power", "firmware", 0),
    (0x29, "L", "volume", "firmware", 0),
    (0x2C, "m3", "volume", "frames", 0),
    (0x32, "L/h", "volume_flow", "firmware", 0),
    (0x35, "m3/h", "volume_flow", "frames", 0),
    (0x36, "V", "voltage", "firmware", 0),
)

METER_UNITS: Final[Mapping[int, MeterUnit]] = MappingProxyType(
    {
        code: MeterUnit(unit=unit, quantity=quantity, status=status, exponent=exponent)
        for code, unit, quantity, status, exponent in _ROWS
    }
)
"""Unit code as it travels -> unit. A code that is not here is unknown: its value has no unit."""
