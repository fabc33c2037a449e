"""The ledger of instruments (计量器具台账): a row for each that ever stood at a channel (pure)."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from calibration.certificate import CalibrationCertificate, CalibrationResult
from calibration.event import CalibrationEvent
from calibration.register import CalibrationRegister, result_of
from calibration.setting import Setting
from calibration.settings import SettingInForce, settings_in_force
from evidence.audit.bearing import Bearing
from evidence.audit.certified import (
    ErrorFound,
    accuracy_of,
    correction_of,
    largest_error,
    setting_texts,
)
from evidence.audit.papers import Papers
from evidence.audit.said import Pointer, Said
from evidence.audit.status import Standing, Status, standing_on
from evidence.audit.stood import KnownBy, Stood, instant_of, ns_of
from evidence.clock import utc_text


class InstrumentRow(msgspec.Struct, frozen=True, kw_only=True):
    """An instrument at a channel, as it stands at an instant.

    Args:
        maker, model: as its certificate says; "" where there is none.
        in_use_from, in_use_until: RFC 3339 in UTC; None: it still stands there.
        known_by: an event, an exchange that an agent recorded, or the hours that rest on it.
        accuracy: class, or largest error with U, of the valid certificate; "" where none is
            valid. Never from the name-plate, which stands in `nameplate_mpe_relative`.
        accuracy_from: that certificate's id.
        measuring_interval: of the argument of its result, in `argument_unit`.
        mpe_relative: that it must meet by its confirmation.
        certificate, kind, laboratory, ...: of the last certificate, valid or not; "" and None
            where nothing says.
        conformity: of a verification.
        decision, rule: of the confirmation.
        correction: function that is applied, in English; `applied`: in both languages;
            `settings`: factors that belong to it.
        seals: applied and not broken since.
        status, because, words: by the rule of `evidence.audit.status`; `against` says what speaks
            against the papers in force.
        papers: certificate and confirmation.
    """

    channel: str
    site: str
    subject: str
    serial: str
    maker: str
    model: str
    kind_of_quantity: str
    unit: str
    in_use_from: str
    in_use_until: str | None
    known_by: KnownBy
    hours: int
    accuracy: str
    accuracy_from: str
    nameplate_mpe_relative: float | None
    measuring_interval: tuple[float, float] | None
    argument_unit: str
    mpe_relative: float | None
    certificate: str
    kind: Literal["calibration", "verification", "reference_material"] | None
    laboratory: str
    accreditation: str
    performed_on: dt.date | None
    valid_until: dt.date | None
    confirmation: str
    due_on: dt.date | None
    interval_months: int | None
    conformity: Literal["pass", "fail"] | None
    largest_error: ErrorFound | None
    decision: Literal["pass", "fail"] | None
    rule: str
    correction: str
    applied: Said
    settings: tuple[str, ...]
    seals: tuple[str, ...]
    status: Status
    because: str
    words: Said
    against: tuple[Said, ...]
    papers: tuple[Pointer, ...]


def instrument_rows(
    register: CalibrationRegister, stood: Iterable[Stood], papers: Papers, at_ns: int
) -> tuple[InstrumentRow, ...]:
    """A row for each instrument, in order of channel and begin.

    Args:
        register: Of the site, as it is known.
        stood: Which instruments stood where.
        papers: Where the certificates are.
        at_ns: The instant for which status and validity are told, UTC.
    """
    ordered = sorted(stood, key=lambda each: (each.channel, each.from_ns, each.serial))
    bearing = Bearing(register)
    return tuple(_row(bearing.on(each.serial), each, papers, at_ns) for each in ordered)


def _row(register: CalibrationRegister, stood: Stood, papers: Papers, at_ns: int) -> InstrumentRow:
    removed = stood.until_ns is not None and stood.until_ns <= at_ns
    at = instant_of(at_ns)
    found = standing_on(register, stood.serial, at, removed=removed)
    certificate, confirmation = found.certificate, found.confirmation
    result = _result(certificate, stood)
    valid = certificate if found.valid else None
    applied = _applied(register, stood, at) if valid else None
    return InstrumentRow(
        channel=stood.channel,
        site=stood.site,
        subject=stood.measurand.subject,
        serial=stood.serial,
        maker="" if certificate is None else certificate.instrument.maker,
        model="" if certificate is None else certificate.instrument.model,
        kind_of_quantity=stood.measurand.kind_of_quantity.value,
        unit=stood.measurand.unit,
        in_use_from=utc_text(stood.from_ns),
        in_use_until=None if stood.until_ns is None else utc_text(stood.until_ns),
        known_by=stood.known_by,
        hours=stood.hours,
        accuracy=accuracy_of(valid, result),
        accuracy_from="" if valid is None else valid.id,
        nameplate_mpe_relative=stood.nameplate_mpe_relative,
        measuring_interval=None if result is None else result.measuring_interval,
        argument_unit="" if result is None else result.argument_unit,
        mpe_relative=None if confirmation is None else confirmation.mpe_relative,
        certificate="" if certificate is None else certificate.id,
        kind=None if certificate is None else certificate.kind,
        laboratory="" if certificate is None else certificate.laboratory.name,
        accreditation="" if certificate is None else certificate.laboratory.accreditation,
        performed_on=None if certificate is None else certificate.performed_on,
        valid_until=None if certificate is None else certificate.valid_until,
        confirmation="" if confirmation is None else confirmation.id,
        due_on=None if confirmation is None else confirmation.due_on,
        interval_months=None if confirmation is None else confirmation.interval_months,
        conformity=_conformity(certificate),
        largest_error=largest_error(result),
        decision=None if confirmation is None else confirmation.decision,
        rule="" if confirmation is None else confirmation.rule,
        correction=correction_of(confirmation, applied).en,
        applied=correction_of(confirmation, applied, is_for_people=True),
        settings=setting_texts(settings_of(register, stood, at)),
        seals=seals_at(register.events, stood.serial, at_ns),
        status=found.status,
        because=found.because,
        words=found.words,
        against=found.against,
        papers=_papers(found, papers),
    )


def _result(certificate: CalibrationCertificate | None, stood: Stood) -> CalibrationResult | None:
    if certificate is None:
        return None
    return result_of(certificate, stood.measurand.kind_of_quantity, stood.name)


def _applied(
    register: CalibrationRegister, stood: Stood, at: dt.datetime
) -> CalibrationResult | None:
    """The result in force with the function that the confirmation applies."""
    kind = stood.measurand.kind_of_quantity
    found = register.in_force(stood.serial, kind, at, channel=stood.name)
    return getattr(found, "result", None)


def _conformity(
    certificate: CalibrationCertificate | None,
) -> Literal["pass", "fail"] | None:
    if certificate is None or certificate.conformity is None:
        return None
    return certificate.conformity.statement


def _papers(found: Standing, papers: Papers) -> tuple[Pointer, ...]:
    entries = (found.certificate, found.confirmation)
    return tuple(papers.of(each) for each in entries if each is not None)


def settings_of(
    register: CalibrationRegister, stood: Stood, at: dt.datetime
) -> tuple[Setting, ...]:
    """The numbers in force for an instrument's channel: those of the instrument, and of its place.

    One that belongs to another instrument, and such as contradict each other, are not in force.
    """
    found: list[Setting] = []
    for subject in dict.fromkeys((stood.channel, stood.measurand.subject)):
        held = settings_in_force(register.settings, subject, at, installed=stood.serial)
        found += [each.setting for each in held.values() if isinstance(each, SettingInForce)]
    return tuple(found)


def seals_at(events: Sequence[CalibrationEvent], serial: str, at_ns: int) -> tuple[str, ...]:
    """The seals of an instrument that were applied by an instant and not broken since."""
    own = [
        each for each in events if each.serial == serial and each.seals and ns_of(each.at) <= at_ns
    ]
    standing: dict[str, None] = {}
    for each in sorted(own, key=lambda one: one.at):
        if each.event == "seal_broken":
            standing = {seal: None for seal in standing if seal not in each.seals}
        else:
            standing.update(dict.fromkeys(each.seals))
    return tuple(standing)
