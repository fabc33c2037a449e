"""How each instrument stands on a day: in date, due, overdue, or without a paper. Pure."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from calibration.certificate import CalibrationCertificate
from calibration.confirmation import MetrologicalConfirmation
from calibration.history.chain import certificate_by_id
from calibration.register import CalibrationRegister
from collector.api.standing import standing
from collector.lookup import ChannelRow
from collector.web.certificates.own import Own, by_instrument
from collector.web.certificates.shelf import Paper


class State(StrEnum):
    """How an instrument stands; a closed vocabulary.

    EXPIRED: the validity that its certificate states itself has passed.
    UNCONFIRMED: it has a certificate, and nobody confirmed it by one.
    NO_PAPER: it stands at a channel, and no paper is about it.
    REMOVED: it was taken out, and nothing of it is due.
    The others are those of its last confirmation.
    """

    OVERDUE = "overdue"
    EXPIRED = "expired"
    NOT_PASSED = "not_passed"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"
    DUE_SOON = "due_soon"
    NOT_YET = "not_yet"
    UNCONFIRMED = "unconfirmed"
    NO_PAPER = "no_paper"
    REMOVED = "removed"
    IN_DATE = "in_date"


MARKS: Final[Mapping[State, str]] = {
    State.OVERDUE: "bad",
    State.EXPIRED: "bad",
    State.NOT_PASSED: "bad",
    State.ENDED: "bad",
    State.WITHDRAWN: "bad",
    State.DUE_SOON: "warn",
    State.NOT_YET: "warn",
    State.UNCONFIRMED: "warn",
    State.NO_PAPER: "none",
    State.REMOVED: "none",
    State.IN_DATE: "good",
}
_SAY_IT_STILL: Final = frozenset({State.NOT_PASSED, State.WITHDRAWN})
"""Of one that was taken out too: amounts rest on it."""
NOTHING_DUE: Final = frozenset({State.REMOVED, State.NOT_PASSED, State.ENDED, State.WITHDRAWN})
"""States in which the last day of what was decided once says nothing: it does not hold."""
_ORDER: Final = ("bad", "warn", "none", "good")


@dataclass(frozen=True, slots=True, kw_only=True)
class DueLine:
    """An instrument of a site, and how it stands.

    Attributes:
        channels: That it shows now, by name; none of a standard, or of one that is stored.
        certificate: That its last confirmation cites, else its latest; None where it has none.
        confirmation: The last one; None where there is none.
        due_on: Last day in date: of the confirmation, else of the certificate; None for neither,
            and where none of them holds (`NOTHING_DUE`).
        days_left: To that day; negative when it has passed.
        removed_on: Day on which it was taken out, in the zone of the page; None where it was not.
    """

    site: str
    serial: str
    channels: tuple[str, ...]
    certificate: CalibrationCertificate | None
    confirmation: MetrologicalConfirmation | None
    due_on: dt.date | None
    days_left: int | None
    removed_on: dt.date | None
    state: State

    @property
    def mark(self) -> str:
        """Class of the style sheet."""
        return MARKS[self.state]

    @property
    def is_void(self) -> bool:
        """Whether there is no last day since nothing of it holds."""
        return self.state in NOTHING_DUE

    @property
    def instrument(self) -> str:
        """Maker and model, as the certificate says."""
        if self.certificate is None:
            return ""
        what = self.certificate.instrument
        return " ".join(each for each in (what.maker, what.model) if each)


def due_lines(
    papers: Iterable[Paper], rows: Iterable[ChannelRow], at: dt.datetime, soon_days: int
) -> list[DueLine]:
    """A line for each instrument that a paper or a channel names, the most urgent first.

    Args:
        papers: Of any number of sites.
        rows: The channels; computed ones have no instrument.
        at: Aware; days are those of its zone.
        soon_days: From how many days before its last one something is due soon.
    """
    known = by_instrument(papers, rows)
    made = [_line(site, serial, own, at, soon_days) for (site, serial), own in known.items()]
    return sorted(made, key=urgency)


def urgency(line: DueLine) -> tuple[int, dt.date, str, str]:
    """What comes first: what is wrong, and longest; then what will be."""
    return (
        _ORDER.index(line.mark),
        line.due_on or dt.date.max,
        line.site,
        line.serial,
    )


def _line(site: str, serial: str, own: Own, at: dt.datetime, soon_days: int) -> DueLine:
    register = own.register()
    last = last_confirmation(register, serial, at)
    certificate = _certificate(register, last)
    state = _as_standard(own, certificate, at, soon_days) or _state(
        register, last, certificate, at, soon_days
    )
    removal = register.removed(serial, at)
    if removal is not None and state not in _SAY_IT_STILL:
        state = State.REMOVED
    due_on = None if state in NOTHING_DUE else _due_on(last, certificate)
    left = None if due_on is None else (due_on - at.date()).days
    return DueLine(
        site=site,
        serial=serial,
        channels=tuple(sorted(own.channels)),
        certificate=certificate,
        confirmation=last,
        due_on=due_on,
        days_left=left,
        removed_on=None if removal is None else removal.at.astimezone(at.tzinfo).date(),
        state=state,
    )


def _as_standard(
    own: Own, certificate: CalibrationCertificate | None, at: dt.datetime, soon_days: int
) -> State | None:
    """How a standard of others stands that nobody here confirms; None for what is none."""
    if not own.is_standard or own.confirmations or own.events or certificate is None:
        return None
    until = certificate.valid_until
    return None if until is None else _by_validity(until, at, soon_days)


def last_confirmation(
    register: CalibrationRegister, serial: str, at: dt.datetime
) -> MetrologicalConfirmation | None:
    """The decision that holds at an instant, else the next to come, else one that fell away."""
    own = [each for each in register.confirmations if each.serial == serial]
    if (found := register.confirmed(serial, at)) is not None or not own:
        return found
    sound = [each for each in own if each.certificate not in register.withdrawn]
    return min(sound, key=lambda each: each.effective_from) if sound else own[-1]


def _certificate(
    register: CalibrationRegister, last: MetrologicalConfirmation | None
) -> CalibrationCertificate | None:
    if last is not None:
        return certificate_by_id(register, last.certificate)
    return max(
        register.certificates, key=lambda each: (each.performed_on, each.recorded_at), default=None
    )


def _due_on(
    last: MetrologicalConfirmation | None, certificate: CalibrationCertificate | None
) -> dt.date | None:
    ends = None if certificate is None else certificate.valid_until
    if last is None:
        return ends
    return last.due_on if ends is None else min(last.due_on, ends)


def _state(
    register: CalibrationRegister,
    last: MetrologicalConfirmation | None,
    certificate: CalibrationCertificate | None,
    at: dt.datetime,
    soon_days: int,
) -> State:
    if last is None:
        return _unconfirmed(register, certificate, at, soon_days)
    found = State(standing(register, last, at, soon_days).value)
    is_sound = found in (State.IN_DATE, State.DUE_SOON)
    if is_sound and certificate is not None and certificate.valid_until is not None:
        return _by_validity(min(last.due_on, certificate.valid_until), at, soon_days)
    return found


def _unconfirmed(
    register: CalibrationRegister,
    certificate: CalibrationCertificate | None,
    at: dt.datetime,
    soon_days: int,
) -> State:
    """A reference material needs nobody to confirm it while its own validity lasts."""
    if certificate is None:
        return State.NO_PAPER
    if certificate.id in register.withdrawn:
        return State.WITHDRAWN
    if certificate.valid_until is None:
        return State.UNCONFIRMED
    found = _by_validity(certificate.valid_until, at, soon_days)
    is_material = certificate.kind == "reference_material"
    return found if is_material or found == State.EXPIRED else State.UNCONFIRMED


def _by_validity(until: dt.date, at: dt.datetime, soon_days: int) -> State:
    left = (until - at.date()).days
    if left < 0:
        return State.EXPIRED
    return State.DUE_SOON if left <= soon_days else State.IN_DATE


def counts(lines: Sequence[DueLine]) -> Mapping[State, int]:
    """How many lines stand how."""
    found: dict[State, int] = defaultdict(int)
    for each in lines:
        found[each.state] += 1
    return found
