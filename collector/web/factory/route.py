"""The first page: the site at a glance."""

from typing import Final

from fastapi import APIRouter, Request, Response

from calibration.confirmation import MetrologicalConfirmation
from collector.api.acting import Acting
from collector.api.parts import Here, Parts
from collector.api.pool import Sources
from collector.api.refusal import PapersUnreadError
from collector.api.security import Asker, Reader
from collector.web.activity.saved import lines_of
from collector.web.certificates.shelf import shelf_of
from collector.web.factory.channels import STATES, WRONG, asked_of
from collector.web.factory.costs import MARKS, mark_of
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

        def confirmations() -> list[tuple[str, MetrologicalConfirmation]]:
            return _confirmations(request, sources, parts, reader)

        lines = lines_of(acts.known().boundaries, reader, look_of(request).language)
        looker = Looker(sources, parts, reader, confirmations, lines)
        seen = looker.factory(asked, agents_page, look_of(request).language)
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


def _confirmations(
    request: Request, sources: Sources, parts: Parts, reader: Reader
) -> list[tuple[str, MetrologicalConfirmation]]:
    """Those that the reader may see, with their sites; none while papers are still read ahead."""
    try:
        papers = shelf_of(request).papers(sources, parts, reader)
    except PapersUnreadError:
        return []
    return [
        (each.site, each.entry)
        for each in papers
        if isinstance(each.entry, MetrologicalConfirmation)
    ]
