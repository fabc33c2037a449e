"""Group 9 of a record: instruments, decisions and certificates behind a value (pure)."""

import datetime as dt
from collections.abc import Iterator

from calibration.certificate import CalibrationCertificate, CalibrationResult, CertifiedValue
from calibration.confirmation import MetrologicalConfirmation
from calibration.history.chain import certificate_by_id
from calibration.monitoring.plan import ConnectedGas
from calibration.register import result_of
from evidence.audit.certified import correction_of, setting_texts
from evidence.audit.instruments import seals_at, settings_of
from evidence.audit.stood import Stood, instant_of, ns_of
from evidence.clock import NS_PER_S
from evidence.statement.exports.pact import decimal
from evidence.statement.record.certified import certificate_of
from evidence.statement.record.explained import explained
from evidence.statement.record.form_behind import (
    RecordCertified,
    RecordInstrument,
    RecordInstruments,
    RecordMaterial,
    RecordSpell,
)
from evidence.statement.record.known import Known

_DAY = dt.timedelta(days=1)


def instruments(known: Known) -> RecordInstruments:
    """Group 9: the instruments that the statement names, and no other."""
    named = known.datum.serials
    stood = [each for each in known.material.stood if each.serial in named]
    found = {each.serial for each in stood}
    rows = [_instrument(known, each) for each in stood]
    rows += [_unplaced(known, each) for each in named if each not in found]
    materials = tuple(_materials(known))
    made = RecordInstruments(instruments=tuple(rows) or None, reference_materials=materials or None)
    return explained(made)


def _instrument(known: Known, stood: Stood) -> RecordInstrument:
    spells = tuple(_spells(known, stood))
    start, end = known.material.time_of(stood)
    own = _papers_of(known, stood)
    numbers, channel = known.about.management_numbers, known.datum.channel
    made = RecordInstrument(
        management_number=numbers.get(stood.serial),
        serial=stood.serial,
        channel=stood.channel,
        role="channel" if stood.channel == channel else "input",
        maker=own.instrument.maker or None if own is not None else None,
        model=own.instrument.model or None if own is not None else None,
        start=known.zone.text(start),
        end=known.zone.text(end),
        hours=stood.hours,
        spells=spells,
    )
    return explained(made, management_number="not declared")


def _papers_of(known: Known, stood: Stood) -> CalibrationCertificate | None:
    """The last certificate that was applied: it names maker and model."""
    found = known.material.certificates(stood)
    return found[-1] if found else None


def _unplaced(known: Known, serial: str) -> RecordInstrument:
    """An instrument that the statement names and no hour that is kept now does."""
    made = RecordInstrument(
        management_number=known.about.management_numbers.get(serial),
        serial=serial,
        channel=None,
        role=None,
        maker=None,
        model=None,
        start=None,
        end=None,
        hours=None,
        spells=(),
    )
    return explained(made, management_number="not declared")


def _spells(known: Known, stood: Stood) -> Iterator[RecordSpell]:
    for start, end, decided in known.material.applied(stood):
        yield _spell(known, stood, (start, end), decided)


def _spell(
    known: Known, stood: Stood, span: tuple[int, int], decided: MetrologicalConfirmation | None
) -> RecordSpell:
    register, at = known.register, instant_of(span[0])
    cited = None if decided is None else known.material.cited(decided)
    result = None if cited is None else _result(cited, stood)
    made = RecordSpell(
        start=known.zone.text(span[0]),
        end=known.zone.text(span[1]),
        confirmation=None if decided is None else decided.id,
        requirement=(decided.requirement or None) if decided is not None else None,
        mpe_relative=_mpe(decided),
        decision=None if decided is None else decided.decision,
        rule=(decided.rule or None) if decided is not None else None,
        due_on=None if decided is None else decided.due_on.isoformat(),
        interval_months=None if decided is None else decided.interval_months,
        certificate=None if cited is None else certificate_of(known, cited, result),
        correction=_correction(known, stood, at, decided),
        settings=setting_texts(settings_of(register, stood, at)),
        seals=seals_at(register.events, stood.serial, span[0]) or None,
        overdue_seconds=None if decided is None else overdue_seconds(decided.due_on, span),
    )
    return explained(made, overdue_seconds="not applicable")


def _result(cited: CalibrationCertificate, stood: Stood) -> CalibrationResult | None:
    return result_of(cited, stood.measurand.kind_of_quantity, stood.name)


def _mpe(decided: MetrologicalConfirmation | None) -> str | None:
    if decided is None or decided.mpe_relative is None:
        return None
    return decimal(decided.mpe_relative, "mpe_relative")


def _correction(
    known: Known, stood: Stood, at: dt.datetime, decided: MetrologicalConfirmation | None
) -> str | None:
    """The function that was applied at an instant; None where none was."""
    kind = stood.measurand.kind_of_quantity
    found = known.register.in_force(stood.serial, kind, at, channel=stood.name)
    return correction_of(decided, getattr(found, "result", None)).en or None


def overdue_seconds(due_on: dt.date, span: tuple[int, int]) -> int:
    """How long a time [start, end), UTC ns, lies behind the last day in date, a day in UTC."""
    last = dt.datetime.combine(due_on, dt.time(), dt.UTC) + _DAY
    return max(0, span[1] - max(span[0], ns_of(last))) // NS_PER_S


def _materials(known: Known) -> Iterator[RecordMaterial]:
    """The gases that were at the plan's analysers in the period."""
    start, end = known.span
    for analyser in () if known.plan is None else known.plan.analysers:
        for gas in () if analyser.checks is None else analyser.checks.gases:
            until = gas.disconnected_at
            if ns_of(gas.connected_at) < end and (until is None or ns_of(until) > start):
                yield _material(known, analyser.channel, gas)


def _material(known: Known, analyser: str, gas: ConnectedGas) -> RecordMaterial:
    cited = certificate_by_id(known.register, gas.certificate)
    until = gas.disconnected_at
    made = RecordMaterial(
        analyser=analyser,
        point=gas.point,
        certificate=gas.certificate,
        code=None if cited is None else cited.instrument.model or None,
        cylinder=None if cited is None else cited.instrument.serial or None,
        laboratory=None if cited is None else cited.laboratory.name or None,
        expires=None if cited is None or cited.valid_until is None else str(cited.valid_until),
        connected_at=known.zone.text(ns_of(gas.connected_at)),
        disconnected_at=None if until is None else known.zone.text(ns_of(until)),
        certified=() if cited is None else tuple(map(_certified, cited.certified)),
    )
    return explained(made)


def _certified(each: CertifiedValue) -> RecordCertified:
    return RecordCertified(
        property=each.name,
        value=decimal(each.value, each.name),
        unit=each.unit,
        expanded_uncertainty=decimal(each.expanded_uncertainty, each.name),
        coverage_factor=decimal(each.coverage_factor, each.name),
    )
