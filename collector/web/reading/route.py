"""The page of one reading, at the address of its leaf, poll and channel; and the leaf itself."""

import re
from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Request, Response

from collector.api.answer import IMMUTABLE, tagged
from collector.api.parts import Here, Parts
from collector.api.patterns import CHANNEL
from collector.api.security import Asker, Reader
from collector.api.unknown import LogUnknownError
from collector.lookup import Place
from collector.web.budget import budgeted
from collector.web.factory.costs import mark_of
from collector.web.instrument.drawn import cause_of
from collector.web.instrument.view import channel_row
from collector.web.look import look_of
from collector.web.reading.view import told
from collector.web.render import page
from evidence.log.parts import parted

AGENT: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
EPOCH: Final = r"^[0-9a-f]{32}$"
Number = Annotated[int, Path(ge=0, le=2**53)]
router: Final = APIRouter(tags=["pages"], include_in_schema=False)


def _place(
    agent: Annotated[str, Path(pattern=AGENT)],
    epoch: Annotated[str, Path(pattern=EPOCH)],
    leaf: Number,
) -> Place:
    return Place(agent=agent, epoch=epoch, sequence=leaf)


AtLeaf = Annotated[Place, Depends(_place)]


@router.get("/readings/{agent}/{epoch}/{leaf}/{poll}/{channel:path}", response_model=None)
def reading(
    request: Request,
    place: AtLeaf,
    poll: Number,
    channel: Annotated[str, Path(pattern=CHANNEL)],
    parts: Here,
    reader: Asker,
) -> Response:
    """One poll: its bytes, how they were read, what was made of them, and where they are kept."""
    _require_seen(parts, reader, place)
    with parts.sources.lease() as sources:
        channel_row(sources, reader, channel)
        prove = request.query_params.get("prove") == "yes"
        found = told(sources, parts, place, channel, poll, prove=prove)
    facts = {
        "title": "reading.title",
        "channel": channel,
        "told": found,
        "place": place,
        "hex": spaced,
        "mark_of": mark_of,
        "cause": cause_of,
        "parts_of": parts_of,
        "budget_of": partial(budgeted, language=look_of(request).language, scale=1.0),
    }
    return page(request, parts, reader, "reading.html", facts)


@router.get("/audit/leaves/{agent}/{epoch}/{leaf}/bytes", response_model=None)
def leaf_bytes(request: Request, place: AtLeaf, parts: Here, reader: Asker) -> Response:
    """The exact bytes of a leaf, of which its hash is made."""
    _require_seen(parts, reader, place)
    agent, epoch, leaf = place.agent, place.epoch, place.sequence
    with parts.sources.lease() as sources:
        if sources.ledger.held(agent, epoch, leaf) is None:
            raise LogUnknownError("agent, epoch", agent=agent, epoch=epoch)
        stored = sources.ledger.leaf(agent, epoch, leaf)
    name = f"{agent}-{epoch[:8]}-{leaf}.json"
    headers = {
        "Cache-Control": IMMUTABLE,
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return tagged(request, stored.leaf, stored.leaf_hash.hex(), headers)


def _require_seen(parts: Parts, reader: Reader, place: Place) -> None:
    """Returns if somebody may see what an agent sent.

    Raises:
        LogUnknownError: it is none of theirs.
    """
    if not reader.sees(parts.sites.get(place.agent, "")):
        raise LogUnknownError("agent, epoch", agent=place.agent, epoch=place.epoch)


def parts_of(leaf: bytes) -> int:
    """How many parts a leaf's hash is made of; 0 where it is that of the whole."""
    found = parted(leaf)
    return 0 if found is None else len(found.lines)


def spaced(digits: str) -> str:
    """Hexadecimal digits, a space after each byte."""
    return re.sub(r"(..)(?=.)", r"\1 ", digits)
