"""From indications to measurement results, a whole batch at a time.

All channels of a batch go through one pass of numpy: the parameters of each channel's
calibration are stacked in a table, and each reading names its row. On the 20 readings
of one device numpy is no faster than plain floats; on 1,000 it is 45 times faster.
"""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from calibration.function import Floats, hat_basis, power_basis
from calibration.stacked import CalibrationTable, Index

_MANY = 4096
"""From so many readings of one channel on a matrix product is worth its overhead."""
_BLOCK = 16384
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


_RESULTS = tuple(field.name for field in fields(Results))


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
    if len(row) <= _BLOCK:
        return _apply(table, row, indication, argument, at_ns)
    whole: dict[str, npt.NDArray[Any]] = {}
    for first in range(0, len(row), _BLOCK):
        cut = slice(first, first + _BLOCK)
        block = _apply(table, row[cut], indication[cut], argument[cut], at_ns[cut])
        for name in _RESULTS:
            part = getattr(block, name)
            if name not in whole:
                whole[name] = np.empty((len(row), *part.shape[1:]), dtype=part.dtype)
            whole[name][cut] = part
    return Results(**whole)


def _apply(
    table: CalibrationTable, row: Index, indication: Floats, argument: Floats, at_ns: Index
) -> Results:
    """Results of a block; parameters that all its readings share are looked up once."""
    if len(row) > 1 and (row == row[0]).all():
        row = row[:1]
    scaled = argument * table.argument_factor.take(row)
    basis, slope = _basis(table, row, scaled)
    found = _weighted(basis, table.coefficients.take(row, axis=0))
    own = _combined(basis, table.factor.take(row, axis=0))
    relative = table.is_relative.take(row)
    value, sensitivity, scale = _evaluate(
        relative=relative,
        indication=indication,
        scaled=scaled,
        found=found,
        slope=slope,
        argument_factor=table.argument_factor.take(row),
        result_factor=table.result_factor.take(row),
    )
    terms, shares = own.shape[1], table.relative.shape[1]
    contributions = np.empty((len(value), terms + shares))
    np.multiply(own, scale[:, None], out=contributions[:, :terms])
    contributions[:, terms:] = _shared(table, row, value, at_ns)
    return Results(
        value=value,
        sensitivity=sensitivity,
        contributions=contributions,
        fresh=np.abs(sensitivity) * table.repeatability.take(row),
        inside=(scaled >= table.interval_low.take(row)) & (scaled <= table.interval_high.take(row)),
    )


def _evaluate(
    *,
    relative: npt.NDArray[np.bool_],
    indication: Floats,
    scaled: Floats,
    found: Floats,
    slope: Floats,
    argument_factor: Floats,
    result_factor: Floats,
) -> tuple[Floats, Floats, Floats]:
    """y, dy/dx, and what the function's own contributions are multiplied by.

    "value": y = f(x). "relative_error": y = x/(1 + e) with e = f(load), and load
    proportional to x, so dy/dx = (1 - load*e'/(1 + e))/(1 + e).
    """
    value, sensitivity, scale = found * result_factor, slope * argument_factor, result_factor
    sensitivity *= result_factor
    if relative.any():
        gain = 1.0 / np.where(relative, 1.0 + found, 1.0)
        value = np.where(relative, indication * gain, value)
        sensitivity = np.where(relative, gain * (1.0 - scaled * slope * gain), sensitivity)
        scale = np.where(relative, -indication * gain * gain, scale)
    return value, sensitivity, scale


def _shared(table: CalibrationTable, row: Index, value: Floats, at_ns: Index) -> Floats:
    """Contributions of the standards, drift, temperature, class and declared influences."""
    age_ns = (at_ns - table.calibrated_ns.take(row)).astype(np.float64)
    relative = table.relative.take(row, axis=0) + table.per_ns.take(row, axis=0) * age_ns[:, None]
    return value[:, None] * relative + table.absolute.take(row, axis=0)


def _basis(table: CalibrationTable, row: Index, x: Floats) -> tuple[Floats, Floats]:
    """Basis of each reading's function, shape (N, P), and its slope, shape (N,)."""
    terms = table.polynomial_terms  # a neighbour's many knots must not overflow a power of x
    powers = power_basis(x - table.centre.take(row), terms)
    if terms < table.coefficients.shape[1]:
        padded = np.zeros((len(x), table.coefficients.shape[1]))
        padded[:, :terms] = powers
        powers = padded
    slope = _weighted(powers, table.slopes.take(row, axis=0))
    if table.is_polynomial.all():
        return powers, slope
    polynomial = table.is_polynomial.take(row)
    knots = np.broadcast_to(table.knots.take(row, axis=0), (len(x), table.knots.shape[1]))
    hats, piece = hat_basis(x, knots)
    pieces = np.einsum("np,np->n", piece, table.slopes.take(row, axis=0))
    return (
        np.where(polynomial[:, None], powers, hats),
        np.where(polynomial, slope, pieces),
    )


def _weighted(basis: Floats, weights: Floats) -> Floats:
    """Sums of a basis of shape (N, P) with weights of shape (N, P), or (1, P) for all."""
    if len(basis) >= _MANY and len(weights) == 1:
        return np.asarray(basis @ weights[0])
    return np.asarray(np.einsum("np,np->n", basis, weights))


def _combined(basis: Floats, factor: Floats) -> Floats:
    """A basis of shape (N, P) times matrices of shape (N, P, K), or (1, P, K) for all."""
    if len(basis) >= _MANY and len(factor) == 1:
        return np.asarray(basis @ factor[0])
    return np.asarray(np.einsum("np,npk->nk", basis, factor))
