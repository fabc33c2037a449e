"""Whether confirmations are in date, due soon or overdue. Pure."""

import datetime as dt
from enum import StrEnum

from calibration.confirmation import MetrologicalConfirmation
from calibration.register import CalibrationRegister


class Standing(StrEnum):
    """What a confirmation is at an instant; a closed vocabulary.

    NOT_PASSED: the instrument did not meet its requirement.
    NOT_YET: it takes effect later.
    REPLACED: a later decision holds for the instrument.
    ENDED: an event ended it: a repair, a broken seal, a failed intermediate check.
    WITHDRAWN: its certificate was withdrawn.
    """

    IN_DATE = "in_date"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    NOT_PASSED = "not_passed"
    NOT_YET = "not_yet"
    REPLACED = "replaced"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


def days_left(confirmation: MetrologicalConfirmation, at: dt.datetime) -> int:
    """Days from that of `at`, in its own zone, to the last one in date; negative when overdue."""
    return (confirmation.due_on - at.date()).days


def in_force(register: CalibrationRegister, at: dt.datetime) -> dict[str, MetrologicalConfirmation]:
    """The confirmation in force for each instrument, by serial number.

    An instrument whose last decision failed, or was ended by an event, has none; nor has one that
    was taken out: nothing of it is due.
    """
    found: dict[str, MetrologicalConfirmation] = {}
    for serial in sorted({each.serial for each in register.confirmations}):
        last = register.confirmed(serial, at)
        if last is not None and _stands(register, last, at):
            found[serial] = last
    return found


def _stands(register: CalibrationRegister, last: MetrologicalConfirmation, at: dt.datetime) -> bool:
    is_sound = last.decision == "pass" and register.ended(last, at) is None
    return is_sound and register.removed(last.serial, at) is None


def standing(
    register: CalibrationRegister,
    confirmation: MetrologicalConfirmation,
    at: dt.datetime,
    due_soon_days: int,
) -> Standing:
    """What a confirmation is at `at`.

    Args:
        register: all that is known.
        confirmation: the one asked about.
        at: aware; days are those of its zone.
        due_soon_days: from how many days before its last one it is due soon.
    """
    out_of_force = _out_of_force(register, confirmation, at)
    if out_of_force is not None:
        return out_of_force
    left = days_left(confirmation, at)
    if left < 0:
        return Standing.OVERDUE
    return Standing.DUE_SOON if left <= due_soon_days else Standing.IN_DATE


def _out_of_force(
    register: CalibrationRegister, confirmation: MetrologicalConfirmation, at: dt.datetime
) -> Standing | None:
    """Why a confirmation is not the one that holds; None if it is."""
    if confirmation.decision != "pass":
        return Standing.NOT_PASSED
    if confirmation.certificate in register.withdrawn:
        return Standing.WITHDRAWN
    if confirmation.effective_from > at:
        return Standing.NOT_YET
    if confirmation != register.confirmed(confirmation.serial, at):
        return Standing.REPLACED
    return None if register.ended(confirmation, at) is None else Standing.ENDED
