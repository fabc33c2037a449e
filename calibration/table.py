"""Tables of text from the bytes of a CSV file (pure); each room's `load.py` reads the bytes."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Final

from calibration.errors import CalibrationError

MOST_BYTES: Final = 4_000_000


def rows_of(data: bytes, where: str, refused: type[CalibrationError]) -> list[list[str]]:
    """The fields of the lines of a file that hold anything; see `lines_of`."""
    return [fields for _, fields in lines_of(data, where, refused)]


def lines_of(
    data: bytes, where: str, refused: type[CalibrationError]
) -> Iterator[tuple[int, list[str]]]:
    """The number and the fields of each line that holds anything; those with # are remarks.

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
        reader = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        for fields in reader:
            if any(field.strip() for field in fields) and not fields[0].lstrip().startswith("#"):
                yield reader.line_num, fields
    except (UnicodeDecodeError, csv.Error) as cause:
        found = type(cause).__name__ if isinstance(cause, UnicodeDecodeError) else str(cause)
        raise refused(where, found=found[:80], limit="UTF-8 CSV") from cause


def names_of(rows: Sequence[Sequence[str]]) -> list[str]:
    """The columns' names, as the first line gives them: without blanks, in small letters."""
    return [name.strip().lower() for name in rows[0]] if rows else []
