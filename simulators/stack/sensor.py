"""From what reaches an instrument to what it shows: drift, adjustment, range, digits (pure).

Before its adjustment it shows (1 + s) x + z + curvature + cross-sensitivity; an adjustment k with
zero and span gas makes that (shown - a_k) b_k. The span gas has its certified value for whoever
adjusts, and its true value for the instrument.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from simulators.instant import instant_ns
from simulators.stack.cylinder import cylinder, cylinder_number
from simulators.stack.spec import Planned, Quantity, SensorSpec
from simulators.stack.timetable import repairs, services
from simulators.stack.truth import Stack, Truth, truth
from simulators.stack.waves import MIN_PER_DAY, NS_PER_MIN, Floats, Minutes, stream

DRIFT_DAYS: Final = 30
REFERENCE_CEL: Final = 22.0
REFERENCE_WATER: Final = 8.0
"""Percent of water vapour at which cross-sensitivity is trimmed away."""
DRY_WATER: Final = 0.7
"""Percent of water vapour behind a cooler at 2 degrees Celsius."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wear:
    """The errors of an instrument since it was commissioned or repaired, at `since`.

    Attributes:
        zero, span: at `since`; per_day each.
        ageing: what makes it worse until the next repair.
    """

    since: int
    zero: float
    span: float
    zero_per_day: float
    span_per_day: float
    zero_per_K: float
    span_per_K: float
    curvature: float
    cross_water: float
    ageing: tuple[Planned, ...]

    def zero_at(self, minutes: Minutes, shelter_Cel: Floats) -> Floats:
        """What it shows of nothing, before adjustment."""
        days = (minutes - self.since) / MIN_PER_DAY
        found = self.zero + self.zero_per_day * days
        found = found + self.zero_per_K * (shelter_Cel - REFERENCE_CEL)
        return found + sum(each.zero_per_day * _days_since(each, minutes) for each in self.ageing)

    def span_at(self, minutes: Minutes, shelter_Cel: Floats) -> Floats:
        """Its relative error of span, before adjustment."""
        days = (minutes - self.since) / MIN_PER_DAY
        found = self.span + self.span_per_day * days
        found = found + self.span_per_K * (shelter_Cel - REFERENCE_CEL)
        return found + sum(each.span_per_day * _days_since(each, minutes) for each in self.ageing)


def _days_since(each: Planned, minutes: Minutes) -> Floats:
    found: Floats = np.maximum(minutes - instant_ns(each.at) / NS_PER_MIN, 0.0) / MIN_PER_DAY
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """From a minute on it shows (unadjusted - zero) * slope."""

    at: int
    zero: float
    slope: float


def wear(stack: Stack, quantity: Quantity, number: int) -> Wear:
    """The wear of an instrument after so many repairs."""
    spec = stack.spec.sensors[quantity]
    z = [float(each) for each in stream(stack.key, "wear", quantity, number).standard_normal(8)]
    begins = [stack.commissioned_min, *(ends for _, ends in repairs(stack, quantity)), 1 << 62]
    return Wear(
        since=begins[number],
        zero=spec.offset * z[0],
        span=spec.gain * z[1],
        zero_per_day=spec.zero_drift * z[2] / DRIFT_DAYS,
        span_per_day=spec.span_drift * z[3] / DRIFT_DAYS,
        zero_per_K=spec.zero_per_K * z[4],
        span_per_K=spec.span_per_K * z[5],
        curvature=spec.curvature * z[6],
        cross_water=spec.cross_water * z[7],
        ageing=tuple(
            each
            for each in stack.spec.planned
            if each.kind == "ageing"
            and each.instrument == quantity
            and begins[number] <= instant_ns(each.at) // NS_PER_MIN < begins[number + 1]
        ),
    )


def adjusted_at(stack: Stack, quantity: Quantity, first: int, last: int) -> list[int]:
    """The minutes of the adjustments that are in force from one minute to another, in order."""
    spec = stack.spec.sensors[quantity]
    if not spec.cycle.every_h:
        return []
    step = spec.cycle.adjust_days
    every = max(1, round(step / spec.maintenance_days)) if spec.maintenance_days else 0
    begun = services(stack, spec, stack.commissioned_min, last) if step and every else []
    regular = [each + spec.maintenance_min for each in begun[every - 1 :: every or 1]]
    repaired = [ends for _, ends in repairs(stack, quantity)]
    known = sorted({stack.commissioned_min, *regular, *repaired})
    before = [each for each in known if each <= first]
    return before[-1:] + [each for each in known if first < each <= last]


