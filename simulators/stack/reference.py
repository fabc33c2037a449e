"""The reference method beside a stack's instruments: parallel runs, traverses, gas tests.

A campaign has one deviation for each quantity, drawn once from what its own calibration leaves,
and new scatter for each run. Traverses of a year are made with one pitot tube, as their
certificates say, so they have its deviation in common.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from evidence.errors import Words
from simulators.errors import SimulationRangeError
from simulators.stack.duct import at_point
from simulators.stack.minutes import StackMinutes, minutes
from simulators.stack.spec import QUANTITIES, Quantity
from simulators.stack.state import State
from simulators.stack.truth import Stack, Truth, truth
from simulators.stack.waves import MIN_PER_DAY, NS_PER_MIN, stream


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """How good a reference method is.

    Attributes:
        relative: standard uncertainty that its calibration leaves, relative.
        absolute: the same in the quantity's unit, added to it in quadrature.
        scatter: standard deviation of one run, in the quantity's unit.
    """

    relative: float
    absolute: float
    scatter: float


METHODS: Final[dict[Quantity, Method]] = {
    "co2": Method(relative=0.005, absolute=0.0, scatter=0.04),
    "o2": Method(relative=0.005, absolute=0.0, scatter=0.04),
    "h2o": Method(relative=0.02, absolute=0.0, scatter=0.15),
    "velocity": Method(relative=0.008, absolute=0.0, scatter=0.08),
    "temperature": Method(relative=0.0, absolute=0.3, scatter=0.3),
    "static_pressure": Method(relative=0.005, absolute=3.0, scatter=3.0),
    "barometric_pressure": Method(relative=0.0, absolute=30.0, scatter=5.0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ParallelRun:
    """One run of the reference method beside one instrument.

    Attributes:
        reference: what the method found; of velocity the mean of the section, V_s.
        indicated: mean of the instrument's measured minutes; NaN where there is none.
        true_value: mean over the run; nobody knows it.
        valid_min: how many of its minutes were measured.
    """

    quantity: Quantity
    number: int
    from_ns: int
    to_ns: int
    reference: float
    indicated: float
    true_value: float
    valid_min: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TraversePoint:
    """One place of a traverse: r from 0 in the middle to 1 at the wall, and what was found."""

    position: float
    angle_deg: float
    velocity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Traverse:
    """A traverse of the section, and the velocity-field coefficient that follows.

    Attributes:
        mean_velocity, indicated: of the section, and of the flow meter, m/s.
        kv: their ratio.
        standard_uncertainty: of kv, with all of the following.
        pitot: relative standard uncertainty of the pitot tube's calibration.
        section: relative standard uncertainty of a mean over so few places.
        scatter: relative standard uncertainty of the scatter.
        true_kv: of the flow meter that shows what it showed; nobody knows it.
    """

    stack: str
    from_ns: int
    to_ns: int
    mean_velocity: float
    indicated: float
    kv: float
    standard_uncertainty: float
    pitot: float
    section: float
    scatter: float
    true_kv: float
    points: tuple[TraversePoint, ...]


RINGS: Final = 5
ANGLES: Final = (0.0, 90.0, 180.0, 270.0)
MIN_PER_POINT: Final = 3
TRAVERSE_MIN: Final = RINGS * len(ANGLES) * MIN_PER_POINT
PITOT_U: Final = 0.008
SECTION_U: Final = 0.005
POINT_SCATTER: Final = 0.012
LONGEST_SEARCH_DAYS: Final = 120


def parallel_runs(
    stack: Stack, from_ns: int, runs: int = 9, run_min: int = 30, every_min: int = 60
) -> tuple[ParallelRun, ...]:
    """Runs one after the other, each beside all instruments.

    The campaign is known by the minute in which it begins: the same one is in error by the same.
    """
    found: list[ParallelRun] = []
    first = from_ns // NS_PER_MIN
    for number in range(runs):
        begins = first + number * every_min
        span = minutes(stack, begins * NS_PER_MIN, (begins + run_min) * NS_PER_MIN)
        found += _run(stack, span, first, number)
    return tuple(found)


def _run(stack: Stack, span: StackMinutes, campaign: int, number: int) -> Iterator[ParallelRun]:
    for quantity in QUANTITIES:
        method, shown = METHODS[quantity], span.shown[quantity]
        true = true_mean(stack, quantity, span.truth)
        off = stream(stack.key, "campaign", quantity, campaign).standard_normal(2)
        new = stream(stack.key, "run", quantity, campaign, number).standard_normal()
        measured = shown.state == State.MEASURING
        yield ParallelRun(
            quantity=quantity,
            number=number + 1,
            from_ns=int(span.start_ns[0]),
            to_ns=int(span.start_ns[-1]) + NS_PER_MIN,
            reference=true * (1 + method.relative * float(off[0]))
            + method.absolute * float(off[1])
            + method.scatter * float(new),
            indicated=float(shown.value[measured].mean()) if measured.any() else math.nan,
            true_value=true,
            valid_min=int(measured.sum()),
        )


def true_mean(stack: Stack, quantity: Quantity, true: Truth) -> float:
    """The mean that a reference method seeks, on the instrument's basis."""
    basis = stack.spec.sensors[quantity].basis
    name = f"{quantity}_{basis}" if basis != "none" else str(quantity)
    return float(getattr(true, name).mean())


