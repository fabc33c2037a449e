"""Which certificates were applied to the instruments of a channel, from when until when. Pure."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from calibration.certificate import CalibrationCertificate
from calibration.confirmation import MetrologicalConfirmation
from calibration.event import CalibrationEvent
from calibration.history.shift import calibrations
from calibration.register import CalibrationRegister
from collector.web.instrument.own_papers import OwnPapers
from evidence.audit.said import Pointer
from evidence.audit.stood import Stood, instant_of, ns_of

State = Literal[
    "in_force",
    "overdue",
    "replaced",
    "ended",
    "removed",
    "failed",
    "withdrawn",
    "later",
    "not_applied",
]
MARKS: Final[Mapping[State, str]] = {
    "in_force": "good",
    "overdue": "bad",
    "replaced": "none",
    "ended": "bad",
    "removed": "none",
    "failed": "bad",
    "withdrawn": "bad",
    "later": "none",
    "not_applied": "warn",
}
"""The class of the mark of each state in `style.css`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """A certificate of an instrument, and the time in which a confirmation applies it.

    Attributes:
        serial: Of the instrument.
        certificate: None where a confirmation names one that was not logged.
        confirmation: None where nobody decided to apply it.
        from_ns, until_ns: [from, until) in UTC ns; None: not applied, or still.
        due_ns: First instant at which it is overdue.
        state: At the instant that is asked for.
        papers: Where certificate and confirmation are.
    """

    serial: str
    certificate: CalibrationCertificate | None
    confirmation: MetrologicalConfirmation | None
    from_ns: int | None
    until_ns: int | None
    due_ns: int | None
    state: State
    papers: tuple[Pointer, ...]

    @property
    def name(self) -> str:
        """Id of the certificate."""
        if self.certificate is not None:
            return self.certificate.id
        return "" if self.confirmation is None else self.confirmation.certificate

    @property
    def performed_ns(self) -> int | None:
        """The day of the calibration, UTC ns."""
        return None if self.certificate is None else _day_ns(self.certificate.performed_on)


def applied(own: OwnPapers, stood: Sequence[Stood], now_ns: int) -> list[Applied]:
    """All certificates of the instruments of a channel, in order of time.

    Args:
        own: What the channel's agent logged.
        stood: The instruments, and when each stood there.
        now_ns: The instant for which states are told, UTC.
    """
    last = {each.serial: each for each in stood}
    found = [one for each in last.values() for one in _of_serial(own, each, now_ns)]
    return sorted(found, key=lambda one: (one.from_ns or one.performed_ns or 0, one.name))


def _of_serial(own: OwnPapers, stood: Stood, now_ns: int) -> Iterator[Applied]:
    register = own.register
    decided = sorted(
        (each for each in register.confirmations if each.serial == stood.serial),
        key=lambda each: (each.effective_from, each.recorded_at),
    )
    for place, each in enumerate(decided):
        following = next(iter(decided[place + 1 :]), None)
        yield _decided(own, stood, each, following, now_ns)
    named = {each.certificate for each in decided}
    for certificate in calibrations(register, stood.serial):
        if certificate.id not in named:
            yield Applied(
                serial=stood.serial,
                certificate=certificate,
                confirmation=None,
                from_ns=None,
                until_ns=None,
                due_ns=None,
                state="not_applied",
                papers=(own.papers.of(certificate),),
            )


def _decided(
    own: OwnPapers,
    stood: Stood,
    one: MetrologicalConfirmation,
    following: MetrologicalConfirmation | None,
    now_ns: int,
) -> Applied:
    register = own.register
    certificate = _certificate(register, one.certificate)
    ends = _ends(register, stood, one, following)
    until_ns, why = min(ends) if ends else (None, None)
    papers = (certificate, one)
    return Applied(
        serial=stood.serial,
        certificate=certificate,
        confirmation=one,
        from_ns=ns_of(one.effective_from),
        until_ns=until_ns,
        due_ns=_day_ns(one.due_on + dt.timedelta(days=1)),
        state=_state(register, one, until_ns, why, now_ns),
        papers=tuple(own.papers.of(each) for each in papers if each is not None),
    )


def _ends(
    register: CalibrationRegister,
    stood: Stood,
    one: MetrologicalConfirmation,
    following: MetrologicalConfirmation | None,
) -> list[tuple[int, State]]:
    """What ends the time of a confirmation, with the instant of each."""
    found: list[tuple[int, State]] = []
    if following is not None:
        found.append((ns_of(following.effective_from), "replaced"))
    event = register.ended(one, dt.datetime.max.replace(tzinfo=dt.UTC))
    if event is not None:
        found.append((ns_of(event.at), "ended"))
    if stood.until_ns is not None:
        found.append((stood.until_ns, "removed"))
    return [each for each in found if each[0] >= ns_of(one.effective_from)]


def _state(
    register: CalibrationRegister,
    one: MetrologicalConfirmation,
    until_ns: int | None,
    why: State | None,
    now_ns: int,
) -> State:
    if one.certificate in register.withdrawn:
        return "withdrawn"
    if one.decision == "fail":
        return "failed"
    if ns_of(one.effective_from) > now_ns:
        return "later"
    if until_ns is not None and why is not None and until_ns <= now_ns:
        return why
    return "overdue" if instant_of(now_ns).date() > one.due_on else "in_force"


def _certificate(register: CalibrationRegister, name: str) -> CalibrationCertificate | None:
    versions = [each for each in register.certificates if each.id == name]
    return max(versions, key=lambda each: each.recorded_at, default=None)


def _day_ns(day: dt.date) -> int:
    return ns_of(dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC))


def events_of(register: CalibrationRegister, stood: Sequence[Stood]) -> list[CalibrationEvent]:
    """What happened to the instruments of a channel and to their certificates, in order of time."""
    serials = {each.serial for each in stood}
    own = {each.id for each in register.certificates if each.instrument.serial in serials}
    found = [each for each in register.events if each.serial in serials or each.certificate in own]
    return sorted(found, key=lambda each: each.at)
