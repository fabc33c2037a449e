"""Histories of calibrations: what was found, and how far it had moved (pure)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from calibration.columns import Row
from calibration.conformity.requirement import Interval
from calibration.interval.errors import HistoryError, IntervalNumberError

COLUMNS: Final = ("date", "days", "deviation", "as_found", "as_left")
WORDS: Final = {
    "in": True,
    "pass": True,
    "合格": True,
    "out": False,
    "fail": False,
    "不合格": False,
}
LARGEST: Final = 1e30
SHORTEST_DAYS, LONGEST_DAYS = 1e-3, 36_525.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviations:
    """How far a value had moved since the calibration before.

    Attributes:
        days: Since then, each 0.001 to 36,525.
        deviation: As found less as left, in the unit of the value.
        as_left: The last value set, where the history says it.
    """

    days: tuple[float, ...]
    deviation: tuple[float, ...]
    as_left: float | None = None


def is_of_words(rows: Sequence[Row]) -> bool:
    """Whether as-found results are told as in or out, not as values."""
    return any(row.text("as_found") in WORDS for row in rows)


def deviations_of(rows: Sequence[Row]) -> Deviations:
    """The deviations that a history states, or that follow from its values.

    Either the columns `days` and `deviation`; or `date`, `as_found` and `as_left`, a row per
    calibration. The first row's as_found may be blank; a blank as_left means that nothing was
    adjusted.

    Raises:
        HistoryError: there is none, or dates do not ascend.
        IntervalNumberError: a number cannot be.
        CsvNumberError: a field is no number.
    """
    if not rows:
        raise HistoryError("history", found="0 rows", limit=">= 2")
    if "deviation" in rows[0].fields:
        return Deviations(
            days=tuple(_days(row.where, row.number("days")) for row in rows),
            deviation=tuple(_bounded(row, "deviation") for row in rows),
        )
    return _between(rows)


def in_tolerance(rows: Sequence[Row], limits: Interval | None) -> tuple[bool, ...]:
    """Whether each calibration found the instrument within its limits (RP-1: in tolerance).

    Args:
        rows: With `as_found` as in or out (pass, fail, 合格, 不合格), or as a value; blank ones are
            passed over.
        limits: For values.

    Raises:
        HistoryError: values are given without limits.
        IntervalNumberError: a number cannot be.
        CsvNumberError: a field is neither word nor number.
    """
    return tuple(_is_within(row, limits) for row in rows if row.text("as_found"))


def _is_within(row: Row, limits: Interval | None) -> bool:
    word = WORDS.get(row.text("as_found"))
    if word is not None:
        return word
    value = _bounded(row, "as_found")
    if limits is None:
        raise HistoryError(row.where, found="as_found = v", limit="in | out, lower | upper")
    return limits.holds(value)


def _between(rows: Sequence[Row]) -> Deviations:
    """From each calibration's as-left value to the as-found value of the next."""
    dates = [_date(row) for row in rows]
    left = [_as_left(row) for row in rows]
    days = [
        _days(row.where, (after - before).days)
        for row, (before, after) in zip(rows[1:], pairwise(dates), strict=True)
    ]
    found = [_bounded(row, "as_found") for row in rows[1:]]
    moved = [after - before for before, after in zip(left, found, strict=False)]
    return Deviations(days=tuple(days), deviation=tuple(moved), as_left=left[-1])


def _as_left(row: Row) -> float:
    return _bounded(row, "as_left" if row.text("as_left") else "as_found")


def _date(row: Row) -> dt.date:
    text = row.text("date")
    try:
        return dt.date.fromisoformat(text)
    except ValueError as cause:
        found = f"date = '{text[:40]}'"
        raise HistoryError(row.where, found=found, limit="days, deviation | YYYY-MM-DD") from cause


def _days(where: str, days: float) -> float:
    if not SHORTEST_DAYS <= days <= LONGEST_DAYS:
        limit = f"{SHORTEST_DAYS:g} <= d <= {LONGEST_DAYS:g}"
        raise IntervalNumberError(where, name="days", value=days, limit=limit)
    return float(days)


def _bounded(row: Row, name: str) -> float:
    value = row.number(name)
    if not abs(value) <= LARGEST:
        limit = f"|v| <= {LARGEST:g}"
        raise IntervalNumberError(row.where, name=name, value=value, limit=limit)
    return value
