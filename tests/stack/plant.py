"""A boiler's stack with its instruments, and what is documented of them: truth and statement apart.

Nothing but what a plant could know goes from here into the product: minutes and their states,
certificates, the results of traverses, and the types' data sheets (the spread of each error).
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import msgspec
import numpy as np

from calibration.function import CalibrationFunction
from calibration.gas_check.check import GasCheck, checks_in
from calibration.gas_check.gas import CheckGas, gas_of
from calibration.gas_check.rules import CheckLimits, CheckReading, CheckRules, CheckState
from calibration.gas_check.span import GasPair, pairs_of
from calibration.load import parse_certificate
from calibration.model import stack as declared
from calibration.performance.load import read_limits
from simulators.certificate import Laboratory
from simulators.issue import issue_reference_material
from simulators.stack.cylinder import cylinders
from simulators.stack.minutes import StackMinutes, one_day
from simulators.stack.presets import BOILER
from simulators.stack.reference import TRAVERSE_MIN, Traverse, running_from_ns, traverse
from simulators.stack.sensor import adjusted_at
from simulators.stack.spec import CycleSpec, Quantity, SensorSpec, StackSpec
from simulators.stack.state import State
from simulators.stack.truth import Stack
from simulators.stack.waves import MIN_PER_DAY, NS_PER_MIN

DAY_NS: Final = MIN_PER_DAY * NS_PER_MIN
YEAR: Final = 2026
BEGIN_DAY: Final = (dt.date(YEAR, 1, 1) - dt.date(1970, 1, 1)).days
HALF_YEAR_DAYS: Final = 182
WEEK: Final = 7
KEPT_DAYS: Final = 20
CHECK_MIN: Final = 18 * 60 + 10
"""Minute of the UTC day at which a check begins: 2:10 at the plant."""
LABORATORY: Final = Laboratory(name="SIMLAB", accreditation="none", scope="gases, velocity")
_READ: Final = read_limits("hj75-2017")
LIMITS: Final = CheckLimits(limits=_READ[0], used=_READ[1])
CO2, VELOCITY = "CO2-1", "V-1"
_STATES: Final[dict[int, CheckState]] = {
    State.MEASURING: "measuring",
    State.ZERO_GAS: "zero",
    State.SPAN_GAS: "span",
}


def _spec() -> StackSpec:
    """The preset with a check a week that lasts, more drift of CO2 and velocity, no faults."""
    changed: dict[Quantity, dict[str, float]] = {
        "co2": {"zero_drift": 0.35, "span_drift": 0.005},
        "velocity": {"span_drift": 0.0015},
        "h2o": {"offset": 0.15, "gain": 0.012, "zero_drift": 0.01, "span_drift": 0.001},
    }
    replace = msgspec.structs.replace
    sensors = {
        name: replace(each, **{"faults_per_year": 0.0, **changed.get(name, {})})
        for name, each in BOILER.sensors.items()
    }
    weekly: CycleSpec = replace(sensors["co2"].cycle, every_h=WEEK * 24, zero_min=10, span_min=10)
    sensors["co2"] = replace(sensors["co2"], cycle=weekly)
    return replace(BOILER, sensors=sensors, load=replace(BOILER.load, stops_per_year=0.0))


SPEC: Final = _spec()
CO2_SPEC: Final[SensorSpec] = SPEC.sensors["co2"]
RULES: Final = CheckRules(
    analyser=CO2,
    measurand="co2",
    unit="%",
    full_scale={"": CO2_SPEC.ranges[-1]},
    purge_s=300.0,
    averaging_s=240.0,
    resolution=CO2_SPEC.resolution,
)
NITROGEN: Final = CheckGas(
    point="zero",
    code="GBW(E)SIM-N2",
    cylinder="N-1",
    certificate="RM-N-1",
    value=0.0,
    unit="%",
    standard_uncertainty=0.005,
)


@dataclass(frozen=True, kw_only=True)
class Plant:
    """A stack of one seed, a UTC day at a time."""

    seed: int

    @cached_property
    def stack(self) -> Stack:
        """The stack, its truth and its instruments' errors."""
        return Stack(id="boiler", seed=self.seed, spec=SPEC, commissioned_ns=BEGIN_DAY * DAY_NS)

    @cached_property
    def _days(self) -> dict[int, StackMinutes]:
        return {}

    def day(self, day: int) -> StackMinutes:
        """The minutes of a UTC day, numbered from 1970-01-01."""
        if day not in self._days:
            if len(self._days) >= KEPT_DAYS:
                del self._days[next(iter(self._days))]
            self._days[day] = one_day(self.stack, day)
        return self._days[day]

    @cached_property
    def traverses(self) -> tuple[Traverse, ...]:
        """One at the beginning and one half a year later, with one pitot tube."""
        begun = (
            running_from_ns(self.stack, (BEGIN_DAY + day) * DAY_NS, TRAVERSE_MIN)
            for day in (0, HALF_YEAR_DAYS)
        )
        return tuple(traverse(self.stack, each) for each in begun)

    def traverse_before(self, at_ns: int) -> Traverse:
        """The one that holds at an instant."""
        return [each for each in self.traverses if each.to_ns <= at_ns][-1]

    def declared(self, at_ns: int) -> declared.Stack:
        """What is declared of the stack: the drawing's area, and K_v of the last traverse."""
        found = self.traverse_before(at_ns)
        return declared.Stack(
            id=self.stack.id,
            area_m2=SPEC.duct.area_m2,
            area_uncertainty_m2=SPEC.duct.area_m2 * SPEC.duct.area_standard_uncertainty,
            section_uncertainty=found.section,
            velocity_field=declared.VelocityFieldCoefficient(
                value=found.kv,
                standard_uncertainty=found.kv * found.scatter,
                certificate=f"KV-{found.from_ns // DAY_NS}",
                valid_from_ns=found.to_ns,
                valid_until_ns=found.to_ns + 365 * DAY_NS,
                reference=declared.ReferenceShare(
                    laboratory=LABORATORY.name,
                    certificate=f"PITOT-{YEAR}",
                    relative_uncertainty=found.pitot,
                ),
                degrees_of_freedom=19.0,
            ),
        )

    @cached_property
    def gases(self) -> tuple[CheckGas, ...]:
        """Zero gas, and each cylinder by its certificate as issued."""
        begin_ns = BEGIN_DAY * DAY_NS
        used = cylinders(self.stack, begin_ns, begin_ns + 400 * DAY_NS)
        found = [
            gas_of(
                parse_certificate(issue_reference_material(each, LABORATORY).encode(), each.serial),
                "CO2",
                "span",
                each.in_use_from_ns,
                each.in_use_until_ns,
            )
            for each in used
            if each.component == "co2"
        ]
        return (NITROGEN, *found)

    def check(self, day: int) -> GasPair:
        """The zero and span check of a day that has one."""
        (pair,) = pairs_of(self._checks(day))
        return pair

    def _checks(self, day: int) -> tuple[GasCheck, ...]:
        around = self.day(day).part(slice(CHECK_MIN - 5, CHECK_MIN + 30))
        return checks_in(list(_readings(around)), self.gases, RULES, LIMITS)

    def adjusted(self, day: int, until: int) -> list[int]:
        """The minutes of adjustments between the checks of two days."""
        first, last = (each * MIN_PER_DAY + CHECK_MIN for each in (day, until))
        return [each for each in adjusted_at(self.stack, "co2", first, last) if each > first]

    def shelter_Cel(self, day: int) -> float:
        """The temperature at the analyser during a day's check, which its own sensor logs."""
        return float(self.day(day).truth.shelter_Cel[CHECK_MIN + 15])


