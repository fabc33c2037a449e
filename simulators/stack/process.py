"""A true quantity of a stack as a process, for instruments and registers beside its own."""

from collections import OrderedDict
from typing import Final

import numpy as np

from simulators.stack.spec import TRUE_QUANTITIES
from simulators.stack.truth import Stack, truth
from simulators.stack.waves import MIN_PER_DAY, NS_PER_MIN, Floats

REMEMBERED_DAYS: Final = 40
MIN_PER_H: Final = 60


class StackProcess:
    """One quantity: its rate is the minute's value, its amount the exact integral over hours."""

    def __init__(self, stack: Stack, quantity: str) -> None:
        self._stack, self._quantity = stack, quantity
        self._days: OrderedDict[int, Floats] = OrderedDict()

    def rate(self, at_ns: int) -> float:
        """The value in the minute of an instant."""
        day, minute = divmod(at_ns // NS_PER_MIN, MIN_PER_DAY)
        return float(self._day(day)[minute])

    def amount(self, from_ns: int, to_ns: int) -> float:
        """The integral of the value over time in hours; negative if `to_ns` is the earlier."""
        if to_ns < from_ns:
            return -self.amount(to_ns, from_ns)
        first, before_ns = divmod(from_ns, NS_PER_MIN)
        last, after_ns = divmod(to_ns, NS_PER_MIN)
        parts = self._part(to_ns, after_ns) - self._part(from_ns, before_ns)
        return (self._whole(first, last) + parts) / MIN_PER_H

    def _part(self, at_ns: int, into_ns: int) -> float:
        return self.rate(at_ns) * into_ns / NS_PER_MIN if into_ns else 0.0

    def _whole(self, first: int, last: int) -> float:
        total = 0.0
        for day in range(first // MIN_PER_DAY, -(-last // MIN_PER_DAY)):
            opening = day * MIN_PER_DAY
            kept = slice(max(0, first - opening), min(MIN_PER_DAY, last - opening))
            total += float(self._day(day)[kept].sum())
        return total

    def _day(self, day: int) -> Floats:
        if day not in self._days:
            opening = day * MIN_PER_DAY
            minutes = np.arange(opening, opening + MIN_PER_DAY, dtype=np.int64)
            self._days[day] = getattr(truth(self._stack, minutes), self._quantity)
            while len(self._days) > REMEMBERED_DAYS:
                self._days.popitem(last=False)
        return self._days[day]


def stack_processes(stack: Stack) -> dict[str, StackProcess]:
    """All of them, by `stack:quantity`."""
    return {f"{stack.id}:{each}": StackProcess(stack, each) for each in TRUE_QUANTITIES}
