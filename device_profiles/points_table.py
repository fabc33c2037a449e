"""From the bytes of a list of points to rows of named cells (pure)."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from device_profiles.nearest import nearest
from device_profiles.phrase import Words
from device_profiles.points_errors import ColumnError, PointsError, PointsGuess, TableError
from device_profiles.points_words import HEADINGS, plain

MAX_BYTES: Final = 1024 * 1024
MAX_ROWS: Final = 1000
MAX_COLUMNS: Final = 64
MUST: Final = ("name", "address", "type")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the list.

    Attributes:
        number: as a spreadsheet counts it; 1 is the heading.
        cells: text by field, without blanks around it; only cells that say something.
        columns: how the file calls the column of each field.
    """

    number: int
    cells: Mapping[str, str]
    columns: Mapping[str, str]

    def place(self, field: str) -> str:
        """Where a field stands, for a finding."""
        return f"row {self.number}, column '{self.columns.get(field, field)}'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows of a list, and what there is to say about its columns."""

    rows: tuple[Row, ...]
    guesses: tuple[PointsGuess, ...]


def table_of(content: bytes, where: str) -> Table:
    """The rows of a list of points; empty rows are passed over.

    Raises:
        PointsError: it is no table, or a column that must be there is not.
    """
    heading, *lines = _lines(content, where)
    columns, guesses = _columns(heading, where)
    names = {field: heading[place].strip()[:40] for field, place in columns.items()}
    rows = []
    for number, line in enumerate(lines, start=2):
        found = {field: line[at].strip() for field, at in columns.items() if at < len(line)}
        cells = {field: text for field, text in found.items() if text}
        if cells:
            rows.append(Row(number=number, cells=cells, columns=names))
    if not 0 < len(rows) <= MAX_ROWS:
        limit = Words(f"1 to {MAX_ROWS} rows", f"1 至 {MAX_ROWS} 行")
        raise TableError(
            where,
            key="rows",
            why=Words(f"{len(rows)} rows of points", f"{len(rows)} 行点位"),
            limit=limit,
        )
    return Table(rows=tuple(rows), guesses=guesses)


def _lines(content: bytes, where: str) -> list[list[str]]:
    if len(content) > MAX_BYTES:
        why = Words(f"{len(content)} bytes", f"{len(content)} 字节")
        limit = Words(f"{MAX_BYTES} bytes", f"{MAX_BYTES} 字节")
        raise TableError(where, key="file", why=why, limit=limit)
    text = _text(content, where)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
    except csv.Error as wrong:
        raise TableError(where, key="file", why=str(wrong), limit="CSV") from wrong
    while lines and not any(cell.strip() for cell in lines[0]):
        del lines[0]
    if not lines or len(lines[0]) > MAX_COLUMNS:
        why = (
            Words(f"{len(lines[0])} columns", f"{len(lines[0])} 列")
            if lines
            else Words("no heading row", "没有标题行")
        )
        raise TableError(
            where,
            key="row 1",
            why=why,
            limit=Words(f"1 to {MAX_COLUMNS} columns", f"1 至 {MAX_COLUMNS} 列"),
        )
    return lines


def _text(content: bytes, where: str) -> str:
    """The text, in UTF-8 or as a Chinese spreadsheet saves it."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise TableError(where, key="file", why=Words("no text", "不是文本"), limit="UTF-8 or GB18030")


def _delimiter(text: str) -> str:
    """What separates the cells of the first row that has any."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max((",", ";", "\t"), key=first.count)


def _columns(heading: Sequence[str], where: str) -> tuple[dict[str, int], tuple[PointsGuess, ...]]:
    """The place of each field, and what is not used. A field's first column counts."""
    columns: dict[str, int] = {}
    unused = []
    for place, text in enumerate(heading):
        field = HEADINGS.get(plain(text))
        if field is None or field in columns:
            unused.append(text.strip()[:40])
        else:
            columns[field] = place
    for error in _missing(columns, heading, where):
        raise error
    return columns, tuple(_unused(name, where) for name in unused if name)


def _missing(
    columns: Mapping[str, int], heading: Sequence[str], where: str
) -> Iterator[PointsError]:
    for field in MUST:
        if field not in columns:
            ways = ", ".join(word for word, means in HEADINGS.items() if means == field)
            found = ", ".join(text.strip()[:20] for text in heading)[:200]
            what, zh = f"no column is the {field}: {found}", f"没有 {field} 列：{found}"
            yield ColumnError(
                where, key="row 1", what=what, what_zh=zh, limit=", ".join(MUST), nearest=ways
            )


def _unused(name: str, where: str) -> PointsGuess:
    near = nearest(plain(name), HEADINGS)
    return PointsGuess(
        where,
        key=f"row 1, column '{name}'",
        what=f"this column is not used; nearest known: {near[:120]}",
        what_zh=f"未使用此列；最接近的已知列：{near[:120]}",
        limit="a known heading",
    )
