"""What a certificate's page shows: points, curve, residuals, budget; as plain numbers (pure)."""

from collections.abc import Sequence

import msgspec
import numpy as np

from calibration.basis import standards_of
from calibration.certificate import CalibrationCertificate, CalibrationResult
from calibration.evaluation.evaluate import Evaluated, applied_function, value_at
from calibration.function import Floats
from calibration.inputs import (
    RELATIVE,
    InputKind,
    InputQuantity,
    of_function,
    of_shares,
    unstated,
    variance_of,
)
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
    """An input quantity at an argument, and its share of the variance; None where nobody says."""

    quantity: InputQuantity
    share: float | None


class BudgetTable(msgspec.Struct, frozen=True, kw_only=True):
    """The input quantities at one argument, the largest first."""

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
        budgets=tuple(_budget(certificate, result, at) for at in (low, (low + high) / 2.0, high)),
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


def _budget(
    certificate: CalibrationCertificate, result: CalibrationResult, argument: float
) -> BudgetTable:
    evaluated = value_at(certificate, result, argument)
    rows = _inputs(certificate, result, evaluated)
    return BudgetTable(evaluated=evaluated, rows=shared_out(rows))


def _inputs(
    certificate: CalibrationCertificate, result: CalibrationResult, evaluated: Evaluated
) -> list[InputQuantity]:
    is_relative, unnamed = result.result == "relative_error", certificate.standards
    units = RELATIVE if is_relative else evaluated.unit, result.argument_unit
    scale = 1.0 if is_relative else evaluated.value
    function = applied_function(certificate, result)
    return [
        *of_function(function, certificate.id, evaluated.argument, units),
        *of_shares(standards_of(certificate), scale, evaluated.unit),
        *unstated(each.influence for each in unnamed if each.relative_standard_uncertainty is None),
    ]


def shared_out(rows: Sequence[InputQuantity]) -> tuple[BudgetRow, ...]:
    """Input quantities with their shares of the variance: the largest first, sums at the end."""
    whole = variance_of(rows)
    made = [BudgetRow(quantity=each, share=_share(each.variance, whole)) for each in rows]
    return tuple(sorted(made, key=_order))


def _share(variance: float | None, whole: float) -> float | None:
    return None if variance is None or whole <= 0.0 else variance / whole


def _order(row: BudgetRow) -> tuple[bool, bool, float]:
    kind = row.quantity.kind
    is_late = kind in (InputKind.CORRELATIONS, InputKind.UNSTATED)
    return is_late, kind == InputKind.UNSTATED, -(row.share or 0.0)
