"""The first page: the site at a glance."""

from typing import Final

from fastapi import APIRouter, Request, Response

from collector.api.acting import Acting
from collector.api.parts import Here
from collector.api.security import Asker
from collector.web.activity.saved import lines_of
from collector.web.certificates.register_page import may_see_evidence
from collector.web.factory.channels import STATES, WRONG, asked_of
from collector.web.factory.costs import MARKS, mark_of
from collector.web.factory.known import known_to
from collector.web.factory.view import Looker
from collector.web.look import look_of
from collector.web.render import page

router: Final = APIRouter(tags=["pages"], include_in_schema=False)


@router.get("/", response_model=None)
def factory(request: Request, parts: Here, acts: Acting, reader: Asker) -> Response:
    """What is wrong, how lines and agents are, and what the instruments show."""
    query = dict(request.query_params)
    asked = asked_of(query)
    agents_page = asked_of({"page": query.get("agents", "")}).page
    with parts.sources.lease() as sources:
        language = look_of(request).language
        known = known_to(request, sources, parts, reader)
        lines = lines_of(acts.known().boundaries, reader, language)
        looker = Looker(sources, parts, reader, known, lines)
        seen = looker.factory(asked, agents_page, language)
    facts = {
        "title": "factory.title",
        "seen": seen,
        "asked": asked,
        "q": query.get("q", "")[:200],
        "states": (WRONG, *STATES),
        "marks": MARKS,
        "mark_of": mark_of,
        "may_see_evidence": may_see_evidence(reader),
        "is_live": query.get("live") != "off",
    }
    return page(request, parts, reader, "factory.html", facts)
