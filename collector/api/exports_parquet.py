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

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT: Final = "carbonmeter-activity-data-1"
_INSIDE: Final = tuple(each for each in COMPONENT if each.name not in ("digest", "unit"))


def statements_parquet(data: Sequence[ActivityData]) -> bytes:
    """The columns of `columns.STATEMENT`, and `components` as a list of structures.

    Instants are timestamps in UTC; where a datum has a list or a table, its JSON is a text.

    Raises:
        FormatUnavailableError: pyarrow is not installed.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - a reader without it still serves all other forms
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError:
        raise FormatUnavailableError("format", format="parquet", package="pyarrow") from None
    types = _types(pa)
    rows = [_row(datum) for datum in data]
    fields = [*starmap(pa.field, _fields(STATEMENT, types)), _components_field(pa, types)]
    schema = pa.schema(fields, metadata={"carbonmeter.format": FORMAT})
    sink = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(rows, schema=schema), sink, compression="zstd")
    return sink.getvalue()


def _types(pa: Any) -> Mapping[Kind, "pa.DataType"]:  # noqa: ANN401 - the module
    return {
        Kind.TEXT: pa.string(),
        Kind.INSTANT: pa.timestamp("ns", tz="UTC"),
        Kind.NUMBER: pa.float64(),
        Kind.COUNT: pa.int64(),
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
