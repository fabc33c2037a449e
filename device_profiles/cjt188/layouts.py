"""The layouts of CJ/T 188 payloads that were found, as data, and which of them a payload can have.

What no published frame shows is marked `unconfirmed` in its field; a profile may state fields of
its own instead.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from device_profiles.cjt188.layout import Field, Layout, pieces, split
from device_profiles.cjt188.units import METER_UNITS, Quantity

_END: Final = (
    Field(name="clock", form="clock", length=7),
    Field(name="status", form="status", length=2),
)


def _heat(unit_byte: Literal["before", "after"], unconfirmed: str) -> tuple[Field, ...]:
    quantities: tuple[tuple[str, Quantity, int], ...] = (
        ("settlement_heat", "energy", 2),
        ("heat", "energy", 2),
        ("thermal_power", "power", 2),
        ("volume_flow", "volume_flow", 4),
        ("volume", "volume", 2),
    )
    return (
        *(
            Field(
                name=name,
                decimals=decimals,
                unit_byte=unit_byte,
                quantity=quantity,
                unconfirmed=unconfirmed if quantity in {"power", "volume_flow"} else "",
            )
            for name, quantity, decimals in quantities
        ),
        Field(name="supply_temperature", length=3, unit="Cel"),
        Field(name="return_temperature", length=3, unit="Cel"),
        Field(name="operating_time", length=3, decimals=0, unit="h", unconfirmed="decimals"),
        *_END,
    )


_HEAT_TYPES: Final = (0x20, 0x21, 0x22)

LAYOUTS: Final[Mapping[str, Layout]] = MappingProxyType(
    {
        "volume_then_unit": Layout(
            types=(0x10, 0x11, 0x12, 0x13, 0x30),
            fields=(
                Field(name="volume", unit_byte="after", quantity="volume"),
                Field(name="settlement_volume", unit_byte="after", quantity="volume"),
                *_END,
            ),
            source="cnblogs yangykaifa 7010777; xijunzhou/sdqr_energy_node_class@5273ab8 cj188.h",
        ),
        "heat_then_unit": Layout(
            types=_HEAT_TYPES,
            fields=_heat("after", "decimals: a tutorial prints two of power and of flow"),
            source="biecuoliao.com MPREpm3; CJ/T 188-2004 by public lists",
        ),
        "unit_then_heat": Layout(
            types=_HEAT_TYPES,
            fields=_heat("before", "decimals: the published frame shows zero"),
            source="cnblogs llguanli 8683992 (a maker's heat meter)",
        ),
    }
)
"""The shipped layouts, by name; the name tells on which side of a value its unit stands."""


def fitting_layouts(meter_type: int, payload: bytes) -> tuple[str, ...]:
    """The names of the shipped layouts that a payload of a meter of this type can have.

    One fits where its length does and every unit byte is the known code of a unit of the field's
    quantity. None fitting, or several: only a profile can say.
    """
    return tuple(
        name
        for name, layout in LAYOUTS.items()
        if meter_type in layout.types
        and layout.size == len(payload)
        and _units_fit(layout, payload)
    )


def _units_fit(layout: Layout, payload: bytes) -> bool:
    for field, raw in pieces(layout, payload):
        _, code = split(field, raw)
        unit = METER_UNITS.get(-1 if code is None else code)
        if code is not None and (unit is None or unit.quantity != field.quantity):
            return False
    return True
