"""A table of entries as CSV: one row an entry, nothing guessed, converted or left out. Pure.

UTF-8 (a byte order mark is passed over), comma, a header with the names of the fields. A number is
ASCII digits with a point; "1,234", a date in a spreadsheet's form or a full-width digit is refused
by row and column, never read as something else.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from calibration.errors import CalibrationError
from evidence.errors import CodedError, Words
from evidence.statement.entered.content import Content, ManualAmount, ManualReading
from evidence.statement.entered.errors import EntryTableError

MOST_ROWS: Final = 2_000
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,20}(?:\.[0-9]{1,20})?(?:[eE][+-]?[0-9]{1,3})?")
_TEXTS: Final = (
    "entered",
    "channel",
    "kind_of_quantity",
    "unit",
    "at",
    "start",
    "end",
    "source",
    "subject",
    "serial",
    "deviation",
    "document",
    "double_count_group",
)
_NUMBERS: Final = (
    "value",
    "resolution",
    "standard_uncertainty",
    "relative_standard_uncertainty",
    "mpe_relative",
    "rollover",
    "reference_temperature_K",
    "reference_pressure_Pa",
)
_FLAGS: Final = ("reference_wet",)
COLUMNS: Final = (*_TEXTS, *_NUMBERS, *_FLAGS)
_WORDS: Final = {"true": True, "false": False}
_CONTENT: Final = ManualReading | ManualAmount


def entries_of_table(data: bytes) -> list[Content]:
    """The entries of a table, in order.

    Args:
        data: CSV with a header, at most 2,000 rows.

    Raises:
        EntryTableError: it is no such table, or a cell cannot be read; `where` names the row
            (the header is row 1) and the column.
    """
    rows = _rows(data)
    header = next(rows, (0, []))[1]
    _require_header(header)
    found: list[Content] = []
    for line, cells in rows:
        if len(cells) != len(header):
            what = (
                f"{len(cells)} cells under {len(header)} names",
                f"{len(header)} 列有 {len(cells)} 格",
            )
            raise _wrong(f"row {line}", *what)
        if len(found) == MOST_ROWS:
            raise _wrong(f"row {line}", f"more than {MOST_ROWS} rows", f"超过 {MOST_ROWS} 行")
        found.append(_entry(line, dict(zip(header, cells, strict=True))))
    if not found:
        raise _wrong("table", "it has no row", "没有数据行")
    return found


def _rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, with the number of their line."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as cause:
        where = f"byte {cause.start}"
        raise _wrong(where, "it is not UTF-8", "不是 UTF-8 编码") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            if any(cells):
                yield reader.line_num, cells
    except csv.Error as cause:
        where = f"row {reader.line_num}"
        raise _wrong(where, f"it is no CSV ({cause})", f"不是 CSV（{cause}）") from None


def _require_header(header: Sequence[str]) -> None:
    for name in header:
        if name not in COLUMNS:
            shown = name[:64]
            raise _wrong("row 1", f"'{shown}' is no column", f"没有列 '{shown}'")
    for name in ("entered", "channel", "kind_of_quantity", "unit", "value", "source"):
        if header.count(name) != 1:
            raise _wrong("row 1", f"column '{name}' must stand once", f"列 '{name}' 须出现一次")
    if len(set(header)) < len(header):
        raise _wrong("row 1", "a column stands twice", "有重复的列")


def _entry(line: int, cells: Mapping[str, str]) -> Content:
    fields = {name: _cell(line, name, text) for name, text in cells.items() if text != ""}
    conditions = {
        name.removeprefix("reference_"): fields.pop(name)
        for name in ("reference_temperature_K", "reference_pressure_Pa", "reference_wet")
        if name in fields
    }
    if conditions:
        fields["reference_conditions"] = conditions
    try:
        return msgspec.convert(fields, _CONTENT)
    except (CodedError, CalibrationError) as wrong:
        en, zh = wrong.say("en"), wrong.say("zh")
        raise _wrong(f"row {line} {wrong.where}", en, zh) from wrong
    except msgspec.ValidationError as cause:
        raise _wrong(f"row {line}", str(cause), str(cause)) from None


def _cell(line: int, name: str, text: str) -> Any:  # noqa: ANN401 - what the column holds
    if name in _TEXTS:
        return text
    if name in _FLAGS:
        if text not in _WORDS:
            raise _wrong(
                f"row {line} {name}", f"'{text[:32]}' is not true or false", "须为 true 或 false"
            )
        return _WORDS[text]
    if not _NUMBER.fullmatch(text):
        shown = text[:32]
        what = f"'{shown}' is no number such as 1234.5", f"'{shown}' 不是 1234.5 形式的数"
        raise _wrong(f"row {line} {name}", *what)
    return float(text)


def _wrong(where: str, en: str, zh: str) -> EntryTableError:
    return EntryTableError(where, what=Words(en, zh))
