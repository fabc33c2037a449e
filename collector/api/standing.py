"""Whether confirmations are in date, due soon or overdue. Pure."""

import datetime as dt
from collections.abc import Iterable
from enum import StrEnum

from calibration.confirmation import MetrologicalConfirmation


class Standing(StrEnum):
    """What a confirmation is at an instant; a closed vocabulary.

    NOT_PASSED: the instrument did not meet its requirement.
    NOT_YET: it takes effect later.
    REPLACED: a later one is in force for the instrument.
    """

    IN_DATE = "in_date"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    NOT_PASSED = "not_passed"
    NOT_YET = "not_yet"
    REPLACED = "replaced"


def days_left(confirmation: MetrologicalConfirmation, at: dt.datetime) -> int:
    """Days from that of `at` (UTC) to the last one in date; negative when overdue."""
    return (confirmation.due_on - at.astimezone(dt.UTC).date()).days


def in_force(
    confirmations: Iterable[MetrologicalConfirmation], at: dt.datetime
) -> dict[str, MetrologicalConfirmation]:
    """The confirmation in force for each instrument, by serial number.

    The latest start wins; of equal starts, the one recorded last.
    """
    found: dict[str, MetrologicalConfirmation] = {}
    effective = (each for each in confirmations if each.effective_from <= at)
    passed = (each for each in effective if each.decision == "pass")
    for each in sorted(passed, key=lambda one: (one.effective_from, one.recorded_at)):
        found[each.serial] = each
    return found


def standing(
    confirmation: MetrologicalConfirmation,
    current: MetrologicalConfirmation | None,
    at: dt.datetime,
    due_soon_days: int,
) -> Standing:
    """What a confirmation is at `at`.

    Args:
        confirmation: the one asked about.
        current: the one in force for its instrument.
        at: UTC.
        due_soon_days: from how many days before its last one it is due soon.
    """
    if confirmation.decision != "pass":
        return Standing.NOT_PASSED
    if confirmation.effective_from > at:
        return Standing.NOT_YET
    if confirmation != current:
        return Standing.REPLACED
    left = days_left(confirmation, at)
    if left < 0:
        return Standing.OVERDUE
    return Standing.DUE_SOON if left <= due_soon_days else Standing.IN_DATE
