"""The page on which people enter readings and amounts, correct them, and see what was entered."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from calibration.errors import CalibrationError
from collector.activity.acts import Acts, Known, known_in
from collector.activity.entering import correct, enter, require_reason, site_of
from collector.activity.entry_sites import require_known_sites
from collector.api.acting import Acting
from collector.api.cookies import form_of
from collector.api.parts import Here, Parts
from collector.api.problem import problem_of
from collector.api.security import Asker, Author, Reader, Writer
from collector.api.unknown import ChannelUnknownError, EntryUnknownError
from collector.web.activity.entries import entries_shown, may_enter
from collector.web.activity.entry_form import (
    AMOUNT,
    KINDS,
    content_of,
    field_of,
    form_of_content,
)
from collector.web.look import look_of
from collector.web.one_line import reason_of
from collector.web.refused import require_person
from collector.web.render import page
from evidence.clock import parse_utc
from evidence.errors import CodedError
from evidence.statement.entered.bearing import locked_under
from evidence.statement.entered.book import ManualEntry
from evidence.statement.entered.content import AMOUNTS, DOCUMENTS, Content
from evidence.statement.entered.errors import EntrySiteError
from evidence.statement.entered.table import COLUMNS, entries_of_table
from evidence.statement.locks import Act

router: Final = APIRouter(tags=["pages"], include_in_schema=False)
UNITS: Final = ("kW.h", "MW.h", "GJ", "MJ", "m3", "L", "kg", "t")
Number = Annotated[int, Path(ge=0, le=2**63 - 1)]
_PAGE: Final = "/activity/enter"


@router.get(_PAGE, response_model=None)
def entering(request: Request, parts: Here, acts: Acting, reader: Asker) -> Response:
    """Asks for a reading or an amount, and shows what was entered."""
    query = dict(request.query_params)
    text = query.get("entry", "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        form = {"entered": query.get("kind", AMOUNT), "channel": query.get("channel", "")[:200]}
        return _shown(request, parts, acts, reader, form)
    before = _entry(acts, int(text), reader)
    form = (
        form_of_content(before.content, look_of(request).zone)
        if before.content
        else {"entered": AMOUNT, "channel": before.channel}
    )
    return _shown(request, parts, acts, reader, form, corrects=before.entry)


@router.post(_PAGE, response_model=None)
async def entering_one(
    request: Request, parts: Here, acts: Acting, reader: Asker, author: Writer
) -> Response:
    """Enters a reading or an amount."""
    form = await form_of(request)
    try:
        content = content_of(form, look_of(request).zone)
        found = await run_in_threadpool(_entered, [content], form, parts, author)
    except (CodedError, CalibrationError) as refused:
        return await run_in_threadpool(_shown, request, parts, acts, reader, form, refused=refused)
    return _done(content.channel, found)


@router.post(f"{_PAGE}/table", response_model=None)
async def entering_table(
    request: Request, parts: Here, acts: Acting, reader: Asker, author: Writer
) -> Response:
    """Enters all rows of a table, or none."""
    form = await form_of(request)
    try:
        contents = entries_of_table(form.get("table", "").encode())
        found = await run_in_threadpool(_entered, contents, form, parts, author)
    except (CodedError, CalibrationError) as refused:
        return await run_in_threadpool(_shown, request, parts, acts, reader, form, refused=refused)
    return _done("", found)


@router.post(_PAGE + "/{entry}", response_model=None)
async def entering_correction(
    request: Request, entry: Number, parts: Here, acts: Acting, reader: Asker, author: Writer
) -> Response:
    """Enters what stands in the place of an entry; both are kept."""
    form = await form_of(request)
    before = await run_in_threadpool(_entry, acts, entry, author)
    try:
        content = content_of(form, look_of(request).zone)
        found = await run_in_threadpool(_corrected, entry, content, form, parts, author)
    except (CodedError, CalibrationError) as refused:
        return await run_in_threadpool(
            _shown, request, parts, acts, reader, form, refused=refused, corrects=before.entry
        )
    return _done(before.channel, found)


@router.post(_PAGE + "/{entry}/withdraw", response_model=None)
async def entering_withdrawal(
    request: Request, entry: Number, parts: Here, acts: Acting, reader: Asker, author: Writer
) -> Response:
    """Lets an entry count no more; it stays readable."""
    form = await form_of(request)
    before = await run_in_threadpool(_entry, acts, entry, author)
    try:
        found = await run_in_threadpool(_corrected, entry, None, form, parts, author)
    except (CodedError, CalibrationError) as refused:
        told = form_of_content(before.content, look_of(request).zone) if before.content else {}
        form = {"entered": AMOUNT, **told}
        return await run_in_threadpool(
            _shown, request, parts, acts, reader, form, refused=refused, corrects=before.entry
        )
    return _done(before.channel, found)


def _entered(
    contents: Sequence[Content], form: Mapping[str, str], parts: Parts, author: Author
) -> list[int]:
    for each in contents:
        if not author.sees(site_of(each.channel)):
            raise ChannelUnknownError("channel", channel=each.channel)
    sites = {site_of(each.channel) for each in contents}
    with parts.journal() as journal:
        if form.get("new_site") != "yes":
            book = known_in(journal).book
            require_known_sites(sites, parts.sites.values(), book, author.sees)
        return enter(journal, author, contents, parts.clock, reason_of(form))


def _corrected(
    entry: int, content: Content | None, form: Mapping[str, str], parts: Parts, author: Author
) -> list[int]:
    require_reason(reason_of(form))
    with parts.journal() as journal:
        return [correct(journal, author, entry, content, reason_of(form), parts.clock)]


def _entry(acts: Acts, entry: int, asker: Reader | Author) -> ManualEntry:
    """An entry that may be seen.

    Raises:
        EntryUnknownError: it is none.
    """
    found = acts.known().book.entry(entry)
    if found is None or not asker.sees(site_of(found.channel)):
        raise EntryUnknownError("entry", position=entry)
    return found


def _done(channel: str, numbers: Sequence[int]) -> Response:
    told = {"done": ",".join(map(str, numbers[:20])), **({"channel": channel} if channel else {})}
    return RedirectResponse(f"{_PAGE}?{urlencode(told)}#entries", status_code=303)


def _locked(known: Known, reader: Reader, numbers: str) -> list[Act]:
    """Locked statements on which entries of these numbers bear."""
    wanted = {int(each) for each in numbers.split(",") if each.isascii() and each.isdigit()}
    seen = [each for each in known.book.channels() if reader.sees_channel(each)]
    entries = [one for each in seen for one in known.book.of(each) if one.entry in wanted]
    return locked_under(known.book, known.locks, entries)


def _shown(
    request: Request,
    parts: Parts,
    acts: Acts,
    reader: Reader,
    form: Mapping[str, str],
    *,
    refused: CodedError | CalibrationError | None = None,
    corrects: int | None = None,
) -> Response:
    require_person(request, refused)
    look, query = look_of(request), dict(request.query_params)
    known, is_table = acts.known(), "table" in form
    one, rows = ({}, form) if is_table else (form, {})
    done = query.get("done", "")[:200]
    kind = one.get("entered", AMOUNT)
    facts = {
        "title": "entering.title",
        "kind": kind if kind in KINDS else AMOUNT,
        "kinds": KINDS,
        "form": {name: one.get(name, "") for name in (*COLUMNS, "reason")},
        "table": {name: rows.get(name, "") for name in ("table", "reason")},
        "asks_site": isinstance(refused, EntrySiteError),
        "quantities": [each.value for each in AMOUNTS],
        "units": UNITS,
        "documents": ("", *DOCUMENTS),
        "refused": refused,
        "wrong": field_of(refused) if refused is not None else "",
        "corrects": corrects,
        "locked": _locked(known, reader, done if corrects is None else str(corrects)),
        "parse": parse_utc,
        "shown": entries_shown(known.book, reader, query),
        "only": query.get("channel", "")[:200],
        "done": done,
        "may_enter": may_enter(reader),
    }
    status = 200 if refused is None else problem_of(refused, look.language).status
    return page(request, parts, reader, "activity_enter.html", facts, status=status)
