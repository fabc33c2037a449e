"""What a benchmark found: a subject over its yardstick, against a goal and a gate. Pure."""

from collections.abc import Iterable, Sequence
from statistics import median
from typing import Literal

import msgspec

Verdict = Literal["met", "missed", "GATE", "told"]
Pair = tuple[float, float]
"""(yardstick, subject), measured one right after the other."""


class Bound(msgspec.Struct, frozen=True, kw_only=True):
    """What a figure should reach, and what it may not fail.

    Args:
        goal, gate: of the ratio, or of the subject where `of` says so.
        sense: whether it is to be at most or at least that.
        of: which number is bounded.
    """

    goal: float
    gate: float
    sense: Literal["<=", ">="] = "<="
    of: Literal["ratio", "subject"] = "ratio"

    def verdict(self, number: float) -> Verdict:
        """How a number stands to goal and gate."""
        if self._holds(number, self.goal):
            return "met"
        return "missed" if self._holds(number, self.gate) else "GATE"

    def _holds(self, number: float, bound: float) -> bool:
        return number <= bound if self.sense == "<=" else number >= bound


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the results.

    Args:
        row: of the budgets.
        name: what was measured.
        unit: of subject and yardstick.
        subject, yardstick: medians; the yardstick is None where the bound is absolute.
        ratio: median of the pairs' subject / yardstick.
        bound: None for a figure that is only told.
        note: what must be known to read it; why it was skipped.
    """

    row: int
    name: str
    unit: str
    subject: float | None = None
    against: str = ""
    yardstick: float | None = None
    ratio: float | None = None
    bound: Bound | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        """In a word: met, missed (the gate still holds), GATE (not even that), told, skipped."""
        if self.subject is None:
            return "skipped"
        if self.bound is None:
            return "told"
        number = self.ratio if self.bound.of == "ratio" else self.subject
        return "skipped" if number is None else self.bound.verdict(number)


def compared(
    row: int,
    name: str,
    pairs: Sequence[Pair],
    *,
    unit: str,
    against: str,
    bound: Bound | None = None,
) -> Figure:
    """The figure of alternating pairs: medians of both sides, and of their ratios."""
    theirs, ours = (median(each) for each in zip(*pairs, strict=True))
    return Figure(
        row=row,
        name=name,
        unit=unit,
        subject=ours,
        against=against,
        yardstick=theirs,
        ratio=median(mine / its for its, mine in pairs),
        bound=bound,
        note=f"{len(pairs)} pairs, ratio {_range(mine / its for its, mine in pairs)}",
    )


def measured(
    row: int, name: str, found: Sequence[float], *, unit: str, bound: Bound | None = None
) -> Figure:
    """A figure without a yardstick: the median of repetitions."""
    note = f"{len(found)} runs, {_range(found)}" if len(found) > 1 else ""
    return Figure(row=row, name=name, unit=unit, subject=median(found), bound=bound, note=note)


def skipped(row: int, name: str, why: str) -> Figure:
    """A figure that could not be had here, and why."""
    return Figure(row=row, name=name, unit="", note=why)


def _range(numbers: Iterable[float]) -> str:
    found = sorted(numbers)
    return f"{found[0]:.3g} to {found[-1]:.3g}"
