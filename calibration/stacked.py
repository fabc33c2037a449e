"""The calibrations of many channels, stacked in arrays for one pass of numpy."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from calibration.basis import InstrumentCalibration
from calibration.function import CURVES, Floats
from calibration.stacked_functions import (
    Curves,
    Index,
    Member,
    PiecewiseLinears,
    Polynomials,
    curves,
    piecewise_linears,
    polynomials,
)
from calibration.uncertainty import Influence
from calibration.unit import conversion_factor, rate_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What one channel applies: an instrument's calibration to indications in `unit`."""

    calibration: InstrumentCalibration
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationTable:
    """Calibrations of C channels, stacked; M influences at most beside those of functions.

    Shapes: argument_factor, low, high, repeatability, calibrated_ns and is_relative (C,).
    The shares' relative, per_ns and absolute: (3, M, C).

    Attributes:
        polynomials: Of all channels, and what is put over them where a channel has another form.
        others: See `polynomials`.
        has_relative_errors: Whether any function is a relative error.
        terms: Influences of one function at most; so many columns of a result's contributions.
        influences: Of each channel the names of all columns; None where it does not use one.
    """

    argument_factor: Floats
    low: Floats
    high: Floats
    repeatability: Floats
    calibrated_ns: Index
    is_relative: npt.NDArray[np.bool_]
    shares: Floats
    polynomials: Polynomials
    others: tuple[PiecewiseLinears | Curves, ...]
    has_relative_errors: bool
    terms: int
    influences: tuple[tuple[Influence | None, ...], ...]


def stack(channels: Sequence[Applied]) -> CalibrationTable:
    """The table for `channels`, in their order.

    Raises:
        UnitMismatchError: a certificate's unit does not convert to its channel's.
    """
    units = [units_of(each) for each in channels]
    members = [_member(each, own) for each, own in zip(channels, units, strict=True)]
    used = [each.function for each in members if each is not None]
    terms = max([1, *(len(each.coefficients) for each in used)])
    extra = max([0, *(len(each.calibration.shares) for each in channels)])
    found = [piecewise_linears(members), *(curves(members, form) for form in CURVES)]
    return CalibrationTable(
        argument_factor=_row(each.argument for each in units),
        low=_row(_interval(each)[0] for each in channels),
        high=_row(_interval(each)[1] for each in channels),
        repeatability=_row(each.repeatability for each in units),
        calibrated_ns=np.array([each.calibration.calibrated_ns for each in channels], np.int64),
        is_relative=np.array([each.is_relative for each in units], np.bool_),
        shares=_shares(channels, extra),
        polynomials=polynomials(members),
        others=tuple(each for each in found if each is not None),
        has_relative_errors=any(each.is_relative for each in units),
        terms=terms,
        influences=tuple(_influences(each, terms, extra) for each in channels),
    )


def _row(numbers: Iterable[float]) -> Floats:
    return np.array(list(numbers), dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelUnits:
    """What converts a channel's units to those of its certificate's result, and back."""

    is_relative: bool = True
    argument: float = 1.0
    result: float = 1.0
    repeatability: float


def units_of(channel: Applied) -> ChannelUnits:
    """What converts a channel's units; without a result the relative error is 0, at any argument.

    Raises:
        UnitMismatchError: a certificate's unit does not convert to the channel's.
    """
    result, repeatability = channel.calibration.result, channel.calibration.repeatability
    if result is None:
        return ChannelUnits(repeatability=repeatability)
    own = channel.unit if result.argument == "indication" else rate_of(channel.unit)
    relative = result.result == "relative_error"
    to_channel = conversion_factor(result.unit, channel.unit)
    return ChannelUnits(
        is_relative=relative,
        argument=conversion_factor(own, result.argument_unit),
        result=1.0 if relative else to_channel,
        repeatability=repeatability * to_channel,
    )


def _member(channel: Applied, units: ChannelUnits) -> Member | None:
    function = channel.calibration.function
    if function is None:
        return None
    return Member(function=function, argument_factor=units.argument, result_factor=units.result)


def _interval(channel: Applied) -> tuple[float, float]:
    function = channel.calibration.function
    return (-math.inf, math.inf) if function is None else function.measuring_interval


def _shares(channels: Sequence[Applied], extra: int) -> Floats:
    """The further influences' numbers, shape (3, extra, C)."""
    stacked = np.zeros((3, extra, len(channels)))
    for c, channel in enumerate(channels):
        for m, share in enumerate(channel.calibration.shares):
            stacked[:, m, c] = share.relative, share.per_ns, share.absolute
    return stacked


def _influences(channel: Applied, terms: int, extra: int) -> tuple[Influence | None, ...]:
    calibration = channel.calibration
    own: list[Influence | None] = [None] * terms
    if calibration.function is not None:
        used = np.any(calibration.function.factor != 0.0, axis=0)
        for k, influence in enumerate(calibration.function.influences(calibration.certificate)):
            own[k] = influence if used[k] else None
    shares = [share.influence for share in calibration.shares]
    return (*own, *shares, *([None] * (extra - len(shares))))
