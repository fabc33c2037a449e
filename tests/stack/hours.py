"""From the minutes of an hour to its CO2: correction, hourly means, and the model; all product."""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from calibration.basis import UncertaintyBasis
from calibration.derivation import Derivation
from calibration.flow import FlowChannel, FlowRows
from calibration.function import CalibrationFunction
from calibration.gas_check.span import GasPair, correction_at
from calibration.hourly import ChannelClock
from calibration.increment import Missed
from calibration.indication import Quality
from calibration.mean import MeanWindow, mean_window
from calibration.measurand import Accumulation, KindOfQuantity, Measurand, ReferenceConditions
from calibration.model.derived import InputHour, derived_hour
from calibration.model.load import constants_named, model_named
from calibration.model.stack import Analyser
from calibration.uncertainty import UncertaintyComponent, merge, scaled
from calibration.window import FlowWindow, Grounds
from simulators.stack.minutes import Indications
from simulators.stack.spec import Quantity
from simulators.stack.state import State
from simulators.stack.waves import NS_PER_MIN
from tests.stack import plant
from tests.stack.plant import DAY_NS, SPEC, Plant, bend, sheet

HOUR_NS: Final = 60 * NS_PER_MIN
MONTH_NS: Final = 30 * DAY_NS
"""The time that data sheets state drift for."""
DRY: Final = ReferenceConditions(temperature_K=273.15, pressure_Pa=101_325.0, wet=False)
WET: Final = ReferenceConditions(temperature_K=273.15, pressure_Pa=101_325.0, wet=True)
GROUNDS: Final = Grounds(basis=UncertaintyBasis.CALIBRATION)
MODEL: Final = model_named("HJ75-CO2")
SI: Final = constants_named("si")
FROM: Final = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
INPUTS: Final[dict[str, tuple[Quantity, str, KindOfQuantity, ReferenceConditions]]] = {
    "v_p": ("velocity", "m/s", KindOfQuantity.VELOCITY, WET),
    "t_s": ("temperature", "Cel", KindOfQuantity.TEMPERATURE, WET),
    "b_a": ("barometric_pressure", "Pa", KindOfQuantity.PRESSURE, WET),
    "p_s": ("static_pressure", "Pa", KindOfQuantity.PRESSURE, WET),
    "x_sw": ("h2o", "%", KindOfQuantity.AMOUNT_FRACTION, WET),
    "co2_dry": ("co2", "%", KindOfQuantity.AMOUNT_FRACTION, DRY),
}
DERIVATION: Final = Derivation(
    schema=1,
    derivation="works/boiler/co2",
    subject="boiler",
    kind_of_quantity=KindOfQuantity.MASS_FLOW,
    model=MODEL.id,
    constants=SI.id,
    inputs={name: f"works/cems/{name}" for name in INPUTS},
    settings={"area": "stack_area", "k_v": "velocity_coefficient"},
    effective_from=FROM,
    recorded_at=FROM,
    decided_by="designed test",
    reason="coverage",
)
CLOCK: Final = ChannelClock(agent="line-1", period_ns=NS_PER_MIN)
CHANNELS: Final = {
    name: FlowChannel(
        channel=f"works/cems/{name}",
        measurand=Measurand(
            kind_of_quantity=kind,
            unit=unit,
            subject="boiler",
            accumulation=Accumulation.RATE,
            reference_conditions=conditions,
        ),
        clock=CLOCK,
        resolution=SPEC.sensors[quantity].resolution,
    )
    for name, (quantity, unit, kind, conditions) in INPUTS.items()
}
FUNCTIONS: Final[dict[Quantity, CalibrationFunction]] = {
    **{quantity: sheet(SPEC.sensors[quantity]) for quantity, *_ in INPUTS.values()},
    "velocity": CalibrationFunction(
        form="polynomial",
        coefficients=(0.0, 1.0),
        covariance=((0.0, 0.0), (0.0, 0.0)),
        measuring_interval=(0.0, SPEC.sensors["velocity"].ranges[-1]),
    ),
    "co2": bend(),
}
"""Offset and gain of the velocity are in K_v, those of CO2 in the checks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StackHour:
    """An hour: mass as the product states it, the CO2 mean that it rests on, and the truth."""

    mass: FlowWindow
    co2: MeanWindow
    true_t: float
    true_co2: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The checks that are known when an hour is computed, and the shelter at each."""

    pairs: Sequence[GasPair]
    shelter_Cel: Sequence[float]


def checked(found: Plant, days: Sequence[int]) -> Checked:
    """The checks of these days."""
    return Checked(
        pairs=tuple(found.check(day) for day in days),
        shelter_Cel=tuple(found.shelter_Cel(day) for day in days),
    )


