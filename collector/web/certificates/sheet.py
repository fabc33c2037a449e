"""All that the page of a certificate shows, made of a site's papers. Pure."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from calibration.certificate import CalibrationCertificate, CalibrationResult
from calibration.confirmation import MetrologicalConfirmation
from calibration.conformity.guard import GuardBand
from calibration.errors import CalibrationError
from calibration.event import CalibrationEvent
from calibration.history.outcome import RegisterOutcome
from calibration.history.scrutiny import scrutiny
from calibration.register import CalibrationRegister
from calibration.setting import Setting
from collector.api.standing import Standing, days_left, standing
from collector.lookup import ChannelRow
from collector.web.certificates.adjusted import Adjustment, adjustments
from collector.web.certificates.conforming import permissible
from collector.web.certificates.curves import ResultView, result_views
from collector.web.certificates.drift import DriftView, drift_view
from collector.web.certificates.due import DueLine, due_lines
from collector.web.certificates.own import serial_of
from collector.web.certificates.shelf import Paper, register_of
from evidence.audit.said import Said, said


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetAsked:
    """What the address asks for: guard band, argument of the drift, days that are soon."""

    guard: GuardBand
    argument: float | None = None
    soon_days: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """A confirmation that cites the certificate, and how it stands."""

    paper: Paper
    confirmation: MetrologicalConfirmation
    standing: Standing
    days_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The page.

    Attributes:
        paper: The version that is shown; `versions` are all, by the instant of record.
        line: How the instrument stands; None where the register does not say.
        confirmed: Confirmations that cite the certificate.
        applied: The one of them whose functions and limits are shown; None where there is none.
        mpe: Relative; None where no paper states it.
        numbers: Declared by it, such as a velocity coefficient; the earliest first.
        outcomes: What is to be said of the certificate.
        against: Why its curves cannot be shown; None where they can.
        events: Of the instrument, or of the certificate.
    """

    paper: Paper
    certificate: CalibrationCertificate
    versions: tuple[Paper, ...]
    line: DueLine | None
    confirmed: tuple[Confirmed, ...]
    applied: MetrologicalConfirmation | None
    mpe: float | None
    numbers: tuple[Setting, ...]
    outcomes: tuple[RegisterOutcome, ...]
    results: tuple[ResultView, ...]
    adjustments: tuple[Adjustment, ...]
    drifts: tuple[DriftView, ...]
    events: tuple[tuple[Paper, CalibrationEvent], ...]
    against: Said | None = None


def versions_of(papers: Sequence[Paper], certificate: str, site: str) -> tuple[Paper, ...]:
    """The versions of a certificate by the instant of record; of the first site that knows it.

    Args:
        papers: That may be seen.
        certificate: Its id.
        site: Of this one alone; "" for any.
    """
    found = [
        (each.entry.recorded_at, each)
        for each in papers
        if isinstance(each.entry, CalibrationCertificate)
        and each.entry.id == certificate
        and site in ("", each.site)
    ]
    sites = sorted({each.site for _, each in found})
    own = [pair for pair in found if pair[1].site == sites[0]]
    return tuple(each for _, each in sorted(own, key=lambda pair: pair[0]))


def sheet_of(
    papers: Sequence[Paper],
    rows: Sequence[ChannelRow],
    shown: Paper,
    at: dt.datetime,
    asked: SheetAsked,
) -> Sheet:
    """The page of one version of a certificate.

    Args:
        papers: That may be seen.
        rows: The channels that may be seen.
        shown: One of them, a certificate.
        at: Aware; days are those of its zone.
        asked: What is to be shown.

    Raises:
        TypeError: `shown` is no certificate.
    """
    certificate = shown.entry
    if not isinstance(certificate, CalibrationCertificate):
        raise TypeError(type(certificate).__name__)
    register = register_of(tuple(papers), shown.site)
    confirmed = tuple(_confirmed(papers, shown, register, at, asked.soon_days))
    applied = confirmed[-1].confirmation if confirmed else None
    mpe = permissible(certificate, applied)
    curves, against = _curves(register, certificate, applied, mpe, asked)
    return Sheet(
        paper=shown,
        certificate=certificate,
        versions=versions_of(papers, certificate.id, shown.site),
        line=_line(papers, rows, (shown.site, certificate.instrument.serial), at, asked.soon_days),
        confirmed=confirmed,
        applied=applied,
        mpe=mpe,
        numbers=_numbers(papers, shown.site, certificate.id),
        outcomes=_outcomes(register, certificate),
        results=curves.results,
        adjustments=curves.adjustments,
        drifts=curves.drifts,
        events=tuple(_events(papers, shown.site, certificate)),
        against=against,
    )


