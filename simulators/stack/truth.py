"""What is true of a stack in each minute: load, gas, conditions, velocity and CO2 (pure).

Everything is constant within a minute of UTC, so that sums over minutes are exact integrals and
all quantities of a minute are consistent with each other. A minute's truth is a function of the
stack and of the minute alone.
"""

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from simulators.instant import instant_ns
from simulators.process import Process
from simulators.stack.combustion import (
    STANDARD_PA,
    FlueGas,
    Fuel,
    burn,
    carbon_dioxide_t_h,
    oxygen_demand,
    saturation_Pa,
    volume_m3_h,
)
from simulators.stack.duct import field_coefficient, seen
from simulators.stack.spec import LoadSpec, StackSpec
from simulators.stack.waves import (
    EPOCH_MIN,
    MIN_PER_DAY,
    MIN_PER_YEAR,
    NS_PER_MIN,
    Floats,
    Minutes,
    Waves,
    daily,
    epochs,
    slow_waves,
    stream,
)

LOWEST_LOAD: Final = 0.05
"""Below it nothing burns."""
WARMTH_LOAD: Final = 0.04
"""At this load the gas is half as warm, over the air, as at load 1 and a little more."""
LEAST_AIR: Final = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """The true quantity values of minutes, one element a minute.

    Attributes:
        minute: since 1970-01-01T00:00Z, of its beginning.
        operating: whether fuel burns.
        fuel_t_h, carbon: what burns, and the mass fraction of carbon in it.
        co2_dry, o2_dry: percent by volume of the dry gas.
        co2_wet, o2_wet, h2o: percent by volume of the gas in the duct.
        velocity, velocity_seen: mean of the section, and where the sensor looks; m/s.
        kv: velocity over velocity_seen.
        flow_wet_m3_h: at the duct's conditions; flow_dry_Nm3_h at 273.15 K, 101.325 kPa.
        static_pressure: gauge, Pa; barometric_pressure Pa.
        shelter_Cel: temperature around the analysers.
        co2_t_h: mass flow of CO2.
    """

    minute: Minutes
    operating: NDArray[np.bool_]
    fuel_t_h: Floats
    carbon: Floats
    co2_dry: Floats
    o2_dry: Floats
    co2_wet: Floats
    o2_wet: Floats
    h2o: Floats
    velocity: Floats
    velocity_seen: Floats
    kv: Floats
    temperature: Floats
    static_pressure: Floats
    barometric_pressure: Floats
    shelter_Cel: Floats
    flow_wet_m3_h: Floats
    flow_dry_Nm3_h: Floats
    co2_t_h: Floats

    def part(self, kept: slice) -> "Truth":
        """The same of some of the minutes."""
        return Truth(**{each.name: getattr(self, each.name)[kept] for each in fields(self)})


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A stack: everything drawn for it is a function of `seed` and `id`.

    Attributes:
        commissioned_ns: when its instruments are new and their first cylinders in use.
        fuel: burnt, t/h; in place of the load of the specification.
        carbon: mass fraction of carbon in the fuel; in place of the fuel's own.
    """

    id: str
    seed: int
    spec: StackSpec
    commissioned_ns: int
    fuel: Process | None = None
    carbon: Process | None = None

    @cached_property
    def key(self) -> int:
        """What everything is drawn from: two stacks of one seed have nothing in common."""
        return self.seed << 32 | crc32(self.id.encode())

    @property
    def commissioned_min(self) -> int:
        """The minute in which it is commissioned."""
        return self.commissioned_ns // NS_PER_MIN

    @cached_property
    def area_m2(self) -> float:
        """The true area of the duct."""
        z = float(stream(self.key, "area").standard_normal())
        return self.spec.duct.area_m2 * (1 + self.spec.duct.area_standard_uncertainty * z)

    def waves(self, name: str, amplitude: float, longest_h: float = 200.0) -> Waves:
        """The slow variation of that name."""
        return slow_waves(amplitude, 1.5, longest_h, stream(self.key, "waves", name))

    def local(self, minute: int) -> int:
        """Minute of local standard time."""
        return minute + round(self.spec.utc_offset_h * 60)


def truth(stack: Stack, minutes: Minutes) -> Truth:
    """What is true in each of the minutes."""
    spec, gas = stack.spec, stack.spec.gas
    fuel, carbon = _burnt(stack, minutes), _carbon(stack, minutes)
    load = fuel / spec.load.fuel_t_h
    outside, barometric, humid = _weather(stack, minutes)
    warmth = load * (1 + WARMTH_LOAD) / (load + WARMTH_LOAD)
    swing = stack.waves("temperature", gas.temperature_variation_K).at(minutes)
    temperature = outside + (gas.temperature_Cel + swing - outside) * warmth
    static = gas.static_pressure_Pa * load**2 * (1 + stack.waves("draught", 0.1).at(minutes))
    left = _gas(stack, minutes, fuel, carbon, humid)
    left = _washed(left, temperature, barometric + static) if gas.saturated else left
    flow = volume_m3_h(left.wet, temperature, barometric + static)
    velocity = flow / 3600 / stack.area_m2
    return Truth(
        minute=minutes,
        operating=fuel > 0,
        fuel_t_h=fuel,
        carbon=carbon,
        co2_dry=100 * left.co2 / left.dry,
        o2_dry=100 * left.o2 / left.dry,
        co2_wet=100 * left.co2 / left.wet,
        o2_wet=100 * left.o2 / left.wet,
        h2o=100 * left.h2o / left.wet,
        velocity=velocity,
        velocity_seen=seen(spec.duct, velocity),
        kv=field_coefficient(spec.duct, velocity),
        temperature=temperature,
        static_pressure=static,
        barometric_pressure=barometric,
        shelter_Cel=22 + 0.15 * (outside - 15),
        flow_wet_m3_h=flow,
        flow_dry_Nm3_h=volume_m3_h(left.dry, np.zeros(len(minutes)), np.array(STANDARD_PA)),
        co2_t_h=carbon_dioxide_t_h(left),
    )


def co2_t(stack: Stack, from_ns: int, to_ns: int) -> float:
    """The true mass of CO2 that leaves between two instants, t; exact, parts of minutes too."""
    if to_ns <= from_ns:
        return 0.0 if to_ns == from_ns else -co2_t(stack, to_ns, from_ns)
    first, last = from_ns // NS_PER_MIN, -(-to_ns // NS_PER_MIN)
    rates = truth(stack, np.arange(first, last, dtype=np.int64)).co2_t_h
    whole = rates.sum() / 60
    before = rates[0] * (from_ns - first * NS_PER_MIN)
    after = rates[-1] * (last * NS_PER_MIN - to_ns)
    return float(whole - (before + after) / (60 * NS_PER_MIN))


def _burnt(stack: Stack, minutes: Minutes) -> Floats:
    """Fuel, t/h."""
    if stack.fuel is not None:
        fuel = _process_means(stack.fuel, minutes)
    else:
        fuel = stack.spec.load.fuel_t_h * _curve(stack, minutes)
    running = availability(stack, minutes)
    burnt: Floats = np.where(
        fuel * running >= LOWEST_LOAD * stack.spec.load.fuel_t_h, fuel * running, 0.0
    )
    return burnt


def _process_means(process: Process, minutes: Minutes) -> Floats:
    """The mean rate of each minute."""
    edges = (minutes.astype(object) * NS_PER_MIN).tolist()
    return np.array([process.amount(each, each + NS_PER_MIN) * 60 for each in edges])


def _curve(stack: Stack, minutes: Minutes) -> Floats:
    spec: LoadSpec = stack.spec.load
    peak = 14 * 60 - 60 * stack.spec.utc_offset_h
    curve = spec.mean + daily(spec.daily_amplitude, peak).at(minutes)
    return curve + stack.waves("load", spec.slow_amplitude, 400.0).at(minutes)


def availability(stack: Stack, minutes: Minutes) -> Floats:
    """1 in operation, 0 in a stop, and the ramps between them."""
    spec, found = stack.spec.load, np.ones(len(minutes))
    if not len(minutes):
        return found
    for begins, ends in stops(stack, int(minutes[0]), int(minutes[-1])):
        down = (begins - minutes) / (60 * spec.down_h)
        up = (minutes + 1 - ends) / (60 * spec.up_h)
        found = np.minimum(found, np.clip(np.maximum(down, up), 0.0, 1.0))
    return found


def stops(stack: Stack, first: int, last: int) -> list[tuple[int, int]]:
    """When nothing burns, as first and one-past-last minutes, around a stretch of minutes."""
    drawn = [one for epoch in epochs(first, last) for one in _drawn_stops(stack, epoch)]
    planned = [
        (instant_ns(each.at) // NS_PER_MIN, instant_ns(each.until) // NS_PER_MIN)
        for each in stack.spec.planned
        if each.kind == "stop" and each.until is not None
    ]
    return sorted(drawn) + planned


def _drawn_stops(stack: Stack, epoch: int) -> list[tuple[int, int]]:
    """At most one stop in each half of an epoch; none before the stack is commissioned."""
    rng, spec = stream(stack.key, "stops", epoch), stack.spec.load
    found = []
    for half in (0, 1):
        chance, place, length = rng.uniform(size=3)
        shortest, longest = spec.stop_h
        lasts = round(60 * (shortest + (longest - shortest) * length))
        begins = epoch * EPOCH_MIN + half * EPOCH_MIN // 2 + round(place * (EPOCH_MIN // 2 - lasts))
        if chance < spec.stops_per_year * EPOCH_MIN / 2 / MIN_PER_YEAR:
            found.append((begins, begins + lasts))
    return [one for one in found if one[0] > stack.commissioned_min]


def _carbon(stack: Stack, minutes: Minutes) -> Floats:
    if stack.carbon is not None:
        return _process_means(stack.carbon, minutes)
    varied = stack.waves("carbon", stack.spec.gas.carbon_variation, 300.0).at(minutes)
    return stack.spec.fuel.carbon * (1 + varied)


def _weather(stack: Stack, minutes: Minutes) -> tuple[Floats, Floats, Floats]:
    """Temperature, pressure, and kmol of water per kmol of dry air."""
    spec = stack.spec.weather
    year = Waves(
        amplitudes=(spec.seasonal_K,),
        periods_min=(float(MIN_PER_YEAR),),
        crests_min=(200.0 * MIN_PER_DAY,),
    )
    afternoon = daily(spec.daily_K, 15 * 60 - 60 * stack.spec.utc_offset_h)
    outside = spec.mean_Cel + year.at(minutes) + afternoon.at(minutes)
    outside = outside + stack.waves("weather", 3.0, 240.0).at(minutes)
    swing = stack.waves("barometer", spec.barometric_variation_Pa, 300.0).at(minutes)
    barometric = spec.barometric_Pa + swing
    vapour = spec.relative_humidity * saturation_Pa(outside)
    return outside, barometric, vapour / (barometric - vapour)


def _gas(
    stack: Stack, minutes: Minutes, fuel: Floats, carbon: Floats, air_water: Floats
) -> FlueGas:
    spec, gas = stack.spec, stack.spec.gas
    load = fuel / spec.load.fuel_t_h
    varied = stack.waves("air", gas.air_ratio_variation, 100.0).at(minutes)
    ratio = gas.air_ratio * (1 + gas.air_ratio_slope * np.maximum(1 - load, 0.0)) * (1 + varied)
    demand = oxygen_demand(spec.fuel, fuel, carbon)
    purge = max(gas.purge, LEAST_AIR) * gas.air_ratio * _rated_demand(spec)
    return burn(spec.fuel, fuel, carbon, np.maximum(ratio, 1.0) * demand + purge, air_water)


def _rated_demand(spec: StackSpec) -> float:
    fuel: Fuel = spec.fuel
    one = np.ones(1)
    return float(oxygen_demand(fuel, spec.load.fuel_t_h * one, fuel.carbon * one)[0])


def _washed(gas: FlueGas, temperature: Floats, pressure: Floats) -> FlueGas:
    """The gas after a scrubber that saturates it."""
    fraction = saturation_Pa(temperature) / pressure
    water = gas.dry * fraction / (1 - fraction)
    return FlueGas(co2=gas.co2, o2=gas.o2, n2=gas.n2, so2=gas.so2, h2o=water)
