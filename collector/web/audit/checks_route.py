"""The fifteen checks of a channel in a period: how they are asked for, and the report of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from collector.api.parts import Here, Parts
from collector.api.pool import Sources
from collector.api.register import seen_by
from collector.api.security import Asker, Reader
from collector.api.statement import named, visible
from collector.audit.gather import material_of
from collector.lookup import ChannelRow
from collector.web.audit.asked import MOST_MATCHES, MOST_NAMES, Asked, asked_of, matching
from collector.web.audit.checks import CheckLine, Count, check_lines, counts, readable
from collector.web.audit.heads import Heads, heads_of
from collector.web.audit.made_evidence import Stated, stated_within
from collector.web.look import look_of
from collector.web.render import page
from evidence.audit.audit import audit
from evidence.audit.outcome import Audit
from evidence.clock import parse_utc
from evidence.errors import CodedError

router: Final = APIRouter(tags=["pages"], include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosing:
    """The form: what may be chosen, and whether something was.

    Attributes:
        names: For the list beside the field; of many none, they are searched for.
        found: Channels whose name contains what was said; `more` are not shown.
        count: Of all that the reader may see.
        is_chosen: Whether a channel was named exactly.
    """

    names: list[str]
    found: list[str]
    more: int
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The fifteen checks, what they rest on, and what else is at hand for the period.

    Attributes:
        told: As the interface tells it.
        span: UTC ns.
        heads: Where the logs ended when it was made.
        statements: That were given of periods within it.
    """

    told: Audit
    span: tuple[int, int]
    lines: list[CheckLine]
    counts: list[Count]
    not_checked: list[tuple[int, str]]
    heads: Heads
    statements: list[Stated]


@router.get("/audit", response_model=None)
def audit_page(request: Request, parts: Here, reader: Asker) -> Response:
    """Asks for a channel and a period; the checks are made once the page is there."""
    with parts.sources.lease() as sources:
        rows = visible(sources, reader)
    asked = _asked(request, parts, rows)
    facts = {
        "title": "audit.title",
        "asked": asked,
        "choosing": choosing(rows, asked.channel),
        "refused": _refusal(asked, look_of(request).zone),
    }
    return page(request, parts, reader, "audit.html", facts)


@router.get("/audit/report", response_model=None)
def audit_report(request: Request, parts: Here, reader: Asker) -> Response:
    """The fifteen checks, to be read, printed and signed; some hours are computed again."""
    look = look_of(request)
    with parts.sources.lease() as sources:
        rows = visible(sources, reader)
        asked = _asked(request, parts, rows)
        row, span = named(rows, asked.channel), asked.span(look.zone)
        report = _report(parts, sources, reader, row, span, look.language)
    facts = {"title": "audit.report_title", "asked": asked, "report": report}
    return page(request, parts, reader, "audit_report.html", facts)


def choosing(rows: Mapping[str, Any], words: str) -> Choosing:
    """The form for what was said so far. Pure.

    Args:
        rows: All channels that the reader may see, by name.
        words: A name, or parts of one.
    """
    names = list(rows)
    found = matching(names, words)
    return Choosing(
        names=names if len(names) <= MOST_NAMES else [],
        found=found[:MOST_MATCHES],
        more=max(0, len(found) - MOST_MATCHES),
        count=len(names),
        is_chosen=words in rows,
    )


def _refusal(asked: Asked, zone: ZoneInfo) -> CodedError | None:
    """Why a period cannot be; None for one that can."""
    try:
        asked.span(zone)
    except CodedError as wrong:
        return wrong
    return None


def _asked(request: Request, parts: Parts, rows: Mapping[str, ChannelRow]) -> Asked:
    query = dict(request.query_params)
    row = rows.get(query.get("channel", "").strip())
    last_ns = parts.clock.now_ns() if row is None else row.last_ms * 1_000_000
    return asked_of(query, look_of(request).zone, last_ns)


def _report(
    parts: Parts,
    sources: Sources,
    reader: Reader,
    row: ChannelRow,
    span: tuple[int, int],
    language: str,
) -> Report:
    told = audit(material_of(seen_by(sources, parts), row, span), parts.software)
    return Report(
        told=told,
        span=(parse_utc(told.start), parse_utc(told.end)),
        lines=check_lines(told, language),
        counts=counts(told, language),
        not_checked=[(each.number, readable(each.why, language)) for each in told.not_checked],
        heads=heads_of(parts, sources),
        statements=stated_within(sources, reader, row.channel, told.start, told.end),
    )
