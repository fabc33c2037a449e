"""Rows of a table as the readings of each test (pure)."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final, Literal, NamedTuple, TypeVar, cast

from calibration.performance.chart import ChartReading
from calibration.performance.drift import Check
from calibration.performance.errors import (
    PerformanceColumnError,
    PerformanceCountError,
    PerformanceValueError,
    UnknownColumnError,
)
from calibration.performance.exact import is_usable
from calibration.performance.linearity import Injection
from calibration.performance.paired import Run
from calibration.performance.pairs import Pair
from calibration.performance.response import Sample
from calibration.performance.velocity_field import Velocities
from calibration.table import names_of

MOST_ROWS: Final = 5_000
MOST_DIGITS: Final = 40
NUMBERS: Final = f"0, or 1e-15 .. 1e15 in up to {MOST_DIGITS} characters, with a decimal point"
REMARK: Final = "remark"
FLAGS: Final[Mapping[str, bool]] = {
    **dict.fromkeys(("y", "yes", "true", "1"), True),
    **dict.fromkeys(("n", "no", "false", "0"), False),
}
# Decimal itself would take 1_000, and digits of any script.
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
T = TypeVar("T", bound=str)
Point = Literal["zero", "span"]
POINTS: Final[tuple[Point, ...]] = ("zero", "span")
KINDS: Final[tuple[Literal["parallel", "reference"], ...]] = ("parallel", "reference")


class Row(NamedTuple):
    """A row of a table: the file's name, its place below the first line, its fields by column."""

    where: str
    place: int
    fields: Mapping[str, str]

    def refused(self, name: str, limit: str) -> PerformanceValueError:
        """What is wrong with a field."""
        value = f"'{self.fields.get(name, '')[:MOST_DIGITS]}'"
        return PerformanceValueError(
            self.where, name=name, place=self.place, value=value, limit=limit
        )

    def decimal(self, name: str) -> Decimal:
        """A number with all its digits."""
        text = self.fields.get(name, "")
        found = decimal_of_text(text)
        if found is None:
            raise self.refused(name, NUMBERS)
        return found

    def number(self, name: str) -> float:
        """A number as a float."""
        return float(self.decimal(name))

    def positive(self, name: str) -> float:
        """A number > 0; 1 where the column is not there."""
        value = self.number(name) if name in self.fields else 1.0
        if not value > 0.0:
            raise self.refused(name, "> 0")
        return value

    def text(self, name: str, otherwise: str = "") -> str:
        """A text; the other one where the column is not there."""
        return self.fields.get(name, otherwise)

    def flag(self, name: str, otherwise: str) -> bool:
        """Y or N; the other one where the column is not there."""
        found = FLAGS.get(self.text(name, otherwise).lower())
        if found is None:
            raise self.refused(name, " | ".join(FLAGS))
        return found

    def choice(self, name: str, known: Sequence[T]) -> T:
        """One of some words; the first where the column is not there."""
        found = self.text(name, known[0]).lower()
        if found not in known:
            raise self.refused(name, " | ".join(known))
        return cast("T", found)

    def day(self, name: str) -> dt.date | None:
        """A day; None where the column is not there."""
        if name not in self.fields:
            return None
        try:
            return dt.date.fromisoformat(self.fields[name])
        except ValueError as cause:
            raise self.refused(name, "YYYY-MM-DD") from cause


def decimal_of_text(text: str) -> Decimal | None:
    """A number as it is written; None where it is none, or none that a reading can have."""
    if len(text) > MOST_DIGITS or not _NUMBER.fullmatch(text):
        return None
    found = Decimal(text)
    return (found or Decimal(0)) if is_usable(found) else None


def table_of(
    rows: Sequence[Sequence[str]], where: str, needed: Sequence[str], known: Sequence[str]
) -> list[Row]:
    """The rows below the first line, by column.

    Args:
        rows: With the columns' names first.
        where: Name of the file.
        needed: Columns that must be there.
        known: Columns that may be there, beside "remark".

    Raises:
        PerformanceColumnError: a column is missing, or there twice.
        UnknownColumnError: a column is neither needed nor known.
        PerformanceCountError: there are too many rows.
        PerformanceValueError: a row has another number of fields.
    """
    names = names_of(rows)
    for name in (*needed, *names):
        if names.count(name) != 1:
            raise PerformanceColumnError(where, name=name[:MOST_DIGITS], found=names.count(name))
        if name not in (*needed, *known, REMARK):
            limit = ", ".join((*needed, *known))
            raise UnknownColumnError(where, name=name[:MOST_DIGITS], limit=limit)
    if len(rows) - 1 > MOST_ROWS:
        found = len(rows) - 1
        raise PerformanceCountError(where, name="all", found=found, limit=f"<= {MOST_ROWS}")
    return [_row(where, place, names, row) for place, row in enumerate(rows[1:], start=1)]


def _row(where: str, place: int, names: Sequence[str], row: Sequence[str]) -> Row:
    """A row of as many fields as there are columns: a decimal comma makes one more."""
    if len(row) != len(names):
        value, limit = f"{len(row)} fields", f"{len(names)} fields, one per column"
        raise PerformanceValueError(where, name="row", place=place, value=value, limit=limit)
    return Row(where, place, dict(zip(names, (field.strip() for field in row), strict=True)))


def run_of(row: Row) -> Run:
    """Columns run, rm, cem, used."""
    return Run(
        run=row.text("run", str(row.place)),
        reference=row.decimal("rm"),
        reading=row.decimal("cem"),
        used=row.flag("used", "y"),
    )


def check_of(row: Row) -> Check:
    """Columns at, point, reference, reading."""
    return Check(
        at=row.text("at", str(row.place)),
        point=row.choice("point", POINTS),
        reference=row.decimal("reference"),
        reading=row.decimal("reading"),
    )


def injection_of(row: Row) -> Injection:
    """Columns level, reference, reading."""
    return Injection(
        level=row.text("level").lower(),
        reference=row.decimal("reference"),
        reading=row.decimal("reading"),
    )


def pair_of(row: Row) -> Pair:
    """Columns x, y, srm_factor, ams_factor, kind, day."""
    return Pair(
        x=row.number("x"),
        y=row.number("y"),
        srm_factor=row.positive("srm_factor"),
        ams_factor=row.positive("ams_factor"),
        kind=row.choice("kind", KINDS),
        day=row.day("day"),
    )


def chart_reading_of(row: Row) -> ChartReading:
    """Columns at, point, reference, reading, adjusted."""
    return ChartReading(
        at=row.text("at", str(row.place)),
        point=row.choice("point", POINTS),
        reference=row.number("reference"),
        reading=row.number("reading"),
        adjusted=row.flag("adjusted", "n"),
    )


def velocities_of(row: Row) -> Velocities:
    """Columns day, rm, cem; both velocities > 0."""
    day = row.day("day")
    reference, reading = (row.decimal(name) for name in ("rm", "cem"))
    for name, number in (("rm", reference), ("cem", reading)):
        if not number > 0:
            raise row.refused(name, "> 0")
    if day is None:
        raise row.refused("day", "YYYY-MM-DD")
    return Velocities(day=day, reference=reference, reading=reading)


def sample_of(row: Row) -> Sample:
    """Columns run, seconds, reading."""
    seconds = row.number("seconds")
    if seconds < 0.0:
        raise row.refused("seconds", ">= 0")
    return Sample(run=row.text("run", "1"), seconds=seconds, reading=row.number("reading"))
