"""The page of amounts."""

from collections.abc import Mapping
from functools import partial
from typing import Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from collector.activity.acts import Acts
from collector.api.acting import Acting
from collector.api.exports import Format
from collector.api.parts import Here, Parts
from collector.api.period import By
from collector.api.pool import Sources
from collector.api.problem import problem_of
from collector.api.security import Asker, Reader
from collector.rights import Right, may
from collector.web import words
from collector.web.activity.asked import Chosen, chosen_of
from collector.web.activity.boundary_form import field_of, form_of_saved
from collector.web.activity.files import FileForm
from collector.web.activity.gathering import Gathering
from collector.web.activity.readings import Polls, polls_of
from collector.web.activity.resting import rests_within
from collector.web.activity.saved import choices, lines_of, settled
from collector.web.activity.shares import certificates_behind
from collector.web.activity.shown import Say, Teller, Told, cause_words
from collector.web.activity.spans import clock_text, written
from collector.web.activity.view import Amounts, Page, Refused
from collector.web.look import look_of
from collector.web.refused import require_person
from collector.web.render import page
from evidence.clock import parse_utc, utc_text
from evidence.statement.entered.channel import is_entered

router: Final = APIRouter(tags=["pages"], include_in_schema=False)


@router.get("/activity", response_model=None)
def activity(request: Request, parts: Here, acts: Acting, reader: Asker) -> Response:
    """What a product line used: totals with U, corrected beside uncorrected, what is missing."""
    lines = lines_of(acts.known().boundaries, reader, look_of(request).language)
    chosen = settled(dict(request.query_params), lines)
    if chosen is not None:
        return RedirectResponse(f"/activity?{urlencode(chosen)}", status_code=303)
    return amounts_page(request, parts, acts, reader)


def amounts_page(
    request: Request,
    parts: Parts,
    acts: Acts,
    reader: Reader,
    form: Mapping[str, str] | None = None,
    refused: Refused | None = None,
) -> Response:
    """The page of what its address asks for.

    Args:
        request: That asks for it.
        parts: Of the collector.
        acts: What people entered, decided and saved.
        reader: Who asks.
        form: That they sent to save the boundary; None if they sent none.
        refused: Why it was not saved.
    """
    require_person(request, refused)
    query, look = dict(request.query_params), look_of(request)
    asked, known = chosen_of(query), acts.known()
    with parts.sources.lease() as sources:
        seen = Gathering(sources, parts, known, reader, asked, look.zone).page()
        polls = None if seen.amounts is None else _polls(sources, seen.amounts, seen.chosen, query)
    require_person(request, seen.refused)
    say, chosen = partial(words.say, language=look.language), seen.chosen
    now_ns, wanted = parts.clock.now_ns(), query.get("line", "")[:300]
    facts = {
        "title": "activity.title",
        "chosen": chosen,
        "q": query.get("q", "")[:200],
        "seen": seen,
        "used": seen.used,
        "amounts": seen.amounts,
        "told": _told(seen, say, look.zone),
        "cause_words": partial(cause_words, say=say),
        "fields": _fields(seen, look.zone),
        "polls": polls,
        "certificates_behind": certificates_behind,
        "rests_within": rests_within,
        "parse": parse_utc,
        "utc": utc_text,
        "written": partial(written, zone=look.zone),
        "file": _file(seen, look.zone),
        "formats": [each.value for each in Format],
        "by_all": [each.value for each in By],
        "factors": ",".join(map(chosen.exact, chosen.channels)),
        "lists": choices(known, reader, chosen, wanted, look, now_ns),
        "form": {**form_of_saved(chosen, known, look.zone), **(form or {})},
        "refused": refused,
        "wrong": "" if refused is None else field_of(refused),
        "done": query.get("done", "")[:20],
        **_rights(reader),
    }
    wrong = refused or seen.refused
    status = 200 if wrong is None else problem_of(wrong, look.language).status
    return page(request, parts, reader, "activity.html", facts, status=status)


def _rights(reader: Reader) -> dict[str, bool]:
    """What the reader may do besides looking."""
    role = None if reader.person is None else reader.person.role
    return {
        "may_enter": role is not None and may(role, Right.ENTER),
        "may_save": role is not None and may(role, Right.OPERATE),
        "may_audit": role is None or may(role, Right.READ_EVIDENCE),
    }


def _told(seen: Page, say: Say, zone: ZoneInfo) -> list[Told]:
    if seen.amounts is None:
        return []
    teller = Teller(say, zone, seen.amounts.range)
    return [teller.told(each) for each in seen.amounts.quantities]


def _fields(seen: Page, zone: ZoneInfo) -> dict[str, str]:
    """What the form of the range shows: days, or instants where it is not one of whole days.

    Of a range that was refused what was asked for.
    """
    if seen.amounts is None:
        chosen, by = seen.chosen, seen.chosen.by or By.TOTAL
        days = {"first": chosen.start[:10], "behind": chosen.end[:10], "sort": "date"}
        return {**days, "by": by.value}
    asked = seen.amounts.range
    return {
        "start": written(asked.start_ns, zone),
        "end": written(asked.end_ns, zone),
        "first": clock_text(asked.start_ns, zone, days=asked.is_of_days(zone)),
        "behind": clock_text(asked.end_ns, zone, days=asked.is_of_days(zone)),
        "sort": "date" if asked.is_of_days(zone) else "text",
        "by": asked.by.value,
    }


def _file(seen: Page, zone: ZoneInfo) -> FileForm | None:
    """The form of a file of what is shown."""
    if seen.amounts is None:
        return None
    asked, chosen = seen.amounts.range, seen.chosen
    return FileForm(
        channels=chosen.channels,
        start=written(asked.start_ns, zone),
        end=written(asked.end_ns, zone),
        tz=zone.key,
        by=asked.by.value,
        as_of=chosen.as_of,
    )


def _polls(
    sources: Sources, amounts: Amounts, chosen: Chosen, query: Mapping[str, str]
) -> Polls | None:
    """The readings of one hour of one channel that is polled; None of anything else."""
    channels = chosen.channels
    if not amounts.range.is_hour or len(channels) > 1 or is_entered(channels[0]):
        return None
    return polls_of(sources, channels[0], amounts.range.span, query.get("cursor", ""))