def stack_hour(found: Plant, day: int, hour: int, known: Checked) -> StackHour | None:
    """The hour of a UTC day; None where an instrument measured nothing."""
    part = found.day(day).part(slice(60 * hour, 60 * hour + 60))
    start_ns = int(part.start_ns[0])
    measured = np.ones(len(part), dtype=np.bool_)
    for quantity, *_ in INPUTS.values():
        measured &= part.shown[quantity].state == State.MEASURING
    if not measured.any():
        return None
    shelter = float(part.truth.shelter_Cel.mean())
    hours = {
        name: _mean(found, name, start_ns, part.shown[quantity], known, shelter)
        for name, (quantity, *_) in INPUTS.items()
    }
    inputs = {name: InputHour(hour=each, measurand=each.measurand) for name, each in hours.items()}
    stated = found.declared(start_ns).stated(start_ns)
    mass = derived_hour(DERIVATION, MODEL, inputs, stated, SI)
    assert mass is not None
    return StackHour(
        mass=mass,
        co2=hours["co2_dry"],
        true_t=float(part.truth.co2_t_h[measured].sum()) / 60.0,
        true_co2=float(part.truth.co2_dry[measured].mean()),
    )


def _mean(
    found: Plant, name: str, start_ns: int, shown: Indications, known: Checked, shelter_Cel: float
) -> MeanWindow:
    """An input's hour: what was shown while it measured, corrected, with its influences."""
    quantity = INPUTS[name][0]
    kept = shown.state == State.MEASURING
    reading = shown.value[kept]
    mean, middle_ns = float(reading.mean()), start_ns + HOUR_NS // 2
    if quantity == "co2":
        value, parts, slope = _co2(known, middle_ns, mean, shelter_Cel)
    else:
        stated = _instrument(found, quantity, middle_ns, mean).stated(mean)
        value, parts, slope = stated.value, stated.components, 1.0
    rows = FlowRows(
        at_ns=start_ns + np.flatnonzero(kept) * NS_PER_MIN,
        indication=reading,
        value=value + slope * (reading - mean),
        contributions={each.influence: np.full(len(reading), each.contribution) for each in parts},
        fresh=np.full(len(reading), slope * SPEC.sensors[quantity].noise),
        qualities=(Quality.GOOD,) * len(reading),
        grounds=GROUNDS,
    )
    checked = [
        Missed(at_ns=start_ns + minute * NS_PER_MIN, reason="calibrating")
        for minute in np.flatnonzero(~kept).tolist()
    ]
    return mean_window(CHANNELS[name], start_ns, (rows,), checked)


def _instrument(found: Plant, quantity: Quantity, at_ns: int, reading: float) -> Analyser:
    """Any instrument but CO2: its sheet, and its drift since it was new or K_v was found."""
    spec = SPEC.sensors[quantity]
    since_ns = plant.BEGIN_DAY * DAY_NS
    if quantity == "velocity":
        since_ns = found.traverse_before(at_ns).to_ns
    drift = math.hypot(spec.zero_drift, spec.span_drift * reading) * (at_ns - since_ns) / MONTH_NS
    return Analyser(
        id=quantity,
        serial=plant.VELOCITY if quantity == "velocity" else f"SN-{quantity}",
        channel=f"works/cems/{quantity}",
        unit=next(unit for each, unit, *_ in INPUTS.values() if each == quantity),
        conditions=WET,
        function=FUNCTIONS[quantity],
        certificate=f"SHEET-{quantity}",
        check="none",
        drift=drift,
    )


def _co2(
    known: Checked, at_ns: int, reading: float, shelter_Cel: float
) -> tuple[float, tuple[UncertaintyComponent, ...], float]:
    """CO2 behind a reading: corrected by the checks, with what they do not tell."""
    correction = correction_at(known.pairs, at_ns)
    corrected = correction.corrected(reading)
    last = [k for k, each in enumerate(known.pairs) if each.at_ns <= at_ns][-1]
    there = known.shelter_Cel[last : last + 2]
    share = correction.share if len(there) > 1 else 0.0
    at_checks = there[0] + share * (there[-1] - there[0])
    spec, since = plant.CO2_SPEC, at_ns - correction.before.at_ns
    per_K = math.hypot(spec.zero_per_K, spec.span_per_K * reading)
    drift = math.hypot(spec.zero_drift, spec.span_drift * reading) * since / MONTH_NS
    analyser = Analyser(
        id=plant.CO2,
        serial=plant.CO2,
        channel="works/cems/co2",
        unit="%",
        conditions=DRY,
        function=FUNCTIONS["co2"],
        certificate="LINEARITY-CO2",
        check=correction.before.id,
        drift=drift if correction.after is None else 0.0,
        temperature=per_K * (shelter_Cel - at_checks),
    )
    stated = analyser.stated(corrected.value)
    slope = float(analyser.function.sensitivity(np.array([corrected.value]))[0])
    parts = merge(stated.components, scaled(corrected.components, slope))
    return stated.value, parts, slope * corrected.slope
