"""How the confirmations of an instrument follow each other in time."""

import datetime as dt
import itertools
from collections.abc import Iterator
from typing import Any

from calibration.confirmation import MetrologicalConfirmation
from calibration.history.chain import certificate_by_id
from calibration.history.outcome import RegisterOutcome
from calibration.register import CalibrationRegister

_DAY = dt.timedelta(days=1)


def standing(
    register: CalibrationRegister, serial: str, on: dt.date | None = None
) -> Iterator[RegisterOutcome]:
    """What is to be said of an instrument's confirmations, one by one and in turn.

    Args:
        register: as it is known.
        serial: of the instrument.
        on: the day from which what is due is judged; None leaves that out.
    """
    own = sorted(
        (each for each in register.confirmations if each.serial == serial),
        key=lambda each: (each.effective_from, each.recorded_at),
    )
    for each in own:
        yield from _alone(register, each)
    counting = [each for each in own if each.certificate not in register.withdrawn]
    for one, other in itertools.pairwise(counting):
        yield from _in_turn(one, other)
    if counting and on is not None:
        yield from _overdue(counting[-1], on)


def _alone(
    register: CalibrationRegister, decided: MetrologicalConfirmation
) -> Iterator[RegisterOutcome]:
    about: dict[str, Any] = {"serial": decided.serial, "confirmation": decided.id}
    since, recorded = _day(decided.effective_from), _day(decided.recorded_at)
    if decided.certificate in register.withdrawn:
        yield RegisterOutcome(code="withdrawn", certificate=decided.certificate, **about)
    if recorded > since:
        yield RegisterOutcome(code="recorded_late", since=since, until=recorded, **about)
    if decided.decision == "fail":
        yield RegisterOutcome(code="failed", since=since, **about)
    yield from _ended(register, decided)
    yield from _against_certificate(register, decided)


def _ended(
    register: CalibrationRegister, decided: MetrologicalConfirmation
) -> Iterator[RegisterOutcome]:
    """The first event that ended it before another confirmation took its place."""
    following = (
        each.effective_from
        for each in register.confirmations
        if each.serial == decided.serial and each.effective_from > decided.effective_from
    )
    last = min(following, default=dt.datetime.max.replace(tzinfo=dt.UTC))
    event = register.ended(decided, last)
    if event is not None:
        yield RegisterOutcome(
            code="ended",
            serial=decided.serial,
            confirmation=decided.id,
            since=_day(event.at),
            what=event.event,
        )


def _against_certificate(
    register: CalibrationRegister, decided: MetrologicalConfirmation
) -> Iterator[RegisterOutcome]:
    about: dict[str, Any] = {
        "serial": decided.serial,
        "confirmation": decided.id,
        "certificate": decided.certificate,
    }
    cited = certificate_by_id(register, decided.certificate)
    if cited is None:
        yield RegisterOutcome(code="certificate_missing", **about)
        return
    found, since = cited.instrument.serial, _day(decided.effective_from)
    if found != decided.serial:
        yield RegisterOutcome(code="wrong_serial", what=found, **about)
    if since < cited.performed_on:
        yield RegisterOutcome(
            code="before_calibration", since=since, until=cited.performed_on, **about
        )
    if cited.valid_until is not None and decided.due_on > cited.valid_until:
        yield RegisterOutcome(
            code="due_beyond_validity", since=cited.valid_until, until=decided.due_on, **about
        )
    for what in _exceeding(register, decided):
        yield RegisterOutcome(code="outside_requirement", what=what, **about)


def _exceeding(register: CalibrationRegister, decided: MetrologicalConfirmation) -> list[str]:
    """The first point of each result at which a confirmation that passed should not have."""
    cited = certificate_by_id(register, decided.certificate)
    limit = decided.mpe_relative
    if cited is None or limit is None or decided.decision == "fail":
        return []
    beyond = []
    for result in cited.results:
        if result.result != "relative_error" or result.condition != "as_left":
            continue
        at = [point.at for point in result.points if abs(point.value) > limit]
        beyond += [f"{result.kind_of_quantity} {at[0]:g} {result.argument_unit}"] if at else []
    return beyond


def _in_turn(
    one: MetrologicalConfirmation, other: MetrologicalConfirmation
) -> Iterator[RegisterOutcome]:
    about: dict[str, Any] = {"serial": one.serial, "confirmation": one.id, "other": other.id}
    since = _day(other.effective_from)
    if one.effective_from == other.effective_from:
        yield RegisterOutcome(code="corrected", since=since, **about)
        return
    if one.decision == "fail":
        return
    if since <= one.due_on:
        yield RegisterOutcome(code="superseded", since=since, **about)
        until = min(one.due_on, other.due_on)
        yield RegisterOutcome(code="overlap", since=since, until=until, **about)
    elif since > one.due_on + _DAY:
        yield RegisterOutcome(code="gap", since=one.due_on + _DAY, until=since - _DAY, **about)


def _overdue(last: MetrologicalConfirmation, on: dt.date) -> Iterator[RegisterOutcome]:
    if last.decision == "pass" and last.due_on < on:
        yield RegisterOutcome(
            code="overdue", serial=last.serial, confirmation=last.id, until=last.due_on
        )


def _day(instant: dt.datetime) -> dt.date:
    return instant.astimezone(dt.UTC).date()
