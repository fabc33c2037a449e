"""Files of points, hours and standings in CSV (pure); a bad cell is refused, never guessed."""

import csv
import io
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from evidence.clock import parse_utc
from evidence.errors import CodedError
from evidence.statement.hours.errors import HoursFileError, RecordError, RecordOrderError
from evidence.statement.hours.pack import RulePack
from evidence.statement.hours.point import HourlyRecord, Point, PointState
from evidence.statement.standing.standing import Standing

MOST_ROWS: Final = 1_200_000
POINT_COLUMNS: Final = ("time", "value", "state", "remark")
HOUR_COLUMNS: Final = (*POINT_COLUMNS, "operating", "register")
STANDING_COLUMNS: Final = ("time", "standing", "remark")
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_OFFSET: Final = re.compile(r"([+-])(\d\d):(\d\d)$", re.ASCII)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a table: where it stands, its instant, and its fields by column."""

    where: str
    time: str
    at_ns: int
    fields: Mapping[str, str]

    def number(self, name: str) -> float | None:
        """The number of a column; None where nothing stands.

        Raises:
            RecordError: it is no number, or not finite.
        """
        text = self.fields.get(name, "")
        if not text:
            return None
        if not _NUMBER.fullmatch(text) or not math.isfinite(found := float(text)):
            limit = "a finite decimal number with a point"
            raise RecordError(self.where, name=name, found=text[:40], limit=limit)
        return found


def points_of(data: bytes, where: str, pack: RulePack) -> list[Point]:
    """The points of a file with the columns time, value, and state.

    Args:
        data: UTF-8, commas between the fields; `time` is the beginning of the interval.
        where: name of the file.
        pack: whose letters may stand for a state.

    Raises:
        HoursFileError, RecordError, RecordOrderError, TimestampError: naming file and line.
    """
    return list(_rows(data, where, POINT_COLUMNS, lambda line: _point(line, pack)))


def hours_of(
    data: bytes, where: str, pack: RulePack
) -> tuple[list[HourlyRecord], dict[int, float]]:
    """The hours of a file, and its readings of a register at the end of an hour, by its start.

    Args:
        data: as of `points_of`; with the columns operating and register, if there are any.
        where: name of the file.
        pack: whose letters may stand for a state.

    Raises:
        HoursFileError, RecordError, RecordOrderError, TimestampError: naming file and line.
    """
    registers: dict[int, float] = {}

    def of(line: _Line) -> HourlyRecord:
        reading = line.number("register")
        if reading is not None:
            registers[line.at_ns] = reading
        return _hour(line, pack)

    return list(_rows(data, where, HOUR_COLUMNS, of)), registers


def standings_of(data: bytes, where: str) -> dict[int, Standing]:
    """Standing by hour, of a file with the columns time and standing.

    Raises:
        HoursFileError, RecordError, RecordOrderError, TimestampError: naming file and line.
    """

    def of(line: _Line) -> tuple[int, Standing]:
        text = line.fields.get("standing", "")
        if text not in list(Standing):
            limit = ", ".join(Standing)
            raise RecordError(line.where, name="standing", found=text[:40], limit=limit)
        return line.at_ns, Standing(text)

    return dict(_rows(data, where, STANDING_COLUMNS, of))


def offset_s_of(data: bytes) -> int:
    """Offset from UTC of the first time in a file, s; 0 where it is in UTC."""
    head = data[:4000].decode("utf-8", "replace")
    found = re.search(r"\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)", head, re.ASCII)
    match = _OFFSET.search(found[1]) if found else None
    if match is None:
        return 0
    seconds = int(match[2]) * 3600 + int(match[3]) * 60
    return -seconds if match[1] == "-" else seconds


def _rows(data: bytes, where: str, known: Sequence[str], of: Callable[[_Line], T]) -> Iterator[T]:
    """What each line says, in ascending order of time."""
    lines = _lines(data, where)
    names = _names(next(lines, (0, []))[1], where, known)
    before: _Line | None = None
    for count, (number, fields) in enumerate(lines):
        if count >= MOST_ROWS:
            raise HoursFileError(where, found=f"> {MOST_ROWS} rows", limit=f"<= {MOST_ROWS} rows")
        line = _line(f"{where} line {number}", names, fields)
        if before is not None and line.at_ns <= before.at_ns:
            raise RecordOrderError(line.where, found=line.time, before=before.time)
        before = line
        yield _placed(of, line)
    if before is None:
        raise HoursFileError(where, found="0 rows", limit=">= 1 row")


def _placed(of: Callable[[_Line], T], line: _Line) -> T:
    """What a line says; a refusal names the line."""
    try:
        return of(line)
    except CodedError as wrong:
        if wrong.where == line.where:
            raise
        raise type(wrong)(line.where, **wrong.facts) from wrong


def _lines(data: bytes, where: str) -> Iterator[tuple[int, list[str]]]:
    """Number and fields of each line that holds anything; those with # are remarks."""
    try:
        reader = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        for row in reader:
            fields = [field.strip() for field in row]
            if any(fields) and not fields[0].startswith("#"):
                yield reader.line_num, fields
    except (UnicodeDecodeError, csv.Error) as cause:
        found = type(cause).__name__ if isinstance(cause, UnicodeDecodeError) else str(cause)
        raise HoursFileError(where, found=found[:80], limit="UTF-8 CSV") from cause


def _names(names: Sequence[str], where: str, known: Sequence[str]) -> Sequence[str]:
    wrong = next((each for each in names if each not in known or names.count(each) > 1), None)
    if wrong is not None or not {known[0], known[1]} <= set(names):
        needed = f"{known[0]} and {known[1]}; may have {', '.join(known[2:])}; each once"
        found = ", ".join(names)[:80] if names else "no columns"
        raise HoursFileError(where, found=found, limit=needed)
    return names


def _line(where: str, names: Sequence[str], fields: Sequence[str]) -> _Line:
    if len(fields) != len(names):
        found, limit = f"{len(fields)} fields", f"{len(names)} fields"
        raise HoursFileError(where, found=found, limit=limit)
    by_name = dict(zip(names, fields, strict=True))
    time = by_name["time"]
    return _Line(where, time[:64], parse_utc(time, where), by_name)


def _state(line: _Line, pack: RulePack) -> PointState:
    """The state that a line names, or a letter of the scheme's data loggers."""
    if "state" not in line.fields:
        return PointState.VALID
    text = line.fields["state"]
    letters = pack.flags.letters if pack.flags else {}
    if text in letters:
        return letters[text]
    if text not in list(PointState):
        limit = ", ".join([*PointState, *letters])
        raise RecordError(line.where, name="state", found=text[:40], limit=limit)
    return PointState(text)


def _point(line: _Line, pack: RulePack) -> Point:
    return Point(at_ns=line.at_ns, value=line.number("value"), state=_state(line, pack))


def _hour(line: _Line, pack: RulePack) -> HourlyRecord:
    share = line.number("operating")
    return HourlyRecord(
        at_ns=line.at_ns,
        value=line.number("value"),
        state=_state(line, pack),
        operating_share=1.0 if share is None else share,
    )
