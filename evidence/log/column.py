"""Columns of a stream: what is constant collapses to one value, what is even to a step.

A batch describes a stream once and then lists its readings by column, so that ten
readings cost little more than their own digits.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import Final, TypeVar

import msgspec

from evidence.errors import LeafContentError, Words

T = TypeVar("T")
MOST: Final = 1e15  # a wrong word order shows greater numbers; nothing in a factory does
MAX_ROWS = 1000
MAX_EXACT: Final = 2**53
"""The largest whole number that every reader of JSON holds exactly."""
MAX_COUNT: Final = 2**63 - 1
MAX_AT_MS: Final = MAX_COUNT // 1_000_000
HEXADECIMAL: Final = "0123456789abcdef"


class Progression(msgspec.Struct, frozen=True, kw_only=True, gc=False):
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


def progressed(column: Progression, rows: int, name: str = "column") -> list[int]:
    """The numbers of a column of `rows` rows.

    Raises:
        LeafContentError: the column, which stands at `name`, has another length.
    """
    first, steps = column.first, column.steps
    if isinstance(steps, int):
        if rows < 1:
            _length(1, rows, name)
        return list(range(first, first + steps * rows, steps)) if steps else [first] * rows
    if len(steps) != rows - 1:
        _length(len(steps) + 1, rows, name)
    return list(accumulate(steps, initial=first))


def collapsed(values: Sequence[T]) -> T | tuple[T, ...]:
    """One value if all are equal, else all of them; at least one."""
    return values[0] if values.count(values[0]) == len(values) else tuple(values)


def spread(column: T | tuple[T, ...], rows: int, name: str = "column") -> tuple[T, ...]:
    """The values of a column of `rows` rows.

    Raises:
        LeafContentError: the column, which stands at `name`, has another length.
    """
    if not isinstance(column, tuple):
        return (column,) * rows
    if len(column) != rows:
        _length(len(column), rows, name)
    return column


def finite(values: Iterable[float], name: str) -> None:
    """Refuses NaN and infinities, before they are encoded or used.

    Raises:
        LeafContentError: one of `values` is not finite, or no float can hold it.
    """
    try:
        sound = all(map(math.isfinite, values))
    except OverflowError:
        sound = False
    if not sound:
        what = Words("a number is NaN, infinite or too large", "存在 NaN、无穷大或过大的数")
        raise LeafContentError(name, what=what, limit=Words("finite numbers", "有限数值"))


def exact(values: Sequence[float], name: str) -> None:
    """Refuses what is not finite, and whole numbers beyond 2^53.

    Raises:
        LeafContentError: one of `values` is such a number.
    """
    finite(values, name)
    if max(map(abs, values), default=0) <= MAX_EXACT:
        return
    if any(isinstance(each, int) and abs(each) > MAX_EXACT for each in values):
        what = Words("a whole number is not exact in JSON", "存在 JSON 无法精确表示的整数")
        raise LeafContentError(name, what=what, limit="|n| <= 2^53")


def fitting(column: float | tuple[float, ...], rows: int, name: str) -> None:
    """Refuses a column of numbers that has not `rows` rows, or holds what `finite` refuses.

    Raises:
        LeafContentError: it does; also one number for no rows is looked at.
    """
    if not isinstance(column, tuple):
        finite((column,), name)
        return
    finite(spread(column, rows, name), name)


def counting(column: Progression, rows: int, most: int, name: str) -> None:
    """Refuses a column of `rows` >= 1 whole numbers if it leaves 0..`most`, or does not fit.

    Raises:
        LeafContentError: it does.
    """
    if isinstance(column.steps, int):
        last = column.first + column.steps * (rows - 1)
        counted((column.first, last), most, name)
    else:
        counted(progressed(column, rows, name), most, name)


def counted(numbers: Sequence[int], most: int, name: str) -> None:
    """Refuses positions, poll numbers and instants that lie outside 0..`most`; at least one.

    Raises:
        LeafContentError: one of `numbers` does.
    """
    if min(numbers) < 0 or max(numbers) > most:
        what = Words("a whole number is out of range", "存在超出范围的整数")
        raise LeafContentError(name, what=what, limit=f"0 .. {most}")


def hexadecimal(texts: Sequence[str], name: str) -> None:
    """Refuses what is not whole bytes in lower-case hexadecimal.

    Raises:
        LeafContentError: one of `texts` is not.
    """
    if "".join(texts).strip(HEXADECIMAL) or any(size % 2 for size in set(map(len, texts))):
        what = Words("a raw reply is not hexadecimal", "原始应答不是十六进制")
        limit = Words("two digits 0-9 a-f per byte", "每字节两位 0-9 a-f")
        raise LeafContentError(name, what=what, limit=limit)


def _length(found: int, rows: int, name: str) -> None:
    what = Words(f"the column has {found} rows", f"该列有 {found} 行")
    raise LeafContentError(name, what=what, limit=Words(f"{rows} rows", f"{rows} 行"))
