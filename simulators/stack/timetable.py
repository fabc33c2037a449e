"""When an instrument is checked, blown back, serviced, broken or unheard (pure)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulators.instant import instant_ns
from simulators.stack.spec import CycleSpec, Quantity, SensorSpec
from simulators.stack.state import State
from simulators.stack.truth import Stack
from simulators.stack.waves import (
    EPOCH_MIN,
    MIN_PER_DAY,
    MIN_PER_YEAR,
    NS_PER_MIN,
    Minutes,
    epochs,
    stream,
)

SERVICE_AT_MIN: Final = 9 * 60 + 30
"""Minute of the local day at which a regular maintenance begins."""
BLOW_BACK_AT_MIN: Final = 47
LONGEST_FAULT_MIN: Final = 10 * MIN_PER_DAY
SHARE_UNHEARD: Final = 0.3
"""Of drawn faults those of the line between instrument and logger."""
States = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A state that lasts from one minute to just before another."""

    state: State
    begins: int
    ends: int


def states(stack: Stack, quantity: Quantity, minutes: Minutes) -> States:
    """What the timetable says of each minute; the plant's stops and over-range come on top."""
    spec = stack.spec.sensors[quantity]
    found = np.full(len(minutes), State.MEASURING, dtype=np.uint8)
    if spec.cycle.blow_back_h:
        _raise_to(found, blow_back(stack, spec.cycle, minutes))
    if spec.cycle.every_h:
        _raise_to(found, cycle(stack, spec.cycle, minutes))
    first, last = int(minutes[0]), int(minutes[-1])
    for spell in spells(stack, quantity, first, last):
        low, high = np.searchsorted(minutes, (spell.begins, spell.ends))
        _raise_to(found[low:high], np.uint8(spell.state))
    return found


def _raise_to(found: States, more: States | np.uint8) -> None:
    np.maximum(found, more, out=found)


def cycle(stack: Stack, spec: CycleSpec, minutes: Minutes) -> States:
    """Where in its check an analyser is."""
    into = (minutes + stack.local(0) - spec.at_min) % (spec.every_h * 60)
    ends = np.cumsum([spec.zero_min, spec.span_min, spec.settle_min])
    steps = [into < end for end in ends]
    named = [State.ZERO_GAS, State.SPAN_GAS, State.SETTLING]
    return np.select(steps, named, State.MEASURING).astype(np.uint8)


def blow_back(stack: Stack, spec: CycleSpec, minutes: Minutes) -> States:
    """When the probe is blown back, and until the sample is back."""
    into = (minutes + stack.local(0) - BLOW_BACK_AT_MIN) % (spec.blow_back_h * 60)
    steps = [into < spec.blow_back_min, into < spec.blow_back_min + spec.settle_min]
    return np.select(steps, [State.BLOW_BACK, State.PURGING], State.MEASURING).astype(np.uint8)


def spells(stack: Stack, quantity: Quantity, first: int, last: int) -> Iterator[Spell]:
    """What else befalls an instrument around a stretch of minutes."""
    spec = stack.spec.sensors[quantity]
    for spell in (*_planned(stack, quantity), *_serviced(stack, spec, first, last)):
        yield spell
        if spell.state is State.MAINTENANCE:
            back = spell.ends + spec.cycle.settle_min
            yield Spell(state=State.PURGING, begins=spell.ends, ends=back)
    for epoch in epochs(first, last):
        yield from _drawn(stack, quantity, spec, epoch)


def _serviced(stack: Stack, spec: SensorSpec, first: int, last: int) -> Iterator[Spell]:
    for begins in services(stack, spec, first - MIN_PER_DAY, last):
        yield Spell(state=State.MAINTENANCE, begins=begins, ends=begins + spec.maintenance_min)


def services(stack: Stack, spec: SensorSpec, first: int, last: int) -> list[int]:
    """When regular maintenances begin, from one minute to another, both included."""
    if not spec.maintenance_days:
        return []
    step = spec.maintenance_days * MIN_PER_DAY
    day = stack.local(stack.commissioned_min) // MIN_PER_DAY * MIN_PER_DAY
    opening = day - stack.local(0) + SERVICE_AT_MIN + step
    begins = opening + max(0, -(-(first - opening) // step)) * step
    return list(range(begins, last + 1, step))


def repairs(stack: Stack, quantity: Quantity) -> list[tuple[int, int]]:
    """First and one-past-last minutes of the planned repairs, in order."""
    spans = [
        (instant_ns(each.at) // NS_PER_MIN, instant_ns(each.until) // NS_PER_MIN)
        for each in stack.spec.planned
        if each.kind == "repair" and each.instrument == quantity and each.until is not None
    ]
    return sorted(spans)


_PLANNED_STATES: Final = {
    "maintenance": State.MAINTENANCE,
    "repair": State.MAINTENANCE,
    "fault": State.FAULT,
    "no_communication": State.NO_COMMUNICATION,
}


def _planned(stack: Stack, quantity: Quantity) -> Iterator[Spell]:
    for each in stack.spec.planned:
        state = _PLANNED_STATES.get(each.kind)
        if state is None or each.instrument != quantity or each.until is None:
            continue
        yield Spell(
            state=state,
            begins=instant_ns(each.at) // NS_PER_MIN,
            ends=-(-instant_ns(each.until) // NS_PER_MIN),
        )


def _drawn(stack: Stack, quantity: Quantity, spec: SensorSpec, epoch: int) -> list[Spell]:
    rng = stream(stack.key, "faults", quantity, epoch)
    found = []
    for _ in range(int(rng.poisson(spec.faults_per_year * EPOCH_MIN / MIN_PER_YEAR))):
        place, length, kind = rng.uniform(), rng.exponential(spec.fault_h), rng.uniform()
        begins = epoch * EPOCH_MIN + int(place * EPOCH_MIN)
        lasts = 1 + min(int(60 * length), LONGEST_FAULT_MIN)
        state = State.NO_COMMUNICATION if kind < SHARE_UNHEARD else State.FAULT
        found.append(Spell(state=state, begins=begins, ends=begins + lasts))
    return [one for one in found if one.begins > stack.commissioned_min]
