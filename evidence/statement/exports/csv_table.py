"""Activity data as CSV (RFC 4180): UTF-8, CRLF, a header, full doubles. Pure."""

import math
from collections.abc import Iterable, Sequence
from typing import Final

from evidence.statement.datum import ActivityData
from evidence.statement.exports.columns import (
    COMPONENT,
    STATEMENT,
    Cell,
    Column,
    component_cells,
    statement_cells,
)
from evidence.statement.exports.errors import ExportNumberError

MEDIA_TYPE: Final = "text/csv; charset=utf-8; header=present"
_QUOTED: Final = frozenset(',"\r\n')
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def statements_csv(data: Iterable[ActivityData]) -> bytes:
    """One row a datum, in the order of `columns.STATEMENT`; an empty cell is what is not known.

    Raises:
        ExportNumberError: a number is not finite.
    """
    return csv_header(STATEMENT) + statement_lines(data)


def components_csv(data: Iterable[ActivityData]) -> bytes:
    """One row a component, in the order of `columns.COMPONENT`; `digest` names its datum.

    Raises:
        ExportNumberError: a number is not finite.
    """
    return csv_header(COMPONENT) + component_lines(data)


def csv_header(columns: Sequence[Column]) -> bytes:
    """The first line of a file."""
    return (",".join(column.name for column in columns) + "\r\n").encode("utf-8")


def statement_lines(data: Iterable[ActivityData]) -> bytes:
    """The lines of `statements_csv` after the first.

    Raises:
        ExportNumberError: a number is not finite.
    """
    return _lines(STATEMENT, map(statement_cells, data))


def component_lines(data: Iterable[ActivityData]) -> bytes:
    """The lines of `components_csv` after the first.

    Raises:
        ExportNumberError: a number is not finite.
    """
    return _lines(COMPONENT, (cells for datum in data for cells in component_cells(datum)))


def _lines(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> bytes:
    lines = []
    for cells in rows:
        pairs = zip(columns, cells, strict=True)
        lines.append(",".join(_field(column.name, cell) for column, cell in pairs))
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8")


def _field(name: str, cell: Cell) -> str:
    """A cell as text; numbers in the shortest digits that are the same double."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, str):
        return _text(cell)
    if not math.isfinite(cell):
        raise ExportNumberError("csv", name=name, value=cell)
    return repr(cell)


def _text(text: str) -> str:
    """A text, quoted if need be; spreadsheets run what begins like a formula, so that is marked."""
    safe = f"'{text}" if text.startswith(_FORMULA) else text
    if not _QUOTED.isdisjoint(safe):
        return '"' + safe.replace('"', '""') + '"'
    return safe
