"""The function that a result stands for: as it is stated, or through its points."""

import math

import msgspec
import numpy as np

from calibration.certificate import CalibrationCertificate, CalibrationResult, Point
from calibration.distribution import from_expanded
from calibration.function import CalibrationFunction

_REACH = 100.0  # of a function's span: how far its end pieces are prolonged


def function_of(
    certificate: CalibrationCertificate, result: CalibrationResult
) -> CalibrationFunction:
    """A result's function, or the one through its points (`function_through`).

    Raises:
        CertificateError: there are neither, or they cannot be used.
    """
    if result.function is not None:
        return result.function
    return function_through(result, _stated_share(certificate))


def function_through(
    result: CalibrationResult, standards_share_relative: float
) -> CalibrationFunction:
    """Interpolation through points with U only: deviation and u interpolated, r = +1.

    The covariance of the points is u u^T, so that along the curve all deviate together.
    A share of the standards that is stated elsewhere is taken out of u, not counted twice.
    """
    u = np.array([_own_u(point, result, standards_share_relative) for point in result.points])
    if len(result.points) == 1:
        return _through_one(result, float(u[0]))
    return CalibrationFunction(
        form="piecewise_linear",
        knots=tuple(point.at for point in result.points),
        coefficients=tuple(point.value for point in result.points),
        covariance=tuple(tuple(row) for row in np.outer(u, u).tolist()),
        measuring_interval=result.measuring_interval,
    )


def prolonged(function: CalibrationFunction) -> CalibrationFunction:
    """The function with its end pieces carried on, and the ends' deviations with them.

    Beyond its knots a piecewise linear function holds its end value. For a relative error
    that is meant; for a value it would cap whatever the instrument shows.
    """
    values, last = function.coefficients, len(function.coefficients) - 1
    reach = _REACH * (function.knots[-1] - function.knots[0])
    ends = values[0] - function.slopes[0] * reach, values[-1] + function.slopes[-1] * reach
    picked = [0, *range(last + 1), last]
    covariance = np.array(function.covariance)[np.ix_(picked, picked)]
    return msgspec.structs.replace(
        function,
        knots=(function.knots[0] - reach, *function.knots, function.knots[-1] + reach),
        coefficients=(float(ends[0]), *values, float(ends[1])),
        covariance=tuple(tuple(row) for row in covariance.tolist()),
    )


def _through_one(result: CalibrationResult, u: float) -> CalibrationFunction:
    """One point: its correction holds everywhere."""
    (point,) = result.points
    if result.result == "relative_error":
        coefficients, covariance = (point.value,), ((u * u,),)
        return CalibrationFunction(
            form="polynomial",
            coefficients=coefficients,
            covariance=covariance,
            measuring_interval=result.measuring_interval,
        )
    return CalibrationFunction(
        form="polynomial",
        coefficients=(point.value - point.at, 1.0),
        covariance=((u * u, 0.0), (0.0, 0.0)),
        measuring_interval=result.measuring_interval,
    )


def _own_u(point: Point, result: CalibrationResult, share_relative: float) -> float:
    """Standard uncertainty of a point without the standards' stated share."""
    u = from_expanded(point.expanded_uncertainty, point.coverage_factor)
    scale = 1.0 if result.result == "relative_error" else abs(point.value)
    return math.sqrt(max(u * u - (share_relative * scale) ** 2, 0.0))


def _stated_share(certificate: CalibrationCertificate) -> float:
    shares = (each.relative_standard_uncertainty for each in certificate.standards)
    return math.sqrt(math.fsum(share**2 for share in shares if share is not None))
