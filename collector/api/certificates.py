"""Certificates, confirmations and events that agents logged, with what is due."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Final, TypeVar

import msgspec
from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from calibration.certificate import CalibrationCertificate, Conformity, Instrument
from calibration.confirmation import MetrologicalConfirmation
from calibration.event import CalibrationEvent
from calibration.laboratory import Laboratory
from calibration.register import CalibrationRegister
from collector.api.answer import json_answer
from collector.api.documents import logged
from collector.api.listing import PagedAsked, page_of, paged
from collector.api.parts import Here, Parts
from collector.api.pool import Sources
from collector.api.schema import ref
from collector.api.security import Asker, Reader
from collector.api.standing import Standing, days_left, in_force, standing
from collector.documented import document_read
from evidence.audit.stood import ns_of
from evidence.clock import NS_PER_S

DUE_SOON_DAYS: Final = 30
T = TypeVar("T", CalibrationCertificate, CalibrationEvent, MetrologicalConfirmation)
router: Final = APIRouter(prefix="/api/v1/certificates", tags=["certificates"])


class CertificatesAsked(PagedAsked):
    """Which certificates."""

    serial: str | None = Field(
        None, min_length=1, max_length=200, description="Of one instrument only."
    )
    due_soon_days: int = Field(
        DUE_SOON_DAYS, ge=0, le=3650, description="From how many days on something is due soon."
    )


class CertificateRow(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate, in short.

    Args:
        document_sha256: of the laboratory's own document, as the certificate names it; "" where it
            names none. Where it was handed in, it is at /api/v1/originals.
        document: where the exact bytes are that the agent logged; `sha256` is theirs.
    """

    id: str
    kind: str
    instrument: Instrument
    laboratory: Laboratory
    performed_on: dt.date
    recorded_at: dt.datetime
    conformity: Conformity | None
    standards: tuple[str, ...]
    document_sha256: str
    sha256: str
    document: str
    agents: tuple[str, ...]


class ConfirmationRow(msgspec.Struct, frozen=True, kw_only=True):
    """A metrological confirmation, and whether it is in date.

    Args:
        due_on: the last day in date; `days_left` to it are negative when it is overdue.
    """

    id: str
    certificate: str
    serial: str
    requirement: str
    decision: str
    effective_from: dt.datetime
    due_on: dt.date
    days_left: int
    standing: Standing
    confirmed_by: str
    recorded_at: dt.datetime
    sha256: str
    document: str
    agents: tuple[str, ...]


