"""On what an uncertainty rests: the ladder from a full certificate down to nothing.

Coefficients with covariance are taken as they are; points with U only are interpolated
with r = +1 along the curve and marked; a verification gives MPE/sqrt(3), shared by all
readings of the instrument; the name-plate class likewise; what a person states of an amount that
was entered has nothing behind it here but its source; with none of these the uncertainty is
unknown, which is never zero.
"""

import datetime as dt
from enum import StrEnum

import msgspec

from calibration.certificate import CalibrationCertificate, CalibrationResult
from calibration.confirmation import DeclaredInfluence, MetrologicalConfirmation
from calibration.distribution import Distribution, from_half_width
from calibration.errors import CertificateError, Words
from calibration.function import CalibrationFunction
from calibration.register import InForce, NotConfirmed
from calibration.through import function_of, prolonged
from calibration.uncertainty import Influence, name_of

NS_PER_YEAR = 365.25 * 86_400 * 1_000_000_000


class UncertaintyBasis(StrEnum):
    """What stands behind a stated uncertainty (u_basis); a closed vocabulary."""

    CALIBRATION = "calibration"
    COVARIANCE_ASSUMED = "covariance_assumed"
    VERIFICATION = "verification"
    NAMEPLATE = "nameplate"
    STATED = "stated"
    UNKNOWN = "unknown"


WEAKEST_FIRST = (
    UncertaintyBasis.UNKNOWN,
    UncertaintyBasis.STATED,
    UncertaintyBasis.NAMEPLATE,
    UncertaintyBasis.VERIFICATION,
    UncertaintyBasis.COVARIANCE_ASSUMED,
    UncertaintyBasis.CALIBRATION,
)


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """How an influence acts on a result y: contribution = y*(relative + per_ns*age) + absolute.

    `age` is the time since calibration in ns; `absolute` is in the unit of the result.
    """

    influence: Influence
    relative: float = 0.0
    per_ns: float = 0.0
    absolute: float = 0.0


class InstrumentCalibration(msgspec.Struct, frozen=True, kw_only=True):
    """All that is applied to the indications of one instrument for one measurand.

    Args:
        basis: where on the ladder this stands.
        function: to apply; None leaves the indication as it is.
        result: of `CalibrationResult`; the function itself is the certificate's.
        shares: influences beside the function's own.
        calibrated_ns: the instant from which drift counts.
        repeatability: standard uncertainty of one indication, new each time.
        due_ns: first instant at which the confirmation is overdue.
        unstated_standards: influence ids of standards that the certificate names without
            their share; it is somewhere in the function's own uncertainty.
    """

    basis: UncertaintyBasis
    serial: str
    certificate: str = ""
    confirmation: str = ""
    function: CalibrationFunction | None = None
    result: CalibrationResult | None = None
    shares: tuple[Share, ...] = ()
    calibrated_ns: int = 0
    repeatability: float = 0.0
    due_ns: int | None = None
    unstated_standards: tuple[str, ...] = ()


def calibration_of(
    found: InForce | NotConfirmed, nameplate_mpe_relative: float | None
) -> InstrumentCalibration:
    """What is applied to an instrument, by the best rung of the ladder it reaches.

    Args:
        found: what the register has in force.
        nameplate_mpe_relative: maximum permissible error of the name-plate's class,
            relative to the value; None when there is no class.

    Raises:
        CertificateError: the certificate's points or function cannot be used.
    """
    if isinstance(found, NotConfirmed):
        return _from_nameplate(found.serial, nameplate_mpe_relative)
    result = found.result
    if result is not None and (result.function is not None or result.points):
        return _from_certificate(found.confirmation, found.certificate, result)
    if found.certificate.conformity is not None:
        return _from_verification(found.confirmation, found.certificate)
    return _from_nameplate(found.confirmation.serial, nameplate_mpe_relative)


def _from_nameplate(serial: str, mpe_relative: float | None) -> InstrumentCalibration:
    if mpe_relative is None:
        return InstrumentCalibration(basis=UncertaintyBasis.UNKNOWN, serial=serial)
    return InstrumentCalibration(
        basis=UncertaintyBasis.NAMEPLATE,
        serial=serial,
        shares=(_class_share(serial, mpe_relative),),
    )


