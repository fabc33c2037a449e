"""A factory's decision over a certificate: metrological confirmation."""

from datetime import date, datetime

import msgspec

from simulators.certificate import CalibrationCertificate, Confirmation, Decision
from simulators.laboratory import largest_relative_error


class Requirement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an instrument must keep, and what the factory assumes between calibrations.

    Attributes:
        text: the requirement in words, with its source.
        mpe_relative: maximum permissible error, relative, > 0.
        drift_per_year: relative standard uncertainty of drift in a year.
        temperature_per_K: relative standard uncertainty per kelvin.
        reference_Cel: temperature of the calibration.
        operating_Cel: temperature in use.
    """

    text: str
    mpe_relative: float
    drift_per_year: float = 0.0
    temperature_per_K: float = 0.0
    reference_Cel: float = 23.0
    operating_Cel: float = 23.0


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """From when a confirmation holds, until when, and why so long."""

    effective_from: datetime
    due_on: date
    due_reason: str
    recorded_at: datetime


def confirm(
    confirmation: str,
    certificate: CalibrationCertificate,
    requirement: Requirement,
    period: Period,
    confirmed_by: str,
) -> Confirmation:
    """The confirmation with id `confirmation`: simple acceptance of the errors found."""
    return Confirmation(
        id=confirmation,
        certificate=certificate.id,
        serial=certificate.instrument.serial,
        requirement=requirement.text,
        mpe_relative=requirement.mpe_relative,
        decision=_decision(certificate, requirement.mpe_relative),
        effective_from=period.effective_from,
        due_on=period.due_on,
        due_reason=period.due_reason,
        confirmed_by=confirmed_by,
        recorded_at=period.recorded_at,
        drift_per_year=requirement.drift_per_year,
        temperature_per_K=requirement.temperature_per_K,
        reference_Cel=requirement.reference_Cel,
        operating_Cel=requirement.operating_Cel,
    )


def _decision(certificate: CalibrationCertificate, mpe_relative: float) -> Decision:
    if certificate.conformity is not None and certificate.conformity.mpe_relative <= mpe_relative:
        return certificate.conformity.statement
    if not certificate.results:
        return "fail"
    largest = max(largest_relative_error(result) for result in certificate.results)
    return "pass" if largest <= mpe_relative else "fail"
