"""From fuel and air to flue gas: a balance of atoms, in kmol/h (pure).

Dry air holds 20.95 % O2, the rest counts as N2; its own CO2 (0.04 %) is left out, so that every
atom of carbon in the gas comes from fuel or carbonate. Gases are ideal.
"""

from dataclasses import dataclass
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
C, H, N, O, S = 12.0107, 1.00794, 14.0067, 15.9994, 32.065  # noqa: E741 - the elements' symbols
CO2: Final = C + 2 * O
"""Molar mass of carbon dioxide, kg/kmol: 44.0095."""
H2O: Final = 2 * H + O
O2_IN_AIR: Final = 0.2095
MOLAR_VOLUME: Final = 22.41396954
"""Of an ideal gas at 273.15 K and 101.325 kPa, m3/kmol."""
STANDARD_K: Final = 273.15
STANDARD_PA: Final = 101_325.0
KG_PER_T: Final = 1000.0


class Fuel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fuel as it is fired, in mass fractions; what is left to 1 is ash.

    Attributes:
        burnt: share of the carbon that leaves as CO2; the rest stays in ash or sinter.
        carbonate_CO2: kg of CO2 set free from carbonates, per kg of fuel.
        charge_water: kg of water driven out of the charge, per kg of fuel.
    """

    carbon: float
    hydrogen: float
    oxygen: float
    nitrogen: float
    sulphur: float
    moisture: float
    burnt: float = 1.0
    carbonate_CO2: float = 0.0
    charge_water: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FlueGas:
    """Amounts of substance that leave in an hour, kmol/h; arrays of one length."""

    co2: Floats
    o2: Floats
    n2: Floats
    so2: Floats
    h2o: Floats

    @property
    def dry(self) -> Floats:
        """All but water."""
        return self.co2 + self.o2 + self.n2 + self.so2

    @property
    def wet(self) -> Floats:
        """All."""
        return self.dry + self.h2o


def oxygen_demand(fuel: Fuel, fuel_t_h: Floats, carbon: Floats) -> Floats:
    """O2 that burns the fuel, kmol/h; `carbon` is its mass fraction at each instant."""
    per_kg = carbon * fuel.burnt / C + fuel.hydrogen / (4 * H)
    per_kg = per_kg + fuel.sulphur / S - fuel.oxygen / (2 * O)
    return fuel_t_h * KG_PER_T * per_kg


def burn(
    fuel: Fuel, fuel_t_h: Floats, carbon: Floats, air_O2: Floats, air_water: Floats
) -> FlueGas:
    """The gas that leaves.

    Args:
        fuel: of it, all but its carbon.
        fuel_t_h: fuel burnt, t/h, >= 0.
        carbon: mass fraction of carbon in it.
        air_O2: O2 that comes with air, by burners, excess and leaks, kmol/h.
        air_water: kmol of water per kmol of dry air.
    """
    kg_h = fuel_t_h * KG_PER_T
    carbonate = fuel.carbonate_CO2 / CO2
    water = fuel.hydrogen / (2 * H) + (fuel.moisture + fuel.charge_water) / H2O
    return FlueGas(
        co2=kg_h * (carbon * fuel.burnt / C + carbonate),
        o2=air_O2 - oxygen_demand(fuel, fuel_t_h, carbon),
        n2=air_O2 * (1 - O2_IN_AIR) / O2_IN_AIR + kg_h * fuel.nitrogen / (2 * N),
        so2=kg_h * fuel.sulphur / S,
        h2o=kg_h * water + air_O2 / O2_IN_AIR * air_water,
    )


def carbon_dioxide_t_h(gas: FlueGas) -> Floats:
    """Mass of CO2 that leaves, t/h."""
    return gas.co2 * CO2 / KG_PER_T


def volume_m3_h(kmol_h: Floats, temperature_Cel: Floats, pressure_Pa: Floats) -> Floats:
    """Volume at duct conditions, m3/h."""
    kelvins = temperature_Cel + 273.15
    return kmol_h * MOLAR_VOLUME * (kelvins / STANDARD_K) * (STANDARD_PA / pressure_Pa)


def saturation_Pa(temperature_Cel: Floats) -> Floats:
    """Vapour pressure of water, Pa, after Magnus with the coefficients of WMO; -45 to 60 Cel."""
    found: Floats = 611.2 * np.exp(17.62 * temperature_Cel / (243.12 + temperature_Cel))
    return found
