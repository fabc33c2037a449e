"""The effect of each bad result on the amounts, over HTTP."""

import datetime as dt
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from collector.api.acting import Acting
from collector.api.parts import Here, Parts
from collector.api.problem import status_of
from collector.api.security import Asker, Reader
from collector.api.statement import visible
from collector.api.touched import touched_by
from collector.web.activity.changed import change_name
from collector.web.audit.asked import LONGEST, Asked, Span, matching
from collector.web.audit.effects import Effects, effects_of
from collector.web.audit.ruled_effects import ruled_effects, with_ruled
from collector.web.audit.since_failed import since_failed
from collector.web.audit.touched import touched_line
from collector.web.look import look_of
from collector.web.refused import require_person
from collector.web.render import page
from evidence.clock import NS_PER_S, parse_utc, utc_text
from evidence.errors import CodedError

router: Final = APIRouter(tags=["pages"], include_in_schema=False)


@router.get("/audit/effects", response_model=None)
def effects_page(request: Request, parts: Here, reader: Asker) -> Response:
    """Amounts that rest on instruments which had moved or failed a check, and what that did."""
    zone = look_of(request).zone
    asked = _asked(request, zone, parts.clock.now_ns())
    seen: Effects | None = None
    refused: CodedError | None = None
    try:
        span = asked.span(zone)
    except CodedError as wrong:
        require_person(request, refused := wrong)
    else:
        seen = _seen(parts, reader, asked.channel, span)
    facts = {
        "title": "audit_effects.title",
        "asked": asked,
        "seen": seen,
        "refused": refused,
        "utc": utc_text,
    }
    status = 200 if refused is None else status_of(refused)
    return page(request, parts, reader, "audit_effects.html", facts, status=status)


def _seen(parts: Parts, reader: Reader, words: str, span: Span) -> Effects:
    with parts.sources.lease() as sources:
        rows = visible(sources, reader)
        chosen = {name: rows[name] for name in matching(rows, words)}
        found = effects_of(sources, chosen, span)
        found = with_ruled(found, ruled_effects(sources, parts, sorted(chosen), span))
        return with_ruled(found, since_failed(sources, parts, sorted(chosen), span))


@router.get("/audit/effects/touched", response_model=None)
def touched_page(request: Request, parts: Here, acts: Acting, reader: Asker) -> Response:
    """Which statements would be others now, because of a certificate, and by how much."""
    certificate = request.query_params.get("certificate", "").strip()[:LONGEST]
    told = touched_by(parts, acts, reader, certificate)
    facts = {
        "title": "audit_effects.touched_title",
        "told": told,
        "since_ns": parse_utc(told.since),
        "papers": [(each, parse_utc(each.received)) for each in told.papers],
        "lines": [touched_line(each) for each in told.statements],
        "change_name": partial(change_name, language=look_of(request).language),
    }
    return page(request, parts, reader, "audit_touched.html", facts)


def _asked(request: Request, zone: ZoneInfo, now_ns: int) -> Asked:
    """What was asked for; the last year where no period was."""
    query = request.query_params
    today = dt.datetime.fromtimestamp(now_ns // NS_PER_S, tz=zone).date()
    following = today + dt.timedelta(days=1)
    return Asked(
        channel=query.get("channel", "").strip()[:LONGEST],
        start=query.get("start", "").strip()[:64] or str(following - dt.timedelta(days=365)),
        end=query.get("end", "").strip()[:64] or str(following),
    )
