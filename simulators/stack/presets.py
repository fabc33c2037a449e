"""Two stacks: a steel sinter plant and a power boiler. Plausible, and of no real works."""

from collections.abc import Mapping
from typing import Final

from simulators.stack.combustion import Fuel
from simulators.stack.duct import DuctSpec
from simulators.stack.spec import (
    CycleSpec,
    GasSpec,
    LoadSpec,
    Quantity,
    SensorSpec,
    StackSpec,
)

TEMPERATURE: Final = SensorSpec(
    model="Pt100 transmitter",
    ranges=(300.0,),
    offset=0.4,
    zero_drift=0.05,
    noise=0.15,
    resolution=0.1,
    faults_per_year=0.3,
)
STATIC: Final = SensorSpec(
    model="draught transmitter",
    ranges=(2500.0,),
    offset=6.0,
    zero_drift=1.0,
    noise=4.0,
    resolution=1.0,
    faults_per_year=0.3,
)
BAROMETER: Final = SensorSpec(
    model="barometer",
    ranges=(110_000.0,),
    offset=40.0,
    zero_drift=4.0,
    noise=3.0,
    resolution=10.0,
    faults_per_year=0.1,
)
MOISTURE: Final = SensorSpec(
    model="capacitive moisture meter",
    basis="none",
    ranges=(40.0,),
    offset=0.3,
    gain=0.03,
    zero_drift=0.02,
    span_drift=0.002,
    noise=0.08,
    resolution=0.01,
    t90_s=90.0,
    faults_per_year=1.0,
    maintenance_days=30,
)
VELOCITY: Final = SensorSpec(
    model="ultrasonic flow meter",
    ranges=(40.0,),
    offset=0.03,
    gain=0.008,
    zero_drift=0.005,
    span_drift=0.0008,
    noise=0.06,
    resolution=0.01,
    faults_per_year=1.0,
    maintenance_days=30,
)
PITOT: Final = SensorSpec(
    model="averaging pitot tube",
    ranges=(40.0,),
    offset=0.06,
    gain=0.012,
    zero_drift=0.02,
    span_drift=0.002,
    noise=0.1,
    resolution=0.01,
    faults_per_year=1.0,
    maintenance_days=30,
    cycle=CycleSpec(blow_back_h=4, blow_back_min=2, settle_min=1),
)
EXTRACTIVE_CO2: Final = SensorSpec(
    model="extractive NDIR analyser",
    basis="dry",
    ranges=(25.0,),
    offset=0.03,
    gain=0.003,
    zero_drift=0.06,
    span_drift=0.004,
    zero_per_K=0.004,
    span_per_K=0.0004,
    curvature=0.002,
    cross_water=0.002,
    noise=0.03,
    resolution=0.01,
    t90_s=60.0,
    delay_s=25.0,
    clogging=0.4,
    faults_per_year=2.0,
    maintenance_days=15,
    cycle=CycleSpec(
        every_h=24,
        at_min=130,
        span_gas=20.0,
        adjust_days=30,
        blow_back_h=8,
        blow_back_min=2,
        settle_min=5,
    ),
)
EXTRACTIVE_O2: Final = SensorSpec(
    model="paramagnetic analyser",
    basis="dry",
    ranges=(25.0,),
    offset=0.03,
    gain=0.003,
    zero_drift=0.05,
    span_drift=0.003,
    zero_per_K=0.003,
    span_per_K=0.0003,
    noise=0.02,
    resolution=0.01,
    t90_s=45.0,
    delay_s=25.0,
    clogging=0.4,
    faults_per_year=1.5,
    maintenance_days=15,
    cycle=CycleSpec(
        every_h=24,
        at_min=130,
        span_gas=20.0,
        adjust_days=30,
        blow_back_h=8,
        blow_back_min=2,
        settle_min=5,
    ),
)
IN_SITU_CO2: Final = SensorSpec(
    model="in-situ cross-duct analyser",
    basis="wet",
    ranges=(8.0, 16.0),
    offset=0.04,
    gain=0.005,
    zero_drift=0.05,
    span_drift=0.005,
    span_per_K=0.0005,
    curvature=0.002,
    cross_water=0.005,
    noise=0.04,
    resolution=0.01,
    t90_s=15.0,
    faults_per_year=1.5,
    maintenance_days=30,
    cycle=CycleSpec(
        every_h=24, at_min=150, span_gas=12.0, adjust_days=90, blow_back_h=12, settle_min=2
    ),
)


def _around(co2: SensorSpec, velocity: SensorSpec) -> Mapping[Quantity, SensorSpec]:
    return {
        "co2": co2,
        "o2": EXTRACTIVE_O2,
        "h2o": MOISTURE,
        "velocity": velocity,
        "temperature": TEMPERATURE,
        "static_pressure": STATIC,
        "barometric_pressure": BAROMETER,
    }


SINTER: Final = StackSpec(
    fuel=Fuel(  # coke breeze; carbonates and the water of the charge come with it
        carbon=0.83,
        hydrogen=0.006,
        oxygen=0.012,
        nitrogen=0.010,
        sulphur=0.006,
        moisture=0.02,
        burnt=0.985,
        carbonate_CO2=0.8,
        charge_water=1.9,
    ),
    load=LoadSpec(fuel_t_h=25.0, stops_per_year=8.0, stop_h=(6.0, 60.0), down_h=0.5, up_h=1.5),
    gas=GasSpec(
        air_ratio=3.9,
        air_ratio_variation=0.06,
        purge=0.05,
        temperature_Cel=132.0,
        temperature_variation_K=8.0,
        static_pressure_Pa=-180.0,
    ),
    duct=DuctSpec(area_m2=24.0, at_velocity=16.0, sensor="point", position=0.35, angle_deg=40.0),
    sensors=dict(_around(IN_SITU_CO2, PITOT)),
)
BOILER: Final = StackSpec(
    fuel=Fuel(  # bituminous coal
        carbon=0.58,
        hydrogen=0.037,
        oxygen=0.078,
        nitrogen=0.010,
        sulphur=0.008,
        moisture=0.09,
        burnt=0.985,
    ),
    load=LoadSpec(fuel_t_h=62.0, mean=0.84, daily_amplitude=0.09, stops_per_year=4.0),
    gas=GasSpec(air_ratio=1.36, temperature_Cel=52.0, saturated=True),
    duct=DuctSpec(area_m2=19.635, at_velocity=11.0),
    sensors=dict(_around(EXTRACTIVE_CO2, VELOCITY)),
)
PRESETS: Final[Mapping[str, StackSpec]] = {"sinter": SINTER, "boiler": BOILER}
