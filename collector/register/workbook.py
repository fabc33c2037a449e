"""The ledger of instruments as a workbook (XLSX): the table, and a sheet of notes.

openpyxl is imported when a workbook is asked for. Every cell is text: what stands in one came from
foreign papers, and must not become a formula or another number. Rows are written as they come, so
a workbook takes no more memory for ten thousand of them than for ten.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import IO, Any, Final

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_STAMP: Final = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook knows no zone
_WIDEST: Final = 40
_LOOKED_AT: Final = 200
"""Rows by which columns are as wide as they are."""


def write_workbook(
    into: IO[bytes], table: Iterable[Sequence[str]], notes: Iterable[Sequence[str]]
) -> None:
    """Writes a workbook.

    Args:
        into: The file.
        table: Headings, then a row for each instrument.
        notes: Lines of the second sheet.
    """
    from openpyxl import Workbook  # noqa: PLC0415 - not needed by anyone who asks for JSON

    book = Workbook(write_only=True)
    book.properties.created = book.properties.modified = _STAMP
    rows = iter(table)
    first = list(islice(rows, _LOOKED_AT))
    sheet = book.create_sheet("ledger")
    sheet.freeze_panes = "A2"
    _widen(sheet, first)
    _fill(sheet, chain(first, rows))
    _fill(book.create_sheet("notes"), notes)
    book.save(into)


def _fill(sheet: Any, rows: Iterable[Sequence[str]]) -> None:  # noqa: ANN401 - untyped library
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - as above

    for row in rows:
        cells = [WriteOnlyCell(sheet, value=text) for text in row]
        for cell in cells:
            cell.data_type = "s"
        sheet.append(cells)


def _widen(sheet: Any, table: Sequence[Sequence[str]]) -> None:  # noqa: ANN401 - untyped library
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - as above

    for column, texts in enumerate(zip(*table, strict=True), 1):
        width = min(_WIDEST, max(len(text) for text in texts) + 2)
        sheet.column_dimensions[get_column_letter(column)].width = width
