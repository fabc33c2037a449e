"""The page of an instrument, at the address of its channel."""

from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Path, Request, Response
from markupsafe import Markup

from collector.api.asked import CHANNEL
from collector.api.parts import Here
from collector.api.security import Asker
from collector.api.statement import named, visible
from collector.web.factory.costs import mark_of
from collector.web.factory.live import LastReadings
from collector.web.instrument.asked import LENGTHS, field_of
from collector.web.instrument.chart import Words, chart, series_text
from collector.web.instrument.spells import Spell
from collector.web.instrument.view import Looker, Shown
from collector.web.look import Look, look_of
from collector.web.render import page
from collector.web.units import symbol
from collector.web.words import has, say
from evidence.clock import utc_text

router: Final = APIRouter(tags=["pages"], include_in_schema=False)


@router.get("/instruments/{channel:path}", response_model=None)
def instrument(
    request: Request,
    channel: Annotated[str, Path(pattern=CHANNEL)],
    parts: Here,
    reader: Asker,
) -> Response:
    """What an instrument showed, how well it is known, and which papers it rests on."""
    look = look_of(request)
    with parts.sources.lease() as sources:
        row = named(visible(sources, reader), channel)
        looker = Looker(sources, parts, row)
        shown = looker.shown(dict(request.query_params), look.zone)
        facts = {
            "title": "instrument.title",
            "row": row,
            "standing": looker.standing(),
            "shown": shown,
            "faults": looker.faults(),
            "live": LastReadings(sources).of([row])[row.channel],
        }
    facts |= {
        "figure": _figure(row.channel, shown, look),
        "series": series_text(shown.points, shown.period, shown.gap_ns),
        "field": partial(field_of, zone=look.zone),
        "utc": utc_text,
        "lengths": LENGTHS,
        "mark_of": mark_of,
        "cause_of": partial(cause_of, language=look.language),
    }
    return page(request, parts, reader, "instrument.html", facts)


def cause_of(kind: str, code: str, language: str) -> str:
    """A cause in words; a code that is newer than they stands for itself."""
    key = f"factory.state_{code}" if kind == "quality" else f"instrument.miss_{code}"
    return say(key, language) if has(key) else code


def _figure(channel: str, shown: Shown, look: Look) -> Markup | None:
    if not shown.has_values:
        return None
    language = look.language

    def cause(spell: Spell) -> str:
        return cause_of(spell.kind, spell.code, language)

    words = Words(
        name=say(f"instrument.figure_{shown.kind}", language, channel=channel),
        description=say("instrument.figure_text", language, count=len(shown.points)),
        unit=symbol(shown.unit),
        cause=cause,
    )
    period, zone = shown.period, look.zone
    return chart(shown.points, shown.spells, period, zone, shown.gap_ns, words)
