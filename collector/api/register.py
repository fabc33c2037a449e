"""The register over HTTP: the ledger of instruments, chains of standards, what rests on them."""

import codecs
from collections.abc import Iterator
from functools import partial
from io import BytesIO
from itertools import chain
from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from collector.api.answer import asked_language, json_answer
from collector.api.asked import DAY, Asked
from collector.api.instruments import (
    InstrumentsAsked,
    TableAsked,
    chosen,
    fitting,
    key_behind,
    key_of,
    portions,
    rows_of,
    span_of,
)
from collector.api.listing import MAX_ROWS, PagedAsked, after, cursor_behind, page_of, paged
from collector.api.paging import NEXT
from collector.api.parts import Here, Parts
from collector.api.patterns import ID
from collector.api.pool import Sources
from collector.api.schema import answers, list_of, ref
from collector.api.security import Asker, Reader
from collector.api.statement import require_hours, visible
from collector.api.streamed import streamed, whole
from collector.api.streams import Sending
from collector.api.unknown import PaperUnknownError
from collector.audit.seen import Seen
from collector.register.gather import chains, rests_on
from collector.register.workbook import MEDIA_TYPE, write_workbook
from evidence.audit.gb17167 import body, csv_lines, headings, notes
from evidence.audit.instruments import InstrumentRow
from evidence.audit.load import layout
from evidence.audit.resting import RestingChannel, RestingStatement, RestsOn
from evidence.audit.traced import Traced

LAYOUT: Final = "Carbonmeter-Table-Layout"
_CSV: Final = "text/csv"
_BINARY: Final = {"type": "string", "format": "binary"}
router: Final = APIRouter(prefix="/api/v1/register", tags=["register"])


class ChainAsked(Asked):
    """Of which certificate."""

    certificate: str = Field(pattern=ID, description="Its id.")


class RestsOnAsked(PagedAsked):
    """What rests on what."""

    id: str = Field(
        pattern=ID,
        description="Id of a certificate, influence of a standard such as std:LAB/E-17 or "
        "crm:CODE/CYLINDER, or number of a gas cylinder.",
    )
    start: str | None = Field(None, max_length=64, description=f"Hours from then on: {DAY}.")
    end: str | None = Field(None, max_length=64, description=f"Hours before: {DAY}.")
    tz: str = Field("Asia/Shanghai", max_length=64, description="IANA name of the time zone.")


@router.get("/instruments", **paged(list_of(InstrumentRow), "Instruments, by channel."))
def register_instruments(
    request: Request, asked: Annotated[InstrumentsAsked, Query()], parts: Here, reader: Asker
) -> Response:
    """Every instrument that stood at a channel: certificate, status, what is applied to it.

    The accuracy class is that of the valid certificate, never that of the name-plate. A page may
    hold fewer rows than `limit`, even none, and another one follow: it ends too where many hours
    were looked through.
    """
    last = after(request, asked, tuple[str, str, str, str])
    span = span_of(asked.start, asked.end, asked.tz)
    with parts.sources.lease() as sources:
        rows = chosen(sources, asked, reader)
        left = [row for row in rows if last is None or key_behind(row) > last]
        channels = fitting(sources, left, span)
        found = rows_of(seen_by(sources, parts), asked, channels, span)
    page = page_of(
        request, asked, tuple[str, str, str, str], ((key_of(each), each) for each in found)
    )
    headers = dict(page.headers)
    if not headers and len(channels) < len(left):
        headers[NEXT] = cursor_behind(request, asked, key_behind(channels[-1]))
    return json_answer(request, page.rows, headers)


@router.get("/instruments.csv", **answers(_BINARY, "The ledger as a table, CSV.", _CSV))
def register_csv(
    request: Request,
    asked: Annotated[TableAsked, Query()],
    parts: Here,
    reader: Asker,
    sending: Sending,
) -> Response:
    """The ledger with the columns of GB 17167; headings say which of them are unconfirmed.

    All of it, whatever its length: that of more than 1,000 channels is sent as it is made.
    """
    language, media_type = asked_language(request), f"{_CSV}; charset=utf-8"
    with parts.sources.lease() as sources:
        count = len(chosen(sources, asked, reader))
    lines = _lines(asked, parts, reader, language)
    made = _marked(map(csv_lines, lines))
    if count > MAX_ROWS:
        return streamed(sending.take(reader), made, media_type, _named("csv"))
    return whole(request, b"".join(made), media_type, _named("csv"))


