"""A recording of interval amounts, out of a CSV file.

A row's stamp is the END of its interval. Stamps are ISO 8601 (with or without offset),
year/month/day or day/month/year. In files with slashes a row stamped 00:00 that follows later
rows of the same date closes that date, as many plant historians write it.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from itertools import pairwise

from evidence.errors import Words
from simulators.errors import (
    CsvColumnError,
    CsvDuplicateError,
    CsvEmptyError,
    CsvEncodingError,
    CsvFormulaError,
    CsvGapError,
    CsvNegativeError,
    CsvNumberError,
    CsvOrderError,
    CsvRowError,
    CsvTimeError,
)
from simulators.instant import instant_ns
from simulators.process import ReplayedProcess, replayed_process

TIME_FORMS = "2018-01-31T23:45, 2018/1/31 23:45 or 31/1/2018 23:45 (day first), seconds 00 to 59"
NUMBER_FORMS = "a finite decimal number such as 3.17 (point, no thousands sign)"
CLOCK = r"[T ](?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.0*)?)?"
ISO = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
    + CLOCK
    + r"(?P<zone>Z|[+-]\d{2}:?\d{2})?"
)
YEAR_FIRST = re.compile(r"(?P<year>\d{4})/(?P<month>\d{1,2})/(?P<day>\d{1,2})" + CLOCK)
DAY_FIRST = re.compile(r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})" + CLOCK)
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvLayout:
    """How to read a file of interval amounts.

    Attributes:
        column: heading of the amounts.
        interval_ns: length of every interval, > 0.
        zone: local time of stamps that carry no offset.
        time_column: heading of the stamps; the first column if empty.
    """

    column: str
    interval_ns: int
    zone: tzinfo = UTC
    time_column: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: its line in the file, and the two cells that matter."""

    line: int
    stamp: str
    amount: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """One stamp as it is written; `zone` only if the cell states one."""

    day: date
    clock: time
    slashed: bool
    zone: tzinfo | None


def read_recording(content: bytes, layout: CsvLayout, where: str) -> ReplayedProcess:
    """The recording in `content`, the bytes of a file that messages call `where`.

    Raises:
        SimulatorError: a coded error E_CSV_* that names file, line, column, limit and remedy.
    """
    rows, time_column = _rows(_decode(content, where), layout, where)
    if not rows:
        raise CsvEmptyError(where, what=Words("rows below the header", "表头下的数据行"))
    amounts = [_amount(row, layout.column, where) for row in rows]
    ends = _ends(rows, time_column, layout, where)
    return replayed_process(ends[0] - layout.interval_ns, layout.interval_ns, amounts)


