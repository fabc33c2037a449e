"""A certificate as a record tells it (pure)."""

import datetime as dt

from calibration.certificate import CalibrationCertificate, CalibrationResult
from calibration.laboratory import Laboratory, StandardUsed
from evidence.audit.certified import accuracy_of, largest_error
from evidence.statement.exports.pact import decimal
from evidence.statement.record.explained import Reason, explained
from evidence.statement.record.form_behind import (
    RecordCertificate,
    RecordLaboratory,
    RecordResult,
    RecordStandard,
)
from evidence.statement.record.known import Known, perhaps


def certificate_of(
    known: Known, cited: CalibrationCertificate, result: CalibrationResult | None
) -> RecordCertificate:
    """A certificate with its result for the measurand; "" there is null here."""
    verified = cited.conformity
    made = RecordCertificate(
        number=cited.id,
        kind=cited.kind,
        laboratory=_laboratory(cited.laboratory),
        standards=tuple(map(_standard, cited.standards)),
        performed_on=cited.performed_on.isoformat(),
        valid_until=_day(cited.valid_until),
        accuracy=accuracy_of(cited, result) or None,
        mpe_relative=None if verified is None else decimal(verified.mpe_relative, "mpe_relative"),
        conformity=None if verified is None else verified.statement,
        measuring_interval=_interval(result),
        argument_unit=None if result is None else result.argument_unit,
        result=_largest(result),
        sha256=known.material.papers.of(cited).sha256 or None,
        document_sha256=cited.document_sha256 or None,
    )
    own: Reason = "not on record" if cited.kind == "verification" else "not applicable"
    return explained(made, valid_until=own, mpe_relative=own, conformity=own)


def _laboratory(own: Laboratory) -> RecordLaboratory:
    return explained(
        RecordLaboratory(
            name=own.name,
            accreditation=own.accreditation or None,
            scope=own.scope or None,
            accredited_from=_day(own.accredited_from),
            accredited_until=_day(own.accredited_until),
        )
    )


def _standard(own: StandardUsed) -> RecordStandard:
    return explained(
        RecordStandard(
            influence=own.influence,
            certificate=own.certificate or None,
            relative_standard_uncertainty=perhaps(own.relative_standard_uncertainty, own.influence),
            valid_until=_day(own.valid_until),
        )
    )


def _interval(result: CalibrationResult | None) -> tuple[str, str] | None:
    if result is None:
        return None
    low, high = result.measuring_interval
    return decimal(low, "measuring_interval"), decimal(high, "measuring_interval")


def _largest(result: CalibrationResult | None) -> RecordResult | None:
    found = largest_error(result)
    if found is None:
        return None
    return RecordResult(
        at=decimal(found.at, "at"),
        argument_unit=found.argument_unit,
        error=decimal(found.error, "error"),
        expanded_uncertainty=decimal(found.expanded_uncertainty, "expanded_uncertainty"),
        coverage_factor=decimal(found.coverage_factor, "coverage_factor"),
        unit=found.unit,
    )


def _day(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()
