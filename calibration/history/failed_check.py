"""Which intermediate check an instrument failed, until it is put right (ISO/IEC 17025, 6.4.10)."""

import datetime as dt
from collections.abc import Sequence

import msgspec

from calibration.event import CalibrationEvent
from calibration.history.shift import calibrations
from calibration.measurand import KindOfQuantity
from calibration.register import CalibrationRegister


class FailedCheck(msgspec.Struct, frozen=True, kw_only=True):
    """An intermediate check that failed, the first where several follow each other.

    Args:
        kind_of_quantity: that was checked.
        at: when.
        doubt_from: the check before that passed, else the calibration before; None for neither.
    """

    serial: str
    kind_of_quantity: KindOfQuantity
    at: dt.datetime
    doubt_from: dt.datetime | None


def failed_check(register: CalibrationRegister, serial: str, at: dt.datetime) -> FailedCheck | None:
    """The check that an instrument failed; None where one that passed, or a confirmation, followed.

    Args:
        register: Of its site.
        serial: Of the instrument.
        at: Only what was recorded by then counts; with a time zone.
    """
    known = register.as_known(at)
    checks = sorted(
        (each for each in known.events if each.serial == serial and each.check is not None),
        key=lambda each: each.at,
    )
    kinds = dict.fromkeys(each.check.kind_of_quantity for each in checks if each.check is not None)
    for kind in kinds:
        found = _of_kind(known, serial, [each for each in checks if _is_of(each, kind)])
        if found is not None:
            return found
    return None


def _is_of(event: CalibrationEvent, kind: KindOfQuantity) -> bool:
    return event.check is not None and event.check.kind_of_quantity == kind


def _of_kind(
    register: CalibrationRegister, serial: str, checks: Sequence[CalibrationEvent]
) -> FailedCheck | None:
    good: CalibrationEvent | None = None
    failed: CalibrationEvent | None = None
    for each in checks:
        if each.check is not None and each.check.passes:
            good, failed = each, None
        elif failed is None:
            failed = each
    if failed is None or failed.check is None or _is_confirmed_since(register, failed):
        return None
    return FailedCheck(
        serial=serial,
        kind_of_quantity=failed.check.kind_of_quantity,
        at=failed.at,
        doubt_from=_calibrated(register, failed) if good is None else good.at,
    )


def _is_confirmed_since(register: CalibrationRegister, failed: CalibrationEvent) -> bool:
    """Whether somebody decided to use it again."""
    return any(
        each.serial == failed.serial and each.decision == "pass" and each.effective_from > failed.at
        for each in register.confirmations
    )


def _calibrated(register: CalibrationRegister, failed: CalibrationEvent) -> dt.datetime | None:
    """Begin of the day (UTC) of the last calibration before a check."""
    days = [
        each.performed_on
        for each in calibrations(register, failed.serial)
        if each.performed_on <= failed.at.astimezone(dt.UTC).date()
    ]
    return dt.datetime.combine(max(days), dt.time(), dt.UTC) if days else None
