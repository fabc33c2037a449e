"""Readings over HTTP, page by page, from the leaves that agents signed."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from collector.api.answer import json_answer
from collector.api.asked import INSTANT, Asked
from collector.api.listing import paged
from collector.api.page import Question, ReadingPage, page
from collector.api.paging import MAX_TEXT, NEXT, from_cursor
from collector.api.parts import Here
from collector.api.patterns import CHANNEL
from collector.api.period import instant, require_order
from collector.api.schema import ref
from collector.api.security import Asker
from collector.api.statement import named, visible
from evidence.judging.stream import NS_PER_MS

MAX_ROWS: Final = 1_000
router: Final = APIRouter(prefix="/api/v1/readings", tags=["readings"])


class ReadingsAsked(Asked):
    """Which readings."""

    channel: str = Field(pattern=CHANNEL, description="The channel's name.")
    start: str = Field(max_length=64, description=f"First instant, included: {INSTANT}.")
    end: str = Field(max_length=64, description=f"Last instant, excluded: {INSTANT}.")
    limit: int = Field(100, ge=1, le=MAX_ROWS, description="Rows on a page.")
    cursor: str | None = Field(
        None, max_length=MAX_TEXT, description="`next` of the page before; the rest unchanged."
    )


@router.get("", **paged(ref(ReadingPage), "Readings and misses."))
def reading_page(
    request: Request, asked: Annotated[ReadingsAsked, Query()], parts: Here, reader: Asker
) -> Response:
    """Readings of a channel, with raw bytes, result, uncertainty and certificate; misses too."""
    question = _question(asked)
    after = None if asked.cursor is None else from_cursor(asked.cursor, question.id)
    with parts.sources.lease() as sources:
        named(visible(sources, reader), asked.channel)
        found = page(sources, question, after, asked.limit)
    return json_answer(request, found, {NEXT: found.next} if found.next else {})


def _question(asked: ReadingsAsked) -> Question:
    start_ns, end_ns = instant(asked.start, "start"), instant(asked.end, "end")
    require_order(start_ns, end_ns, asked.start, asked.end)
    # Readings are stamped in ms: those before a part of one are left out, those after too.
    return Question(
        channel=asked.channel,
        start_ms=-(-start_ns // NS_PER_MS),
        end_ms=-(-end_ns // NS_PER_MS),
    )
