"""Limits: what a class or a data sheet bounds, and the standard uncertainty that follows."""

import math
from collections.abc import Sequence
from typing import Literal

import msgspec

from calibration.distribution import Distribution, from_expanded, from_half_width
from calibration.type_b.number import not_negative, positive
from calibration.type_b.source import Source, Status

Note = Literal["larger_of_several", "joined_between_points", "arithmetic_sum", "root_sum_square"]
"""How a limit was reached where the document does not print it for the very point."""


class StatedLimit(msgspec.Struct, frozen=True, kw_only=True):
    """A deviation is known to lie within +- `half_width` (GUM 4.3.7).

    Args:
        name: of the deviation, such as "percentage_error" or "phase_displacement".
        half_width: >= 0, in `unit`.
        unit: UCUM code; "1" where the limit is relative to the value.
        distribution: the state of knowledge within the limit.
        coverage_factor: of a limit that the document states as an expanded uncertainty;
            a normal distribution needs one, a bounded one has none.
        source: where it is stated.
        notes: how it was reached.
        remark: of the document, such as how far an influence quantity was varied.
    """

    name: str
    half_width: float
    unit: str
    source: Source
    distribution: Distribution = Distribution.RECTANGULAR
    coverage_factor: float | None = None
    notes: tuple[Note, ...] = ()
    remark: str = ""

    def __post_init__(self) -> None:
        not_negative(self.name, half_width=self.half_width)
        if self.distribution == Distribution.NORMAL:
            stated = self.coverage_factor
            positive(self.name, coverage_factor=math.nan if stated is None else stated)

    @property
    def standard_uncertainty(self) -> float:
        """In `unit` (GUM 4.3.3, 4.3.7, 4.3.9)."""
        if self.coverage_factor is not None:
            return from_expanded(self.half_width, self.coverage_factor)
        return from_half_width(self.half_width, self.distribution)


def larger(limits: Sequence[StatedLimit], note: Note = "larger_of_several") -> StatedLimit:
    """The largest of several limits of one deviation; where they differ, a note says so."""
    found = max(limits, key=lambda each: each.half_width)
    if all(each.half_width == found.half_width for each in limits):
        return found
    return msgspec.structs.replace(found, notes=(*found.notes, note))


def arithmetic_sum(limits: Sequence[StatedLimit], name: str) -> StatedLimit:
    """The limit of a whole whose parts each keep theirs: the plain sum of half-widths.

    Args:
        limits: one or more, of one unit.
        name: of the whole's deviation.
    """
    total = math.fsum(each.half_width for each in limits)
    return _whole(limits, name, total, "arithmetic_sum")


def root_sum_square(limits: Sequence[StatedLimit], name: str) -> StatedLimit:
    """The limit that a document takes as the root of the sum of the squares of several.

    Args:
        limits: one or more, of one unit.
        name: of the whole's deviation, such as "combined_maximum_error".
    """
    total = math.hypot(*(each.half_width for each in limits))
    return _whole(limits, name, total, "root_sum_square")


def _whole(limits: Sequence[StatedLimit], name: str, total: float, note: Note) -> StatedLimit:
    """A whole is not better confirmed than its least confirmed part."""
    stated = sorted(limits, key=lambda each: each.source.status != Status.RECALLED)
    notes: tuple[Note, ...] = tuple(dict.fromkeys([n for each in limits for n in each.notes]))
    return msgspec.structs.replace(
        limits[0],
        name=name,
        half_width=total,
        source=stated[0].source,
        notes=(*notes, note) if len(limits) > 1 else notes,
    )