def adjustment(stack: Stack, quantity: Quantity, at: int) -> Adjustment:
    """The adjustment made in a minute, with the cylinder of that time."""
    spec, worn = stack.spec.sensors[quantity], wear_at(stack, quantity, at)
    gas = cylinder(stack, quantity, cylinder_number(stack, quantity, at))
    minute = np.array([at], dtype=np.int64)
    shelter = truth(stack, minute).shelter_Cel
    off = stream(stack.key, "adjusting", quantity, at).standard_normal(2) * spec.noise / 2
    shown = [
        float(unadjusted(spec, worn, minute, np.array([level]), _no_water(spec), shelter)[0])
        for level in (spec.cycle.zero_gas, gas.true_value)
    ]
    zero, span = shown[0] + float(off[0]), shown[1] + float(off[1])
    slope = (gas.value - spec.cycle.zero_gas) / (span - zero)
    return Adjustment(at=at, zero=zero - spec.cycle.zero_gas / slope, slope=slope)


def _no_water(spec: SensorSpec) -> Floats:
    """Calibration gases are dry; what stands in the beam beside them is compensated."""
    return np.array([DRY_WATER if spec.basis == "dry" else REFERENCE_WATER])


def wear_at(stack: Stack, quantity: Quantity, minute: int) -> Wear:
    """The wear that an instrument is in during a minute."""
    done = [ends for _, ends in repairs(stack, quantity) if ends <= minute]
    return wear(stack, quantity, len(done))


def unadjusted(
    spec: SensorSpec,
    worn: Wear,
    minutes: Minutes,
    reaching: Floats,
    water: Floats,
    shelter_Cel: Floats,
) -> Floats:
    """What it would show without adjustment, noise and digits."""
    top = spec.ranges[-1]
    share = np.clip(reaching / top, 0.0, 1.0)
    bent = 4 * worn.curvature * top * share * (1 - share)
    crossed = worn.cross_water * (water - (DRY_WATER if spec.basis == "dry" else REFERENCE_WATER))
    spanned = reaching * (1 + worn.span_at(minutes, shelter_Cel))
    return spanned + worn.zero_at(minutes, shelter_Cel) + bent + crossed


def shown_without_noise(stack: Stack, quantity: Quantity, true: Truth, reaching: Floats) -> Floats:
    """What it shows of what reaches it, piece by piece between repairs and adjustments."""
    spec, minutes = stack.spec.sensors[quantity], true.minute
    water = np.full(len(minutes), DRY_WATER) if spec.basis == "dry" else true.h2o
    first, last = int(minutes[0]), int(minutes[-1])
    made = [adjustment(stack, quantity, at) for at in adjusted_at(stack, quantity, first, last)]
    edges = {first, last + 1, *(each.at for each in made)}
    edges |= {ends for _, ends in repairs(stack, quantity)}
    inside = sorted(each for each in edges if first <= each <= last + 1)
    found = np.empty(len(minutes))
    for begins, ends in pairwise(inside):
        piece = slice(*np.searchsorted(minutes, (begins, ends)).tolist())
        worn = wear_at(stack, quantity, begins)
        raw = unadjusted(
            spec, worn, minutes[piece], reaching[piece], water[piece], true.shelter_Cel[piece]
        )
        found[piece] = _adjusted(raw, made, begins)
    return found


def _adjusted(raw: Floats, made: Sequence[Adjustment], begins: int) -> Floats:
    last = next((each for each in reversed(made) if each.at <= begins), None)
    return raw if last is None else (raw - last.zero) * last.slope


def full_scale(spec: SensorSpec, level: Floats) -> Floats:
    """The range in which a level is shown: the first one that it fills to no more than 95 %."""
    found = np.full(len(level), spec.ranges[-1])
    for one in reversed(spec.ranges[:-1]):
        found = np.where(level <= 0.95 * one, one, found)
    return found


def rounded(level: Floats, resolution: float) -> Floats:
    """The level to its last digit, without the dust of binary fractions and without -0."""
    if not resolution:
        return level
    places = max(0, math.ceil(-math.log10(resolution)) + 1)
    found: Floats = np.round(np.rint(level / resolution) * resolution, places) + 0.0
    return found
