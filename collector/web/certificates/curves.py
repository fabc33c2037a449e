"""A certificate's results as they are shown: scaled numbers, conformity, budgets. Pure."""

from dataclasses import dataclass

import msgspec

from calibration.certificate import CalibrationCertificate, CalibrationResult
from calibration.confirmation import MetrologicalConfirmation
from calibration.conformity.guard import GuardBand
from calibration.report.content import BudgetTable, ResultContent, content_of
from collector.web.certificates.conforming import (
    ConformityLine,
    can_be_weighed,
    conformity_lines,
    limit_of,
)

PERCENT = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """What is drawn of a result, in `unit`.

    Attributes:
        is_deviation: Whether the values are errors of indication.
        curve: (argument, value, U with k = 2) along the function.
        points: (argument, value, U) as printed.
        limits: (argument, half width) along the function; none without a limit.
        acceptance: (argument, half width) at the points, where the guarded rule accepts.
    """

    is_deviation: bool
    unit: str
    argument_unit: str
    curve: tuple[tuple[float, float, float], ...]
    points: tuple[tuple[float, float, float], ...]
    limits: tuple[tuple[float, float], ...]
    acceptance: tuple[tuple[float, float], ...]
    residuals: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultView:
    """A result as it is shown.

    Attributes:
        scale, unit: By what numbers are multiplied to be in the unit that is shown: 100 and "%"
            for relative errors.
        content: Points beside the function, budgets; not scaled.
        conformity: Points against the limit; none without one.
        fitted_by: Whose function is shown in place of the certificate's; "" for its own.
    """

    scale: float
    unit: str
    content: ResultContent
    conformity: tuple[ConformityLine, ...]
    plot: Plot | None
    fitted_by: str

    @property
    def result(self) -> CalibrationResult:
        """The result itself."""
        return self.content.result

    @property
    def budgets(self) -> tuple[BudgetTable, ...]:
        """At the lowest, the middle and the highest argument; the middle one first."""
        found = self.content.budgets
        return (found[1], found[0], found[2]) if len(found) == 3 else found

    def shown(self, number: float) -> float:
        """A number of the result in the unit that is shown."""
        return self.scale * number


def result_views(
    certificate: CalibrationCertificate,
    confirmation: MetrologicalConfirmation | None,
    mpe: float | None,
    guard: GuardBand,
) -> tuple[ResultView, ...]:
    """What is shown of each result, in their order.

    Args:
        certificate: That is shown.
        confirmation: Whose functions are applied; None for the certificate's own.
        mpe: Relative; None where no limit is known.
        guard: Of the guarded rule.

    Raises:
        CertificateError: points or a function cannot be used.
    """
    applied, fitted = _applied(certificate, confirmation)
    return tuple(
        _view(content, name, mpe, guard)
        for content, name in zip(content_of(applied), fitted, strict=True)
    )


def _applied(
    certificate: CalibrationCertificate, confirmation: MetrologicalConfirmation | None
) -> tuple[CalibrationCertificate, list[str]]:
    """The certificate with the functions that a confirmation applies, and who fitted them."""
    functions = () if confirmation is None else confirmation.functions
    results: list[CalibrationResult] = []
    fitted: list[str] = []
    for result in certificate.results:
        own = [
            each.function
            for each in functions
            if (each.kind_of_quantity, each.channel) == (result.kind_of_quantity, result.channel)
            and result.condition == "as_left"
        ]
        results.append(msgspec.structs.replace(result, function=own[0]) if own else result)
        fitted.append(confirmation.fitted_by if own and confirmation is not None else "")
    return msgspec.structs.replace(certificate, results=tuple(results)), fitted


def _view(
    content: ResultContent, fitted_by: str, mpe: float | None, guard: GuardBand
) -> ResultView:
    result = content.result
    limit = mpe if mpe and can_be_weighed(result) else None
    lines = () if limit is None else conformity_lines(result, limit, guard)
    scale = scale_of(result)
    return ResultView(
        scale=scale,
        unit=unit_of(result),
        content=content,
        conformity=lines,
        plot=_plot(content, scale, limit, lines),
        fitted_by=fitted_by,
    )


def scale_of(result: CalibrationResult) -> float:
    """By what a result's numbers are multiplied to be shown."""
    return PERCENT if result.result == "relative_error" else 1.0


def unit_of(result: CalibrationResult) -> str:
    """The unit that a result is shown in."""
    return "%" if result.result == "relative_error" else result.unit


def _plot(
    content: ResultContent, scale: float, mpe: float | None, lines: tuple[ConformityLine, ...]
) -> Plot | None:
    result, curve = content.result, content.curve
    if curve is None:
        return None
    rows = list(zip(curve.at, curve.value, curve.expanded_uncertainty, strict=True))
    return Plot(
        is_deviation=can_be_weighed(result),
        unit=unit_of(result),
        argument_unit=result.argument_unit,
        curve=tuple((at, drawn(result, at, value), scale * U) for at, value, U in rows),
        points=tuple(
            (each.at, drawn(result, each.at, each.value), scale * each.expanded_uncertainty)
            for each in content.points
        ),
        limits=()
        if mpe is None
        else tuple((at, scale * limit_of(result, value, mpe)) for at, value, _ in rows),
        acceptance=tuple(
            (each.at, scale * each.acceptance) for each in lines if each.acceptance is not None
        ),
        residuals=tuple(
            (each.at, each.by_u)
            for each in content.points
            if each.by_u is not None and result.function is not None
        ),
    )


def drawn(result: CalibrationResult, at: float, value: float) -> float:
    """The error of indication where there is one, else the value, as it is shown."""
    if result.result == "relative_error":
        return PERCENT * value
    return at - value if can_be_weighed(result) else value
