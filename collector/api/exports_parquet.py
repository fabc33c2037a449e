"""Activity data as Parquet: a row a datum, with its components in it."""

import io
from collections.abc import Callable, Mapping, Sequence
from itertools import starmap
from typing import TYPE_CHECKING, Any, Final

from collector.api.refusal import FormatUnavailableError
from evidence.clock import parse_utc
from evidence.statement.datum import ActivityData
from evidence.statement.exports.columns import (
    COMPONENT,
    STATEMENT,
    Cell,
    Column,
    Kind,
    component_cells,
    statement_cells,
)
from evidence.statement.exports.json_lines import End

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT: Final = "carbonmeter-activity-data-1"
GROUP_ROWS: Final = 1_000
"""Of a group, which is read at once; what leads to a group stays in memory to the end."""
_INSIDE: Final = tuple(each for each in COMPONENT if each.name not in ("digest", "unit"))


class ParquetRows:
    """A file that is written portion by portion.

    The columns of `columns.STATEMENT`, and `components` as a list of structures. Instants are
    timestamps in UTC; where a datum has a list or a table, its JSON is a text.

    Raises:
        FormatUnavailableError: pyarrow is not installed.
    """

    def __init__(self) -> None:
        try:
            import pyarrow as pa  # noqa: PLC0415 - a reader without it still serves all other forms
            from pyarrow import parquet  # noqa: PLC0415
        except ImportError:
            raise FormatUnavailableError("format", format="parquet", package="pyarrow") from None
        types = _types(pa)
        fields = [*starmap(pa.field, _fields(STATEMENT, types)), _components_field(pa, types)]
        self._pa, self._schema = pa, pa.schema(fields, metadata={"carbonmeter.format": FORMAT})
        self._sink = _Sink()
        self._writer = parquet.ParquetWriter(self._sink, self._schema, compression="zstd")
        self._waiting: list[pa.Table] = []

    def begin(self) -> bytes:
        """The mark of a Parquet file."""
        return self._sink.taken()

    def rows(self, data: Sequence[ActivityData]) -> bytes:
        """What is written with these rows: nothing until a group of rows is full."""
        rows = [_row(datum) for datum in data]
        self._waiting.append(self._pa.Table.from_pylist(rows, schema=self._schema))
        if sum(each.num_rows for each in self._waiting) >= GROUP_ROWS:
            self._write()
        return self._sink.taken()

    def end(self, told: End) -> bytes:  # noqa: ARG002 - a file that was cut has no end
        """The last group, and what leads to all groups, without which nobody can read them."""
        self._write()
        self._writer.close()
        return self._sink.taken()

    def _write(self) -> None:
        if self._waiting:
            self._writer.write_table(self._pa.concat_tables(self._waiting))
            self._waiting.clear()


class _Sink(io.RawIOBase):
    """Where a file is written that nobody goes back in: what was written is taken away."""

    def __init__(self) -> None:
        self._written, self._before = bytearray(), 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._before + len(self._written)

    def write(self, data: Any) -> int:  # noqa: ANN401 - any bytes
        self._written += data
        return len(data)

    def taken(self) -> bytes:
        """What was written since this was asked last."""
        found = bytes(self._written)
        self._before += len(found)
        self._written.clear()
        return found


def _types(pa: Any) -> Mapping[Kind, "pa.DataType"]:  # noqa: ANN401 - the module
    return {
        Kind.TEXT: pa.string(),
        Kind.INSTANT: pa.timestamp("ns", tz="UTC"),
        Kind.NUMBER: pa.float64(),
        Kind.COUNT: pa.int64(),
        Kind.COUNT_IF_ANY: pa.int64(),
        Kind.FLAG: pa.bool_(),
        Kind.JSON: pa.string(),
    }


def _fields(
    columns: Sequence[Column], types: Mapping[Kind, "pa.DataType"]
) -> list[tuple[str, "pa.DataType"]]:
    return [(each.name, types[each.kind]) for each in columns]


def _components_field(pa: Any, types: Mapping[Kind, "pa.DataType"]) -> "pa.Field":  # noqa: ANN401
    return pa.field("components", pa.list_(pa.struct(_fields(_INSIDE, types))))


def _row(datum: ActivityData) -> dict[str, Any]:
    inside = {each.name for each in _INSIDE}
    parts = (zip(COMPONENT, cells, strict=True) for cells in component_cells(datum))
    found = {
        column.name: _VALUE.get(column.kind, _same)(cell)
        for column, cell in zip(STATEMENT, statement_cells(datum), strict=True)
    }
    found["components"] = [
        {column.name: cell for column, cell in pairs if column.name in inside} for pairs in parts
    ]
    return found


def _same(cell: Cell) -> object:
    return cell


def _instant(cell: Cell) -> object:
    return None if cell is None else parse_utc(str(cell))


_VALUE: Final[Mapping[Kind, Callable[[Cell], object]]] = {Kind.INSTANT: _instant}
