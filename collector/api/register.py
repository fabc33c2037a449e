"""The register over HTTP: the ledger of instruments, chains of standards, what rests on them."""

import hashlib
from dataclasses import replace
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from collector.api.answer import REVALIDATE, asked_language, json_answer, tagged
from collector.api.asked import CHANNEL, DAY, Asked
from collector.api.parts import Here, Parts
from collector.api.period import instant, zone_of
from collector.api.pool import Sources
from collector.api.schema import answers, list_of, ref
from collector.api.security import Asker, Reader
from collector.api.statement import named, require_hours, visible
from collector.api.unknown import PaperUnknownError
from collector.audit.seen import Seen
from collector.lookup import ChannelRow
from collector.register.gather import EVER, chains, instruments, rests_on
from collector.register.workbook import MEDIA_TYPE, workbook
from evidence.audit.gb17167 import notes, table, to_csv
from evidence.audit.instruments import InstrumentRow
from evidence.audit.load import layout
from evidence.audit.resting import RestsOn
from evidence.audit.traced import Traced

LAYOUT: Final = "Carbonmeter-Table-Layout"
_CSV: Final = "text/csv"
_ID: Final = r"^[^\x00-\x1f\x7f]{1,200}$"
_BINARY: Final = {"type": "string", "format": "binary"}
router: Final = APIRouter(prefix="/api/v1/register", tags=["register"])


class InstrumentsAsked(Asked):
    """Which instruments, and as of when."""

    site: str | None = Field(None, min_length=1, max_length=200, description="Of one site only.")
    channel: str | None = Field(None, pattern=CHANNEL, description="At one channel only.")
    serial: str | None = Field(None, min_length=1, max_length=200, description="One serial number.")
    status: Literal["qualified", "limited", "out_of_use"] | None = Field(
        None, description="Of one status only."
    )
    start: str | None = Field(
        None, max_length=64, description=f"Only what stood there from then on: {DAY}."
    )
    end: str | None = Field(
        None, max_length=64, description=f"Only what stood there before: {DAY}."
    )
    at: str | None = Field(
        None, max_length=64, description=f"Status and validity as of then, default now: {DAY}."
    )
    tz: str = Field("Asia/Shanghai", max_length=64, description="IANA name of the time zone.")


class ChainAsked(Asked):
    """Of which certificate."""

    certificate: str = Field(pattern=_ID, description="Its id.")


class RestsOnAsked(Asked):
    """What rests on what."""

    id: str = Field(
        pattern=_ID,
        description="Id of a certificate, influence of a standard such as std:LAB/E-17 or "
        "crm:CODE/CYLINDER, or number of a gas cylinder.",
    )
    start: str | None = Field(None, max_length=64, description=f"Hours from then on: {DAY}.")
    end: str | None = Field(None, max_length=64, description=f"Hours before: {DAY}.")
    tz: str = Field("Asia/Shanghai", max_length=64, description="IANA name of the time zone.")


@router.get("/instruments", **answers(list_of(InstrumentRow), "Instruments, by channel."))
def register_instruments(
    request: Request, asked: Annotated[InstrumentsAsked, Query()], parts: Here, reader: Asker
) -> Response:
    """Every instrument that stood at a channel: certificate, status, what is applied to it.

    The accuracy class is that of the valid certificate, never that of the name-plate.
    """
    return json_answer(request, _rows(asked, parts, reader))


@router.get("/instruments.csv", **answers(_BINARY, "The ledger as a table, CSV.", _CSV))
def register_csv(
    request: Request, asked: Annotated[InstrumentsAsked, Query()], parts: Here, reader: Asker
) -> Response:
    """The ledger with the columns of GB 17167; headings say which of them are unconfirmed."""
    data = to_csv(table(_rows(asked, parts, reader), asked_language(request)))
    return _file(request, data, "csv", f"{_CSV}; charset=utf-8")


@router.get("/instruments.xlsx", **answers(_BINARY, "The ledger as a workbook.", MEDIA_TYPE))
def register_xlsx(
    request: Request, asked: Annotated[InstrumentsAsked, Query()], parts: Here, reader: Asker
) -> Response:
    """The same table as a workbook, with a sheet of notes."""
    language = asked_language(request)
    data = workbook(table(_rows(asked, parts, reader), language), notes(language))
    return _file(request, data, "xlsx", MEDIA_TYPE)


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


@router.get("/rests-on", **answers(ref(RestsOn), "All that rests on it."))
def register_rests_on(
    request: Request, asked: Annotated[RestsOnAsked, Query()], parts: Here, reader: Asker
) -> Response:
    """Certificates, channels, hours and stated activity data that rest on a paper or a standard."""
    span = _span(asked.start, asked.end, asked.tz)
    with parts.sources.lease() as sources:
        rows = list(visible(sources, reader).values())
        require_hours(sources, rows, span)
        seen = seen_by(sources, parts)
        found = rests_on(seen, rows, sites_of(parts, reader), asked.id, span)
    if not found.known_as:
        raise PaperUnknownError("id", id=asked.id)
    return json_answer(request, found)


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


def _span(start: str | None, end: str | None, tz: str) -> tuple[int, int]:
    zone = zone_of(tz)
    return (
        EVER[0] if start is None else instant(start, "start", zone),
        EVER[1] if end is None else instant(end, "end", zone),
    )


def _rows(asked: InstrumentsAsked, parts: Parts, reader: Reader) -> list[InstrumentRow]:
    span = _span(asked.start, asked.end, asked.tz)
    with parts.sources.lease() as sources:
        rows = _chosen(visible(sources, reader), asked)
        if rows:
            require_hours(sources, rows, span)
        seen = seen_by(sources, parts)
        if asked.at is not None:
            seen = replace(seen, now_ns=instant(asked.at, "at", zone_of(asked.tz)))
        found = instruments(seen, rows, span)
    return [
        each
        for each in found
        if asked.serial in (None, each.serial) and asked.status in (None, each.status)
    ]


def _chosen(rows: dict[str, ChannelRow], asked: InstrumentsAsked) -> list[ChannelRow]:
    if asked.channel is not None:
        return [named(rows, asked.channel)]
    site = asked.site
    return [row for name, row in rows.items() if site in (None, name.partition("/")[0])]


def _file(request: Request, data: bytes, ending: str, media_type: str) -> Response:
    own = layout()
    headers = {
        "Cache-Control": REVALIDATE,
        "Content-Disposition": f'attachment; filename="instruments.{ending}"',
        LAYOUT: f"gb17167 {own.version}; {own.status}",
    }
    return tagged(request, data, hashlib.sha256(data).hexdigest(), headers, media_type)
