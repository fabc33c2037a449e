"""Columns of a stream: what is constant collapses to one value, what is even to a step.

A batch describes a stream once and then lists its readings by column, so that ten
readings cost little more than their own digits.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import TypeVar

import msgspec

from evidence.errors import LeafContentError

T = TypeVar("T")
MAX_ROWS = 1000


class Progression(msgspec.Struct, frozen=True, kw_only=True):
    """Whole numbers: the first, and what each following one adds.

    `steps` is one number if all are equal, and empty for a single row.
    """

    first: int
    steps: int | tuple[int, ...]


def progression(numbers: Sequence[int]) -> Progression:
    """The column of `numbers`; at least one."""
    steps = tuple(after - before for before, after in pairwise(numbers))
    if steps and len(set(steps)) == 1:
        return Progression(first=numbers[0], steps=steps[0])
    return Progression(first=numbers[0], steps=steps)


def progressed(column: Progression, rows: int) -> list[int]:
    """The numbers of a column of `rows` rows.

    Raises:
        LeafContentError: the column has another length.
    """
    steps = column.steps
    spread = [steps] * (rows - 1) if isinstance(steps, int) else list(steps)
    if len(spread) != rows - 1:
        _length(len(spread) + 1, rows)
    return list(accumulate(spread, initial=column.first))


def collapsed(values: Sequence[T]) -> T | tuple[T, ...]:
    """One value if all are equal, else all of them."""
    return values[0] if all(value == values[0] for value in values) else tuple(values)


def spread(column: T | tuple[T, ...], rows: int) -> tuple[T, ...]:
    """The values of a column of `rows` rows.

    Raises:
        LeafContentError: the column has another length.
    """
    if not isinstance(column, tuple):
        return (column,) * rows
    if len(column) != rows:
        _length(len(column), rows)
    return column


def finite(values: Iterable[float], name: str) -> None:
    """Refuses NaN and infinities before they are encoded or used.

    Raises:
        LeafContentError: one of `values` is not finite.
    """
    if not all(math.isfinite(value) for value in values):
        raise LeafContentError(name, what=f"'{name}' holds NaN or infinity", limit="finite numbers")


def _length(found: int, rows: int) -> None:
    raise LeafContentError(
        "column", what=f"a column has {found} rows", limit=f"the stream's {rows} rows"
    )
