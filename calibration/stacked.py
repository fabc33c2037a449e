"""The calibrations of many channels, stacked in arrays for one pass of numpy."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from calibration.basis import InstrumentCalibration, UncertaintyBasis
from calibration.function import Floats
from calibration.uncertainty import Influence
from calibration.unit import conversion_factor, rate_of

Index = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What one channel applies: an instrument's calibration to indications in `unit`."""

    calibration: InstrumentCalibration
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationTable:
    """Calibrations of C channels, stacked; P coefficients and M further influences at most.

    `influences[c]` names the columns of a result's contributions for channel c;
    None marks a column that the channel does not use.
    """

    is_polynomial: npt.NDArray[np.bool_]
    is_relative: npt.NDArray[np.bool_]
    centre: Floats
    knots: Floats
    coefficients: Floats
    slopes: Floats
    factor: Floats
    argument_factor: Floats
    result_factor: Floats
    relative: Floats
    per_ns: Floats
    absolute: Floats
    calibrated_ns: Index
    interval_low: Floats
    interval_high: Floats
    repeatability: Floats
    polynomial_terms: int
    influences: tuple[tuple[Influence | None, ...], ...]


def stack(channels: Sequence[Applied]) -> CalibrationTable:
    """The table for `channels`, in their order.

    Raises:
        UnitMismatchError: a certificate's unit does not convert to its channel's.
    """
    terms = max([2, *(len(_coefficients(each)) for each in channels)])
    extra = max([0, *(len(each.calibration.shares) for each in channels)])
    rows = [_row(each, terms, extra) for each in (*channels, _NOTHING)]
    columns = {name: np.array([row[name] for row in rows])[:-1] for name in _ARRAYS}
    powers = [len(_coefficients(each)) for each in channels if _is_polynomial(each)]
    return CalibrationTable(
        **columns,
        polynomial_terms=max([1, *powers]),
        influences=tuple(_influences(each, terms, extra) for each in channels),
    )


# Gives the columns their shapes where there is no channel at all.
_NOTHING = Applied(
    calibration=InstrumentCalibration(basis=UncertaintyBasis.UNKNOWN, serial=""), unit="1"
)
_ARRAYS = (
    "is_polynomial",
    "is_relative",
    "centre",
    "knots",
    "coefficients",
    "slopes",
    "factor",
    "argument_factor",
    "result_factor",
    "relative",
    "per_ns",
    "absolute",
    "calibrated_ns",
    "interval_low",
    "interval_high",
    "repeatability",
)


def _coefficients(channel: Applied) -> tuple[float, ...]:
    function = channel.calibration.function
    return (0.0,) if function is None else function.coefficients


def _is_polynomial(channel: Applied) -> bool:
    function = channel.calibration.function
    return function is None or function.form == "polynomial"


def _row(channel: Applied, terms: int, extra: int) -> dict[str, object]:
    """One channel's parameters, padded to the table's width."""
    return {
        **_function_row(channel, terms),
        **_share_row(channel.calibration, extra),
        **_unit_row(channel),
    }


def _function_row(channel: Applied, terms: int) -> dict[str, object]:
    function = channel.calibration.function
    size = len(_coefficients(channel))
    coefficients = np.zeros(terms)
    coefficients[:size] = _coefficients(channel)
    factor = np.zeros((terms, terms))
    knots = np.full(terms, np.inf)
    slopes = np.zeros(terms)
    if function is not None:
        slopes[:size] = function.slopes
        factor[:size, :size] = function.factor
        knots[: len(function.knots)] = function.knots
    low, high = (-np.inf, np.inf) if function is None else function.measuring_interval
    return {
        "is_polynomial": _is_polynomial(channel),
        "centre": 0.0 if function is None else function.centre,
        "knots": knots,
        "coefficients": coefficients,
        "slopes": slopes,
        "factor": factor,
        "interval_low": low,
        "interval_high": high,
    }


def _share_row(calibration: InstrumentCalibration, extra: int) -> dict[str, object]:
    row = {name: np.zeros(extra) for name in ("relative", "per_ns", "absolute")}
    for m, share in enumerate(calibration.shares):
        row["relative"][m] = share.relative
        row["per_ns"][m] = share.per_ns
        row["absolute"][m] = share.absolute
    return {**row, "calibrated_ns": calibration.calibrated_ns}


def _unit_row(channel: Applied) -> dict[str, object]:
    """Units; without a function the relative error is 0, whatever the argument is."""
    result = channel.calibration.result
    if result is None:
        return {
            "is_relative": True,
            "argument_factor": 1.0,
            "result_factor": 1.0,
            "repeatability": channel.calibration.repeatability,
        }
    own = channel.unit if result.argument == "indication" else rate_of(channel.unit)
    relative = result.result == "relative_error"
    to_channel = conversion_factor(result.unit, channel.unit)
    return {
        "is_relative": relative,
        "argument_factor": conversion_factor(own, result.argument_unit),
        "result_factor": 1.0 if relative else to_channel,
        "repeatability": channel.calibration.repeatability * to_channel,
    }


def _influences(channel: Applied, terms: int, extra: int) -> tuple[Influence | None, ...]:
    calibration = channel.calibration
    own: list[Influence | None] = [None] * terms
    if calibration.function is not None:
        used = np.any(calibration.function.factor != 0.0, axis=0)
        for k, influence in enumerate(calibration.function.influences(calibration.certificate)):
            own[k] = influence if used[k] else None
    shares = [share.influence for share in calibration.shares]
    return (*own, *shares, *([None] * (extra - len(shares))))
