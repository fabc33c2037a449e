"""Which instruments and reference materials are due, and when."""

import datetime as dt
from typing import Literal

import msgspec

from calibration.history.review import serials
from calibration.history.shift import calibrations
from calibration.register import CalibrationRegister

State = Literal["not_confirmed", "overdue", "due", "in_date"]


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """How an instrument or a reference material stands on a day.

    Args:
        subject: maker, model and serial; the serial alone where no certificate names the rest.
        state: "due" within the days asked for; "not_confirmed" where nothing says until when
            it may be used.
        rests_on: the confirmation, or a reference material's certificate.
        due_on: last day in date; `days_left` until then, negative once overdue.
    """

    serial: str
    subject: str
    state: State
    rests_on: str
    due_on: dt.date | None
    days_left: int | None


def due(register: CalibrationRegister, on: dt.date, within_days: int) -> tuple[Due, ...]:
    """How all instruments of a register stand on a day, the most urgent first.

    An instrument that was removed and not installed again is left out.

    Args:
        register: as it is known.
        on: the day, UTC.
        within_days: how many days before its last one something is due.
    """
    made = (
        _due(register, serial, on, within_days)
        for serial in serials(register)
        if not _is_out_of_use(register, serial, on)
    )
    return tuple(
        sorted(
            made,
            key=lambda each: (
                each.state != "not_confirmed",
                each.due_on or dt.date.min,
                each.serial,
            ),
        )
    )


def _due(register: CalibrationRegister, serial: str, on: dt.date, within_days: int) -> Due:
    rests_on, until = _until(register, serial, on)
    left = None if until is None else (until - on).days
    return Due(
        serial=serial,
        subject=_subject(register, serial),
        state=_state(left, within_days),
        rests_on=rests_on,
        due_on=until,
        days_left=left,
    )


def _state(days_left: int | None, within_days: int) -> State:
    if days_left is None:
        return "not_confirmed"
    if days_left < 0:
        return "overdue"
    return "due" if days_left <= within_days else "in_date"


def _until(register: CalibrationRegister, serial: str, on: dt.date) -> tuple[str, dt.date | None]:
    """What an instrument rests on at the end of a day, and until when."""
    materials = [
        each
        for each in calibrations(register, serial)
        if each.kind == "reference_material" and each.performed_on <= on
    ]
    if materials:
        return materials[-1].id, materials[-1].valid_until
    end = dt.datetime.combine(on, dt.time.max, tzinfo=dt.UTC)
    decided = register.confirmed(serial, end)
    if decided is None or decided.decision == "fail" or register.ended(decided, end) is not None:
        return "" if decided is None else decided.id, None
    return decided.id, decided.due_on


def _subject(register: CalibrationRegister, serial: str) -> str:
    named = [each.instrument for each in register.certificates if each.instrument.serial == serial]
    if not named:
        return serial
    return " ".join(part for part in (named[-1].maker, named[-1].model, serial) if part)


def _is_out_of_use(register: CalibrationRegister, serial: str, on: dt.date) -> bool:
    """Whether it was taken out by the end of a day, UTC."""
    return register.removed(serial, dt.datetime.combine(on, dt.time.max, dt.UTC)) is not None