def _from_verification(
    confirmation: MetrologicalConfirmation, certificate: CalibrationCertificate
) -> InstrumentCalibration:
    conformity = certificate.conformity
    if conformity is None or conformity.statement == "fail":
        raise CertificateError(
            f"certificate {certificate.id}",
            what=Words(
                "the verification did not pass, so its limits say nothing about the readings",
                "检定不合格，其限值不能说明读数",
            ),
            remedy=Words(
                "confirm the instrument with a certificate that passed",
                "请用合格的证书对该器具进行计量确认",
            ),
        )
    return InstrumentCalibration(
        basis=UncertaintyBasis.VERIFICATION,
        serial=confirmation.serial,
        certificate=certificate.id,
        confirmation=confirmation.id,
        shares=(
            _class_share(confirmation.serial, conformity.mpe_relative),
            *_declared(confirmation),
        ),
        calibrated_ns=_midnight_ns(certificate.performed_on),
        due_ns=_overdue_ns(confirmation),
    )


def _from_certificate(
    confirmation: MetrologicalConfirmation,
    certificate: CalibrationCertificate,
    result: CalibrationResult,
) -> InstrumentCalibration:
    stated = result.function is not None
    function = function_of(certificate, result)
    if result.result == "value" and function.form == "piecewise_linear":
        function = prolonged(function)
    return InstrumentCalibration(
        basis=UncertaintyBasis.CALIBRATION if stated else UncertaintyBasis.COVARIANCE_ASSUMED,
        serial=confirmation.serial,
        certificate=certificate.id,
        confirmation=confirmation.id,
        function=function,
        result=result,
        shares=(*standards_of(certificate), *_declared(confirmation)),
        calibrated_ns=_midnight_ns(certificate.performed_on),
        repeatability=result.repeatability,
        due_ns=_overdue_ns(confirmation),
        unstated_standards=tuple(
            each.influence
            for each in certificate.standards
            if each.relative_standard_uncertainty is None
        ),
    )


def standards_of(certificate: CalibrationCertificate) -> tuple[Share, ...]:
    """The standards whose share the certificate states."""
    return tuple(
        Share(
            influence=Influence(id=each.influence, degrees_of_freedom=each.degrees_of_freedom),
            relative=each.relative_standard_uncertainty,
        )
        for each in certificate.standards
        if each.relative_standard_uncertainty is not None
    )


def _declared(confirmation: MetrologicalConfirmation) -> tuple[Share, ...]:
    shares = [_declared_share(each) for each in confirmation.influences]
    serial = name_of(confirmation.serial)
    if confirmation.drift is not None:
        per_ns = confirmation.drift.relative_standard_uncertainty_per_year / NS_PER_YEAR
        shares.append(Share(influence=Influence(id=f"inst:{serial}/drift"), per_ns=per_ns))
    if confirmation.temperature is not None:
        declared = confirmation.temperature
        span_K = declared.operating_Cel - declared.reference_Cel
        relative = declared.relative_standard_uncertainty_per_K * span_K
        shares.append(
            Share(influence=Influence(id=f"inst:{serial}/temperature"), relative=relative)
        )
    return tuple(shares)


def _declared_share(declared: DeclaredInfluence) -> Share:
    return Share(
        influence=declared.influence(),
        relative=declared.relative_standard_uncertainty,
        absolute=declared.standard_uncertainty,
    )


def _class_share(serial: str, mpe_relative: float) -> Share:
    """MPE/sqrt(3), one deviation of the instrument: a renewed verification does not average it."""
    return Share(
        influence=Influence(
            id=f"inst:{name_of(serial)}/class", distribution=Distribution.RECTANGULAR
        ),
        relative=from_half_width(mpe_relative, Distribution.RECTANGULAR),
    )


def _midnight_ns(day: dt.date) -> int:
    instant = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
    return int(instant.timestamp()) * 1_000_000_000


def _overdue_ns(confirmation: MetrologicalConfirmation) -> int:
    return _midnight_ns(confirmation.due_on + dt.timedelta(days=1))
