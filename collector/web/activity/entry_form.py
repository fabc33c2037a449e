"""The form of an entry: its fields to an entry and back. Pure.

A form is read as a table of one row is: a number is ASCII digits with a point, and nothing is
guessed. Clock times are those of the reader's zone.
"""

import csv
import datetime as dt
import io
from collections.abc import Mapping
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from calibration.errors import CalibrationError
from evidence.clock import NS_PER_S
from evidence.errors import CodedError, Words
from evidence.statement.entered.content import Content, ManualAmount, ManualReading
from evidence.statement.entered.errors import EntryTableError, EntryValueError
from evidence.statement.entered.table import COLUMNS, entries_of_table

READING, AMOUNT = "reading", "amount"
KINDS: Final = (READING, AMOUNT)
_TIMES: Final[Mapping[str, tuple[str, ...]]] = {READING: ("at",), AMOUNT: ("start", "end")}
_NEEDED: Final = ("channel", "kind_of_quantity", "unit", "value", "source")
_CLOCK: Final = "%Y-%m-%dT%H:%M"


def content_of(form: Mapping[str, str], zone: ZoneInfo) -> Content:
    """What a form enters.

    Args:
        form: Its fields; those that are empty say nothing.
        zone: Of its clock times.

    Raises:
        EntryRefusedError: a field is missing or cannot be read.
        CalibrationError: the unit is none, or of another quantity.
    """
    kind = form.get("entered", "")
    if kind not in KINDS:
        what = Words("it is neither a reading nor an amount", "既非读数也非用量")
        _refuse("entered", what, Words("`reading` or `amount`", "`reading` 或 `amount`"))
    told = {name: form.get(name, "").strip() for name in COLUMNS}
    for name in (*_NEEDED, *_TIMES[kind]):
        if not told[name]:
            _refuse(name, Words("it is empty", "未填写"), Words("filled in", "必填内容"))
    times = {name: _instant(name, told[name], zone) for name in _TIMES[kind]}
    row = {name: text for name, text in {**told, **times}.items() if text}
    other = {name for each in KINDS for name in _TIMES[each]} - set(times)
    return _of_one_row({n: t for n, t in row.items() if n not in other})


def _of_one_row(row: Mapping[str, str]) -> Content:
    """What a row says; a form has no rows, so that none is named where it is refused."""
    try:
        (content,) = entries_of_table(_table(row))
    except EntryTableError as wrong:
        if isinstance(wrong.__cause__, CodedError | CalibrationError):
            raise wrong.__cause__ from None
        where = wrong.where.removeprefix("row 2").strip() or "entry"
        limit = Words("of the form that stands beside the field", "字段旁说明的形式")
        raise EntryValueError(where, what=wrong.facts["what"], limit=limit) from None
    return content


def _table(row: Mapping[str, str]) -> bytes:
    """A table of one row."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(row.keys())
    writer.writerow(row.values())
    return text.getvalue().encode()


def _instant(name: str, text: str, zone: ZoneInfo) -> str:
    """A clock time of a form, 2026-03-31T08:00, with the offset of the zone."""
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        what = Words(f"'{text[:32]}' is no time", f"'{text[:32]}' 不是时刻")
        _refuse(name, what, Words("a day and a clock time", "日期和时刻"))
    return at.isoformat() if at.tzinfo else at.replace(tzinfo=zone).isoformat()


def form_of_content(content: Content, zone: ZoneInfo) -> dict[str, str]:
    """The fields of a form that says what an entry says."""
    found = {
        name: _text(value)
        for name, value in msgspec.to_builtins(content).items()
        if name in COLUMNS and value is not None
    }
    found["entered"] = READING if isinstance(content, ManualReading) else AMOUNT
    found |= _clock_times(content, zone)
    gas = content.reference_conditions
    if gas is not None:
        found["reference_temperature_K"] = _text(gas.temperature_K)
        found["reference_pressure_Pa"] = _text(gas.pressure_Pa)
        found["reference_wet"] = "true" if gas.wet else "false"
    return found


def _text(value: object) -> str:
    return value if isinstance(value, str) else repr(value).removesuffix(".0")


def _clock_times(content: Content, zone: ZoneInfo) -> dict[str, str]:
    if isinstance(content, ManualAmount):
        start, end = content.span
        return {"start": _clock(start, zone), "end": _clock(end, zone)}
    return {"at": _clock(content.at_ns, zone)}


def _clock(at_ns: int, zone: ZoneInfo) -> str:
    """A clock time; to the second where it is not at a full minute."""
    at = dt.datetime.fromtimestamp(at_ns // NS_PER_S, tz=zone)
    return at.strftime(_CLOCK) if not at.second else at.strftime(f"{_CLOCK}:%S")


def field_of(refused: CodedError | CalibrationError, names: tuple[str, ...] = COLUMNS) -> str:
    """The field that a refusal is about; "" where it is about none alone."""
    is_of_unit = refused.code == "E_UNIT_MISMATCH"  # which names the meter
    told = ["unit"] if is_of_unit else refused.where.replace(",", " ").split()
    return next((each for each in told if each in names), "")


def _refuse(name: str, what: Words, limit: Words) -> None:
    raise EntryValueError(name, what=what, limit=limit)