class EventRow(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to an instrument or a certificate, in short.

    Args:
        ends_confirmation: whether from `at` on the instrument is not confirmed any more.
    """

    event: str
    serial: str
    certificate: str
    at: dt.datetime
    recorded_at: dt.datetime
    recorded_by: str
    reason: str
    ends_confirmation: bool
    sha256: str
    document: str
    agents: tuple[str, ...]


class CertificateRegister(msgspec.Struct, frozen=True, kw_only=True):
    """Certificates, confirmations and events, as they stand on the day `as_of` (UTC).

    A page has certificates first, then confirmations, both by when they were recorded, then events
    by when they happened.
    """

    as_of: dt.date
    certificates: tuple[CertificateRow, ...]
    confirmations: tuple[ConfirmationRow, ...]
    events: tuple[EventRow, ...]


class Logged(msgspec.Struct, frozen=True, kw_only=True):
    """Where a file is, and who logged it."""

    sha256: str
    document: str
    agents: tuple[str, ...]


_Document = CalibrationCertificate | MetrologicalConfirmation | CalibrationEvent
_Paper = tuple[_Document, Logged]
_Key = tuple[int, int, str, str]
_Kind = tuple[str, Callable[[CalibrationRegister], Sequence[T]]]
_SECTIONS: Final = (CalibrationCertificate, MetrologicalConfirmation, CalibrationEvent)
_CERTIFICATES: Final[_Kind[CalibrationCertificate]] = ("certificate", lambda of: of.certificates)
_CONFIRMATIONS: Final[_Kind[MetrologicalConfirmation]] = (
    "confirmation",
    lambda of: of.confirmations,
)
_EVENTS: Final[_Kind[CalibrationEvent]] = ("event", lambda of: of.events)


@router.get("", **paged(ref(CertificateRegister), "Certificates, and what is due."))
def certificate_register(
    request: Request, asked: Annotated[CertificatesAsked, Query()], parts: Here, reader: Asker
) -> Response:
    """The register: each certificate, each confirmation and when it is due, each event."""
    at = now(parts)
    with parts.sources.lease() as sources:
        certificates = _read(sources, parts, reader, _CERTIFICATES)
        confirmations = _read(sources, parts, reader, _CONFIRMATIONS)
        events = _read(sources, parts, reader, _EVENTS)
    known = _known(confirmations, events)
    papers: list[_Paper] = [*certificates, *confirmations, *events]
    own = ((_key(each), each) for each in papers if asked.serial in (None, _serial(each[0])))
    page = page_of(request, asked, tuple[int, int, str, str], sorted(own, key=lambda pair: pair[0]))
    register = CertificateRegister(
        as_of=at.date(),
        certificates=tuple(
            _certificate(each, file)
            for each, file in page.rows
            if isinstance(each, CalibrationCertificate)
        ),
        confirmations=tuple(
            _confirmation(each, file, (days_left(each, at), state))
            for each, file in page.rows
            if isinstance(each, MetrologicalConfirmation)
            for state in [standing(known, each, at, asked.due_soon_days)]
        ),
        events=tuple(
            _event(each, file) for each, file in page.rows if isinstance(each, CalibrationEvent)
        ),
    )
    return json_answer(request, register, page.headers)


def _serial(paper: _Document) -> str:
    """Of the instrument that a paper is about."""
    if isinstance(paper, CalibrationCertificate):
        return paper.instrument.serial
    return paper.serial


def _key(paper: _Paper) -> _Key:
    """Where a paper stands in the register: its kind, when it was recorded or happened, itself."""
    each, file = paper
    if isinstance(each, CalibrationEvent):
        return _SECTIONS.index(type(each)), ns_of(each.at), each.serial, file.sha256
    return _SECTIONS.index(type(each)), ns_of(each.recorded_at), each.id, file.sha256


def now(parts: Parts) -> dt.datetime:
    """The instant that the clock shows, UTC."""
    return dt.datetime.fromtimestamp(parts.clock.now_ns() // NS_PER_S, tz=dt.UTC)


def due_days(sources: Sources, parts: Parts, reader: Reader) -> dict[str, int]:
    """Days left for each instrument that has a confirmation in force, by serial number."""
    at = now(parts)
    confirmations = _read(sources, parts, reader, _CONFIRMATIONS)
    events = _read(sources, parts, reader, _EVENTS)
    current = in_force(_known(confirmations, events), at)
    return {serial: days_left(each, at) for serial, each in current.items()}


def _known(
    confirmations: Iterable[tuple[MetrologicalConfirmation, Logged]],
    events: Iterable[tuple[CalibrationEvent, Logged]],
) -> CalibrationRegister:
    return CalibrationRegister(
        confirmations=tuple(each for each, _ in confirmations),
        events=tuple(each for each, _ in events),
    )


def _read(sources: Sources, parts: Parts, reader: Reader, kind: _Kind[T]) -> list[tuple[T, Logged]]:
    """The files of a kind that the reader may see, each once, in order of arrival."""
    name, of = kind
    found = []
    for sha256, places in logged(sources, (name,)).items():
        seen = [place for place in places if reader.sees(parts.sites.get(place.agent, ""))]
        if seen:
            document = document_read(sources.ledger, name, sha256, seen[0])
            file = Logged(
                sha256=sha256,
                document=f"/api/v1/documents/{sha256}",
                agents=tuple(sorted({place.agent for place in seen})),
            )
            found += [(each, file) for each in of(document.register)]
    return found


def _certificate(each: CalibrationCertificate, file: Logged) -> CertificateRow:
    return CertificateRow(
        id=each.id,
        kind=each.kind,
        instrument=each.instrument,
        laboratory=each.laboratory,
        performed_on=each.performed_on,
        recorded_at=each.recorded_at.astimezone(dt.UTC),
        conformity=each.conformity,
        standards=tuple(standard.influence for standard in each.standards),
        document_sha256=each.document_sha256,
        **msgspec.structs.asdict(file),
    )


def _confirmation(
    each: MetrologicalConfirmation, file: Logged, due: tuple[int, Standing]
) -> ConfirmationRow:
    return ConfirmationRow(
        id=each.id,
        certificate=each.certificate,
        serial=each.serial,
        requirement=each.requirement,
        decision=each.decision,
        effective_from=each.effective_from.astimezone(dt.UTC),
        due_on=each.due_on,
        days_left=due[0],
        standing=due[1],
        confirmed_by=each.confirmed_by,
        recorded_at=each.recorded_at.astimezone(dt.UTC),
        **msgspec.structs.asdict(file),
    )


def _event(each: CalibrationEvent, file: Logged) -> EventRow:
    return EventRow(
        event=each.event,
        serial=each.serial,
        certificate=each.certificate,
        at=each.at.astimezone(dt.UTC),
        recorded_at=each.recorded_at.astimezone(dt.UTC),
        recorded_by=each.recorded_by,
        reason=each.reason,
        ends_confirmation=each.ends_confirmation,
        **msgspec.structs.asdict(file),
    )
