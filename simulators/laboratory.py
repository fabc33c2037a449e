"""A laboratory that calibrates a simulated instrument with a standard that is itself in error.

What is stated: the scatter, as the covariance of the fitted function with its degrees of
freedom, and beside it the standard's own uncertainty. What is true: every result of one
standard carries the same error of that standard, which was drawn once.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import msgspec
import numpy as np
from numpy.typing import NDArray

from evidence.errors import Words
from simulators.certificate import (
    CalibrationCertificate,
    CalibrationPoint,
    CalibrationResult,
    Conformity,
    FunctionForm,
    InstrumentIdentity,
    Laboratory,
    PiecewiseLinearFunction,
    PolynomialFunction,
    ResultKind,
    StandardUsed,
)
from simulators.errors import SimulationRangeError
from simulators.instrument import InstrumentTruth, load_error

Floats = NDArray[np.float64]
COVERAGE_FACTOR = 2.0
NEWTON_STEPS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """A reference standard: what its certificate states, and what is true of it.

    Attributes:
        influence: influence id that every result of this standard shares.
        certificate: the standard's own certificate.
        relative_standard_uncertainty: stated, relative to the reference value.
        relative_error: true (indicated - true)/true, drawn once; nobody knows it.
    """

    influence: str
    certificate: str
    relative_standard_uncertainty: float
    relative_error: float


class CalibrationOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be calibrated, and how.

    Attributes:
        points: values of the argument: loads for "relative_error", indications for "value".
        repeats: observations at each point.
        repeatability: standard deviation of one observation, in the unit of the result
            (1 for "relative_error").
        degree: of the polynomial; not used for "piecewise_linear".
    """

    certificate: str
    instrument: InstrumentIdentity
    kind_of_quantity: str
    unit: str
    argument_unit: str
    points: tuple[float, ...]
    repeats: int
    repeatability: float
    performed_on: date
    recorded_at: datetime
    result: ResultKind = "relative_error"
    form: FunctionForm = "polynomial"
    degree: int = 1
    condition: str = "as_left"


def draw_standard(
    influence: str, certificate: str, relative_standard_uncertainty: float, rng: np.random.Generator
) -> Standard:
    """A standard whose true error is drawn from the uncertainty that its certificate states."""
    return Standard(
        influence=influence,
        certificate=certificate,
        relative_standard_uncertainty=relative_standard_uncertainty,
        relative_error=relative_standard_uncertainty * float(rng.standard_normal()),
    )


def calibrate(
    order: CalibrationOrder,
    truth: InstrumentTruth,
    standard: Standard,
    laboratory: Laboratory,
    rng: np.random.Generator,
) -> CalibrationCertificate:
    """The certificate of a calibration under reference conditions.

    Raises:
        SimulationRangeError: too few points or repeats for the function, or an indication that
            the instrument cannot show.
    """
    _check_order(order)
    observed = observe(order, truth, standard, rng)
    return CalibrationCertificate(
        id=order.certificate,
        kind="calibration",
        performed_on=order.performed_on,
        recorded_at=order.recorded_at,
        instrument=order.instrument,
        laboratory=laboratory,
        standards=(_used(standard),),
        results=(_result(order, observed, standard),),
    )


def verify(
    order: CalibrationOrder,
    truth: InstrumentTruth,
    standard: Standard,
    laboratory: Laboratory,
    mpe_relative: float,
    rng: np.random.Generator,
) -> CalibrationCertificate:
    """The certificate of a verification (检定): pass or fail, no figures."""
    calibrated = calibrate(order, truth, standard, laboratory, rng)
    largest = largest_relative_error(calibrated.results[0])
    return msgspec.structs.replace(
        calibrated,
        kind="verification",
        results=(),
        conformity=Conformity(
            mpe_relative=mpe_relative, statement="pass" if largest <= mpe_relative else "fail"
        ),
    )


def largest_relative_error(result: CalibrationResult) -> float:
    """The largest absolute relative error among the points found."""
    if result.result == "relative_error":
        return max(abs(point.value) for point in result.points)
    return max(abs(point.at / point.value - 1) for point in result.points)


def observe(
    order: CalibrationOrder, truth: InstrumentTruth, standard: Standard, rng: np.random.Generator
) -> Floats:
    """Observations, one row a point and one column a repeat, scatter included."""
    if order.result == "relative_error":
        found = [_found_error(truth, standard, at) for at in order.points]
    else:
        found = [_found_reference(truth, standard, at) for at in order.points]
    scatter = rng.standard_normal((len(order.points), order.repeats)) * order.repeatability
    observed: Floats = np.asarray(found, dtype=np.float64)[:, None] + scatter
    return observed


def _found_error(truth: InstrumentTruth, standard: Standard, shown_load: float) -> float:
    load = shown_load / (1 + standard.relative_error)
    return truth.gain * (1 + load_error(truth, load)) / (1 + standard.relative_error) - 1


def _found_reference(truth: InstrumentTruth, standard: Standard, indication: float) -> float:
    return _true_rate(truth, indication) * (1 + standard.relative_error)


