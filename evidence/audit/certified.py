"""What a certificate says of an instrument, in a line: its class, its errors, its corrections.

A class is taken from the valid certificate and never from the name-plate: that is the rule of the
ledger of instruments (GB 17167). A calibration states no class; its largest error stands there,
with U.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from calibration.certificate import CalibrationCertificate, CalibrationResult, Point
from calibration.confirmation import MetrologicalConfirmation
from calibration.equation import MOST_DIGITS, equation
from calibration.setting import Setting
from calibration.unit_symbol import symbol, with_symbol
from evidence.audit.said import Said, counted, said

_NAMES: Final = {
    "relative_error": said("relative_error", "相对示值误差"),
    "value": said("value", "参考值"),
    "indication": said("indication", "示值"),
    "load": said("load", "负荷"),
}


class ErrorFound(msgspec.Struct, frozen=True, kw_only=True):
    """The point of a result with the largest deviation.

    Args:
        at: argument, in `argument_unit`.
        error: relative error, or reference value less indication in `unit`.
        expanded_uncertainty, coverage_factor: as printed for this point.
        unit: "1" of a relative error.
    """

    at: float
    argument_unit: str
    error: float
    expanded_uncertainty: float
    coverage_factor: float
    unit: str

    @property
    def text(self) -> str:
        """In a line: "max |E| 0.2 %, U = 0.04 % (k = 2)"."""
        scale, unit = (100.0, "%") if self.unit == "1" else (1.0, self.unit)
        error = with_symbol(f"{abs(self.error) * scale:.4g}", unit)
        U = with_symbol(f"{self.expanded_uncertainty * scale:.4g}", unit)
        return f"max |E| {error}, U = {U} (k = {self.coverage_factor:g})"


def largest_error(result: CalibrationResult | None) -> ErrorFound | None:
    """The largest deviation that a result states; None where it states no points."""
    if result is None or not result.points:
        return None
    worst = max(result.points, key=lambda each: abs(_deviation(result, each)))
    return ErrorFound(
        at=worst.at,
        argument_unit=result.argument_unit,
        error=_deviation(result, worst),
        expanded_uncertainty=worst.expanded_uncertainty,
        coverage_factor=worst.coverage_factor,
        unit="1" if result.result == "relative_error" else result.unit,
    )


def _deviation(result: CalibrationResult, point: Point) -> float:
    return point.value if result.result == "relative_error" else point.value - point.at


def accuracy_of(
    certificate: CalibrationCertificate | None, result: CalibrationResult | None
) -> str:
    """The accuracy class as the valid certificate states it; "" where there is none.

    Args:
        certificate: That is valid; None where none is.
        result: Of it, for the measurand.
    """
    if certificate is None:
        return ""
    if certificate.conformity is not None:
        return f"MPE ±{100.0 * certificate.conformity.mpe_relative:g} %"
    found = largest_error(result)
    return "" if found is None else found.text


def correction_of(
    confirmation: MetrologicalConfirmation | None,
    result: CalibrationResult | None,
    *,
    is_for_people: bool = False,
) -> Said:
    """Which function is applied to the indications, as a formula; "" for none.

    Args:
        confirmation: By which it is applied; None where none is.
        result: With the function, or points.
        is_for_people: With the digits that u allows, and a name in words; else with ten digits,
            and the name that the certificate's file has.
    """
    if confirmation is None or result is None:
        return said("", "")
    y, x = _NAMES[result.result], _NAMES[result.argument]
    name = y.en.replace("_", " ") if is_for_people else y.en
    if result.function is not None:
        right = equation(result.function, None if is_for_people else MOST_DIGITS)
        unit = symbol(result.argument_unit)
        return said(
            f"{name} = {right}, x = {x.en} in {unit}", f"{y.zh} = {right}，x = {x.zh} / {unit}"
        )
    count = len(result.points)
    if not count:
        return said("", "")
    return said(f"{name}: {counted(count, 'point', 'points')}", f"{y.zh}：{count} 个校准点")


def setting_texts(settings: Iterable[Setting]) -> tuple[str, ...]:
    """Settings in a line each: "stack_area = 19.6 m² (AREA)"."""
    return tuple(
        f"{each.setting} = {with_symbol(f'{each.after.value:g}', each.after.unit)} ({each.id})"
        for each in settings
    )
