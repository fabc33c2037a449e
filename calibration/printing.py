"""How the commands of this room show things: one JSON document, fields, tables, drawings."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from calibration.errors import OutputFileError


def print_json(document: object) -> None:
    """One document on standard output."""
    print(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False))


def print_fields(fields: Mapping[str, object]) -> None:
    """A name and a value a line."""
    width = max(len(name) for name in fields)
    for name, value in fields.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        print(f"{name.ljust(width)}  {text}")


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns that stand to the right, under their names."""
    table = [list(columns), *(list(row) for row in rows)]
    widths = [max(len(row[index]) for row in table) for index in range(len(columns))]
    for row in table:
        cells = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells))


def write_text(path: Path, text: str) -> None:
    """Writes a drawing or a page.

    Raises:
        OutputFileError: it cannot be written.
    """
    try:
        path.write_text(text, "utf-8")
    except OSError as cause:
        raise OutputFileError(str(path), found=cause.strerror or type(cause).__name__) from cause
