"""How wrong an estimate is, found by punching the same gap where the truth is known (pure)."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from evidence.statement.hours.estimator import Floats, Places, Plan

LEAST_PLACES: Final = 30
MOST_PLACES: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Punched:
    """Errors of a plan in gaps of the same shape.

    Attributes:
        places: At which it was tried; at least `LEAST_PLACES`.
        apart: Of all such places, so many do not overlap; they count as independent.
        bias: Mean error of a gap's mean, estimate minus measured.
        bias_uncertainty: Its standard uncertainty, from the gaps that do not overlap.
        rms: Root mean square error of a gap's mean; the bias is in it.
        hour_rms: The same of a single hour.
    """

    places: int
    apart: int
    bias: float
    bias_uncertainty: float
    rms: float
    hour_rms: float


def punch(plan: Plan, values: Floats) -> Punched | int:
    """Errors of a plan elsewhere in the series; the number of places where these are too few.

    Args:
        plan: for the gap itself.
        values: of the series; NaN where an hour was not measured.
    """
    shifts = _shifts(plan, np.isfinite(values))
    if len(shifts) < LEAST_PLACES:
        return len(shifts)
    chosen = _spread(shifts)
    apart = min(_apart(shifts, _length(plan)), len(chosen))
    donors = values[plan.donors + chosen[:, None]]
    truth = values[plan.places + chosen[:, None]]
    errors = donors @ plan.weights.T - truth
    return _summary(errors, apart)


def _summary(errors: Floats, apart: int) -> Punched:
    means = errors.mean(axis=1)
    bias = float(means.mean())
    spread = float(means.std(ddof=1))
    return Punched(
        places=len(means),
        apart=apart,
        bias=bias,
        bias_uncertainty=spread / math.sqrt(apart),
        rms=math.sqrt(float((means**2).mean())),
        hour_rms=math.sqrt(float((errors**2).mean())),
    )


def _shifts(plan: Plan, known: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> Places:
    """All shifts at which every hour of the shape was measured."""
    shape = np.concatenate([plan.places, plan.donors])
    low, high = -int(shape.min()), len(known) - 1 - int(shape.max())
    if high < low:
        return np.empty(0, np.int64)
    fits = np.ones(high - low + 1, np.bool_)
    for place in shape:
        fits &= known[place + low : place + high + 1]
    return np.flatnonzero(fits).astype(np.int64) + low


def _length(plan: Plan) -> int:
    shape = np.concatenate([plan.places, plan.donors])
    return int(shape.max() - shape.min()) + 1


def _apart(shifts: Places, length: int) -> int:
    """How many of the places can be taken so that no two overlap."""
    count, free_from = 0, -math.inf
    for shift in shifts:
        if shift >= free_from:
            count, free_from = count + 1, int(shift) + length
    return count


def _spread(shifts: Places) -> Places:
    """At most `MOST_PLACES` of them, evenly over all."""
    if len(shifts) <= MOST_PLACES:
        return shifts
    index = np.linspace(0, len(shifts) - 1, MOST_PLACES).round().astype(np.int64)
    return shifts[index]
