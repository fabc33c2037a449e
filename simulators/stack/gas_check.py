"""What an analyser showed of zero and span gas: its own checks, and tests at several levels."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulators.stack.cylinder import cylinder, cylinder_number
from simulators.stack.minutes import StackMinutes
from simulators.stack.sensor import rounded, shown_without_noise
from simulators.stack.spec import Quantity
from simulators.stack.state import State
from simulators.stack.truth import Stack, truth
from simulators.stack.waves import NS_PER_MIN, stream


@dataclass(frozen=True, slots=True, kw_only=True)
class GasCheck:
    """One automatic check.

    Attributes:
        at_ns: the end of its last minute of span gas.
        zero_reference, span_reference: what the gases hold, as their certificates say.
        zero_reading, span_reading: in the last minute of each.
        full_scale: of the analyser.
        certificate: of the cylinder of span gas.
    """

    quantity: Quantity
    at_ns: int
    zero_reference: float
    zero_reading: float
    span_reference: float
    span_reading: float
    full_scale: float
    certificate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Injection:
    """One reading of a gas whose value is certified."""

    quantity: Quantity
    at_ns: int
    level: str
    reference: float
    expanded_uncertainty: float
    reading: float


def gas_checks(stack: Stack, minutes: StackMinutes) -> tuple[GasCheck, ...]:
    """The automatic checks that end within the minutes, in order of time."""
    found = []
    for quantity, spec in stack.spec.sensors.items():
        if spec.cycle.every_h:
            state = minutes.shown[quantity].state
            ends = _last_minutes(state, State.SPAN_GAS)
            zeros = _last_minutes(state, State.ZERO_GAS)
            for at in ends:
                before = [each for each in zeros if at - spec.cycle.span_min <= each < at]
                found += [_check(stack, quantity, minutes, each, at) for each in before]
    return tuple(sorted(found, key=lambda each: (each.at_ns, each.quantity)))


def _last_minutes(state: "np.ndarray[tuple[int], np.dtype[np.uint8]]", one: State) -> list[int]:
    """Where a state is about to end, but for the last minute of all."""
    held = state == one
    return np.flatnonzero(held[:-1] & ~held[1:]).tolist()


def _check(
    stack: Stack, quantity: Quantity, minutes: StackMinutes, zero: int, span: int
) -> GasCheck:
    spec, shown = stack.spec.sensors[quantity], minutes.shown[quantity].value
    minute = int(minutes.truth.minute[span])
    gas = cylinder(stack, quantity, cylinder_number(stack, quantity, minute))
    return GasCheck(
        quantity=quantity,
        at_ns=(minute + 1) * NS_PER_MIN,
        zero_reference=spec.cycle.zero_gas,
        zero_reading=float(shown[zero]),
        span_reference=gas.value,
        span_reading=float(shown[span]),
        full_scale=spec.ranges[-1],
        certificate=gas.certificate,
    )


def injections(
    stack: Stack,
    quantity: Quantity,
    at_ns: int,
    shares: Sequence[tuple[str, float]] = (("low", 0.25), ("mid", 0.55), ("high", 0.85)),
    repeats: int = 3,
) -> tuple[Injection, ...]:
    """A test with gases at shares of full scale, each injected so often in turn (linearity).

    The gases are the tester's own: their deviations are drawn for this test.
    """
    spec, first = stack.spec.sensors[quantity], at_ns // NS_PER_MIN
    off = stream(stack.key, "linearity", quantity, first).standard_normal(len(shares))
    found = []
    for number in range(repeats * len(shares)):
        name, share = shares[number % len(shares)]
        reference = share * spec.ranges[-1]
        U = reference * spec.cycle.span_U
        gas = reference + U / 2 * float(np.clip(off[number % len(shares)], -2.0, 2.0))
        found.append(
            Injection(
                quantity=quantity,
                at_ns=(first + 4 * number) * NS_PER_MIN,
                level=name,
                reference=reference,
                expanded_uncertainty=U,
                reading=_reading(stack, quantity, first + 4 * number, gas),
            )
        )
    return tuple(found)


def _reading(stack: Stack, quantity: Quantity, minute: int, gas: float) -> float:
    spec = stack.spec.sensors[quantity]
    true = truth(stack, np.array([minute], dtype=np.int64))
    level = shown_without_noise(stack, quantity, true, np.array([gas]))
    new = float(stream(stack.key, "injection", quantity, minute).standard_normal())
    shown = rounded(level + spec.noise * new, spec.resolution)
    return float(shown[0])
