"""Certificates of the standards themselves, up to a national standard; all of it simulated (pure).

The reference standard is verified (检定) against the national standard, whose certificate names
nothing above it: there the chain ends.
"""

from datetime import UTC, date, datetime, time, timedelta

from simulators.certificate import (
    CalibrationCertificate,
    CertificateKind,
    Conformity,
    InstrumentIdentity,
    Laboratory,
    StandardUsed,
)
from simulators.issue import issue
from simulators.laboratory_form import InstituteForm, NationalForm, StandardForm, TracedForm
from simulators.scenario import Scenario

MAKER = "Simulated"


def standard_documents(scenario: Scenario) -> dict[str, str]:
    """The certificates of the standards that a scenario traces, as TOML by file name."""
    found = [
        certificate
        for form in scenario.standards
        if form.traced is not None
        for certificate in _certificates(scenario.institute, form, form.traced)
    ]
    return {f"{each.id}.toml": issue(each) for each in found}


def _certificates(
    institute: InstituteForm, form: StandardForm, traced: TracedForm
) -> tuple[CalibrationCertificate, CalibrationCertificate]:
    national = traced.national
    used = StandardUsed(
        influence=f"std:{institute.id}/{national.id}",
        certificate=national.id,
        relative_standard_uncertainty=national.relative_standard_uncertainty,
    )
    conformity = Conformity(mpe_relative=traced.mpe_relative, statement="pass")
    return (
        _certificate(institute, form.id, traced, "verification", (used,), conformity),
        _certificate(institute, national.id, national, "calibration"),
    )


def _certificate(
    institute: InstituteForm,
    name: str,
    form: TracedForm | NationalForm,
    kind: CertificateKind,
    standards: tuple[StandardUsed, ...] = (),
    conformity: Conformity | None = None,
) -> CalibrationCertificate:
    return CalibrationCertificate(
        id=name,
        kind=kind,
        performed_on=form.performed_on,
        recorded_at=_next_day(form.performed_on),
        valid_until=form.valid_until,
        instrument=InstrumentIdentity(maker=MAKER, model=form.model, serial=name),
        laboratory=Laboratory(
            name=institute.name, accreditation=institute.accreditation, scope=institute.scope
        ),
        standards=standards,
        conformity=conformity,
    )


def _next_day(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(0), UTC)
