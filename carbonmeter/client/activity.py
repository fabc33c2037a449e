"""Statements as they came, for analysis: a sequence, a frame, a sum, covariances."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

from carbonmeter.client.frame import frame_of
from evidence.statement.covariance import Covariance, covariance
from evidence.statement.datum import ActivityData
from evidence.statement.total import Total, total

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity(Sequence[ActivityData]):
    """Activity data by channel and time.

    Attributes:
        rows: As they were stated; each was checked against its digest.
        time_zone: Whose days, months and years counted.
        periods_without_data: How many periods have no row, since no hour was received.
    """

    rows: tuple[ActivityData, ...]
    time_zone: str
    periods_without_data: int

    @overload
    def __getitem__(self, index: int) -> ActivityData: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[ActivityData, ...]: ...
    def __getitem__(self, index: int | slice) -> ActivityData | tuple[ActivityData, ...]:
        return self.rows[index]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[ActivityData]:
        return iter(self.rows)

    def frame(self) -> "pd.DataFrame":
        """A row a statement; see `frame.frame_of`."""
        return frame_of(self.rows, self.time_zone)

    def total(
        self, factors: Sequence[float] | None = None, *, allowed: Collection[str] = ()
    ) -> Total:
        """The sum of factor*value with its uncertainty; see `evidence.statement.total`."""
        return total(self.rows, factors, allowed=allowed)

    def covariance(self) -> Covariance:
        """Covariances between the rows; see `evidence.statement.covariance`."""
        return covariance(self.rows)
