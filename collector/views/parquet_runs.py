"""Sorted runs of readings: what does not fit into memory lies in files until it is merged."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from collector.views.parquet_columns import Gathering, Mask
from collector.views.rows import StreamRows

RUN_ROWS: Final = 100_000
"""Rows that are held in memory; about 1 kB each while they are sorted."""
_ORDER: Final = [(name, "ascending") for name in ("instant", "epoch", "poll", "ledger_position")]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """A sorted table; `slices` says where each channel of each day lies in it."""

    table: pa.Table
    slices: dict[tuple[int, str], tuple[int, int]]


@dataclass(slots=True)
class Runs:
    """Rows of many days and channels, given in the order of the ledger.

    Args:
        folder: where runs lie until they are merged; it exists.
        run_rows: how many rows stay in memory, >= 1.
    """

    folder: Path
    run_rows: int = RUN_ROWS
    first: dict[int, int] = field(default_factory=dict)
    """Position of the first leaf that gave a row of a day."""
    rows: dict[int, int] = field(default_factory=dict)
    """How many rows there are of a day."""
    _gathering: Gathering = field(default_factory=Gathering)
    _runs: list[_Run] = field(default_factory=list)

    def add(
        self, stream: StreamRows, position: int, days: npt.NDArray[np.int64], wanted: Mask
    ) -> None:
        """Takes the `wanted` rows of a stream; as `Gathering.add`.

        Raises:
            OSError: a run cannot be written.
        """
        for day, count in Counter(days[wanted].tolist()).items():
            self.first.setdefault(day, position)
            self.rows[day] = self.rows.get(day, 0) + count
        self._gathering.add(stream, position, days, wanted)
        if self._gathering.rows >= self.run_rows:
            self._put(_spilled(self._close(), self.folder / f"{len(self._runs)}.arrow"))

    def tables(self, day: int) -> Iterator[pa.Table]:
        """The rows of a day, a table a channel, sorted by channel, instant, epoch and poll.

        Raises:
            OSError: a run cannot be read.
        """
        if self._gathering.rows:
            self._put(self._close())
        channels = sorted(
            {channel for run in self._runs for at, channel in run.slices if at == day}
        )
        for channel in channels:
            parts = [
                run.table.slice(*run.slices[day, channel])
                for run in self._runs
                if (day, channel) in run.slices
            ]
            yield parts[0] if len(parts) == 1 else _merged(parts)

    def _put(self, run: _Run) -> None:
        self._runs.append(run)

    def _close(self) -> _Run:
        table, days = self._gathering.table()
        self._gathering = Gathering()
        return _Run(table=table, slices=_slices(table, days))


def _slices(table: pa.Table, days: npt.NDArray[np.int64]) -> dict[tuple[int, str], tuple[int, int]]:
    """(day, channel) -> offset and length; the table is sorted by both."""
    coded = table.column("channel").combine_chunks().dictionary_encode()
    codes = coded.indices.to_numpy()
    changes = np.flatnonzero((np.diff(days) != 0) | (np.diff(codes) != 0)) + 1
    starts = [0, *changes.tolist()]
    lengths = np.diff([*starts, len(days)]).tolist()
    names = coded.dictionary.to_pylist()
    return {
        (int(days[start]), names[codes[start]]): (start, length)
        for start, length in zip(starts, lengths, strict=True)
    }


def _spilled(run: _Run, path: Path) -> _Run:
    """The run with its table in a file, from which it is read as it is needed."""
    with path.open("wb") as file, pa.ipc.new_file(file, run.table.schema) as writer:
        writer.write_table(run.table)
    with pa.memory_map(str(path)) as mapped:
        return _Run(table=pa.ipc.open_file(mapped).read_all(), slices=run.slices)


def _merged(parts: list[pa.Table]) -> pa.Table:
    """One channel's rows of several runs in their order; what is equal stays as it came."""
    table = pa.concat_tables(parts)
    return table.take(pc.sort_indices(table, sort_keys=_ORDER))
