"""From a true quantity value to what an instrument shows.

A register counts gain * amount * (1 + e), a rate shows gain * rate * (1 + e) + offset + noise;
e is the relative error: a polynomial of the load, plus drift since the calibration, plus a
temperature term. A register is truncated to its last digit and rolls over; a rate is rounded.
"""

import math
from dataclasses import dataclass, replace

import msgspec
import numpy as np

from evidence.errors import Words
from simulators.errors import SimulationRangeError
from simulators.process import HOUR_NS, Process

YEAR_NS = 31_557_600_000_000_000
COUNTER_MODULUS = 1 << 256


class InstrumentSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What instruments of one type are drawn from: means are 0, these are standard deviations.

    Attributes:
        bias_standard_deviation: of the relative error at `load_centre`.
        slope_standard_deviation: of the relative error per unit of load.
        offset_standard_deviation: of a rate's zero, in the rate's unit.
        drift_standard_deviation_per_year: of the relative error's change in 365.25 days.
        temperature_standard_deviation_per_K: of the relative error's change per kelvin.
        load_centre: load at which the bias is stated, in the process's rate unit.
        noise: standard deviation of one rate indication, in the rate's unit.
        gain: indicated over true before all errors, e.g. a wrong transformer ratio.
        reference_Cel: temperature at which the temperature term is zero.
        register_resolution: last digit of the register, in its unit; 0 for none.
        rate_resolution: last digit of the rate, in its unit; 0 for none.
        rollover_modulus: the register shows its total modulo this; 0 for never.
    """

    bias_standard_deviation: float = 0.0
    slope_standard_deviation: float = 0.0
    offset_standard_deviation: float = 0.0
    drift_standard_deviation_per_year: float = 0.0
    temperature_standard_deviation_per_K: float = 0.0
    load_centre: float = 0.0
    noise: float = 0.0
    gain: float = 1.0
    reference_Cel: float = 23.0
    register_resolution: float = 0.0
    rate_resolution: float = 0.0
    rollover_modulus: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentTruth:
    """What nobody but the simulation knows about one instrument.

    Attributes:
        relative_error: coefficients in ascending powers of (load - load_centre).
        calibrated_at_ns: instant from which drift is counted.
        temperature: ambient temperature in degrees Celsius, by `rate`.
        noise_seed: two instruments with one seed show the same noise.
    The other attributes are those of `InstrumentSpec`.
    """

    relative_error: tuple[float, ...]
    load_centre: float
    offset: float
    drift_per_year: float
    calibrated_at_ns: int
    temperature_coefficient_per_K: float
    reference_Cel: float
    temperature: Process
    noise: float
    noise_seed: int
    gain: float
    register_resolution: float
    rate_resolution: float
    rollover_modulus: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterState:
    """All that a register has counted, `total`, up to an instant; digits and rollover apart."""

    at_ns: int
    total: float


def draw_instrument(
    spec: InstrumentSpec, calibrated_at_ns: int, temperature: Process, rng: np.random.Generator
) -> InstrumentTruth:
    """One instrument of the type, its errors drawn from normal distributions.

    Always takes five normal deviates and one integer from `rng`.

    Raises:
        SimulationRangeError: a standard deviation, a resolution or the modulus is out of range.
    """
    _check_spec(spec)
    bias, slope, offset, drift, per_kelvin = (float(z) for z in rng.standard_normal(5))
    return InstrumentTruth(
        relative_error=(
            bias * spec.bias_standard_deviation,
            slope * spec.slope_standard_deviation,
        ),
        load_centre=spec.load_centre,
        offset=offset * spec.offset_standard_deviation,
        drift_per_year=drift * spec.drift_standard_deviation_per_year,
        calibrated_at_ns=calibrated_at_ns,
        temperature_coefficient_per_K=per_kelvin * spec.temperature_standard_deviation_per_K,
        reference_Cel=spec.reference_Cel,
        temperature=temperature,
        noise=spec.noise,
        noise_seed=int(rng.integers(1 << 63)),
        gain=spec.gain,
        register_resolution=spec.register_resolution,
        rate_resolution=spec.rate_resolution,
        rollover_modulus=spec.rollover_modulus,
    )


def _check_spec(spec: InstrumentSpec) -> None:
    for name in spec.__struct_fields__:
        value = float(getattr(spec, name))
        free = name in {"load_centre", "reference_Cel"}
        if not math.isfinite(value) or (value < 0 and not free):
            raise SimulationRangeError(
                "instrument", name=name, value=value, limit="finite" if free else "0 or more"
            )
    if spec.rollover_modulus and spec.rollover_modulus < 2 * spec.register_resolution:
        raise SimulationRangeError(
            "instrument",
            name="rollover_modulus",
            value=spec.rollover_modulus,
            limit=Words("0 or at least two digits", "0 或至少两位"),
        )


def load_error(truth: InstrumentTruth, load: float) -> float:
    """The relative error at a load (the process's rate unit) under reference conditions."""
    error = 0.0
    for coefficient in reversed(truth.relative_error):
        error = error * (load - truth.load_centre) + coefficient
    return error


def relative_error_at(
    truth: InstrumentTruth, load: float, at_ns: int, temperature_Cel: float
) -> float:
    """The relative error at a load, an instant and a temperature."""
    years = (at_ns - truth.calibrated_at_ns) / YEAR_NS
    kelvins = temperature_Cel - truth.reference_Cel
    drifted = truth.drift_per_year * years + truth.temperature_coefficient_per_K * kelvins
    return load_error(truth, load) + drifted


def aged(truth: InstrumentTruth, at_ns: int) -> InstrumentTruth:
    """The same instrument, with what it has drifted by an instant among its errors."""
    years = (at_ns - truth.calibrated_at_ns) / YEAR_NS
    first, *others = truth.relative_error
    drifted = first + truth.drift_per_year * years
    return replace(truth, relative_error=(drifted, *others), calibrated_at_ns=at_ns)


def advance(
    state: RegisterState, truth: InstrumentTruth, process: Process, to_ns: int, step_ns: int
) -> RegisterState:
    """The register at a later instant, counted in steps that end at multiples of `step_ns`.

    Within a step the relative error is that of the mean load, middle instant and mean
    temperature. A state at a multiple of `step_ns` does not depend on when it was read.

    Raises:
        SimulationRangeError: `to_ns` is earlier than the state, or `step_ns` is not positive.
    """
    if to_ns < state.at_ns or step_ns <= 0:
        raise SimulationRangeError(
            "register", name="to_ns", value=to_ns, limit=f">= {state.at_ns}, in steps > 0"
        )
    at_ns, total = state.at_ns, state.total
    while at_ns < to_ns:
        end_ns = min((at_ns // step_ns + 1) * step_ns, to_ns)
        total += counted(truth, process, at_ns, end_ns)
        at_ns = end_ns
    return RegisterState(at_ns=at_ns, total=total)


def counted(truth: InstrumentTruth, process: Process, from_ns: int, to_ns: int) -> float:
    """What a register adds within one step, in the unit of the amount; 0 for an empty step."""
    if to_ns == from_ns:
        return 0.0
    hours = (to_ns - from_ns) / HOUR_NS
    amount = process.amount(from_ns, to_ns)
    mean_Cel = truth.temperature.amount(from_ns, to_ns) / hours
    error = relative_error_at(truth, amount / hours, (from_ns + to_ns) // 2, mean_Cel)
    return truth.gain * amount * (1 + error)


def indicated_total(truth: InstrumentTruth, total: float) -> float:
    """What the register shows: truncated to its last digit, modulo its rollover."""
    if not truth.register_resolution:
        return total % truth.rollover_modulus if truth.rollover_modulus else total
    digits = math.floor(total / truth.register_resolution)
    if truth.rollover_modulus:
        digits %= round(truth.rollover_modulus / truth.register_resolution)
    return digits * truth.register_resolution


def indicated_rate(truth: InstrumentTruth, process: Process, at_ns: int) -> float:
    """What a rate shows at an instant, rounded to its last digit; the same if read twice."""
    rate = process.rate(at_ns)
    error = relative_error_at(truth, rate, at_ns, truth.temperature.rate(at_ns))
    shown = truth.gain * rate * (1 + error) + truth.offset + noise_at(truth, at_ns)
    if not truth.rate_resolution:
        return shown
    return round(shown / truth.rate_resolution) * truth.rate_resolution


def noise_at(truth: InstrumentTruth, at_ns: int) -> float:
    """The noise of a rate at an instant: a function of seed and instant alone (Philox counter)."""
    if not truth.noise:
        return 0.0
    bits = np.random.Philox(key=truth.noise_seed, counter=at_ns % COUNTER_MODULUS)
    return truth.noise * float(np.random.Generator(bits).standard_normal())
