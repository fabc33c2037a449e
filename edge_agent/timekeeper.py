"""What the agent knows of its clock: steps, what keeps it, and which stamps are suspect."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from edge_agent import records
from edge_agent.clock_memory import ClockMemory
from edge_agent.config import ClockSettings
from edge_agent.poll import Noted
from edge_agent.spool import Spool
from evidence.clock import NS_PER_S, Clock, clock_step
from evidence.clock_kernel import discipline_of
from evidence.clock_standing import (
    STEP_NS,
    ClockStanding,
    MAX_BOUND_s,
    first_look,
    looked,
    standard_uncertainty_s,
    vouched,
)
from evidence.log.batch import ClockState

LOG = logging.getLogger("carbonmeter.agent")
NS_PER_MS: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamping:
    """What holds for the stamps of one cycle.

    Attributes:
        floor_ms: Below it they are suspect: a later stamp was given before.
        suspect: All are.
        after_s: The collector's time in the last receipt before it; None before the first.
        bound_s: How far off the clock can be; None if that is not known.
    """

    floor_ms: int = 0
    suspect: bool = False
    after_s: int | None = None
    bound_s: float | None = None


class Timekeeper:
    """Looks at the clock whenever it is told to, and remembers what must be recorded.

    Args:
        clock: The agent's; may be simulated.
        settings: What it is worth where nobody says anything of it.
        spool: It knows the latest stamp that was given: a clock that shows less at the start
            was set back meanwhile. A receipt for what it logged after a step says whether
            the collector's clock agrees.
    """

    def __init__(self, clock: Clock, settings: ClockSettings, spool: Spool) -> None:
        self._clock, self._settings, self._spool = clock, settings, spool
        self._wall_ns, self._mono_ns = clock.now_ns(), clock.monotonic_ns()
        # What is pending from before was stamped under what nobody knows any more.
        self._cycles = [Stamping()] if spool.waiting else []
        self._memory = ClockMemory(spool.files.directory)
        kept = self._memory.recall(self._wall_ns, self._mono_ns)
        self._known = first_look(
            discipline_of(clock), self._wall_ns, self._mono_ns, spool.state.stamp_ms, kept
        )
        self._told = self._standing()
        self._noted: list[Noted] = []
        self._cap_ms: int | None = None
        self._mark = self._marked()

    @property
    def suspect(self) -> bool:
        """Whether what is stamped now is suspect: the clock was set, and nobody vouches for it."""
        return self._known.suspect

    def begin(self) -> Stamping:
        """What holds for the stamps of a cycle that begins now."""
        self.look()
        return Stamping(
            floor_ms=self._floor_ms(),
            suspect=self.suspect,
            after_s=self._spool.receipt_s,
            bound_s=self._bound_s(self._clock.monotonic_ns()),
        )

    def end(self, begun: Stamping) -> Stamping:
        """What holds for them once it ended: if the clock was set meanwhile, all are suspect.

        Also if it was set right: some may be from before.
        """
        self.look()
        self._cycles.append(begun)
        return replace(begun, suspect=begun.suspect or self.suspect)

    def look(self) -> None:
        """Looks at the clock, and at what is said of it."""
        wall_ns, mono_ns = self._clock.now_ns(), self._clock.monotonic_ns()
        step_ns = clock_step(self._wall_ns, self._mono_ns, wall_ns, mono_ns)
        if abs(step_ns) > STEP_NS:  # what it is set by in small steps adds up until then
            self._step(step_ns, wall_ns, mono_ns)
        before = self._known
        self._known = looked(before, discipline_of(self._clock), wall_ns, mono_ns)
        if self._known.suspect or (before.heard is not None and before.heard.by_another):
            self._ask_receipts(wall_ns, mono_ns)
        if before.suspect and not self._known.suspect:
            self._cap_ms = wall_ns // NS_PER_MS
        self._memory.keep(self._known.heard)
        self._tell(wall_ns, mono_ns)

    def _step(self, step_ns: int, wall_ns: int, mono_ns: int) -> None:
        LOG.warning("the clock was set by %.3f s", step_ns / NS_PER_S)
        self._wall_ns, self._mono_ns = wall_ns, mono_ns
        self._mark = self._marked()
        record = records.clock_stepped(step_ns // NS_PER_MS, wall_ns // NS_PER_MS)
        self._noted.append(Noted(record=record))

    def _marked(self) -> tuple[str, int, int]:
        """Where the log stands now, and what the clock shows."""
        return self._spool.epoch, self._spool.size, self._clock.now_ns()

    def _ask_receipts(self, wall_ns: int, mono_ns: int) -> None:
        """Believes the clock if a receipt for what was logged since the mark agrees with it.

        The collector signed it between then and now. Both ends must bear that out, and
        together they bound how far off the clock can be.
        """
        epoch, size, marked_ns = self._mark
        at_s, done = self._spool.receipt_s, self._spool.base
        if at_s is None or done <= (size if self._spool.epoch == epoch else 0):
            return
        least_s = (marked_ns - (at_s + 1) * NS_PER_S) / NS_PER_S
        most_s = (wall_ns - at_s * NS_PER_S) / NS_PER_S
        bound_s = max(-least_s, most_s)
        known_s = None if self._known.suspect else self._bound_s(mono_ns)
        if least_s <= 0 <= most_s and bound_s <= (MAX_BOUND_s if known_s is None else known_s):
            LOG.info("the collector's clock agrees to within %.0f s", bound_s)
            self._known = vouched(self._known, bound_s)
        self._mark = self._marked()

    def _tell(self, wall_ns: int, mono_ns: int) -> None:
        """Notes a change of the clock's standing."""
        standing = self._standing()
        if standing == self._told:
            return
        LOG.warning("the clock is %s now", standing.value)
        record = records.clock_state(
            (self._told, standing), self._bound_s(mono_ns), self._since_ms, wall_ns // NS_PER_MS
        )
        self._noted.append(Noted(record=record))
        self._told = standing

    def noted(self) -> list[Noted]:
        """The records that are to be kept; each is given once."""
        noted, self._noted = self._noted, []
        return noted

    def unsaid(self, noted: Iterable[Noted]) -> None:
        """Takes back records that found no room: no poll is kept before them."""
        self._noted = [*noted, *self._noted]

    def _floor_ms(self) -> int:
        """The latest stamp that was given, UTC ms.

        Once the clock is known to be right again, what was stamped while it was ahead
        bounds nothing.
        """
        stamp_ms = self._spool.state.stamp_ms
        if self._cap_ms is not None and stamp_ms <= self._clock.now_ns() // NS_PER_MS:
            self._cap_ms = None
        return stamp_ms if self._cap_ms is None else min(stamp_ms, self._cap_ms)

    def closed(self) -> None:
        """Takes note that all that was pending is in a batch."""
        self._cycles = []

    def state(self) -> ClockState:
        """What a batch of all that is pending says of the clock: the widest bound of its stamps."""
        # 0 where there was no receipt yet: nothing bounds those stamps from below.
        after_s = min((each.after_s or 0 for each in self._cycles), default=None)
        bounds = [each.bound_s for each in self._cycles]
        bounds.append(self._bound_s(self._clock.monotonic_ns()))
        bound_s = max((each for each in bounds if each is not None), default=None)
        seen = self._known.seen
        return ClockState(
            standard_uncertainty_s=standard_uncertainty_s(
                bound_s, self._settings.standard_uncertainty_s
            ),
            simulated=self._clock.simulated,
            synchronised=None if seen is None else seen.synchronised,
            standing=self._standing(),
            bound_s=bound_s,
            since_ms=self._since_ms,
            last_receipt_s=self._spool.receipt_s,
            opened_after_s=after_s,
        )

    def _standing(self) -> ClockStanding:
        return self._known.standing(self._clock.monotonic_ns(), self._settings.drift_ppm)

    def _bound_s(self, mono_ns: int) -> float | None:
        bound_s = self._known.bound_s(mono_ns, self._settings.drift_ppm)
        return None if bound_s is None else round(bound_s, 6)

    @property
    def _since_ms(self) -> int | None:
        heard = self._known.heard
        return None if heard is None else heard.wall_ns // NS_PER_MS
