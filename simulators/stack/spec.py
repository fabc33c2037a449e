"""What stacks and their instruments are drawn from, as data."""

from typing import Annotated, Literal, TypeAlias

import msgspec

from simulators.certificate import Instant
from simulators.stack.combustion import Fuel
from simulators.stack.duct import DuctSpec

Quantity: TypeAlias = Literal[
    "co2", "o2", "h2o", "velocity", "temperature", "static_pressure", "barometric_pressure"
]
QUANTITIES: tuple[Quantity, ...] = Quantity.__args__  # type: ignore[attr-defined]
TRUE_QUANTITIES: tuple[str, ...] = (
    "co2_dry",
    "co2_wet",
    "o2_dry",
    "o2_wet",
    "h2o",
    "velocity",
    "velocity_seen",
    "temperature",
    "static_pressure",
    "barometric_pressure",
    "flow_wet_m3_h",
    "flow_dry_Nm3_h",
    "fuel_t_h",
    "co2_t_h",
)
"""What of a stack's truth another instrument can measure, as a process `stack:quantity`."""
UNITS: dict[str, str] = {
    "co2": "%",
    "o2": "%",
    "h2o": "%",
    "velocity": "m/s",
    "temperature": "Cel",
    "static_pressure": "Pa",
    "barometric_pressure": "Pa",
}
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
NotNegative = Annotated[float, msgspec.Meta(ge=0)]
Whole = Annotated[int, msgspec.Meta(ge=0)]


class StackPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a stack's description; unknown keys are refused."""


class LoadSpec(StackPart, frozen=True, kw_only=True):
    """How much is burnt when.

    Attributes:
        fuel_t_h: at load 1.
        mean, daily_amplitude, slow_amplitude: of the load, 1 being rated.
        stops_per_year: drawn, besides those that are planned.
        stop_h: shortest and longest.
        down_h, up_h: of ramps to a stop and from it.
    """

    fuel_t_h: float
    mean: Share = 0.86
    daily_amplitude: Share = 0.04
    slow_amplitude: Share = 0.08
    stops_per_year: NotNegative = 5.0
    stop_h: tuple[float, float] = (10.0, 90.0)
    down_h: float = 2.0
    up_h: float = 5.0


class GasSpec(StackPart, frozen=True, kw_only=True):
    """The gas in the duct.

    Attributes:
        air_ratio: O2 with the air over O2 that burns the fuel, at load 1, leaks included.
        air_ratio_slope: how much more, relatively, per unit of load that is missing.
        air_ratio_variation: relative, seeded.
        purge: air that flows without fuel, over the air at load 1.
        carbon_variation: of the fuel's carbon, relative, seeded; ash makes room for it.
        temperature_Cel, static_pressure_Pa: at load 1.
        temperature_variation_K: seeded.
        saturated: the gas leaves a wet scrubber.
    """

    air_ratio: float
    air_ratio_slope: float = 0.15
    air_ratio_variation: NotNegative = 0.03
    purge: NotNegative = 0.03
    carbon_variation: NotNegative = 0.02
    temperature_Cel: float = 55.0
    temperature_variation_K: NotNegative = 2.0
    static_pressure_Pa: float = -150.0
    saturated: bool = False


class WeatherSpec(StackPart, frozen=True, kw_only=True):
    """The air outside."""

    mean_Cel: float = 13.5
    seasonal_K: NotNegative = 14.0
    daily_K: NotNegative = 5.0
    barometric_Pa: float = 101_000.0
    barometric_variation_Pa: NotNegative = 1500.0
    relative_humidity: Share = 0.6


class CycleSpec(StackPart, frozen=True, kw_only=True):
    """An analyser's own zero and span check, and the blowing back of its probe.

    Attributes:
        every_h: between checks; 0 for none.
        at_min: minute of the local day at which one begins.
        zero_min, span_min, settle_min: how long each gas flows, and until the sample is back.
        zero_gas: its value, in the instrument's unit.
        span_gas: nominal value of the cylinder, in the instrument's unit.
        span_U: of the cylinder's certified value, relative, k = 2.
        cylinder_days: until the cylinder is exchanged.
        adjust_days: between adjustments with the cylinder, at a maintenance; 0 for never.
        blow_back_h: between blow-backs; 0 for none.
        blow_back_min: how long one lasts.
    """

    every_h: Whole = 0
    at_min: Whole = 120
    zero_min: Whole = 6
    span_min: Whole = 6
    settle_min: Whole = 4
    zero_gas: float = 0.0
    span_gas: float = 0.0
    span_U: NotNegative = 0.01
    cylinder_days: Annotated[int, msgspec.Meta(ge=1)] = 180
    adjust_days: Whole = 0
    blow_back_h: Whole = 0
    blow_back_min: Whole = 2


