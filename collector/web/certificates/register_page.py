"""The register of certificates: what is due, what is overdue, what has none."""

from collections.abc import Sequence
from typing import Final

from fastapi import APIRouter, Request, Response

from collector.api.parts import Here, Parts
from collector.api.security import Asker, Reader
from collector.api.statement import visible
from collector.rights import Right, may
from collector.web.certificates.asked import ATTENTION, PLACES, RegisterAsked, asked_of, chosen
from collector.web.certificates.board import board_of
from collector.web.certificates.due import DueLine, State, counts
from collector.web.certificates.due_table import due_table
from collector.web.certificates.shelf import shelf_of
from collector.web.factory.channels import paged
from collector.web.here import here_and_now
from collector.web.look import look_of
from collector.web.render import page
from evidence.audit.gb17167 import to_csv

router: Final = APIRouter(tags=["pages"], include_in_schema=False)
_CSV: Final = "text/csv; charset=utf-8"


@router.get("/certificates", response_model=None)
def certificates(request: Request, parts: Here, reader: Asker) -> Response:
    """Every instrument that a paper or a channel names, the most urgent first."""
    asked = asked_of(request.query_params)
    lines = _lines(request, parts, reader, asked)
    facts = {
        "title": "certificates.title",
        "asked": asked,
        "q": request.query_params.get("q", "")[:200],
        "counts": counts(lines),
        "sites": sorted({each.site for each in lines}),
        "states": (ATTENTION, *State),
        "places": PLACES,
        "shown": paged(chosen(lines, asked), asked.page),
        "is_any": bool(lines),
        "may_see_evidence": may_see_evidence(reader),
    }
    return page(request, parts, reader, "certificates/register.html", facts)


@router.get("/certificates/all/due.csv", response_model=None)
def due_csv(request: Request, parts: Here, reader: Asker) -> Response:
    """The same lines as a table, all pages of them."""
    asked = asked_of(request.query_params)
    lines = chosen(_lines(request, parts, reader, asked), asked)
    data = to_csv(due_table(lines, look_of(request).language))
    headers = {"Content-Disposition": 'attachment; filename="certificates-due.csv"'}
    return Response(data, media_type=_CSV, headers=headers)


def _lines(
    request: Request, parts: Parts, reader: Reader, asked: RegisterAsked
) -> Sequence[DueLine]:
    with parts.sources.lease() as sources:
        papers = shelf_of(request).papers(sources, parts, reader)
        rows = list(visible(sources, reader).values())
    return board_of(request).lines(papers, rows, here_and_now(request, parts), asked.soon_days)


def may_see_evidence(reader: Reader) -> bool:
    """Whether links to documents, chains and originals lead anywhere for somebody."""
    return reader.person is None or may(reader.person.role, Right.READ_EVIDENCE)
