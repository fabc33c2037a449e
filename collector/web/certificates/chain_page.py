"""The chain behind a certificate, and the reverse question: what rests on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Path, Request, Response

from calibration.certificate import CalibrationCertificate
from calibration.errors import CertificateError
from calibration.register import CalibrationRegister
from collector.api.parts import Here, Parts
from collector.api.period import instant
from collector.api.pool import Sources
from collector.api.problem import status_of
from collector.api.refusal import RangeLimitError, RangeOrderError
from collector.api.register import seen_by
from collector.api.security import Asker, Reader
from collector.api.statement import require_hours, visible
from collector.api.unknown import PaperUnknownError
from collector.lookup import ChannelRow
from collector.register.gather import EVER, rests_on
from collector.web.certificates.asked import asked_of
from collector.web.certificates.certificate_page import ID
from collector.web.certificates.chain_figure import chain_figure
from collector.web.certificates.graph import Graph, graph_of
from collector.web.certificates.resting_words import by_words, days_of
from collector.web.certificates.shelf import Paper, register_of, shelf_of
from collector.web.factory.channels import Paged, paged
from collector.web.look import look_of
from collector.web.refused import require_person
from collector.web.render import page
from collector.web.words import say
from evidence.audit.papers import papers_of
from evidence.audit.resting import RestsOn, Roots, roots_of
from evidence.audit.said import Said, said
from evidence.audit.traced import Traced, traced
from evidence.clock import parse_utc
from evidence.errors import CodedError, TimestampError

FEW_CHANNELS: Final = 200
FEW_HOURS: Final = 20_000
FEW_PAPERS: Final = 500
"""Up to so many of each, hours are looked through at once; and of so many channels on a page."""
FEW_STATEMENTS: Final = 20
"""So many stand on the page at once; the others unfold below them."""
_PERIOD: Final = (RangeLimitError, RangeOrderError, TimestampError)
router: Final = APIRouter(tags=["pages"], include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """What the page shows of one site.

    Attributes:
        sites: All whose registers know the id.
        traced: Above it; None where it names no certificate, or leads in a circle (`against`).
        hours: What rests on it in hours and statements; None where it was not looked through.
        looked: The channels that were looked through, a page of them; None likewise.
        is_narrow: Whether only the channels of its instruments were looked through.
        refused: Why the hours that were asked for were not looked through.
    """

    id: str
    site: str
    sites: tuple[str, ...]
    graph: Graph
    traced: Traced | None
    roots: Roots
    hours: RestsOn | None
    looked: Paged[ChannelRow] | None
    is_narrow: bool
    refused: CodedError | None
    against: Said | None


@router.get("/certificates/{certificate}/chain", response_model=None)
def chain(
    request: Request,
    certificate: Annotated[str, Path(pattern=ID)],
    parts: Here,
    reader: Asker,
) -> Response:
    """Standard by standard to the last one on record; and all that rests on the certificate."""
    return _answer(request, parts, reader, certificate)


@router.get("/certificates/all/rests-on", response_model=None)
def rests(request: Request, parts: Here, reader: Asker) -> Response:
    """The reverse question for any standard: its influence, its certificate, a gas cylinder."""
    name = request.query_params.get("id", "").strip()[:200]
    if not name:
        facts = {"title": "chain.title_rests", "chain": None, "name": name}
        return page(request, parts, reader, "certificates/chain.html", facts)
    return _answer(request, parts, reader, name)


def _answer(request: Request, parts: Parts, reader: Reader, name: str) -> Response:
    with parts.sources.lease() as sources:
        papers = shelf_of(request).papers(sources, parts, reader)
        found = _chain(request, (sources, parts, reader), papers, name)
    language = look_of(request).language
    facts = {
        "title": "chain.title" if found.traced else "chain.title_rests",
        "chain": found,
        "name": name,
        "parse": parse_utc,
        "few": FEW_STATEMENTS,
        "asked": _asked_days(request, found),
        "by_words": partial(by_words, language=language),
        "figure": chain_figure(found.graph, say("chain.figure", language), language),
    }
    status = 200 if found.refused is None else status_of(found.refused)
    return page(request, parts, reader, "certificates/chain.html", facts, status=status)


def _asked_days(request: Request, found: Chain) -> dict[str, str]:
    """The days in the form: those that were asked for, else those of the hours that are shown."""
    first, last = days_of(found.hours, look_of(request).zone)
    query = request.query_params
    return {"start": query.get("start", first)[:10], "end": query.get("end", last)[:10]}


def _chain(
    request: Request,
    given: tuple[Sources, Parts, Reader],
    papers: tuple[Paper, ...],
    name: str,
) -> Chain:
    sources, _, reader = given
    registers = {site: register_of(papers, site) for site in _sites(papers)}
    roots = {site: roots_of(each, name) for site, each in registers.items()}
    sites = tuple(site for site, each in roots.items() if each.known_as)
    if not sites:
        raise PaperUnknownError("id", id=name)
    asked = request.query_params.get("site", "")
    site = asked if asked in sites else sites[0]
    rows = [
        row for row in visible(sources, reader).values() if row.channel.partition("/")[0] == site
    ]
    above, against = _above(registers[site], site, name)
    hours, looked, is_narrow, refused = _hours_or_why(
        request, given, papers, (site, name, roots[site]), rows
    )
    return Chain(
        id=name,
        site=site,
        sites=sites,
        graph=graph_of(registers[site], name, above, roots[site], rows),
        traced=above,
        roots=roots[site],
        hours=hours,
        looked=looked,
        is_narrow=is_narrow,
        refused=refused,
        against=against,
    )


def _sites(papers: Sequence[Paper]) -> list[str]:
    return sorted({each.site for each in papers})


def _above(
    register: CalibrationRegister, site: str, name: str
) -> tuple[Traced | None, Said | None]:
    try:
        return traced(register, site, name, papers_of(())), None
    except CertificateError as wrong:
        return None, said(wrong.say("en"), wrong.say("zh"))


def _hours_or_why(
    request: Request,
    given: tuple[Sources, Parts, Reader],
    papers: Sequence[Paper],
    about: tuple[str, str, Roots],
    rows: Sequence[ChannelRow],
) -> tuple[RestsOn | None, Paged[ChannelRow] | None, bool, CodedError | None]:
    """The same as `_hours`; a period that cannot be is told to a person beside its form."""
    try:
        return *_hours(request, given, papers, about, rows), None
    except _PERIOD as wrong:
        require_person(request, wrong)
        return None, None, False, wrong


def _hours(
    request: Request,
    given: tuple[Sources, Parts, Reader],
    papers: Sequence[Paper],
    about: tuple[str, str, Roots],
    rows: Sequence[ChannelRow],
) -> tuple[RestsOn | None, Paged[ChannelRow] | None, bool]:
    """What rests on it in hours: at once where that is little, else when it is asked for.

    Raises:
        RangeLimitError: the channels of one page have too many; a shorter period does.
        RangeOrderError, TimestampError: the period cannot be.
    """
    sources, parts, _ = given
    site, name, roots = about
    span = _span(request)
    is_asked = request.query_params.get("hours") == "yes"
    if not is_asked and not _is_little(sources, rows, papers):
        return None, None, False
    some, is_narrow = _room(sources, rows, span, papers, roots)
    looked = paged(some, asked_of(request.query_params).page, FEW_CHANNELS)
    require_hours(sources, looked.rows, span)
    found = rests_on(seen_by(sources, parts), looked.rows, [site], name, span)
    return found, looked, is_narrow


def _is_little(sources: Sources, rows: Sequence[ChannelRow], papers: Sequence[Paper]) -> bool:
    if len(rows) > FEW_CHANNELS or len(papers) > FEW_PAPERS:
        return False
    spans = sources.store.lookup.spans(row.channel for row in rows)
    hour_ns = 3_600_000_000_000
    return sum((each[1] - each[0]) // hour_ns + 1 for each in spans.values()) <= FEW_HOURS


def _room(
    sources: Sources,
    rows: Sequence[ChannelRow],
    span: tuple[int, int],
    papers: Sequence[Paper],
    roots: Roots,
) -> tuple[Sequence[ChannelRow], bool]:
    """All channels where one answer could hold their hours, else those of its instruments."""
    try:
        require_hours(sources, rows, span)
    except RangeLimitError:
        serials = _serials(papers, roots)
        return [row for row in rows if row.head.serial in serials], True
    return rows, False


def _serials(papers: Sequence[Paper], roots: Roots) -> set[str]:
    return {
        each.entry.instrument.serial
        for each in papers
        if isinstance(each.entry, CalibrationCertificate) and each.entry.id in roots.certificates
    }


def _span(request: Request) -> tuple[int, int]:
    zone = look_of(request).zone
    start, end = (request.query_params.get(name, "")[:64] for name in ("start", "end"))
    span = (
        instant(start, "start", zone) if start else EVER[0],
        instant(end, "end", zone) if end else EVER[1],
    )
    if not span[0] < span[1]:
        raise RangeOrderError("start, end", start=start, end=end)
    return span
