"""Statements as they came, for analysis: a sequence, a frame, a sum, covariances."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

from msgspec import UNSET

from carbonmeter.client.answers import ACTIVITY
from carbonmeter.client.errors import CutError
from carbonmeter.client.frame import frame_of
from carbonmeter.client.stream import Statements
from carbonmeter.client.together import covariance, total
from evidence.statement.boundary.used import BoundaryShown
from evidence.statement.covariance import Covariance
from evidence.statement.datum import ActivityData
from evidence.statement.total import Total

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity(Sequence[ActivityData]):
    """Activity data by channel and time.

    Attributes:
        rows: As they were stated; each was checked against its digest.
        time_zone: Whose days, months and years counted.
        periods_without_data: How many periods have no row, since no hour was received.
        hours_without_row: Hours under a monitoring plan in such periods, in whose place rules may
            put values; None where it was not asked for under plans.
        boundary: The saved boundary that was asked for, with its factors; None for channels.
    """

    rows: tuple[ActivityData, ...]
    time_zone: str
    periods_without_data: int
    hours_without_row: int | None = None
    boundary: BoundaryShown | None = None

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
        self,
        factors: Sequence[float] | None = None,
        *,
        allowed: Collection[str] = (),
        one_thing: Collection[str] = (),
    ) -> Total:
        """The sum of factor*value with its uncertainty; see `together.total`.

        Where no factors are given they are those of the boundary that was asked for, else all 1.
        """
        weights = self._factors() if factors is None else factors
        return total(self.rows, weights, allowed=allowed, one_thing=one_thing)

    def _factors(self) -> list[float] | None:
        if self.boundary is None:
            return None
        factors = {each.channel: each.number for each in self.boundary.terms}
        return [factors[each.channel] for each in self.rows]

    def covariance(self, *, one_thing: Collection[str] = ()) -> Covariance:
        """Covariances between the rows; see `together.covariance`."""
        return covariance(self.rows, one_thing=one_thing)


def activity_of(found: Statements, time_zone: str) -> Activity:
    """All statements of an answer, and what its last line says of them.

    Raises:
        ClientError: it cannot be had wholly.
    """
    rows, end = tuple(found), found.end
    if end is None:
        raise CutError(ACTIVITY, what="no last line")
    return Activity(
        rows=rows,
        time_zone=time_zone,
        periods_without_data=end.periods_without_data,
        hours_without_row=None if end.hours_without_row is UNSET else end.hours_without_row,
        boundary=end.boundary or None,
    )
