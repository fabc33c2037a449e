"""A page from its template: words, numbers, assets, and the headers that bind what it may load."""

import json
from collections.abc import Iterator, Mapping
from functools import cache, partial
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from calibration.equation import equation
from calibration.unit_symbol import symbol
from collector.access import Person
from collector.api.allowed import PAGES
from collector.api.cookies import is_secure
from collector.api.parts import Parts
from collector.api.security import Reader
from collector.rights import may
from collector.web import numbers, times, words
from collector.web.activity.over import over_hours, over_of, part_to_come
from collector.web.assets import asset_path
from collector.web.decoded import decoded, names_decoded
from collector.web.filled import filled
from collector.web.kept_forms import kept_forms
from collector.web.look import Look, look_of, remember
from collector.web.punctuation import punctuation_of
from collector.web.refusal_text import refusal_text
from collector.web.typed import Typed
from collector.web.way_back import address_of, door_of
from evidence.audit.paper_words import rule_said, subject_said
from evidence.statement.monitoring.method_words import method_words

CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
NAVIGATION: Final = (
    ("factory", "/"),
    ("certificates", "/certificates"),
    ("activity", "/activity"),
    ("audit", "/audit"),
)
"""Name of a page and its address, in the order of the bar at the top; those that are served."""
ASKED_FIRST: Final = ("base.html", "factory.html", "sign_in.html", "refused.html")
"""Templates of the pages that people begin with, and of what they are told after a start."""
HTMX: Final = json.dumps(
    {
        "allowEval": False,
        "includeIndicatorStyles": False,
        "selfRequestsOnly": True,
        "historyCacheSize": 0,
        "allowScriptTags": False,
    }
)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("collector.web"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(asset=asset_path, HTMX=HTMX, has_words=words.has)
    made.filters.update(
        concise=lambda pair: numbers.concise(*pair),
        stated=lambda pair: numbers.stated(*pair),
        moved=lambda pair: numbers.moved(*pair),
        beside=lambda pair: numbers.beside(*pair),
        significant=numbers.significant,
        indicated=numbers.indicated,
        share=numbers.share,
        percent=lambda pair: numbers.percent(*pair),
        uncertainty=numbers.uncertainty,
        symbol=symbol,
        equation=lambda function: numbers.formula(equation(function, None)),
        formula=numbers.formula,
        elapsed=times.elapsed,
        decoded=decoded,
        names_decoded=names_decoded,
    )
    return made


def load_templates() -> Iterator[str]:
    """Compiles all templates, those of the first pages first: at each step one, and says which.

    The largest takes a tenth of a second, all of them two thirds.
    """
    names = _environment().list_templates()
    for name in sorted(names, key=lambda each: each not in ASKED_FIRST):
        _environment().get_template(name)
        yield name


def page(
    request: Request,
    parts: Parts,
    reader: Reader | None,
    template: str,
    facts: Mapping[str, Any],
    *,
    status: int = 200,
) -> Response:
    """A page.

    Args:
        request: That asks for it.
        parts: Of the collector.
        reader: Who asks; None for somebody who is not known.
        template: Name of its file.
        facts: For the template.
        status: Of HTTP.
    """
    look, typed = look_of(request), _typed(request, reader)
    told = {**_surroundings(request, parts, reader, look), "typed": typed, **facts}
    told["is_theirs"] = typed is not None and reader is not None and _is_of(typed, reader)
    text = _environment().get_template(template).render(told)
    if typed is not None and told["is_theirs"]:
        text = filled(text, typed)
    response = HTMLResponse(text, status_code=status, headers={"Content-Security-Policy": CSP})
    response.headers["Content-Language"] = look.language
    response.headers["Vary"] = "Accept-Language, Cookie"
    remember(request, response, secure=is_secure(request))
    return response


def _typed(request: Request, reader: Reader | None) -> Typed | None:
    """What somebody who has just signed in had typed into a form of the page."""
    if request.method != "GET" or reader is None or reader.session is None:
        return None
    return kept_forms(request).take(reader.session, request.url.path)


def _is_of(typed: Typed, reader: Reader) -> bool:
    return reader.session is not None and typed.is_for(reader.session.user)


def _surroundings(
    request: Request, parts: Parts, reader: Reader | None, look: Look
) -> dict[str, Any]:
    """What every template may use."""
    person = None if reader is None else reader.person
    session = None if reader is None else reader.session
    return {
        "t": partial(words.say, language=look.language),
        "rule_words": lambda rule: rule_said(rule).say(look.language),
        "plan_over": over_of,
        "plan_over_hours": over_hours,
        "plan_part_to_come": part_to_come,
        "method_words": partial(method_words, language=look.language),
        "subject_words": lambda subject: subject_said(subject).say(look.language),
        "language": look.language,
        "theme": look.theme,
        "zone": look.zone.key,
        "at": partial(times.instant, zone=look.zone),
        "when": partial(times.moment, zone=look.zone),
        "minute": partial(times.minute, zone=look.zone),
        "day": partial(times.day, zone=look.zone),
        **_marks(look.language),
        "localised": partial(times.localised, zone=look.zone),
        "refusal": partial(refusal_text, language=look.language, zone=look.zone),
        "path": request.url.path,
        "here": partial(_here, request),
        "door": door_of(request),
        "person": person,
        "pages": [each for each in NAVIGATION if _is_open(each[1], person)],
        "csrf": "" if session is None else session.csrf,
        "software": parts.software,
        "now_ns": parts.clock.now_ns(),
    }


def _is_open(address: str, person: Person | None) -> bool:
    """Whether a page is served, and to whoever asks: one that refuses is none to offer."""
    right = PAGES.get(("GET", address))
    return right is not None and (person is None or may(person.role, right))


def _marks(language: str) -> dict[str, Any]:
    """Marks between words of a language."""
    marks = punctuation_of(language)
    names = ("comma", "colon", "semicolon", "stop", "end", "aside")
    return {name: getattr(marks, name) for name in names}


def _here(request: Request, **changed: str) -> str:
    """This page's address with some of its parameters changed."""
    found = urlsplit(address_of(request))
    query = {**dict(parse_qsl(found.query, keep_blank_values=True)), **changed}
    return f"{found.path}?{urlencode(query)}" if query else found.path
