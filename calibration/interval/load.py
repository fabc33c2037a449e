"""Histories of calibrations from CSV files; the only file of this folder that reads any."""

from pathlib import Path
from typing import Final

from calibration.columns import Row, rows_of
from calibration.interval.errors import HistoryError, IntervalFileError
from calibration.interval.history import COLUMNS

MOST_BYTES: Final = 1_000_000
MOST_ROWS: Final = 10_000


def read_history(path: Path) -> tuple[Row, ...]:
    """The rows of a history, one or more.

    Raises:
        IntervalFileError: it cannot be read.
        CsvFileError, CsvColumnError: it is no history, or has more than 10,000 rows.
        HistoryError: it has no rows.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as cause:
        raise IntervalFileError(path.name, found=str(cause), limit="CSV") from cause
    if len(data) > MOST_BYTES:
        limit = f"<= {MOST_BYTES} B"
        raise IntervalFileError(path.name, found=f"> {MOST_BYTES} B", limit=limit)
    rows = rows_of(data, path.name, COLUMNS, MOST_ROWS)
    if not rows:
        raise HistoryError(path.name, found="0 rows", limit=">= 1")
    return rows