def _true_rate(truth: InstrumentTruth, indication: float) -> float:
    """The rate at which the instrument, without noise, shows `indication`; by fixed point."""
    rate = indication
    for _ in range(NEWTON_STEPS):
        shown_per_rate = truth.gain * (1 + load_error(truth, rate))
        if shown_per_rate <= 0:
            break
        nearer = (indication - truth.offset) / shown_per_rate
        if math.isclose(nearer, rate, rel_tol=1e-15, abs_tol=1e-300):
            return nearer
        rate = nearer
    raise SimulationRangeError(
        "calibration",
        name="points",
        value=indication,
        limit=Words("an indication the instrument can show", "仪表可显示的示值"),
    )


def _result(order: CalibrationOrder, observed: Floats, standard: Standard) -> CalibrationResult:
    if order.form == "polynomial":
        function: PolynomialFunction | PiecewiseLinearFunction
        function = fit_polynomial(order.points, observed, order.degree)
    else:
        function = join_means(order.points, observed)
    return CalibrationResult(
        kind_of_quantity=order.kind_of_quantity,
        unit=order.unit,
        result=order.result,
        argument_unit=order.argument_unit,
        condition=order.condition,
        measuring_interval=(min(order.points), max(order.points)),
        points=_points(order, observed, standard),
        function=function,
    )


def fit_polynomial(points: Sequence[float], observed: Floats, degree: int) -> PolynomialFunction:
    """Ordinary least squares on all observations, centred; QR of the scaled design.

    `observed` has one row a point; the covariance is the residual variance times (X'X)^-1 with
    n - p degrees of freedom, p = degree + 1.
    """
    repeats = observed.shape[1]
    centre = math.fsum(points) / len(points)
    scale = max(abs(point - centre) for point in points) or 1.0
    x = np.repeat((np.asarray(points, dtype=np.float64) - centre) / scale, repeats)
    q, r = np.linalg.qr(np.vander(x, degree + 1, increasing=True))
    scaled = np.linalg.solve(r, q.T @ observed.ravel())
    residuals = observed.ravel() - q @ (r @ scaled)
    degrees_of_freedom = observed.size - degree - 1
    inverse = np.linalg.inv(r) / scale ** np.arange(degree + 1)[:, None]
    covariance = inverse @ inverse.T * (residuals @ residuals / degrees_of_freedom)
    return PolynomialFunction(
        centre=centre,
        coefficients=tuple((scaled / scale ** np.arange(degree + 1)).tolist()),
        covariance=_symmetric(covariance),
        degrees_of_freedom=float(degrees_of_freedom),
    )


def join_means(points: Sequence[float], observed: Floats) -> PiecewiseLinearFunction:
    """Straight lines through the means, with the scatter pooled over all points."""
    n_points, repeats = observed.shape
    degrees_of_freedom = n_points * (repeats - 1)
    means = observed.mean(axis=1)
    pooled = float(((observed - means[:, None]) ** 2).sum()) / degrees_of_freedom
    return PiecewiseLinearFunction(
        knots=tuple(points),
        coefficients=tuple(means.tolist()),
        covariance=_symmetric(np.eye(n_points) * (pooled / repeats)),
        degrees_of_freedom=float(degrees_of_freedom),
    )


def _symmetric(matrix: Floats) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(row) for row in ((matrix + matrix.T) / 2).tolist())


def _points(
    order: CalibrationOrder, observed: Floats, standard: Standard
) -> tuple[CalibrationPoint, ...]:
    scatter = join_means(order.points, observed)
    points = []
    for index, at in enumerate(order.points):
        value = scatter.coefficients[index]
        scale = 1 + value if order.result == "relative_error" else value
        shared = scale * standard.relative_standard_uncertainty
        standard_uncertainty = math.hypot(math.sqrt(scatter.covariance[index][index]), shared)
        points.append(
            CalibrationPoint(
                at=at,
                value=value,
                expanded_uncertainty=COVERAGE_FACTOR * standard_uncertainty,
                coverage_factor=COVERAGE_FACTOR,
            )
        )
    return tuple(points)


def _used(standard: Standard) -> StandardUsed:
    return StandardUsed(
        influence=standard.influence,
        certificate=standard.certificate,
        relative_standard_uncertainty=standard.relative_standard_uncertainty,
    )


def _check_order(order: CalibrationOrder) -> None:
    rising = all(low < high for low, high in zip(order.points, order.points[1:], strict=False))
    needed = order.degree + 1 if order.form == "polynomial" else 2
    if not rising or len(order.points) < needed:
        limit = f"at least {needed} rising values"
        raise SimulationRangeError(
            order.certificate, name="points", value=list(order.points), limit=limit
        )
    if order.repeats < 2 or order.repeatability < 0:
        value = f"{order.repeats} repeats, repeatability {order.repeatability}"
        raise SimulationRangeError(
            order.certificate, name="repeats", value=value, limit=">= 2, repeatability >= 0"
        )