def running_from_ns(stack: Stack, from_ns: int, lasts_min: int) -> int:
    """The first half hour from an instant on, from which the stack runs and all is measured.

    Raises:
        SimulationRangeError: there is none within 120 days.
    """
    first = -(-from_ns // (30 * NS_PER_MIN)) * 30
    for day in range(LONGEST_SEARCH_DAYS):
        opening = first + day * MIN_PER_DAY
        fit = _running(stack, opening, opening + MIN_PER_DAY + lasts_min)
        for start in range(0, MIN_PER_DAY, 30):
            if fit[start : start + lasts_min].mean() > 0.9:
                return (opening + start) * NS_PER_MIN
    raise SimulationRangeError(
        stack.id,
        name="from",
        value=from_ns,
        limit=Words("before a time at which the stack runs", "早于烟道运行的时刻"),
    )


def _running(stack: Stack, first: int, last: int) -> NDArray[np.bool_]:
    """In which minutes the stack is near its rated load, and its flow is measured."""
    true = truth(stack, np.arange(first, last, dtype=np.int64))
    loaded: NDArray[np.bool_] = true.fuel_t_h > 0.7 * stack.spec.load.fuel_t_h
    if not loaded.any():
        return loaded
    span = minutes(stack, first * NS_PER_MIN, last * NS_PER_MIN)
    np.logical_and(loaded, span.shown["velocity"].state == State.MEASURING, out=loaded)
    return loaded


def traverse(stack: Stack, from_ns: int) -> Traverse:
    """A traverse of 20 places in an hour, and K_v.

    Raises:
        SimulationRangeError: the flow meter does not measure then.
    """
    begins = from_ns // NS_PER_MIN
    span = minutes(stack, begins * NS_PER_MIN, (begins + TRAVERSE_MIN) * NS_PER_MIN)
    rng = stream(stack.key, "traverse", begins)
    pitot = 1 + PITOT_U * _pitot_off(stack, from_ns)
    points = tuple(_points(stack, span.truth, pitot, rng))
    mean = float(np.mean([each.velocity for each in points]))
    meter = span.shown["velocity"]
    measured = meter.value[meter.state == State.MEASURING]
    if not len(measured) or not measured.mean() > 0:
        limit = "a time at which the flow meter measures"
        raise SimulationRangeError(stack.id, name="traverse", value=from_ns, limit=limit)
    indicated = float(measured.mean())
    scatter = POINT_SCATTER / math.sqrt(len(points))
    kv = mean / indicated
    return Traverse(
        stack=stack.id,
        from_ns=begins * NS_PER_MIN,
        to_ns=(begins + TRAVERSE_MIN) * NS_PER_MIN,
        mean_velocity=mean,
        indicated=indicated,
        kv=kv,
        standard_uncertainty=kv * math.hypot(PITOT_U, SECTION_U, scatter),
        pitot=PITOT_U,
        section=SECTION_U,
        scatter=scatter,
        true_kv=float(span.truth.velocity.mean()) / indicated,
        points=points,
    )


def _pitot_off(stack: Stack, at_ns: int) -> float:
    """The deviation of the year's pitot tube, in standard uncertainties: at all stacks one."""
    year = datetime.fromtimestamp(at_ns // 1_000_000_000, UTC).year
    return float(stream(stack.seed, "pitot", year).standard_normal())


def _points(
    stack: Stack, true: Truth, pitot: float, rng: np.random.Generator
) -> Iterator[TraversePoint]:
    """The middles of rings of equal area on four radii, a few minutes each."""
    for number in range(RINGS * len(ANGLES)):
        ring, angle = number % RINGS, ANGLES[number // RINGS]
        position = math.sqrt((2 * ring + 1) / (2 * RINGS))
        mean = true.velocity[number * MIN_PER_POINT : (number + 1) * MIN_PER_POINT]
        local = float(at_point(stack.spec.duct, mean, position, angle).mean())
        found = local * pitot * (1 + POINT_SCATTER * float(rng.standard_normal()))
        yield TraversePoint(position=position, angle_deg=angle, velocity=found)
