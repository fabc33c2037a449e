"""A simulated register that remembers how far it has counted."""

from collections import deque

from simulators.instrument import InstrumentTruth, RegisterState, advance
from simulators.process import Process

REMEMBERED_STEPS = 256


class Register:
    """A register that begins at a state and is read at any instant, mostly in order.

    The total at an instant is a function of that instant alone, whoever read it before: whole
    steps are remembered, the part after the last whole step is counted anew. Earlier instants
    are served from the remembered steps or, failing those, counted from the opening.
    """

    def __init__(
        self, opening: RegisterState, truth: InstrumentTruth, process: Process, step_ns: int
    ) -> None:
        self.truth = truth
        self._process = process
        self._step_ns = step_ns
        self._opening = opening
        self._settled: deque[RegisterState] = deque([opening], maxlen=REMEMBERED_STEPS)

    def total_at(self, at_ns: int) -> float:
        """All counted up to an instant; the opening total before the opening."""
        if at_ns <= self._opening.at_ns:
            return self._opening.total
        self._settle(at_ns)
        start = next((state for state in reversed(self._settled) if state.at_ns <= at_ns), None)
        return self._counted(start or self._opening, at_ns).total

    def _settle(self, at_ns: int) -> None:
        last = self._settled[-1]
        whole_ns = at_ns // self._step_ns * self._step_ns
        while last.at_ns < whole_ns:
            last = self._counted(last, (last.at_ns // self._step_ns + 1) * self._step_ns)
            self._settled.append(last)

    def _counted(self, state: RegisterState, to_ns: int) -> RegisterState:
        return advance(state, self.truth, self._process, to_ns, self._step_ns)
