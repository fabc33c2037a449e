"""What the logger of a stack has: its instruments' minutes, and the flows that it computes.

Equations as in HJ 75-2017 with 273.15 K and 101 325 Pa: flow = K_v * V_p * area, dry and at
standard conditions with temperature, pressures and moisture; mass of CO2 from the dry fraction.
A computed minute is in the latest of the states (`State`) of what it is computed from.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np

from simulators.stack.combustion import CO2, MOLAR_VOLUME, STANDARD_K, STANDARD_PA
from simulators.stack.minutes import Indications, StackMinutes
from simulators.stack.spec import UNITS, Quantity
from simulators.stack.waves import Floats

Computed: TypeAlias = Literal["flow", "flow_dry", "co2_mass_concentration", "co2_mass"]
Logged: TypeAlias = Quantity | Computed
LOGGED_UNITS: Final[Mapping[str, str]] = {
    **UNITS,
    "flow": "m3/h",
    "flow_dry": "m3/h",
    "co2_mass_concentration": "mg/m3",
    "co2_mass": "kg/h",
}
CO2_KG_M3: Final = CO2 / MOLAR_VOLUME
MG_PER_KG: Final = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class DuctSettings:
    """What is set in the logger.

    Attributes:
        kv: velocity-field coefficient, as the last traverse found it.
        area_m2: of the duct, as the drawing has it.
        co2_basis: of the CO2 analyser.
    """

    kv: float
    area_m2: float
    co2_basis: Literal["dry", "wet", "none"] = "dry"


def logged(minutes: StackMinutes, settings: DuctSettings) -> dict[Logged, Indications]:
    """The instruments' minutes, and those that are computed from them."""
    shown = minutes.shown
    value = {name: each.value for name, each in shown.items()}
    flow = 3600 * settings.kv * value["velocity"] * settings.area_m2
    flow_dry = flow * _to_dry_standard(value)
    wet = settings.co2_basis == "wet"
    fraction = value["co2"] / 100 / ((1 - value["h2o"] / 100) if wet else 1.0)
    density = fraction * CO2_KG_M3
    duct: list[Quantity] = ["velocity"]
    dried: list[Quantity] = [*duct, "temperature", "static_pressure", "barometric_pressure", "h2o"]
    gas: list[Quantity] = ["co2", "h2o"] if wet else ["co2"]
    own: dict[Logged, Indications] = dict(shown.items())
    return own | {
        "flow": _computed(minutes, flow, duct),
        "flow_dry": _computed(minutes, flow_dry, dried),
        "co2_mass_concentration": _computed(minutes, density * MG_PER_KG, gas),
        "co2_mass": _computed(minutes, density * flow_dry, [*dried, *gas]),
    }


def _to_dry_standard(value: Mapping[Quantity, Floats]) -> Floats:
    """Dry volume at 273.15 K and 101.325 kPa over wet volume in the duct."""
    pressure = value["barometric_pressure"] + value["static_pressure"]
    cold = STANDARD_K / (STANDARD_K + value["temperature"])
    return cold * pressure / STANDARD_PA * (1 - value["h2o"] / 100)


def _computed(minutes: StackMinutes, value: Floats, of: list[Quantity]) -> Indications:
    state = np.max([minutes.shown[each].state for each in of], axis=0)
    return Indications(value=value, state=state)
