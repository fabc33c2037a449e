"""Calibration lines of an automated measuring system by the methods of EN 14181 (pure)."""

import math
from collections.abc import Sequence
from typing import Final, Literal

import msgspec
import numpy as np

from calibration.errors import Words
from calibration.fit.curve import fit
from calibration.fit.points import points_of
from calibration.fit.result import rows_of
from calibration.function import CalibrationFunction
from calibration.performance.errors import (
    NotDefinedError,
    PerformanceCountError,
    PerformanceOptionError,
    ReferenceMaterialError,
)
from calibration.performance.pairs import Pair, ZeroReading

Method = Literal["a", "b", "c"]
LEAST_REACH: Final = 1e-9
"""The mean signal over zero, against the largest one; below it rounding decides."""

LEAST_RISE: Final = 1e-12
"""Of the line over its signals, against its values; below it rounding decides."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """y = a + b*x with the covariance of a and b.

    Args:
        method: "a", least squares; "b", through the reading at zero; "c", least squares with
            reference material.
        intercept, slope: a and b.
        covariance: of a and b, from the scatter of the pairs; of method "b" also from the
            standard uncertainty of the reading at zero. What is common to all values of the SRM
            is not in it.
        residual_standard_deviation: about the line.
        degrees_of_freedom: of it.
        function: the same line as certificates hold it.
    """

    method: Method
    intercept: float
    slope: float
    covariance: tuple[tuple[float, ...], ...]
    residual_standard_deviation: float
    degrees_of_freedom: int
    function: CalibrationFunction

    def estimate(self, x: float) -> float:
        """The value at a signal, at the conditions of the AMS."""
        return float(self.function.value(np.array([x], dtype=np.float64))[0])


def line_of(method: Method, pairs: Sequence[Pair], zero: ZeroReading | None) -> Line:
    """The calibration line by a method.

    Args:
        method: "a", "b" or "c".
        pairs: Parallel measurements and reference material.
        zero: What the AMS shows at zero; needed for method "b".

    Raises:
        FitError: the points do not determine a line.
        PerformanceOptionError: method "b" without a reading at zero.
        ReferenceMaterialError: method "c" without reference material.
        NotDefinedError: the mean signal is the reading at zero.
    """
    parallel = [each for each in pairs if each.kind == "parallel"]
    if method == "b":
        if zero is None:
            raise PerformanceOptionError("method b", name="--zero", value=None, limit="finite")
        return _through_zero(parallel, zero)
    if method == "c":
        if len(parallel) == len(pairs):
            raise ReferenceMaterialError("method c", found=0, limit=">= 1")
        return _least_squares("c", pairs)
    return _least_squares("a", parallel)


def within(line: Line, low: float, high: float) -> Line:
    """The line for signals whose estimates lie between two values.

    Raises:
        NotDefinedError: the line is level, or the values do not ascend.
    """
    signals = np.array(line.function.measuring_interval)
    rise = abs(line.slope) * float(signals[1] - signals[0])
    if not rise > LEAST_RISE * float(np.max(np.abs(line.function.value(signals)))):
        raise NotDefinedError("line", name=Words("slope", "斜率"), value=line.slope, limit="not 0")
    ends = sorted((value - line.intercept) / line.slope for value in (low, high))
    if not (ends[0] < ends[1] and all(math.isfinite(end) for end in ends)):
        raise NotDefinedError(
            "line", name=Words("largest estimate", "最大估计值"), value=high, limit=f"> {low}"
        )
    function = msgspec.structs.replace(line.function, measuring_interval=(ends[0], ends[1]))
    return msgspec.structs.replace(line, function=function)


def _least_squares(method: Method, pairs: Sequence[Pair]) -> Line:
    found = fit(points_of([each.x for each in pairs], [each.y for each in pairs]))
    return Line(
        method=method,
        intercept=found.coefficients[0],
        slope=found.coefficients[1],
        covariance=found.covariance,
        residual_standard_deviation=found.goodness.residual_standard_deviation or 0.0,
        degrees_of_freedom=found.goodness.degrees_of_freedom,
        function=found.function(),
    )


def _through_zero(pairs: Sequence[Pair], zero: ZeroReading) -> Line:
    """The line with b = mean(y)/(mean(x) - Z), a = -b*Z; kept in powers of (x - Z)."""
    size = len(pairs)
    if size < 3:
        raise PerformanceCountError("pairs", name="parallel", found=size, limit=">= 3")
    spans = [each.x - zero.reading for each in pairs]
    reach = math.fsum(spans) / size
    if not abs(reach) > LEAST_REACH * max(abs(each) for each in spans):
        raise NotDefinedError(
            "method b", name=Words("mean of x - Z", "x - Z 的均值"), value=reach, limit="not 0"
        )
    slope = math.fsum(each.y for each in pairs) / size / reach
    residuals = [each.y - slope * span for each, span in zip(pairs, spans, strict=True)]
    spread = math.sqrt(math.fsum(each * each for each in residuals) / (size - 1))
    covariance = _zero_covariance(slope, reach, spread / math.sqrt(size), zero)
    signals = [each.x for each in pairs] + [zero.reading]
    function = CalibrationFunction(
        form="polynomial",
        coefficients=(0.0, slope),
        covariance=rows_of(covariance),
        measuring_interval=(min(signals), max(signals)),
        centre=zero.reading,
        degrees_of_freedom=float(size - 1),
    )
    shift = np.array([[1.0, -zero.reading], [0.0, 1.0]])
    return Line(
        method="b",
        intercept=-slope * zero.reading,
        slope=slope,
        covariance=rows_of(shift @ covariance @ shift.T),
        residual_standard_deviation=spread,
        degrees_of_freedom=size - 1,
        function=function,
    )


def _zero_covariance(
    slope: float, reach: float, u_mean: float, zero: ZeroReading
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Of the value at Z and the slope: sensitivities to the mean of y, and to Z."""
    sensitivities = np.array([[0.0, -slope], [1.0 / reach, slope / reach]])
    variances = np.array([u_mean, zero.standard_uncertainty]) ** 2
    return np.asarray(sensitivities @ np.diag(variances) @ sensitivities.T)