def _readings(minutes: StackMinutes) -> Iterator[CheckReading]:
    shown = minutes.shown["co2"]
    for at_ns, value, state in zip(minutes.start_ns, shown.value, shown.state, strict=True):
        told = _STATES.get(int(state), "other")
        yield CheckReading(at_ns=int(at_ns), value=float(value), state=told)


FIRST_CHECK_DAY: Final[int] = BEGIN_DAY + WEEK + (-(BEGIN_DAY + WEEK) - 1) % WEEK
"""The first day with a check after a week of operation: checks count from 1970."""


def sheet(spec: SensorSpec) -> CalibrationFunction:
    """An instrument as its type is known: what it shows, give or take offset and gain."""
    return CalibrationFunction(
        form="polynomial",
        coefficients=(0.0, 1.0),
        covariance=((spec.offset**2, 0.0), (0.0, spec.gain**2)),
        measuring_interval=(-spec.ranges[-1], spec.ranges[-1]),
    )


def bend() -> CalibrationFunction:
    """The CO2 analyser between zero and span gas: straight, give or take its type's linearity.

    c*x*(C - x) vanishes at both gases; c is known to be 0 with the standard uncertainty
    4*curvature/full scale.
    """
    top = CO2_SPEC.ranges[-1]
    u, span = 4.0 * CO2_SPEC.curvature / top, CO2_SPEC.cycle.span_gas
    moved = u * np.array([0.0, span, -1.0])
    rows = np.outer(moved, moved).tolist()
    return CalibrationFunction(
        form="polynomial",
        coefficients=(0.0, 1.0, 0.0),
        covariance=tuple(tuple(row) for row in rows),
        measuring_interval=(-top, top),
    )
