"""The page of an instrument, at the address of its channel."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path, Request, Response

from collector.api.acting import Acting
from collector.api.parts import Here
from collector.api.patterns import CHANNEL
from collector.api.problem import status_of
from collector.api.security import Asker
from collector.doubt.telling import Doubts
from collector.web.activity.saved import boundaries_with
from collector.web.certificates.register_page import may_see_evidence
from collector.web.factory.costs import mark_of
from collector.web.factory.known import known_to
from collector.web.factory.live import LastReadings
from collector.web.instrument.applied import MARKS
from collector.web.instrument.asked import LENGTHS, Period, field_of, page_of
from collector.web.instrument.checks import OUTCOMES, checked, told_percent_to, told_to
from collector.web.instrument.drawn import (
    cause_of,
    drawn_checks,
    drawn_papers,
    drawn_readings,
    event_words,
    to_do_of,
)
from collector.web.instrument.entered import entered_facts
from collector.web.instrument.resting import resting
from collector.web.instrument.resting_hours import resting_hours, touched_hours
from collector.web.instrument.series import gaps_text, series_text
from collector.web.instrument.view import Looker, channel_row
from collector.web.look import Look, look_of
from collector.web.planned import Plans
from collector.web.refused import require_person
from collector.web.render import page
from evidence.audit.stood import ns_of
from evidence.clock import utc_text
from evidence.errors import CodedError
from evidence.log.how_read import quantity_words
from evidence.statement.entered.channel import is_entered

router: Final = APIRouter(tags=["pages"], include_in_schema=False)


@router.get("/instruments/{channel:path}", response_model=None)
def instrument(
    request: Request,
    channel: Annotated[str, Path(pattern=CHANNEL)],
    parts: Here,
    acts: Acting,
    reader: Asker,
) -> Response:
    """What an instrument showed, how well it is known, and which papers it rests on."""
    look, now_ns = look_of(request), parts.clock.now_ns()
    query = dict(request.query_params)
    if is_entered(channel):
        told = entered_facts(acts.known(), reader, channel, query, look.language)
        return page(request, parts, reader, "instrument_entered.html", told)
    with parts.sources.lease() as sources:
        row = channel_row(sources, reader, channel)
        looker = Looker(sources, parts, row)
        period, refused = _period(looker, query, look.zone)
        require_person(request, refused)
        shown = looker.shown(period, page_of(query), look.zone)
        rests = resting(sources, row, now_ns)
        checks = checked(sources, parts.sites, channel, now_ns)
        doubts = Doubts(sources, parts.sites, now_ns).of(channel, touched_hours(shown.period))
        known = known_to(request, sources, parts, reader)
        facts = {
            "title": "instrument.title",
            "row": row,
            "standing": known.standing(looker.standing()),
            "failed": known.failed_test(channel),
            "shown": shown,
            "refused": refused,
            "asked": query if refused else {},
            "faults": looker.faults(),
            "live": LastReadings(sources).of([row])[channel],
            "rests": rests,
            "checked": checks,
            "doubts": doubts,
            "plans": Plans(sources, parts.sites, now_ns).of(channel),
            "boundaries": boundaries_with(acts.known().boundaries, reader, channel),
            "may_audit": may_see_evidence(reader),
        }
    facts |= {
        "figure": drawn_readings(channel, shown, look),
        "timeline": drawn_papers(channel, rests, now_ns, look),
        "told_charts": [drawn_checks(channel, each, look) for each in checks],
        "series": series_text(shown.points, shown.period, shown.gap_ns),
        "gaps": gaps_text(shown.spells),
        "rests_of": resting_hours(doubts).of,
        "quantity": quantity_words(row.head.measurand.kind_of_quantity.value, look.language),
        **_words(look),
    }
    status = 200 if refused is None else status_of(refused)
    return page(request, parts, reader, "instrument.html", facts, status=status)


def _period(
    looker: Looker, query: Mapping[str, str], zone: ZoneInfo
) -> tuple[Period, CodedError | None]:
    """What is asked for; else what is shown where nothing is, and why it cannot be."""
    try:
        return looker.period(query, zone), None
    except CodedError as wrong:
        return looker.period({}, zone), wrong


def _words(look: Look) -> Mapping[str, Any]:
    """What the template says things with."""
    return {
        "field": partial(field_of, zone=look.zone),
        "utc": utc_text,
        "ns_of": ns_of,
        "lengths": LENGTHS,
        "mark_of": mark_of,
        "paper_marks": MARKS,
        "outcomes": OUTCOMES,
        "told_to": told_to,
        "told_percent_to": told_percent_to,
        "cause_of": partial(cause_of, language=look.language),
        "to_do_of": partial(to_do_of, language=look.language),
        "event_words": partial(event_words, language=look.language),
    }
