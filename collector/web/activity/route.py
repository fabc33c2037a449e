"""The page of amounts, and the way to its files."""

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from collector.api.acting import Acting
from collector.api.exports import Format
from collector.api.listed import MAX_NAMES
from collector.api.parts import Here
from collector.api.period import By
from collector.api.pool import Sources
from collector.api.problem import problem_of
from collector.api.security import Asker
from collector.rights import Right, may
from collector.web import words
from collector.web.activity.asked import Chosen, chosen_of
from collector.web.activity.readings import Polls, polls_of
from collector.web.activity.shown import Say, Teller, Told, cause_words
from collector.web.activity.spans import day_of, written
from collector.web.activity.view import Amounts, Gathering, Page
from collector.web.look import look_of
from collector.web.refused import require_person
from collector.web.render import page
from evidence.clock import parse_utc
from evidence.statement.entered.channel import is_entered

router: Final = APIRouter(tags=["pages"], include_in_schema=False)
_EXPORT: Final = "/api/v1/activity-data/export"
_PASSED_ON: Final = (
    "channel",
    "channels",
    "start",
    "end",
    "by",
    "tz",
    "as_of",
    "under_plan",
    "format",
    "samples",
    "seed",
    "data_schema",
)


@router.get("/activity", response_model=None)
def activity(request: Request, parts: Here, acts: Acting, reader: Asker) -> Response:
    """What a product line used: totals with U, corrected beside uncorrected, what is missing."""
    query, look = dict(request.query_params), look_of(request)
    chosen = chosen_of(query)
    known = acts.known()
    with parts.sources.lease() as sources:
        gathered = Gathering(sources, parts, known, reader, chosen, look.zone)
        seen = gathered.page()
        polls = None if seen.amounts is None else _polls(sources, seen.amounts, chosen, query)
    require_person(request, seen.refused)
    say = partial(words.say, language=look.language)
    facts = {
        "title": "activity.title",
        "chosen": chosen,
        "q": query.get("q", "")[:200],
        "seen": seen,
        "amounts": seen.amounts,
        "told": _told(seen, say, look.zone),
        "cause_words": partial(cause_words, say=say),
        "fields": _fields(seen, look.zone),
        "polls": polls,
        "parse": parse_utc,
        "written": partial(written, zone=look.zone),
        "formats": [each.value for each in Format],
        "by_all": [each.value for each in By],
        "factors": ",".join(str(int(chosen.factor(each))) for each in chosen.channels),
        "may_enter": reader.person is not None and may(reader.person.role, Right.ENTER),
    }
    status = 200 if seen.refused is None else problem_of(seen.refused, look.language).status
    return page(request, parts, reader, "activity.html", facts, status=status)


def _told(seen: Page, say: Say, zone: ZoneInfo) -> list[Told]:
    if seen.amounts is None:
        return []
    teller = Teller(say, zone, seen.amounts.range)
    return [teller.told(each) for each in seen.amounts.quantities]


def _fields(seen: Page, zone: ZoneInfo) -> dict[str, str]:
    """What the form of the range shows: days, of which the last one is within the range."""
    if seen.amounts is None:
        return {}
    asked = seen.amounts.range
    return {
        "start": written(asked.start_ns, zone),
        "end": written(asked.end_ns, zone),
        "first": day_of(asked.start_ns, zone).isoformat(),
        "behind": (day_of(asked.end_ns - 1, zone) + dt.timedelta(days=1)).isoformat(),
        "by": asked.by.value,
    }


def _polls(
    sources: Sources, amounts: Amounts, chosen: Chosen, query: Mapping[str, str]
) -> Polls | None:
    """The readings of one hour of one channel that is polled; None of anything else."""
    channels = chosen.channels
    if not amounts.range.is_hour or len(channels) > 1 or is_entered(channels[0]):
        return None
    return polls_of(sources, channels[0], amounts.range.span, query.get("cursor", ""))


@router.get("/activity/download", response_model=None)
def activity_download(request: Request) -> Response:
    """Leads a form that names a file to where programs find it; what is empty is left out.

    It says nothing: who may have the file is asked there.
    """
    given = {
        name: text
        for name in _PASSED_ON
        if (text := request.query_params.get(name, "").strip()[:MAX_NAMES])
    }
    if "," in given.get("channel", ""):
        given["channels"] = given.pop("channel")
    return RedirectResponse(f"{_EXPORT}?{urlencode(given)}", status_code=303)
