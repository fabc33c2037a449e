"""Confirmations and events of a register as dated tests of an instrument (pure)."""

import datetime as dt
from typing import Final

import msgspec

from calibration.confirmation import MetrologicalConfirmation
from calibration.event import CalibrationEvent
from calibration.monitoring.record import TestKind, TestOutcome
from calibration.register import CalibrationRegister
from evidence.statement.standing.qa_test import QaTest

_DAY: Final = dt.timedelta(days=1)
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def tests_of_register(register: CalibrationRegister, serial: str) -> tuple[QaTest, ...]:
    """What a register says of an instrument, as `standing_by_hour` counts it.

    A confirmation holds through its due day (UTC), as in the register. An event that ends one is a
    test that failed, by the name of what it ends: "calibration", or "verification" where the
    certificate in force is one. A withdrawal makes another version of the confirmation: it failed,
    from its own begin, as known since the withdrawal.
    """
    found: list[QaTest] = []
    for each in register.confirmations:
        if each.serial == serial:
            found += _of_confirmation(each, register)
    for event in register.events:
        if event.serial == serial:
            found += _of_event(event, register)
    return tuple(found)


def _of_confirmation(
    decided: MetrologicalConfirmation, register: CalibrationRegister
) -> list[QaTest]:
    due = dt.datetime.combine(decided.due_on, dt.time(), dt.UTC) + _DAY
    at = _ns(decided.effective_from)
    own = QaTest(
        analyser=decided.serial,
        kind=_kind(decided.certificate, register),
        at_ns=at,
        outcome="passed" if decided.decision == "pass" else "failed",
        recorded_ns=_ns(decided.recorded_at),
        record=decided.id,
        detail=decided.certificate,
        valid_until_ns=max(_ns(due), at),
    )
    withdrawn = (
        msgspec.structs.replace(own, outcome="failed", recorded_ns=_ns(each.recorded_at))
        for each in register.events
        if each.event == "certificate_withdrawn" and each.certificate == decided.certificate
    )
    return [own, *(each for each in withdrawn if each.recorded_ns > own.recorded_ns)]


def _of_event(event: CalibrationEvent, register: CalibrationRegister) -> list[QaTest]:
    """A check between calibrations that passed, or a test that failed where an event ends one."""
    if event.check is not None and event.check.passes:
        return [_at(event, "intermediate_check", "passed")]
    return [_at(event, _in_force(event, register), "failed")] if event.ends_confirmation else []


def _at(event: CalibrationEvent, kind: TestKind, outcome: TestOutcome) -> QaTest:
    at = _ns(event.at)
    return QaTest(
        analyser=event.serial,
        kind=kind,
        at_ns=at,
        outcome=outcome,
        recorded_ns=_ns(event.recorded_at),
        record=f"{event.event}:{event.serial}:{at}:{kind}",
        detail=event.reason or event.event,
        detected_ns=max(at, _ns(event.recorded_at)),
    )


def _in_force(event: CalibrationEvent, register: CalibrationRegister) -> TestKind:
    decided = register.confirmed(event.serial, event.at)
    return "calibration" if decided is None else _kind(decided.certificate, register)


def _kind(certificate: str, register: CalibrationRegister) -> TestKind:
    verified = any(
        each.id == certificate and each.kind == "verification" for each in register.certificates
    )
    return "verification" if verified else "calibration"


def _ns(instant: dt.datetime) -> int:
    return (instant - _EPOCH) // dt.timedelta(microseconds=1) * 1000
