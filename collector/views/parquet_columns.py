"""Streams gathered by column until they become a sorted table of readings. Pure.

What holds for a whole stream is kept once a stream and spread when the table is made: it
is repeated in thousands of rows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from calibration.indication import MissReason, Quality
from calibration.uncertainty import Influence
from collector.views.parquet_schema import COMPONENT, READINGS, SCHEMAS, STAMP
from collector.views.parquet_seal import NS_PER_DAY
from collector.views.rows import StreamRows

Mask = npt.NDArray[np.bool_]
Column = npt.NDArray[Any]
_QUALITIES: Final = {each: code for code, each in enumerate(Quality)}
_REASONS: Final = {each: code for code, each in enumerate(MissReason)}
_NONE: Final = -1
_NAN: Final = float("nan")
_KEYS: Final = ("position", "poll", "epoch", "instant", "channel", "day")
"""What rows are sorted by, the first key last."""


def days_of(stream: StreamRows) -> npt.NDArray[np.int64]:
    """The UTC day of each reading and then of each miss, counted from 1970."""
    instants = [*stream.at_ns, *(each.at_ns for each in stream.missed)]
    return np.array(instants, dtype=np.int64) // NS_PER_DAY


@dataclass(slots=True)
class Gathering:
    """Rows of streams, in the order in which they came.

    Attributes:
        rows: how many.
    """

    rows: int = 0
    _columns: dict[str, list[Column]] = field(default_factory=dict)
    _streams: list[tuple[StreamRows, int]] = field(default_factory=list)
    _influences: dict[Influence, int] = field(default_factory=dict)

    def add(self, stream: StreamRows, position: int, days: Column, wanted: Mask) -> None:
        """Takes those readings and misses of a stream that are `wanted`.

        Args:
            stream: of the leaf at `position` of the ledger.
            position: of its leaf.
            days: of its readings and misses, as of `days_of`.
            wanted: which of them, shape of `days`.
        """
        readings, missed = len(stream.at_ns), len(stream.missed)
        number = len(self._streams)
        whole = {**_numbers(stream), **_codes(stream), "day": days}
        whole["stream"] = np.full(readings + missed, number, dtype=np.int32)
        self._streams.append((stream, position))
        kept = int(np.count_nonzero(wanted))
        for name, column in whole.items():
            part = column if kept == len(column) else column[wanted]
            self._columns.setdefault(name, []).append(part)
        self._add_components(stream, wanted[:readings])
        self.rows += kept

    def _add_components(self, stream: StreamRows, wanted: Mask) -> None:
        """Contributions of the readings that are wanted, and which influence's each is."""
        if not stream.components:
            return
        codes = [self._code(influence) for influence, _ in stream.components]
        stacked = np.array([column for _, column in stream.components]).T[wanted]
        self._columns.setdefault("contribution", []).append(stacked.ravel())
        self._columns.setdefault("influence", []).append(np.array(codes * len(stacked), np.int32))

    def _code(self, influence: Influence) -> int:
        return self._influences.setdefault(influence, len(self._influences))

    def table(self) -> tuple[pa.Table, npt.NDArray[np.int64]]:
        """The rows, sorted by day, channel and instant, and the day of each."""
        found = {name: np.concatenate(parts) for name, parts in self._columns.items()}
        order = self._order(found)
        columns = {name: self._column(name, found) for name in SCHEMAS[READINGS].names}
        table = pa.table(columns, schema=SCHEMAS[READINGS])
        return table.take(pa.array(order)), found["day"][order].astype(np.int64)

    def _order(self, found: dict[str, Column]) -> Column:
        streams = found["stream"]
        keys = {name: found[name] for name in ("poll", "instant", "day")}
        keys["position"] = np.array([position for _, position in self._streams])[streams]
        for name, texts in (
            ("channel", [each.channel for each, _ in self._streams]),
            ("epoch", [each.place.epoch for each, _ in self._streams]),
        ):
            keys[name] = np.unique(np.array(texts), return_inverse=True)[1][streams]
        return np.lexsort([keys[name] for name in _KEYS])

    def _column(self, name: str, found: dict[str, Column]) -> pa.Array:
        if name in _SAID:
            kind = SCHEMAS[READINGS].field(name).type
            said = pa.array([_SAID[name](*each) for each in self._streams], type=kind)
            return said.take(pa.array(found["stream"]))
        if name == "components":
            return self._components(found)
        if name == "quality":
            return _named(list(_QUALITIES), found[name])
        if name == "missed":
            return _named(list(_REASONS), found[name])
        if name == "instant":
            return pa.array(found[name] // 1_000_000).cast(STAMP)
        return pa.array(found[name], from_pandas=True)

    def _components(self, found: dict[str, Column]) -> pa.Array:
        parts = np.array([len(each.components) for each, _ in self._streams])
        counts = np.where(found["missed"] == _NONE, parts[found["stream"]], 0)
        offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        codes = pa.array(found.get("influence", np.zeros(0, dtype=np.int32)))
        fields = list(COMPONENT)
        described = influence_columns(list(self._influences))
        contribution = pa.array(found.get("contribution", np.zeros(0)))
        columns = [
            contribution if each.name == "contribution" else described[each.name].take(codes)
            for each in fields
        ]
        structs = pa.StructArray.from_arrays(columns, fields=fields)
        kind = SCHEMAS[READINGS].field("components").type
        return pa.ListArray.from_arrays(pa.array(offsets), structs, type=kind)


def influence_columns(influences: Sequence[Influence]) -> dict[str, pa.Array]:
    """The columns that describe influences, one row each; all but the contribution."""
    return {
        "influence": pa.array([each.id for each in influences], pa.string()),
        "shared": pa.array([each.shared for each in influences], pa.bool_()),
        "evaluation": pa.array([each.evaluation for each in influences], pa.string()),
        "degrees_of_freedom": pa.array(
            [each.degrees_of_freedom for each in influences], pa.float64()
        ),
        "dof_source": pa.array([each.dof_source for each in influences], pa.string()),
    }


def _numbers(stream: StreamRows) -> dict[str, Column]:
    """The numbers of a stream's rows, readings first; NaN stands for what there is none of."""
    readings, missed = len(stream.at_ns), stream.missed
    none = [_NAN] * len(missed)
    fresh = [_NAN] * readings if stream.fresh is None else stream.fresh
    half_digit = _NAN if stream.resolution is None else stream.resolution
    u = [_NAN if each is None else each for each in stream.standard_uncertainty()]
    shown = [_NAN if each.shown is None else float(each.shown) for each in missed]
    at_ns, polls = [each.at_ns for each in missed], [each.poll for each in missed]
    numbers = np.float64
    return {
        "instant": np.array([*stream.at_ns, *at_ns], dtype=np.int64),
        "poll": np.array([*stream.polls, *polls], dtype=np.int64),
        "indication": np.array([*stream.indication, *none], dtype=numbers),
        "value": np.array([*stream.value, *none], dtype=numbers),
        "standard_uncertainty": np.array([*u, *none], dtype=numbers),
        "u_fresh": np.array([*fresh, *none], dtype=numbers),
        "u_resolution": np.array([*[half_digit] * readings, *none], dtype=numbers),
        "shown": np.array([*[_NAN] * readings, *shown], dtype=numbers),
    }


def _codes(stream: StreamRows) -> dict[str, Column]:
    qualities = [*stream.quality, *(each.quality for each in stream.missed)]
    reasons = [_REASONS[each.reason] for each in stream.missed]
    return {
        "quality": np.array([_QUALITIES[each] for each in qualities], dtype=np.int8),
        "missed": np.array([*[_NONE] * len(stream.at_ns), *reasons], dtype=np.int8),
    }


def _named(names: Sequence[str], codes: Column) -> pa.Array:
    """The names that codes stand for; null for none."""
    texts = pa.array([str(each) for each in names], pa.string())
    return texts.take(pa.array(codes, mask=codes == _NONE))


_SAID: Final[dict[str, Callable[[StreamRows, int], object]]] = {
    "channel": lambda stream, _: stream.channel,
    "unit": lambda stream, _: stream.unit,
    "kind_of_quantity": lambda stream, _: stream.head.measurand.kind_of_quantity.value,
    "accumulation": lambda stream, _: stream.head.measurand.accumulation.value,
    "period_ms": lambda stream, _: stream.head.period_ms,
    "serial": lambda stream, _: stream.head.serial,
    "u_basis": lambda stream, _: stream.head.basis.value,
    "certificate": lambda stream, _: stream.head.certificate,
    "confirmation": lambda stream, _: stream.head.confirmation,
    "agent": lambda stream, _: stream.place.agent,
    "epoch": lambda stream, _: stream.place.epoch,
    "leaf": lambda stream, _: stream.place.sequence,
    "ledger_position": lambda _, position: position,
}
"""What holds for all rows of a stream, by the column that says so."""
