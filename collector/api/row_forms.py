"""Forms of files that are rows: they are written portion by portion, whatever their length."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

import msgspec

from collector.api.exports_parquet import ParquetRows
from evidence.statement.datum import ActivityData
from evidence.statement.exports.columns import COMPONENT, STATEMENT, Column
from evidence.statement.exports.csv_table import component_lines, csv_header, statement_lines
from evidence.statement.exports.json_lines import End, JsonLines


class Rows(Protocol):
    """A file of rows while it is written."""

    def begin(self) -> bytes:
        """What comes before the first row."""
        ...

    def rows(self, data: Sequence[ActivityData]) -> bytes:
        """The rows of some statements; those that are kept back come with later ones."""
        ...

    def end(self, told: End) -> bytes:
        """What comes after the last row."""
        ...


class _Csv:
    def __init__(
        self, columns: Sequence[Column], lines: Callable[[Sequence[ActivityData]], bytes]
    ) -> None:
        self._columns, self._lines = columns, lines

    def begin(self) -> bytes:
        return csv_header(self._columns)

    def rows(self, data: Sequence[ActivityData]) -> bytes:
        return self._lines(data)

    def end(self, told: End) -> bytes:  # noqa: ARG002 - RFC 4180 has no place for it
        return b""


class _Json:
    """The list, as the list itself is answered."""

    def __init__(self) -> None:
        self._before = b""

    def begin(self) -> bytes:
        return b"["

    def rows(self, data: Sequence[ActivityData]) -> bytes:
        made = b",".join(map(msgspec.json.encode, data))
        begun, self._before = self._before, b"," if made else self._before
        return begun + made if made else b""

    def end(self, told: End) -> bytes:  # noqa: ARG002 - a list that was cut has no end
        return b"]"


class _Lines:
    def __init__(self) -> None:
        self._file = JsonLines()

    def begin(self) -> bytes:
        return b""

    def rows(self, data: Sequence[ActivityData]) -> bytes:
        return self._file.lines(data)

    def end(self, told: End) -> bytes:
        return self._file.last(told)


ROWS: Final[Mapping[str, Callable[[], Rows]]] = {
    "csv": lambda: _Csv(STATEMENT, statement_lines),
    "components-csv": lambda: _Csv(COMPONENT, component_lines),
    "json": _Json,
    "json-lines": _Lines,
    "parquet": ParquetRows,
}
