"""The input quantities of one reading's result, from the calibration that was applied to it."""

from dataclasses import dataclass

import msgspec
import numpy as np

from calibration.basis import InstrumentCalibration
from calibration.certificate import CalibrationResult
from calibration.distribution import Distribution, from_resolution
from calibration.function import CalibrationFunction
from calibration.inputs import (
    RELATIVE,
    InputKind,
    InputQuantity,
    InputUnit,
    of_function,
    of_shares,
    quantity,
    unstated,
)
from calibration.stacked import Applied, ChannelUnits, units_of
from calibration.uncertainty import Influence


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What is known of a reading.

    Attributes:
        channel: Its name.
        unit: UCUM code of indication and value.
        indication: As shown.
        argument: Of the calibration function before units are converted: the indication, or the
            load in the rate unit of the channel.
        at_ns: UTC ns.
        resolution: Smallest step shown, in `unit`; 0 if it is not known.
        span_K: From the temperature of the calibration to that of use; 0 if it is not known.
    """

    channel: str
    unit: str
    indication: float
    argument: float
    at_ns: int
    resolution: float = 0.0
    span_K: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _At:
    """The result at a reading, and its derivatives by the indication and by the function."""

    value: float
    slope: float = 1.0
    by_function: float = 0.0


def inputs_of_reading(
    calibration: InstrumentCalibration, read: Read
) -> tuple[float, list[InputQuantity]]:
    """The value of a reading, and its input quantities.

    Args:
        calibration: That was in force.
        read: The reading.

    Raises:
        UnitMismatchError: the certificate's unit does not convert to the reading's.
    """
    units = units_of(Applied(calibration=calibration, unit=read.unit))
    at = _at(calibration.function, units, read)
    rows = [
        *_of_function(calibration, units, read, at),
        *of_shares(
            calibration.shares,
            at.value,
            read.unit,
            age_ns=read.at_ns - calibration.calibrated_ns,
            span_K=read.span_K,
        ),
        *_scatter(units.repeatability, read, at.slope),
        *resolution_input(read),
        *unstated(calibration.unstated_standards),
    ]
    return at.value, rows


def _at(function: CalibrationFunction | None, units: ChannelUnits, read: Read) -> _At:
    """As `apply` has it: y = x/(1 + e(load)), or y = f(x)."""
    if function is None:
        return _At(value=read.indication)
    argument = np.array([read.argument * units.argument])
    f = float(function.value(argument)[0])
    slope = float(function.sensitivity(argument)[0]) * units.argument
    if not units.is_relative:
        return _At(value=f * units.result, slope=slope * units.result, by_function=units.result)
    gain = 1.0 / (1.0 + f)
    return _At(
        value=read.indication * gain,
        slope=gain * (1.0 - read.argument * slope * gain),
        by_function=-read.indication * gain * gain,
    )


def _of_function(
    calibration: InstrumentCalibration, units: ChannelUnits, read: Read, at: _At
) -> list[InputQuantity]:
    function, result = calibration.function, calibration.result
    if function is None or result is None:
        return []
    argument = read.argument * units.argument
    codes = _value_unit(result), result.argument_unit
    return of_function(function, calibration.certificate, argument, codes, at.by_function)


def _value_unit(result: CalibrationResult) -> str:
    return RELATIVE if result.result == "relative_error" else result.unit


def _scatter(repeatability: float, read: Read, slope: float) -> list[InputQuantity]:
    if not repeatability or not slope:
        return []
    influence = Influence(id=f"fresh:{read.channel}", shared=False)
    return [_of_indication(InputKind.SCATTER, influence, repeatability, abs(slope), read)]


def resolution_input(read: Read) -> list[InputQuantity]:
    """What half a digit leaves open of a reading, as the result itself is shown in such steps."""
    if not read.resolution:
        return []
    influence = Influence(id=f"read:{read.channel}/0", distribution=Distribution.RECTANGULAR)
    u = from_resolution(read.resolution)
    return [_of_indication(InputKind.RESOLUTION, influence, u, 1.0, read)]


def _of_indication(
    kind: InputKind, influence: Influence, u: float, sensitivity: float, read: Read
) -> InputQuantity:
    row = quantity(
        kind,
        influence,
        u=u,
        sensitivity=sensitivity,
        unit=InputUnit(of=read.unit),
        estimate=read.indication,
    )
    return msgspec.structs.replace(row, subject=read.channel, influence="")
