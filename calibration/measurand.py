"""What is measured: a closed vocabulary of kinds of quantity, and the measurand (VIM 2.3)."""

from enum import StrEnum

import msgspec

from calibration.errors import UnitMismatchError
from calibration.unit import unit


class KindOfQuantity(StrEnum):
    """The kinds of quantity the house knows (VIM 1.2).

    NOMINAL_PROPERTY is none (VIM 1.30): a number that stands for a state, such as the measuring
    range that an analyser uses. It has no size, so it is never computed with.
    """

    ACTIVE_ENERGY = "active_energy"
    REACTIVE_ENERGY = "reactive_energy"
    APPARENT_ENERGY = "apparent_energy"
    ACTIVE_POWER = "active_power"
    REACTIVE_POWER = "reactive_power"
    APPARENT_POWER = "apparent_power"
    VOLTAGE = "voltage"
    CURRENT = "current"
    FREQUENCY = "frequency"
    POWER_FACTOR = "power_factor"
    VOLUME = "volume"
    VOLUME_FLOW = "volume_flow"
    MASS = "mass"
    MASS_FLOW = "mass_flow"
    HEAT = "heat"
    THERMAL_POWER = "thermal_power"
    TEMPERATURE = "temperature"
    PRESSURE = "pressure"
    DENSITY = "density"
    VELOCITY = "velocity"
    AMOUNT_FRACTION = "amount_fraction"
    MASS_CONCENTRATION = "mass_concentration"
    RELATIVE_HUMIDITY = "relative_humidity"
    NOMINAL_PROPERTY = "nominal_property"


DIMENSION_OF = {
    KindOfQuantity.ACTIVE_ENERGY: "energy",
    KindOfQuantity.REACTIVE_ENERGY: "reactive energy",
    KindOfQuantity.APPARENT_ENERGY: "apparent energy",
    KindOfQuantity.ACTIVE_POWER: "power",
    KindOfQuantity.REACTIVE_POWER: "reactive power",
    KindOfQuantity.APPARENT_POWER: "apparent power",
    KindOfQuantity.VOLTAGE: "voltage",
    KindOfQuantity.CURRENT: "current",
    KindOfQuantity.FREQUENCY: "frequency",
    KindOfQuantity.POWER_FACTOR: "ratio",
    KindOfQuantity.VOLUME: "volume",
    KindOfQuantity.VOLUME_FLOW: "volume flow",
    KindOfQuantity.MASS: "mass",
    KindOfQuantity.MASS_FLOW: "mass flow",
    KindOfQuantity.HEAT: "energy",
    KindOfQuantity.THERMAL_POWER: "power",
    KindOfQuantity.TEMPERATURE: "temperature",
    KindOfQuantity.PRESSURE: "pressure",
    KindOfQuantity.DENSITY: "mass concentration",
    KindOfQuantity.VELOCITY: "velocity",
    KindOfQuantity.AMOUNT_FRACTION: "ratio",
    KindOfQuantity.MASS_CONCENTRATION: "mass concentration",
    KindOfQuantity.RELATIVE_HUMIDITY: "ratio",
    KindOfQuantity.NOMINAL_PROPERTY: "ratio",
}


class Accumulation(StrEnum):
    """How an indication relates to time.

    REGISTER: counted by the instrument since its start; calibration acts on increments.
    RATE: the value at an instant; integrated over time by us.
    INTERVAL: the amount of the interval that ends at the indication's instant.
    """

    REGISTER = "register"
    RATE = "rate"
    INTERVAL = "interval"


class ReferenceConditions(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False
):
    """The state a gas quantity is stated for; part of the measurand, never a hidden factor."""

    temperature_K: float
    pressure_Pa: float
    wet: bool


class Measurand(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """The quantity intended to be measured (VIM 2.3).

    Args:
        kind_of_quantity: from the closed vocabulary.
        unit: UCUM code whose dimension is that of the kind.
        subject: what it is a quantity of, such as "line-1 feeder".
        accumulation: register, rate or interval amount.
        reference_conditions: for gas quantities.

    Raises:
        UnknownUnitError, UnitMismatchError: the unit is unknown or of another kind.
    """

    kind_of_quantity: KindOfQuantity
    unit: str
    subject: str
    accumulation: Accumulation
    reference_conditions: ReferenceConditions | None = None

    def __post_init__(self) -> None:
        expected = DIMENSION_OF[self.kind_of_quantity]
        if unit(self.unit).dimension != expected:
            raise UnitMismatchError(self.subject, found=self.unit, expected=expected)