def _decode(content: bytes, where: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content[: fault.start].count(b"\n") + 1
        raise CsvEncodingError(
            where, line=line, what=f"byte 0x{content[fault.start]:02X}"
        ) from None


def _rows(text: str, layout: CsvLayout, where: str) -> tuple[list[Row], str]:
    reader = _cells(text, where)
    _, header = next(reader, (0, []))
    if not header:
        raise CsvEmptyError(where, what=Words("header line", "表头行"))
    time_column = layout.time_column or header[0]
    stamp_at, amount_at = _index(header, time_column, where), _index(header, layout.column, where)
    rows = []
    for line, cells in reader:
        if len(cells) != len(header):
            raise CsvRowError(
                where, line=line, what=f"{len(cells)} cells", limit=f"{len(header)} cells"
            )
        rows.append(Row(line=line, stamp=cells[stamp_at].strip(), amount=cells[amount_at].strip()))
    return rows, time_column


def _cells(text: str, where: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            if cells:
                yield reader.line_num, cells
    except csv.Error as fault:
        limit = "cells with closed quotes, 131072 characters at most"
        raise CsvRowError(where, line=reader.line_num, what=str(fault), limit=limit) from None


def _index(header: Sequence[str], column: str, where: str) -> int:
    names = [name.strip() for name in header]
    if names.count(column.strip()) != 1:
        known = ", ".join(names)
        raise CsvColumnError(where, column=column, found=names.count(column), known=known)
    return names.index(column.strip())


def _amount(row: Row, column: str, where: str) -> float:
    facts = {"line": row.line, "column": column, "cell": row.amount}
    if row.amount.startswith(("=", "@")):
        raise CsvFormulaError(where, **facts, limit=Words("plain numbers", "纯数值"))
    if not NUMBER.fullmatch(row.amount) or abs(float(row.amount)) > 1e300:
        raise CsvNumberError(where, **facts, limit=NUMBER_FORMS)
    if float(row.amount) < 0:
        raise CsvNegativeError(where, **facts, limit=Words("0 or more", "0 或以上"))
    return float(row.amount)


def _ends(rows: Sequence[Row], column: str, layout: CsvLayout, where: str) -> list[int]:
    stamps = [_stamp(row, column, where) for row in rows]
    closes_day = _midnight_closes_the_day(stamps)
    ends: list[int] = []
    for row, stamp in zip(rows, stamps, strict=True):
        end = _end(stamp, layout.zone, ends[-1] if ends else None, closes_day=closes_day)
        if ends:
            _check_step(row, end - ends[-1], column, layout.interval_ns, where)
        ends.append(end)
    return ends


def _stamp(row: Row, column: str, where: str) -> Stamp:
    match = (
        ISO.fullmatch(row.stamp)
        or YEAR_FIRST.fullmatch(row.stamp)
        or DAY_FIRST.fullmatch(row.stamp)
    )
    try:
        stamp = _written(match) if match else None
    except (ValueError, OverflowError):  # no such day, hour or offset
        stamp = None
    if stamp is None:
        raise CsvTimeError(
            where, line=row.line, column=column, cell=row.stamp, limit=TIME_FORMS
        ) from None
    return stamp


def _written(match: re.Match[str]) -> Stamp:
    parts = match.groupdict()
    day = date(int(parts["year"]), int(parts["month"]), int(parts["day"]))
    hour, minute, second = int(parts["hour"]), int(parts["minute"]), int(parts["second"] or 0)
    if (hour, minute, second) == (24, 0, 0):
        day, hour = day + timedelta(days=1), 0
    zone = parts.get("zone")
    return Stamp(
        day=day,
        clock=time(hour, minute, second),
        slashed=match.re is not ISO,
        zone=_offset(zone) if zone else None,
    )


def _offset(text: str) -> tzinfo:
    if text == "Z":
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))


def _midnight_closes_the_day(stamps: Sequence[Stamp]) -> bool:
    """Whether some 00:00 stands below later rows of the date that it names."""
    return any(
        stamp.slashed
        and stamp.clock == time(0)
        and above.day == stamp.day
        and above.clock > time(0)
        for above, stamp in pairwise(stamps)
    )


def _end(stamp: Stamp, zone: tzinfo, above_ns: int | None, *, closes_day: bool) -> int:
    day = stamp.day
    if closes_day and stamp.slashed and stamp.clock == time(0):
        day += timedelta(days=1)
    local = datetime.combine(day, stamp.clock, tzinfo=stamp.zone or zone)
    end = instant_ns(local)
    if above_ns is not None and end <= above_ns:  # the hour that a zone repeats in autumn
        return instant_ns(local.replace(fold=1))
    return end


def _check_step(row: Row, step_ns: int, column: str, interval_ns: int, where: str) -> None:
    if step_ns == interval_ns:
        return
    facts = {
        "line": row.line,
        "column": column,
        "cell": row.stamp,
        "limit": f"{interval_ns / 1e9:g} s",
    }
    if step_ns < 0:
        raise CsvOrderError(where, **facts)
    if step_ns == 0:
        raise CsvDuplicateError(where, **facts)
    raise CsvGapError(where, **facts, found=f"{step_ns / 1e9:g} s")
