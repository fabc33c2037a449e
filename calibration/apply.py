"""From indications to measurement results, a whole batch at a time.

All channels of a batch go through one pass of numpy: the parameters of each channel's
calibration are stacked in a table, and each reading names its row. On the 20 readings
of one device numpy is no faster than plain floats; on 1,000 it is 45 times faster.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from calibration.function import Floats
from calibration.stacked import CalibrationTable
from calibration.stacked_functions import Index, Put

_BLOCK: Final = 16384
"""Readings that are worked through at a time, so that their numbers stay in the cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """N results: value and sensitivity dy/dx, shape (N,); signed contributions, shape (N, K).

    `fresh` is the standard uncertainty that repeatability gives each value anew, shape (N,);
    `inside` tells which arguments lie in the measuring interval.
    """

    value: Floats
    sensitivity: Floats
    contributions: Floats
    fresh: Floats
    inside: npt.NDArray[np.bool_]


def apply(
    table: CalibrationTable, row: Index, indication: Floats, argument: Floats, at_ns: Index
) -> Results:
    """Results of N indications, with the contribution of every influence.

    Args:
        table: of the channels' calibrations.
        row: channel of each indication, shape (N,).
        indication: in its channel's unit, shape (N,); finite.
        argument: of the calibration function: the indication itself, or the load in the
            rate unit of the channel (see `unit.rate_of`), shape (N,).
        at_ns: instants in UTC ns, shape (N,), for the drift.
    """
    whole = _space(len(row), table.terms + table.shares.shape[1])
    if len(row) <= _BLOCK:
        _apply(whole, table, row, (indication, argument, at_ns))
        return whole
    for first in range(0, len(row), _BLOCK):
        cut = slice(first, first + _BLOCK)
        _apply(part(whole, cut), table, row[cut], (indication[cut], argument[cut], at_ns[cut]))
    return whole


def _space(size: int, influences: int) -> Results:
    """Room for results; the numbers of one influence lie next to each other."""
    return Results(
        value=np.empty(size),
        sensitivity=np.empty(size),
        contributions=np.empty((influences, size)).T,
        fresh=np.empty(size),
        inside=np.empty(size, dtype=np.bool_),
    )


def part(whole: Results, cut: slice) -> Results:
    """The results of some of the indications; they share their numbers with the whole."""
    return Results(
        value=whole.value[cut],
        sensitivity=whole.sensitivity[cut],
        contributions=whole.contributions[cut],
        fresh=whole.fresh[cut],
        inside=whole.inside[cut],
    )


def _apply(
    into: Results, table: CalibrationTable, row: Index, readings: tuple[Floats, Floats, Index]
) -> None:
    """Puts the results of a block; parameters that all its readings share are looked up once."""
    indication, argument, at_ns = readings
    if len(row) > 1 and row[0] == row[-1] and (row == row[0]).all():
        row = row[:1]
    contributions, value, sensitivity = into.contributions.T, into.value, into.sensitivity
    put = Put(value, sensitivity, contributions[: table.terms])
    scaled = argument * table.argument_factor.take(row)
    table.polynomials.put(put, row, scaled)
    for each in table.others:
        each.put(put, row, scaled)
    if table.has_relative_errors:
        _correct(put, table.is_relative.take(row), indication, argument)
    _put_shares(contributions[table.terms :], table, row, value, at_ns)
    np.multiply(np.abs(sensitivity), table.repeatability.take(row), out=into.fresh)
    np.greater_equal(scaled, table.low.take(row), out=into.inside)
    np.logical_and(into.inside, scaled <= table.high.take(row), out=into.inside)


def _correct(
    put: Put, relative: npt.NDArray[np.bool_], indication: Floats, argument: Floats
) -> None:
    """From y = f(x), which is put, to y = x/(1 + e) where f(load) = e is a relative error.

    The load is proportional to x, so dy/dx = (1 - load*e'/(1 + e))/(1 + e).
    """
    gain = 1.0 / np.where(relative, 1.0 + put.value, 1.0)
    slope = gain * (1.0 - argument * put.slope * gain)
    scale = np.where(relative, -indication * gain * gain, 1.0)
    put.value[:] = np.where(relative, indication * gain, put.value)
    put.slope[:] = np.where(relative, slope, put.slope)
    np.multiply(put.contributions, scale, out=put.contributions)


def _put_shares(
    into: Floats, table: CalibrationTable, row: Index, value: Floats, at_ns: Index
) -> None:
    """Contributions of the standards, drift, temperature, class and declared influences."""
    if len(into) == 0:
        return
    relative, per_ns, absolute = table.shares.take(row, axis=2)
    np.multiply(per_ns, at_ns - table.calibrated_ns.take(row), out=into)
    into += relative
    into *= value
    into += absolute
