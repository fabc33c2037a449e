"""Calibration points from CSV files; the only file of this folder that reads any."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from calibration.fit.errors import FitColumnError, FitFileError, FitNumberError
from calibration.table import MOST_BYTES, names_of, rows_of

COLUMNS: Final = ("x", "y", "ux", "uy")


def read_columns(path: Path) -> dict[str, list[float]]:
    """The columns x and y, and ux and uy where the file has them.

    Args:
        path: A CSV file in UTF-8, commas between the fields, whose first line names the columns.

    Raises:
        FitFileError: it cannot be read.
        FitColumnError: a column is not there or there twice.
        FitNumberError: a field is no number.
    """
    rows = _rows(path)
    names = names_of(rows)
    longest = max((len(row) for row in rows), default=0)
    if longest > len(names):  # 1,5 for 1.5 would move all that follows
        raise FitFileError(path.name, found=f"{longest} fields", limit=f"{len(names)} fields")
    for name in COLUMNS:
        if names.count(name) > 1 or (name in {"x", "y"} and name not in names):
            raise FitColumnError(path.name, name=name, found=names.count(name))
    wanted = {name: names.index(name) for name in COLUMNS if name in names}
    return {
        name: [_number(path, name, line, row, at) for line, row in enumerate(rows[1:], start=1)]
        for name, at in wanted.items()
    }


def read_matrix(path: Path) -> list[list[float]]:
    """A matrix, a line of numbers a row.

    Raises:
        FitFileError: it cannot be read.
        FitNumberError: a field is no number.
    """
    return [
        [_number(path, f"column {at + 1}", line, row, at) for at in range(len(row))]
        for line, row in enumerate(_rows(path), start=1)
    ]


def _rows(path: Path) -> list[list[str]]:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as cause:
        raise FitFileError(path.name, found=type(cause).__name__, limit="UTF-8 CSV") from cause
    return rows_of(data, path.name, FitFileError)


def _number(path: Path, name: str, line: int, row: Sequence[str], at: int) -> float:
    text = row[at].strip() if at < len(row) else ""
    try:
        return float(text)
    except ValueError as cause:
        raise FitNumberError(
            path.name, name=name, place=line, value=f"'{text[:40]}'", limit="-inf < v < inf"
        ) from cause