class SensorSpec(StackPart, frozen=True, kw_only=True):
    """What instruments of one type are drawn from; all in the instrument's unit.

    Attributes:
        basis: `dry` shows the fraction after a cooler, `wet` that in the duct.
        ranges: full scales, rising; above the last one the instrument says so.
        offset, gain: standard deviations of zero and of relative span when commissioned.
        zero_drift, span_drift: standard deviations of what 30 days add.
        zero_per_K, span_per_K: standard deviations, per kelvin of its shelter.
        curvature: standard deviation of the deviation from a line in the middle of the range,
            relative to full scale.
        cross_water: standard deviation of what 1 % of water vapour adds.
        noise: standard deviation of a minute's mean, at the last range; in proportion at others.
        resolution: last digit.
        t90_s: of a first-order response; 0 for at once.
        delay_s: of the sample line.
        filter_days, clogging: the filter is new every so many days, and at the end of them has
            lost this share of its flow: delay and response grow by 1/(1 - lost).
        faults_per_year, fault_h: drawn; mean length.
        maintenance_days, maintenance_min: how often and how long; 0 for never.
    """

    maker: str = "Simulated"
    model: str = "sensor"
    basis: Literal["dry", "wet", "none"] = "none"
    ranges: Annotated[tuple[float, ...], msgspec.Meta(min_length=1)]
    offset: NotNegative = 0.0
    gain: NotNegative = 0.0
    zero_drift: NotNegative = 0.0
    span_drift: NotNegative = 0.0
    zero_per_K: NotNegative = 0.0
    span_per_K: NotNegative = 0.0
    curvature: NotNegative = 0.0
    cross_water: NotNegative = 0.0
    noise: NotNegative = 0.0
    resolution: NotNegative = 0.0
    t90_s: NotNegative = 0.0
    delay_s: NotNegative = 0.0
    filter_days: Annotated[int, msgspec.Meta(ge=1)] = 30
    clogging: Annotated[float, msgspec.Meta(ge=0, le=0.8)] = 0.0
    faults_per_year: NotNegative = 0.0
    fault_h: NotNegative = 6.0
    maintenance_days: Whole = 0
    maintenance_min: Whole = 40
    cycle: CycleSpec = CycleSpec()


class Planned(StackPart, frozen=True, kw_only=True):
    """Something that is known beforehand.

    Attributes:
        kind: `stop`: nothing burns; `maintenance`, `fault`, `no_communication`: of an instrument;
            `ageing`: from `at` on it drifts by so much a day, until a repair; `repair`: it is
            repaired, adjusted, and drifts anew.
        instrument: not of a stop.
        until: not of ageing.
        zero_per_day: what ageing adds, in the instrument's unit.
        span_per_day: what ageing adds, relative.
    """

    kind: Literal["stop", "maintenance", "fault", "no_communication", "ageing", "repair"]
    at: Instant
    until: Instant | None = None
    instrument: Quantity | None = None
    zero_per_day: float = 0.0
    span_per_day: float = 0.0

    def __post_init__(self) -> None:
        if (self.kind == "ageing") != (self.until is None):
            raise ValueError("until: ageing has none, all others need it")
        if (self.kind == "stop") != (self.instrument is None):
            raise ValueError("instrument: a stop has none, all others need it")
        if self.until is not None and self.until <= self.at:
            raise ValueError("until must be later than at")


class StackSpec(StackPart, frozen=True, kw_only=True):
    """A stack with all its instruments."""

    fuel: Fuel
    load: LoadSpec
    gas: GasSpec
    duct: DuctSpec
    sensors: dict[Quantity, SensorSpec]
    weather: WeatherSpec = WeatherSpec()
    utc_offset_h: float = 8.0
    planned: tuple[Planned, ...] = ()
