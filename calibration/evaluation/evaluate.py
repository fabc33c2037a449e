"""What a certificate says at an argument, and backwards, with every influence."""

import math
from collections.abc import Sequence

import msgspec
import numpy as np

from calibration.basis import standards_of
from calibration.certificate import CalibrationCertificate, CalibrationResult
from calibration.coverage import ExpandedUncertainty, expand
from calibration.errors import CertificateError, NotFiniteError, Words
from calibration.fit.inverse import invert
from calibration.function import CalibrationFunction
from calibration.measurand import KindOfQuantity
from calibration.register import result_of
from calibration.through import function_of, prolonged
from calibration.uncertainty import UncertaintyComponent, combine, scaled


class Evaluated(msgspec.Struct, frozen=True, kw_only=True):
    """A number read from a certificate.

    Args:
        certificate, kind_of_quantity, result, condition: what it was read from.
        argument: in `argument_unit`.
        value: at it: a relative error (a ratio), or the reference value in `unit`.
        components: of the number that was sought: of the value, or of the argument.
        standard_uncertainty, expanded: of it.
        is_inside: whether the argument lies in the measuring interval.
        covariance_assumed: the certificate states points with U only; between and along them
            all deviations are taken as common.
    """

    certificate: str
    kind_of_quantity: KindOfQuantity
    result: str
    condition: str
    argument: float
    argument_unit: str
    value: float
    unit: str
    components: tuple[UncertaintyComponent, ...]
    standard_uncertainty: float
    expanded: ExpandedUncertainty
    is_inside: bool
    covariance_assumed: bool


def chosen(
    certificate: CalibrationCertificate,
    kind: str | None = None,
    channel: str = "",
    condition: str = "as_left",
) -> CalibrationResult:
    """The result that is meant: the only one with a function or points, or the one asked for.

    Raises:
        CertificateError: there is none, or there are several and none was asked for.
    """
    curves = [each for each in certificate.results if each.function is not None or each.points]
    kinds = {each.kind_of_quantity for each in curves}
    if kind is None and len(kinds) == 1:
        kind = next(iter(kinds))
    found = None
    if kind in set(KindOfQuantity):
        found = result_of(certificate, KindOfQuantity(kind), channel, condition)
    if found is None or found not in curves:
        told = ", ".join(
            f"{each.kind_of_quantity} {each.condition} {each.channel}".strip() for each in curves
        )
        wanted = " ".join(filter(None, (kind, condition, channel)))
        raise CertificateError(
            f"certificate {certificate.id}",
            what=Words(f"no result is '{wanted}'", f"没有结果 '{wanted}'"),
            remedy=Words(
                f"choose one of: {told or 'none has points or a function'}",
                f"请从以下选择：{told or '没有含校准点或函数的结果'}",
            ),
        )
    return found


def value_at(
    certificate: CalibrationCertificate, result: CalibrationResult, argument: float
) -> Evaluated:
    """What the certificate says at an argument.

    Args:
        certificate: that states it.
        result: one of its results.
        argument: in the result's argument unit; finite.

    Raises:
        NotFiniteError: the argument is none.
        CertificateError: the result's points or function cannot be used.
    """
    _require_finite("at", argument)
    function = applied_function(certificate, result)
    with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is refused by name
        value = float(function.value(np.array([argument]))[0])
        parts = _components(certificate, result, function, argument)
    return _evaluated(certificate, result, (argument, value), parts)


def argument_of(
    certificate: CalibrationCertificate, result: CalibrationResult, value: float
) -> Evaluated:
    """The argument at which the certificate's function has a value.

    The components are those of the argument: -1/f' times those of the value.

    Args:
        certificate: that states the function.
        result: one of its results.
        value: a relative error, or in the result's unit; finite.

    Raises:
        NotFiniteError: the value is none.
        NotMonotonicError, NotReachedError: it has no argument, or several.
        CertificateError: the result's points or function cannot be used.
    """
    _require_finite("inverse", value)
    function = applied_function(certificate, result)
    with np.errstate(over="ignore", invalid="ignore"):
        argument = invert(function, value).value
        slope = float(function.sensitivity(np.array([argument]))[0])
        parts = scaled(_components(certificate, result, function, argument), -1.0 / slope)
    return _evaluated(certificate, result, (argument, value), parts)


def applied_function(
    certificate: CalibrationCertificate, result: CalibrationResult
) -> CalibrationFunction:
    """The function that a result is read by; beyond its points a value goes on along a line.

    Raises:
        CertificateError: the result's points or function cannot be used.
    """
    function = function_of(certificate, result)
    if result.result == "value" and function.form == "piecewise_linear":
        return msgspec.structs.replace(
            prolonged(function), measuring_interval=function.measuring_interval
        )
    return function


def _components(
    certificate: CalibrationCertificate,
    result: CalibrationResult,
    function: CalibrationFunction,
    argument: float,
) -> tuple[UncertaintyComponent, ...]:
    value = float(function.value(np.array([argument]))[0])
    scale = 1.0 if result.result == "relative_error" else value
    return (
        *function.components(argument, certificate.id),
        *(
            UncertaintyComponent(influence=share.influence, contribution=share.relative * scale)
            for share in standards_of(certificate)
        ),
    )


def _evaluated(
    certificate: CalibrationCertificate,
    result: CalibrationResult,
    found: tuple[float, float],
    parts: Sequence[UncertaintyComponent],
) -> Evaluated:
    argument, value = found
    _require_finite("value", value)
    low, high = result.measuring_interval
    acting = tuple(part for part in parts if part.contribution != 0.0)
    return Evaluated(
        certificate=certificate.id,
        kind_of_quantity=result.kind_of_quantity,
        result=result.result,
        condition=result.condition,
        argument=argument,
        argument_unit=result.argument_unit,
        value=value,
        unit="1" if result.result == "relative_error" else result.unit,
        components=acting,
        standard_uncertainty=combine(acting),
        expanded=expand(acting),
        is_inside=low <= argument <= high,
        covariance_assumed=result.function is None,
    )


def _require_finite(name: str, value: float) -> None:
    if not math.isfinite(value):
        raise NotFiniteError(f"--{name}", name=name, value=value)
