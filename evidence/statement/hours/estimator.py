"""Best estimates of the hours of a gap, as weighted means of hours that were measured (pure).

A plan says which hours count with which weight. Because it is only places and weights, it can be
shifted to any other place of the series: that is how its uncertainty is found.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
MOST_DAYS: Final = 7
HOURS_A_DAY: Final = 24


@dataclass(frozen=True, slots=True)
class Plan:
    """How the hours of a gap are estimated.

    Attributes:
        method: Name of the estimator.
        places: Of the hours of the gap, ascending, n of them.
        donors: Places of the hours that are used, d of them.
        weights: n x d; each row adds to 1.
    """

    method: str
    places: Places
    donors: Places
    weights: Floats

    def estimates(self, values: Floats) -> Floats:
        """The hours of the gap, from the whole series."""
        return np.asarray(self.weights @ values[self.donors], np.float64)


def interpolation(places: Sequence[int], before: int | None, after: int | None) -> Plan | None:
    """A straight line between the measured hours around; a constant where there is but one.

    Its mean over an unbroken gap is the mean of the two hours. None where there is neither.
    """
    donors = [place for place in (before, after) if place is not None]
    if not donors:
        return None
    at = np.asarray(places, np.int64)
    weights = np.ones((len(at), 1))
    if len(donors) == 2:
        share = (at - donors[0]) / (donors[1] - donors[0])
        weights = np.column_stack([1.0 - share, share])
    method = "interpolation" if len(donors) == 2 else "nearest_hour"
    return Plan(method, at, np.asarray(donors, np.int64), weights)


def same_hours(places: Sequence[int], known: npt.NDArray[np.bool_]) -> Plan | None:
    """The mean of the same hour on the nearest day before and after that has it, within a week.

    Args:
        places: of the gap, in clock hours.
        known: which hours of the series were measured.

    Returns:
        None where an hour of the gap has no such hour on either side.
    """
    donors: dict[int, int] = {}
    rows: list[list[int]] = []
    for place in places:
        sides = (_same_hour(place, step, known) for step in (-HOURS_A_DAY, HOURS_A_DAY))
        row = [donors.setdefault(side, len(donors)) for side in sides if side is not None]
        if not row:
            return None
        rows.append(row)
    weights = np.zeros((len(places), len(donors)))
    for index, row in enumerate(rows):
        weights[index, row] = 1.0 / len(row)
    return Plan(
        "same_hours", np.asarray(places, np.int64), np.asarray([*donors], np.int64), weights
    )


def _same_hour(place: int, step: int, known: npt.NDArray[np.bool_]) -> int | None:
    for day in range(1, MOST_DAYS + 1):
        at = place + day * step
        if 0 <= at < len(known) and known[at]:
            return at
    return None