def _confirmed(
    papers: Sequence[Paper],
    shown: Paper,
    register: CalibrationRegister,
    at: dt.datetime,
    soon_days: int,
) -> list[Confirmed]:
    certificate = shown.entry.id if isinstance(shown.entry, CalibrationCertificate) else ""
    found = [
        Confirmed(
            paper=each,
            confirmation=each.entry,
            standing=standing(register, each.entry, at, soon_days),
            days_left=days_left(each.entry, at),
        )
        for each in papers
        if isinstance(each.entry, MetrologicalConfirmation)
        and each.site == shown.site
        and each.entry.certificate == certificate
    ]
    return sorted(
        found, key=lambda one: (one.confirmation.effective_from, one.confirmation.recorded_at)
    )


def _numbers(papers: Sequence[Paper], site: str, certificate: str) -> tuple[Setting, ...]:
    found = [each.entry for each in papers if each.site == site]
    resting = (each for each in found if isinstance(each, Setting))
    own = [each for each in resting if each.document == certificate]
    return tuple(sorted(own, key=lambda each: (each.effective_from, each.recorded_at)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Curves:
    results: tuple[ResultView, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    drifts: tuple[DriftView, ...] = ()


def _curves(
    register: CalibrationRegister,
    certificate: CalibrationCertificate,
    applied: MetrologicalConfirmation | None,
    mpe: float | None,
    asked: SheetAsked,
) -> tuple[_Curves, Said | None]:
    try:
        results = result_views(certificate, applied, mpe, asked.guard)
        drifts = tuple(
            drift_view(register, certificate, each, mpe, asked.argument)
            for each in _measurands(certificate)
        )
        made = _Curves(results=results, adjustments=adjustments(certificate), drifts=drifts)
    except CalibrationError as wrong:
        return _Curves(), said(wrong.say("en"), wrong.say("zh"))
    return made, None


def _measurands(certificate: CalibrationCertificate) -> list[CalibrationResult]:
    """A result of each measurand that has a curve, as left before as found."""
    found: dict[tuple[str, str], CalibrationResult] = {}
    for each in sorted(certificate.results, key=lambda one: one.condition != "as_left"):
        if each.function is not None or each.points:
            found.setdefault((each.kind_of_quantity, each.channel), each)
    return list(found.values())


def _outcomes(
    register: CalibrationRegister, certificate: CalibrationCertificate
) -> tuple[RegisterOutcome, ...]:
    try:
        return tuple(scrutiny(register, certificate))
    except CalibrationError:
        return ()  # the chain leads in a circle: the page of the chain says so


def _line(
    papers: Sequence[Paper],
    rows: Sequence[ChannelRow],
    instrument: tuple[str, str],
    at: dt.datetime,
    soon_days: int,
) -> DueLine | None:
    site, serial = instrument
    own = [
        each
        for each in papers
        if each.site == site and serial_of(each.entry) in ("", serial)  # "": of a certificate
    ]
    shown = [row for row in rows if row.head.serial == serial]
    lines = due_lines([*own, *_resting(papers, site, own)], shown, at, soon_days)
    return next((each for each in lines if (each.site, each.serial) == instrument), None)


def _resting(papers: Sequence[Paper], site: str, own: Sequence[Paper]) -> list[Paper]:
    """A certificate of another instrument that rests on these, if any: they are a standard's."""
    names = {each.entry.id for each in own if isinstance(each.entry, CalibrationCertificate)}
    return [
        each
        for each in papers
        if each.site == site
        and isinstance(each.entry, CalibrationCertificate)
        and any(one.certificate in names for one in each.entry.standards)
    ][:1]


def _events(
    papers: Sequence[Paper], site: str, certificate: CalibrationCertificate
) -> list[tuple[Paper, CalibrationEvent]]:
    serial = certificate.instrument.serial
    found = [
        (each, each.entry)
        for each in papers
        if isinstance(each.entry, CalibrationEvent)
        and each.site == site
        and (each.entry.serial == serial or each.entry.certificate == certificate.id)
    ]
    return sorted(found, key=lambda pair: pair[1].at)
