"""Statements as a pandas.DataFrame; pandas is imported when a frame is asked for."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from carbonmeter.client.errors import PackageError
from evidence.statement.datum import ActivityData
from evidence.statement.exports.columns import STATEMENT, Cell, Kind, statement_cells

if TYPE_CHECKING:
    import pandas as pd


def frame_of(rows: Sequence[ActivityData], time_zone: str = "UTC") -> "pd.DataFrame":
    """A row a statement, in their order; the columns are those of the CSV file.

    Instants are datetimes in `time_zone`, lists and tables are Python's own. `attrs["units"]` says
    for each column of numbers in which unit it is; where the rows have several units, those columns
    are not named there, and the column `unit` says it for each row. What is not known is missing
    (NaN, NaT, NA), never 0. A component of uncertainty is in no column: sums of a column have no
    uncertainty, `total` has.

    Raises:
        PackageError: pandas is not installed.
    """
    try:
        import pandas as pd  # noqa: PLC0415 - a client without frames does without pandas
    except ImportError:
        raise PackageError("frame", package="pandas") from None
    cells = list(zip(*map(statement_cells, rows), strict=True)) or [()] * len(STATEMENT)
    columns = {
        column.name: _SERIES[column.kind](pd, values, time_zone)
        for column, values in zip(STATEMENT, cells, strict=True)
    }
    frame = pd.DataFrame(columns)
    frame.attrs.update(units=_units(rows), time_zone=time_zone)
    return frame


def _units(rows: Sequence[ActivityData]) -> dict[str, str]:
    found = {each.unit for each in rows}
    fixed = {"completeness_ratio": "1", "coverage_probability": "1", "coverage_factor": "1"}
    fixed |= {"reference_temperature_K": "K", "reference_pressure_Pa": "Pa"}
    if len(found) != 1:
        return fixed
    (unit,) = found
    return fixed | {each.name: unit for each in STATEMENT if each.in_unit}


def _instants(pd: Any, values: Sequence[Cell], time_zone: str) -> object:  # noqa: ANN401
    instants = pd.to_datetime(pd.Series(list(values), dtype="str"), utc=True, format="ISO8601")
    return instants.dt.tz_convert(time_zone).dt.as_unit("us")


def _as(dtype: str) -> Callable[[Any, Sequence[Cell], str], object]:
    def made(pd: Any, values: Sequence[Cell], _: str) -> object:  # noqa: ANN401
        return pd.Series(list(values), dtype=dtype)

    return made


def _parsed(pd: Any, values: Sequence[Cell], _: str) -> object:  # noqa: ANN401
    return pd.Series([None if v is None else json.loads(str(v)) for v in values], dtype="object")


_SERIES: Final[Mapping[Kind, Callable[[Any, Sequence[Cell], str], object]]] = {
    Kind.TEXT: _as("str"),
    Kind.INSTANT: _instants,
    Kind.NUMBER: _as("float64"),
    Kind.COUNT: _as("int64"),
    Kind.COUNT_IF_ANY: _as("Int64"),
    Kind.FLAG: _as("boolean"),
    Kind.JSON: _parsed,
}
