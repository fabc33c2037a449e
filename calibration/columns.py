"""Tables in CSV: named columns, and fields that say where they stand (pure)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from calibration.errors import CsvColumnError, CsvFileError, CsvNumberError
from calibration.table import lines_of


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table.

    Attributes:
        where: File and line.
        fields: Text by column, without the blanks around it; "" where nothing stands.
    """

    where: str
    fields: dict[str, str]

    def text(self, name: str) -> str:
        """The field of a column; "" where the file has no such column."""
        return self.fields.get(name, "")

    def number(self, name: str) -> float:
        """The number in the field of a column.

        Raises:
            CsvNumberError: it holds none.
        """
        text = self.text(name)
        try:
            return float(text)
        except ValueError as cause:
            raise CsvNumberError(self.where, name=name, found=text[:40]) from cause

    def optional_number(self, name: str) -> float | None:
        """The number in the field of a column; None where nothing stands.

        Raises:
            CsvNumberError: it holds something else.
        """
        return self.number(name) if self.text(name) else None


def rows_of(data: bytes, where: str, known: Sequence[str], most: int) -> tuple[Row, ...]:
    """The rows of a table; lines that begin with # are remarks.

    A line with more fields than the first is refused: 1,5 for 1.5 would move all that follows.

    Args:
        data: UTF-8, commas between the fields; the first line names the columns.
        where: The file, for messages.
        known: Names that may stand there, each once.
        most: Rows that are taken.

    Raises:
        CsvFileError: it is no table, or has more rows.
        CsvColumnError: a name is unknown or stands there twice.
    """
    lines = list(islice(_lines(data, where), most + 2))
    if not 1 <= len(lines) <= most + 1:
        found = f"> {most} rows" if lines else "0 lines"
        raise CsvFileError(where, found=found, limit=f"CSV, <= {most} rows")
    names = lines[0][1]
    for name in names:
        if name not in known or names.count(name) > 1:
            limit = ", ".join(known)
            raise CsvColumnError(where, name=name[:40], found=names.count(name), limit=limit)
    return tuple(_row(f"{where} line {line}", names, fields) for line, fields in lines[1:])


def _row(where: str, names: Sequence[str], fields: Sequence[str]) -> Row:
    if len(fields) > len(names):
        raise CsvFileError(where, found=f"{len(fields)} fields", limit=f"<= {len(names)} fields")
    return Row(where=where, fields=dict(zip(names, fields, strict=False)))


def _lines(data: bytes, where: str) -> Iterator[tuple[int, list[str]]]:
    """The number and the fields of each line that holds anything."""
    for number, fields in lines_of(data, where, CsvFileError):
        yield number, [field.strip() for field in fields]
