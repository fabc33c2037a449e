"""Boundaries that are saved and withdrawn with a browser."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from calibration.errors import CalibrationError
from collector.activity.acts import Acts
from collector.api.acting import Acting
from collector.api.cookies import form_of
from collector.api.parts import Here, Parts
from collector.api.patterns import NAME, SITE
from collector.api.security import Asker, Author, Reader, Writer
from collector.api.unknown import BoundaryUnknownError, ChannelUnknownError
from collector.boundaries.saving import save, withdraw
from collector.boundaries.summable import require_summable
from collector.web.activity.asked import Chosen, chosen_of
from collector.web.activity.boundary_form import boundary_of, replaces_of
from collector.web.activity.route import amounts_page
from collector.web.activity.saved import sized
from collector.web.look import look_of
from collector.web.one_line import reason_of
from evidence.errors import CodedError

router: Final = APIRouter(tags=["pages"], include_in_schema=False)
_KEPT: Final = ("start", "end", "by")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A form, the parameters of the address that it was sent to, and whose days count."""

    form: Mapping[str, str]
    query: Mapping[str, str]
    zone: ZoneInfo


@router.post("/activity", response_model=None)
async def boundary_saving(
    request: Request, parts: Here, acts: Acting, reader: Asker, author: Writer
) -> Response:
    """Saves the channels of the address as a boundary, or as a new version of one."""
    form, query = await form_of(request), dict(request.query_params)
    sent = Sent(form=form, query=query, zone=look_of(request).zone)
    try:
        name, entry = await run_in_threadpool(_saved, sent, parts, acts, reader, author)
    except (CodedError, CalibrationError) as refused:
        return await run_in_threadpool(amounts_page, request, parts, acts, reader, form, refused)
    kept = {name: query[name] for name in _KEPT if query.get(name)}
    told = {"boundary": name, **kept, "done": str(entry)}
    return RedirectResponse(f"/activity?{urlencode(told)}", status_code=303)


def _require_seen(chosen: Chosen, author: Author) -> None:
    """Returns if all channels are of sites that the author may see.

    Raises:
        ChannelUnknownError: one is not.
    """
    for each in chosen.channels:
        if not author.sees(each.partition("/")[0]):
            raise ChannelUnknownError("channel", channel=each)


def _saved(sent: Sent, parts: Parts, acts: Acts, reader: Reader, author: Author) -> tuple[str, int]:
    """The name of the boundary, and the number of its entry."""
    known = acts.known()
    chosen = sized(chosen_of(sent.query), known, reader)
    _require_seen(chosen, author)
    boundary = boundary_of(sent.form, chosen, sent.zone)
    with parts.sources.lease() as sources:
        require_summable(sources, known, boundary)
    with parts.journal() as journal:
        entry = save(journal, author, boundary, reason_of(sent.form), replaces_of(sent.form))
    return boundary.id, entry


@router.post("/activity/boundaries/{site}/{name}/withdraw", response_model=None)
async def boundary_withdrawal(
    request: Request,
    site: Annotated[str, Path(pattern=SITE)],
    name: Annotated[str, Path(pattern=NAME)],
    parts: Here,
    author: Writer,
) -> Response:
    """Lets a boundary give no sums any more; its versions stay in the journal."""
    form, named = await form_of(request), f"{site}/{name}"
    if not author.sees(site):
        raise BoundaryUnknownError("boundary", id=named)

    def withdrawn() -> int:
        with parts.journal() as journal:
            return withdraw(journal, author, named, reason_of(form))

    entry = await run_in_threadpool(withdrawn)
    return RedirectResponse(f"/activity?{urlencode({'done': str(entry)})}", status_code=303)
