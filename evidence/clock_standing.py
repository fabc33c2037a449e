"""What is known of a clock's deviation while it is kept, and once it is left alone. Pure.

A clock that nobody sets right any more drifts: its deviation is bounded by the last bound
known plus a rate times the monotonic time since. One that was set by hand is wrong before or
after; which of both, only a new word of what keeps it can tell.
"""

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from evidence.clock import NS_PER_S
from evidence.clock_kernel import Discipline

MAX_BOUND_s: Final = 72.0
"""2 % of an hour: beyond it a clock counts as not synchronised.

Energies are stated by the hour, so an hour is the interval that a deviation can spoil. Polls
are told apart by their number and not by their stamp: a poll's period sets no limit here.
"""
STEP_NS: Final = 1_001_000_000
"""A clock that was set by more is a record. A leap second (1 s, and what two readings of a
clock lie apart) is none; smaller steps add up until they are one."""
NS_PER_MS: Final = 1_000_000
KERNEL_AGEING: Final = 500e-6
"""What the kernel adds to its bound in a second without news, s."""
_NEWS_s: Final = 0.002  # the kernel adds in whole steps of 0.5 ms


class ClockStanding(StrEnum):
    """How a clock stands; a closed vocabulary.

    SYNCHRONISED: something keeps it.
    HOLDOVER: nothing does any more, and it drifts from what was known of it.
    UNSYNCHRONISED: nothing keeps it, and it may be off by more than 2 % of an hour.
    UNKNOWN: nobody says anything of it.
    """

    SYNCHRONISED = "synchronised"
    HOLDOVER = "holdover"
    UNSYNCHRONISED = "unsynchronised"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The last word on a clock: when (monotonic and wall reading, ns), and to within what (s).

    `by_another` says that it was not its keeper's, but that of someone with another clock.
    """

    mono_ns: int
    wall_ns: int
    bound_s: float
    by_another: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockKnowledge:
    """All that is known of a clock.

    Attributes:
        heard: The last word on it; None before the first.
        seen: What its keeper said at the last look.
        wall_ns: What it showed at the last look, POSIX ns.
        mono_ns: The monotonic reading then.
        right_ns: Wall less monotonic reading when it was last known, or taken, to be right.
    """

    heard: Heard | None = None
    seen: Discipline | None = None
    wall_ns: int
    mono_ns: int
    right_ns: int

    @property
    def suspect(self) -> bool:
        """Whether it was set by more than a second, and nothing says since that it is right."""
        return abs(self.wall_ns - self.mono_ns - self.right_ns) > STEP_NS

    def bound_s(self, mono_ns: int, drift_ppm: float) -> float | None:
        """How far off it can be at `mono_ns`, s; None if nobody ever said.

        Args:
            mono_ns: Monotonic reading, not before the last look.
            drift_ppm: Highest rate of a clock that is left alone, microseconds per second.
        """
        if self.heard is None:
            return None
        alone_s = (mono_ns - self.heard.mono_ns) / NS_PER_S
        return self.heard.bound_s + drift_ppm * 1e-6 * alone_s

    def standing(self, mono_ns: int, drift_ppm: float) -> ClockStanding:
        """How it stands at `mono_ns`; arguments as for `bound_s`."""
        bound_s = self.bound_s(mono_ns, drift_ppm)
        if bound_s is None:
            return ClockStanding.UNKNOWN if self.seen is None else ClockStanding.UNSYNCHRONISED
        if bound_s > MAX_BOUND_s:
            return ClockStanding.UNSYNCHRONISED
        kept = self.seen is not None and self.seen.synchronised
        return ClockStanding.SYNCHRONISED if kept else ClockStanding.HOLDOVER


def first_look(
    seen: Discipline | None,
    wall_ns: int,
    mono_ns: int,
    stamp_ms: int = 0,
    heard: Heard | None = None,
) -> ClockKnowledge:
    """What is known of a clock at the first look.

    Args:
        seen: What its keeper says; None if nobody says anything.
        wall_ns: What it shows, POSIX ns.
        mono_ns: Monotonic reading.
        stamp_ms: What it is known to have shown before, POSIX ms: if it shows less now, it
            was set back.
        heard: The last word on it, as far as it is remembered.
    """
    right_ns = max(wall_ns, stamp_ms * NS_PER_MS) - mono_ns
    before = ClockKnowledge(heard=heard, wall_ns=wall_ns, mono_ns=mono_ns, right_ns=right_ns)
    return looked(before, seen, wall_ns, mono_ns)


def looked(
    before: ClockKnowledge, seen: Discipline | None, wall_ns: int, mono_ns: int
) -> ClockKnowledge:
    """What is known after one more look at the clock and at what keeps it.

    Args:
        before: What was known.
        seen: What its keeper says now; None if nobody says anything.
        wall_ns: What the clock shows, POSIX ns.
        mono_ns: Monotonic reading, not before the last look.
    """
    known = replace(before, seen=seen, wall_ns=wall_ns, mono_ns=mono_ns)
    if seen is None or not _is_news(before, seen, mono_ns):
        return known
    return _right(known, seen.bound_s, by_another=False)


def _is_news(before: ClockKnowledge, seen: Discipline, mono_ns: int) -> bool:
    """Whether the keeper heard the time since the last look: else its bound has only aged."""
    if not seen.synchronised:
        return False
    if before.heard is None or before.seen is None or not before.seen.synchronised:
        return True
    aged_s = before.seen.bound_s + KERNEL_AGEING * (mono_ns - before.mono_ns) / NS_PER_S
    return abs(seen.bound_s - aged_s) > _NEWS_s


def vouched(known: ClockKnowledge, bound_s: float) -> ClockKnowledge:
    """What is known once someone with another clock says that it is right to within `bound_s`."""
    return _right(known, bound_s, by_another=True)


def _right(known: ClockKnowledge, bound_s: float, *, by_another: bool) -> ClockKnowledge:
    heard = Heard(
        mono_ns=known.mono_ns, wall_ns=known.wall_ns, bound_s=bound_s, by_another=by_another
    )
    return replace(known, heard=heard, right_ns=known.wall_ns - known.mono_ns)


def standard_uncertainty_s(bound_s: float | None, least_s: float) -> float:
    """Standard uncertainty of a stamp: a deviation within the bound, all equally likely.

    Type B, rectangular: bound/sqrt(3) (JCGM 100:2008, 4.3.7).

    Args:
        bound_s: How far off the clock can be; None if that is not known.
        least_s: What is stated where nobody knows better, and never less than.
    """
    return least_s if bound_s is None else max(least_s, bound_s / math.sqrt(3.0))
