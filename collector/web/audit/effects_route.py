"""The effect of each bad result on the amounts, over HTTP."""

import datetime as dt
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from collector.api.acting import Acting
from collector.api.parts import Here
from collector.api.security import Asker
from collector.api.statement import visible
from collector.api.touched import touched_by
from collector.web.activity.changed import change_name
from collector.web.audit.asked import LONGEST, Asked, matching
from collector.web.audit.effects import effects_of
from collector.web.audit.ruled_effects import ruled_effects, with_ruled
from collector.web.audit.touched import touched_line
from collector.web.look import look_of
from collector.web.render import page
from evidence.clock import NS_PER_S, parse_utc

router: Final = APIRouter(tags=["pages"], include_in_schema=False)


@router.get("/audit/effects", response_model=None)
def effects_page(request: Request, parts: Here, reader: Asker) -> Response:
    """Amounts that rest on instruments which had moved or failed a check, and what that did."""
    zone = look_of(request).zone
    asked = _asked(request, zone, parts.clock.now_ns())
    span = asked.span(zone)
    with parts.sources.lease() as sources:
        rows = visible(sources, reader)
        chosen = {name: rows[name] for name in matching(rows, asked.channel)}
        seen = effects_of(sources, chosen, span)
        seen = with_ruled(seen, ruled_effects(sources, parts, sorted(chosen), span))
    facts = {"title": "audit_effects.title", "asked": asked, "seen": seen}
    return page(request, parts, reader, "audit_effects.html", facts)


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
