"""The first page: the site at a glance."""

from typing import Final

from fastapi import APIRouter, Request, Response

from collector.api.parts import Here
from collector.api.security import Asker
from collector.web.factory.channels import STATES, WRONG, asked_of
from collector.web.factory.costs import MARKS, mark_of
from collector.web.factory.view import Looker
from collector.web.look import look_of
from collector.web.render import page

router: Final = APIRouter(tags=["pages"], include_in_schema=False)


@router.get("/", response_model=None)
def factory(request: Request, parts: Here, reader: Asker) -> Response:
    """What is wrong, how the agents are, and what the instruments show."""
    query = dict(request.query_params)
    asked = asked_of(query)
    agents_page = asked_of({"page": query.get("agents", "")}).page
    with parts.sources.lease() as sources:
        seen = Looker(sources, parts, reader).factory(asked, agents_page, look_of(request).language)
    facts = {
        "title": "factory.title",
        "seen": seen,
        "asked": asked,
        "q": query.get("q", "")[:200],
        "states": (WRONG, *STATES),
        "marks": MARKS,
        "mark_of": mark_of,
        "is_live": query.get("live") != "off",
    }
    return page(request, parts, reader, "factory.html", facts)
