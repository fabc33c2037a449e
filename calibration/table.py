"""Tables of text from the bytes of a CSV file (pure); each room's `load.py` reads the bytes."""

import csv
import io
from collections.abc import Sequence
from typing import Final

from calibration.errors import CalibrationError

MOST_BYTES: Final = 4_000_000


def rows_of(data: bytes, where: str, refused: type[CalibrationError]) -> list[list[str]]:
    """The lines of a file that hold anything; those that begin with # are remarks.

    Args:
        data: UTF-8 with commas between the fields, at most `MOST_BYTES`.
        where: Name of the file, for the refusal.
        refused: Raised with the facts `found` and `limit` where the bytes are no such table.

    Raises:
        CalibrationError: `refused`.
    """
    if len(data) > MOST_BYTES:
        raise refused(where, found=f"> {MOST_BYTES} B", limit=f"<= {MOST_BYTES} B")
    try:
        text = data.decode("utf-8-sig")
        return [
            row
            for row in csv.reader(io.StringIO(text), strict=True)
            if any(field.strip() for field in row) and not row[0].lstrip().startswith("#")
        ]
    except UnicodeDecodeError as cause:
        raise refused(where, found=type(cause).__name__, limit="UTF-8 CSV") from cause
    except csv.Error as cause:
        raise refused(where, found=str(cause), limit="UTF-8 CSV") from cause


def names_of(rows: Sequence[Sequence[str]]) -> list[str]:
    """The columns' names, as the first line gives them: without blanks, in small letters."""
    return [name.strip().lower() for name in rows[0]] if rows else []
