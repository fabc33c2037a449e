"""Reading a stack at instants and over intervals, as its logger and its analysers tell."""

import math
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

import numpy as np

from simulators.stack.logged import DuctSettings, Logged, logged
from simulators.stack.minutes import Indications, StackMinutes, one_day
from simulators.stack.state import State
from simulators.stack.truth import Stack, Truth
from simulators.stack.waves import MIN_PER_DAY, NS_PER_MIN

REMEMBERED_DAYS: Final = 4
VALID_SHARE: Final = 0.75
"""Of minutes that are measured, from which on a logger here calls a mean normal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readout:
    """A number and what its instrument was doing; NaN where there is none."""

    value: float
    state: State


class StackWatch:
    """A stack as it is read; it remembers the last days, and shows the same without them."""

    def __init__(self, stack: Stack, settings: DuctSettings) -> None:
        self.stack, self.settings = stack, settings
        self._days: OrderedDict[int, tuple[StackMinutes, dict[Logged, Indications]]] = OrderedDict()

    def at(self, quantity: Logged, at_ns: int) -> Readout:
        """What stands there in the minute of an instant."""
        day, minute = divmod(at_ns // NS_PER_MIN, MIN_PER_DAY)
        found = self._day(day)[1][quantity]
        return Readout(value=float(found.value[minute]), state=State(int(found.state[minute])))

    def mean(self, quantity: Logged, from_ns: int, to_ns: int) -> Readout:
        """The mean of the measured minutes; of all that are heard, where too few are measured."""
        parts = self._between(quantity, from_ns, to_ns)
        value = np.concatenate([each.value for each in parts])
        state = np.concatenate([each.state for each in parts])
        measured = state == State.MEASURING
        if measured.mean() >= VALID_SHARE:
            return Readout(value=float(value[measured].mean()), state=State.MEASURING)
        heard = value[~np.isnan(value)]
        shown = float(heard.mean()) if len(heard) else math.nan
        return Readout(value=shown, state=_longest(state[~measured]))

    def true_at(self, at_ns: int) -> Truth:
        """The truth of the minute of an instant, arrays of one element."""
        day, minute = divmod(at_ns // NS_PER_MIN, MIN_PER_DAY)
        return self._day(day)[0].truth.part(slice(minute, minute + 1))

    def _between(self, quantity: Logged, from_ns: int, to_ns: int) -> list[Indications]:
        first = from_ns // NS_PER_MIN
        last = max(-(-to_ns // NS_PER_MIN), first + 1)
        found = []
        for day in range(first // MIN_PER_DAY, -(-last // MIN_PER_DAY)):
            opening = day * MIN_PER_DAY
            kept = slice(max(0, first - opening), min(MIN_PER_DAY, last - opening))
            found.append(_part(self._day(day)[1][quantity], kept))
        return found

    def _day(self, day: int) -> tuple[StackMinutes, dict[Logged, Indications]]:
        if day not in self._days:
            whole = one_day(self.stack, day)
            self._days[day] = whole, logged(whole, self.settings)
            while len(self._days) > REMEMBERED_DAYS:
                self._days.popitem(last=False)
        self._days.move_to_end(day)
        return self._days[day]


def _part(indications: Indications, kept: slice) -> Indications:
    return Indications(value=indications.value[kept], state=indications.state[kept])


def _longest(states: "np.ndarray[tuple[int], np.dtype[np.uint8]]") -> State:
    """The state of most minutes; of two the later one of the list."""
    counts = np.bincount(states, minlength=len(State))
    return State(len(State) - 1 - int(np.argmax(counts[::-1])))
