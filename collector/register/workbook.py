"""The ledger of instruments as a workbook (XLSX): the table, and a sheet of notes.

openpyxl is imported when a workbook is asked for. Every cell is text: what stands in one came from
foreign papers, and must not become a formula or another number.
"""

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any, Final

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_STAMP: Final = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook knows no zone
_WIDEST: Final = 40


def workbook(table: Sequence[Sequence[str]], notes: Sequence[Sequence[str]]) -> bytes:
    """The bytes of a workbook.

    Args:
        table: Headings, then a row for each instrument.
        notes: Lines of the second sheet.
    """
    from openpyxl import Workbook  # noqa: PLC0415 - not needed by anyone who asks for JSON

    book = Workbook()
    book.properties.created = book.properties.modified = _STAMP
    sheet = book.active
    sheet.title = "ledger"
    _fill(sheet, table)
    sheet.freeze_panes = "A2"
    _widen(sheet, table)
    _fill(book.create_sheet("notes"), notes)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _fill(sheet: Any, rows: Sequence[Sequence[str]]) -> None:  # noqa: ANN401 - untyped library
    for number, row in enumerate(rows, 1):
        for column, text in enumerate(row, 1):
            cell = sheet.cell(row=number, column=column)
            cell.value = text
            cell.data_type = "s"


def _widen(sheet: Any, table: Sequence[Sequence[str]]) -> None:  # noqa: ANN401 - untyped library
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - as above

    for column, texts in enumerate(zip(*table, strict=True), 1):
        width = min(_WIDEST, max(len(text) for text in texts) + 2)
        sheet.column_dimensions[get_column_letter(column)].width = width