@router.get("/instruments.xlsx", **answers(_BINARY, "The ledger as a workbook.", MEDIA_TYPE))
def register_xlsx(
    request: Request, asked: Annotated[TableAsked, Query()], parts: Here, reader: Asker
) -> Response:
    """The same table as a workbook, with a sheet of notes."""
    language = asked_language(request)
    file = BytesIO()
    lines = chain.from_iterable(_lines(asked, parts, reader, language))
    write_workbook(file, lines, notes(language))
    return whole(request, file.getvalue(), MEDIA_TYPE, _named("xlsx"))


def _lines(
    asked: TableAsked, parts: Parts, reader: Reader, language: str
) -> Iterator[list[list[str]]]:
    """The table, some lines at a time; the headings come with the first."""
    before, first = [headings(language)], 1
    see = partial(seen_by, parts=parts)
    for rows in portions(parts, asked, reader, see):
        yield [*before, *body(rows, language, first)]
        before, first = [], first + len(rows)
    if before:
        yield before


def _marked(made: Iterator[bytes]) -> Iterator[bytes]:
    """The same, led by the mark by which spreadsheets know UTF-8."""
    yield codecs.BOM_UTF8 + next(made, b"")
    yield from made


@router.get("/chain", **answers(list_of(Traced), "One for each site that knows it."))
def register_chain(
    request: Request, asked: Annotated[ChainAsked, Query()], parts: Here, reader: Asker
) -> Response:
    """The standards behind a certificate, each valid on the day of its use or not; gaps named."""
    with parts.sources.lease() as sources:
        found = chains(seen_by(sources, parts), sites_of(parts, reader), asked.certificate)
    if not found:
        raise PaperUnknownError("certificate", id=asked.certificate)
    return json_answer(request, found)


_Resting = tuple[int, str, str, str, str]
"""0 for a channel, 1 for a statement; channel, start, end and digest."""


@router.get("/rests-on", **paged(ref(RestsOn), "All that rests on it."))
def register_rests_on(
    request: Request, asked: Annotated[RestsOnAsked, Query()], parts: Here, reader: Asker
) -> Response:
    """Certificates, channels, hours and stated activity data that rest on a paper or a standard.

    `limit` is of channels and statements together, channels first; all else is on every page.
    """
    span = span_of(asked.start, asked.end, asked.tz)
    with parts.sources.lease() as sources:
        rows = list(visible(sources, reader).values())
        require_hours(sources, rows, span)
        seen = seen_by(sources, parts)
        found = rests_on(seen, rows, sites_of(parts, reader), asked.id, span)
    if not found.known_as:
        raise PaperUnknownError("id", id=asked.id)
    both: list[RestingChannel | RestingStatement] = [*found.channels, *found.statements]
    resting = sorted(((_key(each), each) for each in both), key=_by)
    page = page_of(request, asked, tuple[int, str, str, str, str], resting)
    shown = msgspec.structs.replace(
        found,
        channels=tuple(each for each in page.rows if isinstance(each, RestingChannel)),
        statements=tuple(each for each in page.rows if isinstance(each, RestingStatement)),
    )
    return json_answer(request, shown, page.headers)


def _key(each: RestingChannel | RestingStatement) -> _Resting:
    if isinstance(each, RestingChannel):
        return 0, each.channel, "", "", ""
    return 1, each.channel, each.start, each.end, each.digest


def _by(row: tuple[_Resting, object]) -> _Resting:
    return row[0]


def seen_by(sources: Sources, parts: Parts) -> Seen:
    """Where the answers of this request come from."""
    return Seen(
        lookup=sources.store.lookup,
        ledger=sources.ledger,
        sites=parts.sites,
        now_ns=parts.clock.now_ns(),
        software=parts.software,
        originals=parts.originals,
    )


def sites_of(parts: Parts, reader: Reader) -> list[str]:
    """The sites that the reader may see, each once, by name."""
    return sorted({site for site in parts.sites.values() if reader.sees(site)})


def _named(ending: str) -> dict[str, str]:
    own = layout()
    return {
        "Content-Disposition": f'attachment; filename="instruments.{ending}"',
        LAYOUT: f"gb17167 {own.version}; {own.status}",
    }
