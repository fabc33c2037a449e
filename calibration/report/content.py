"""What a certificate's page shows: points, curve, residuals, budget; as plain numbers (pure)."""

import math

import msgspec
import numpy as np

from calibration.certificate import CalibrationCertificate, CalibrationResult
from calibration.evaluation.evaluate import Evaluated, value_at
from calibration.function import Floats
from calibration.series import Series

_DRAWN = 121
"""Arguments at which a curve is drawn."""


class PointRow(msgspec.Struct, frozen=True, kw_only=True):
    """A calibrated point beside what the function says there.

    Args:
        residual: found less function; `by_u` divides it by the point's standard uncertainty,
            None where that is 0.
    """

    at: float
    value: float
    expanded_uncertainty: float
    coverage_factor: float
    function: float
    residual: float
    by_u: float | None


class BudgetRow(msgspec.Struct, frozen=True, kw_only=True):
    """An influence at an argument, and its share of the variance."""

    influence: str
    distribution: str
    evaluation: str
    degrees_of_freedom: float | None
    contribution: float
    share: float


class BudgetTable(msgspec.Struct, frozen=True, kw_only=True):
    """The influences at one argument."""

    evaluated: Evaluated
    rows: tuple[BudgetRow, ...]


class ResultContent(msgspec.Struct, frozen=True, kw_only=True):
    """What is shown of one result; no curve and no budgets where it states neither."""

    result: CalibrationResult
    points: tuple[PointRow, ...]
    curve: Series | None
    budgets: tuple[BudgetTable, ...]


def content_of(certificate: CalibrationCertificate) -> tuple[ResultContent, ...]:
    """What is shown of a certificate's results, in their order.

    Raises:
        CertificateError: points or a function cannot be used.
    """
    return tuple(_content(certificate, result) for result in certificate.results)


def _content(certificate: CalibrationCertificate, result: CalibrationResult) -> ResultContent:
    if result.function is None and not result.points:
        return ResultContent(result=result, points=(), curve=None, budgets=())
    low, high = result.measuring_interval
    return ResultContent(
        result=result,
        points=_points(certificate, result),
        curve=_curve(certificate, result, np.linspace(low, high, _DRAWN)),
        budgets=tuple(
            _budget(value_at(certificate, result, at)) for at in (low, (low + high) / 2.0, high)
        ),
    )


def _points(certificate: CalibrationCertificate, result: CalibrationResult) -> tuple[PointRow, ...]:
    rows = []
    for point in result.points:
        function = value_at(certificate, result, point.at).value
        u = point.expanded_uncertainty / point.coverage_factor
        residual = point.value - function
        row = PointRow(
            at=point.at,
            value=point.value,
            expanded_uncertainty=point.expanded_uncertainty,
            coverage_factor=point.coverage_factor,
            function=function,
            residual=residual,
            by_u=residual / u if u > 0.0 else None,
        )
        rows.append(row)
    return tuple(rows)


def _curve(certificate: CalibrationCertificate, result: CalibrationResult, at: Floats) -> Series:
    found = [value_at(certificate, result, each) for each in at.tolist()]
    return Series(
        at=tuple(at.tolist()),
        value=tuple(each.value for each in found),
        expanded_uncertainty=tuple(2.0 * each.standard_uncertainty for each in found),
    )


def _budget(evaluated: Evaluated) -> BudgetTable:
    variance = math.fsum(part.contribution**2 for part in evaluated.components)
    rows = [
        BudgetRow(
            influence=part.influence.id,
            distribution=part.influence.distribution.value,
            evaluation=part.influence.evaluation,
            degrees_of_freedom=part.influence.degrees_of_freedom,
            contribution=part.contribution,
            share=part.contribution**2 / variance,
        )
        for part in evaluated.components
    ]
    return BudgetTable(
        evaluated=evaluated,
        rows=tuple(sorted(rows, key=lambda row: -row.share)),
    )
