"""What people enter, over HTTP: readings and amounts, corrections, and all that was entered."""

from collections.abc import Iterator
from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import Field

from collector.activity.entering import correct, enter, site_of
from collector.api.acting import Acting
from collector.api.answer import json_answer, made_answer
from collector.api.asked import DAY, Asked, Plain
from collector.api.body import JSON, decode_body, json_body, taking
from collector.api.listed import ZONE
from collector.api.listing import PagedAsked, page_of, paged
from collector.api.parts import Here
from collector.api.patterns import CHANNEL
from collector.api.period import instant, zone_of
from collector.api.refusal import MediaTypeError
from collector.api.schema import list_of, made, ref
from collector.api.security import Asker, Reader, Writer
from collector.api.unknown import ChannelUnknownError, EntryUnknownError
from evidence.clock import utc_text
from evidence.statement.entered.book import EnteredBook, ManualEntry
from evidence.statement.entered.content import Content
from evidence.statement.entered.table import entries_of_table

router: Final = APIRouter(prefix="/api/v1/entries", tags=["entries"])
_MOST: Final = 2**63 - 1
_CSV: Final = "text/csv"


class EntriesAsked(PagedAsked):
    """Which entries."""

    channel: str | None = Field(None, pattern=CHANNEL, description="Of this channel only.")
    standing: bool = Field(
        default=False, description="Only those that were not corrected or withdrawn."
    )
    as_of: str | None = Field(
        None, max_length=64, description=f"Only what was entered by then: {DAY}."
    )
    tz: str = Field("Asia/Shanghai", max_length=64, description="IANA name of the time zone.")


class EntryShown(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of a person.

    Args:
        entry: its number in the journal, where its proof is.
        at: when it was entered, RFC 3339 in UTC.
        who, role: by whom.
        corrects, corrected_by: numbers of the entries before and after it.
        standing: whether it counts.
        content: what was entered; null where it withdraws the one that it corrects.
    """

    entry: int
    at: str
    who: str
    role: str
    channel: str
    reason: str
    corrects: int | None
    corrected_by: int | None
    standing: bool
    content: Content | None


class Entering(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be entered, all of it or nothing.

    Args:
        entries: at most 2,000.
        reason: why, in that person's words.
    """

    entries: Annotated[tuple[Content, ...], msgspec.Meta(min_length=1, max_length=2_000)]
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]


class Correcting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What shall stand in the place of an entry.

    Args:
        content: null withdraws it.
        reason: why, in that person's words.
    """

    content: Content | None
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers that entries have in the journal, in the order in which they were given."""

    entries: tuple[int, ...]


@router.get("", **paged(list_of(EntryShown), "Entries, by channel and number."))
def entry_list(
    request: Request,
    asked: Annotated[EntriesAsked, Query()],
    acts: Acting,
    reader: Asker,
) -> Response:
    """What people entered, corrected entries beside those that stand in their place."""
    zone = zone_of(asked.tz)
    known_ns = None if asked.as_of is None else instant(asked.as_of, "as_of", zone)
    shown = _shown(acts.known().book, asked, reader, known_ns)
    page = page_of(request, asked, tuple[str, int], shown)
    return json_answer(request, page.rows, {ZONE: zone.key, **page.headers})


def _shown(
    book: EnteredBook, asked: EntriesAsked, reader: Reader, known_ns: int | None
) -> Iterator[tuple[tuple[str, int], EntryShown]]:
    for channel in book.channels():
        if asked.channel in (None, channel) and reader.sees_channel(channel):
            known = [e for e in book.of(channel) if known_ns is None or e.at_ns <= known_ns]
            standing = {each.entry for each in book.standing(channel, known_ns)}
            seen = _seen(known, standing, only=asked.standing)
            yield from (((channel, each.entry), each) for each in seen)


def _seen(known: list[ManualEntry], standing: set[int], *, only: bool) -> list[EntryShown]:
    later = {each.corrects: each.entry for each in known if each.corrects is not None}
    return [
        EntryShown(
            entry=each.entry,
            at=utc_text(each.at_ns),
            who=each.who,
            role=each.role,
            channel=each.channel,
            reason=each.reason,
            corrects=each.corrects,
            corrected_by=later.get(each.entry),
            standing=each.entry in standing,
            content=each.content,
        )
        for each in known
        if each.entry in standing or not only
    ]


_TAKEN: Final = taking(Entering)
_TAKEN["requestBody"]["content"][_CSV] = {"schema": {"type": "string"}}


async def entering_of(request: Request) -> Entering:
    """What is to be entered, from JSON or from a table.

    Raises:
        MediaTypeError, JsonBodyError, EntryTableError: the body is neither.
    """
    named = request.headers.get("content-type", "")
    kind = named.partition(";")[0].strip().lower()
    if kind == _CSV:
        why = request.query_params.get("reason", "")
        return Entering(entries=tuple(entries_of_table(await request.body())), reason=why)
    if kind != JSON:
        raise MediaTypeError("content-type", found=named[:100] or "-", limit=f"{JSON}, {_CSV}")
    return decode_body(await request.body(), Entering)


class EnteringAsked(Asked):
    """What is said of a table; JSON says it itself."""

    reason: str = Field("", max_length=2_000, description="Why; of a table, which has no room.")


@router.post(
    "",
    status_code=201,
    openapi_extra=_TAKEN,
    **made(ref(Written), "The numbers of the entries."),
)
def entries_new(
    request: Request,  # noqa: ARG001 - as all routes
    asked: Annotated[EnteringAsked, Query()],  # noqa: ARG001 - refuses unknown parameters
    parts: Here,
    author: Writer,
    told: Annotated[Entering, Depends(entering_of)],
) -> Response:
    """Enters readings and amounts; if one cannot stand, none is entered.

    What stands already, word for word, keeps its number and is not entered again.
    """
    for each in told.entries:
        if not author.sees(site_of(each.channel)):
            raise ChannelUnknownError("channel", channel=each.channel)
    with parts.journal() as journal:
        found = enter(journal, author, told.entries, parts.clock, told.reason)
    return made_answer(Written(entries=tuple(found)))


@router.post(
    "/{entry}/correction",
    status_code=201,
    openapi_extra=taking(Correcting),
    **made(ref(Written), "The number of the correction."),
)
def entry_correction(
    request: Request,  # noqa: ARG001 - as all routes
    entry: Annotated[int, Path(ge=0, le=_MOST)],
    asked: Plain,  # noqa: ARG001 - refuses unknown parameters
    parts: Here,
    acts: Acting,
    author: Writer,
    told: Annotated[Correcting, Depends(json_body(Correcting))],
) -> Response:
    """Enters what stands in the place of an earlier entry; both are kept."""
    before = acts.known().book.entry(entry)
    if before is None or not author.sees(site_of(before.channel)):
        raise EntryUnknownError("entry", position=entry)
    with parts.journal() as journal:
        found = correct(journal, author, entry, told.content, told.reason, parts.clock)
    return made_answer(Written(entries=(found,)))
