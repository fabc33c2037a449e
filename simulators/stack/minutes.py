"""The minutes of a stack: what its instruments indicate and with which flags, and the truth.

A UTC day is the unit of computation: what a minute shows does not depend on which stretch of
time was asked for, to the last bit.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from simulators.stack.cylinder import cylinder, cylinder_number
from simulators.stack.response import LEAD_MIN, lost_flow, respond
from simulators.stack.sensor import full_scale, rounded, shown_without_noise
from simulators.stack.spec import QUANTITIES, Quantity
from simulators.stack.state import FLAGS, State
from simulators.stack.timetable import States, states
from simulators.stack.truth import Stack, Truth, truth
from simulators.stack.waves import MIN_PER_DAY, NS_PER_MIN, Floats, Minutes, normals

AIR: Final = {"co2": 0.04, "o2": 20.95}
"""Percent in the air that blows a probe back, or that it stands in during a maintenance."""
_FLAG_OF: Final = np.array([FLAGS[each] for each in State])


@dataclass(frozen=True, slots=True, kw_only=True)
class Indications:
    """What one instrument shows in each minute.

    Attributes:
        value: mean of the minute, in the instrument's unit; NaN where nobody hears it.
        state: `State`, by its number.
    """

    value: Floats
    state: States

    @property
    def flag(self) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
        """The data flag of HJ 212 in each minute."""
        return _FLAG_OF[self.state]


@dataclass(frozen=True, slots=True, kw_only=True)
class StackMinutes:
    """Minutes of a stack: the truth, and the indications by quantity."""

    truth: Truth
    shown: Mapping[Quantity, Indications]

    @property
    def start_ns(self) -> Minutes:
        """When each minute begins, UTC ns."""
        return self.truth.minute * NS_PER_MIN

    def __len__(self) -> int:
        return len(self.truth.minute)

    def part(self, kept: slice) -> "StackMinutes":
        """Some of the minutes."""
        shown = {
            name: Indications(value=each.value[kept], state=each.state[kept])
            for name, each in self.shown.items()
        }
        return StackMinutes(truth=self.truth.part(kept), shown=shown)


def days(stack: Stack, from_ns: int, to_ns: int) -> Iterator[StackMinutes]:
    """The minutes that begin between two instants, a UTC day at a time."""
    first, last = -(-from_ns // NS_PER_MIN), -(-to_ns // NS_PER_MIN)
    for day in range(first // MIN_PER_DAY, -(-last // MIN_PER_DAY)):
        whole, opening = one_day(stack, day), day * MIN_PER_DAY
        yield whole.part(slice(max(0, first - opening), min(MIN_PER_DAY, last - opening)))


def minutes(stack: Stack, from_ns: int, to_ns: int) -> StackMinutes:
    """The minutes that begin at or after one instant and before another; at least one.

    Raises:
        ValueError: there is none.
    """
    return _joined(list(days(stack, from_ns, to_ns)))


def one_day(stack: Stack, day: int) -> StackMinutes:
    """The minutes of a UTC day, numbered from 1970-01-01."""
    opening = day * MIN_PER_DAY
    true = truth(stack, np.arange(opening - LEAD_MIN, opening + MIN_PER_DAY, dtype=np.int64))
    shown = {each: _indications(stack, each, true, day) for each in QUANTITIES}
    return StackMinutes(truth=true.part(slice(LEAD_MIN, None)), shown=shown)


def _indications(stack: Stack, quantity: Quantity, true: Truth, day: int) -> Indications:
    spec, kept = stack.spec.sensors[quantity], slice(LEAD_MIN, None)
    timetable = states(stack, quantity, true.minute)
    reaching = _reaching(stack, quantity, true, timetable)
    in_use = day - stack.commissioned_min / MIN_PER_DAY
    answered = respond(spec, reaching, lost_flow(spec, max(0.0, in_use)))
    level = shown_without_noise(stack, quantity, true.part(kept), answered[kept])
    scale = full_scale(spec, level)
    noise = spec.noise * normals(stack.key, quantity, day) * scale / spec.ranges[-1]
    state = timetable[kept].copy()
    over = level + noise > scale
    np.maximum(state, np.where(true.operating[kept], 0, State.STANDBY).astype(np.uint8), out=state)
    np.maximum(state, np.where(over, State.OVER_RANGE, 0).astype(np.uint8), out=state)
    value = rounded(np.minimum(level + noise, scale), spec.resolution)
    value = np.where(state == State.FAULT, 0.0, value)
    return Indications(value=np.where(state == State.NO_COMMUNICATION, np.nan, value), state=state)


def _reaching(stack: Stack, quantity: Quantity, true: Truth, timetable: States) -> Floats:
    """What stands before the sensor: sample, calibration gas, or air."""
    reaching = _sample(stack, quantity, true)
    air = AIR.get(quantity)
    if air is not None:
        aired = (timetable == State.BLOW_BACK) | (timetable == State.MAINTENANCE)
        reaching = np.where(aired, air, reaching)
    elif quantity == "velocity":
        reaching = np.where(timetable == State.BLOW_BACK, 0.0, reaching)
    if not stack.spec.sensors[quantity].cycle.every_h:
        return reaching
    middle = int(true.minute[len(true.minute) // 2])
    gas = cylinder(stack, quantity, cylinder_number(stack, quantity, middle))
    zero = stack.spec.sensors[quantity].cycle.zero_gas
    reaching = np.where(timetable == State.ZERO_GAS, zero, reaching)
    return np.where(timetable == State.SPAN_GAS, gas.true_value, reaching)


def _sample(stack: Stack, quantity: Quantity, true: Truth) -> Floats:
    wet = stack.spec.sensors[quantity].basis == "wet"
    name = "velocity_seen" if quantity == "velocity" else str(quantity)
    if quantity in AIR:
        name = f"{quantity}_{'wet' if wet else 'dry'}"
    found: Floats = getattr(true, name)
    return found


def _joined(parts: list[StackMinutes]) -> StackMinutes:
    whole = [each for each in parts if len(each)]
    names = Truth.__dataclass_fields__
    joined = Truth(
        **{name: np.concatenate([getattr(each.truth, name) for each in whole]) for name in names}
    )
    shown = {
        quantity: Indications(
            value=np.concatenate([each.shown[quantity].value for each in whole]),
            state=np.concatenate([each.shown[quantity].state for each in whole]),
        )
        for quantity in QUANTITIES
    }
    return StackMinutes(truth=joined, shown=shown)
