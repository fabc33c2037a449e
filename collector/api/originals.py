"""Documents of laboratories: handed in, listed, given back byte for byte."""

from collections.abc import Iterator
from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from calibration.register import CalibrationRegister
from collector.api.answer import IMMUTABLE, json_answer, tagged
from collector.api.asked import Asked, Plain
from collector.api.listing import PagedAsked, after, cursor_behind, paged
from collector.api.paging import NEXT
from collector.api.parts import Here, Parts
from collector.api.patterns import ID, NAME, REASON, SHA256
from collector.api.pool import Sources
from collector.api.refusal import MediaTypeError
from collector.api.schema import PROBLEMS, answers, ref
from collector.api.security import Asker, Author, Reader, Writer
from collector.original_errors import OriginalSiteError, OriginalUnknownError
from collector.original_register import (
    HandedIn,
    OriginalSeen,
    hand_in,
    handed_in,
    original_seen,
)
from collector.site_register import site_register
from evidence.log.entry import Act, Action

_BYTES: Final = "application/octet-stream"
router: Final = APIRouter(prefix="/api/v1/originals", tags=["documents"])


class OriginalGiven(Asked):
    """What is said of a document that is handed in."""

    site: str = Field(pattern=NAME, description="That it concerns.")
    name: str = Field(pattern=ID, description="Of its file.")
    reason: str = Field(pattern=REASON, max_length=500, description="Why, in some words.")


class OriginalsAsked(PagedAsked):
    """Which documents."""

    first: int = Field(0, ge=0, le=2**63 - 1, description="Position in the journal to begin with.")
    limit: int = Field(100, ge=1, le=500, description="Documents of a page.")


class OriginalsPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some documents in order of their entries; `next` is `first` of the next page, or null."""

    originals: tuple[OriginalSeen, ...]
    next: int | None


@router.post(
    "",
    response_model=None,
    status_code=201,
    responses={
        201: {
            "description": "It is kept.",
            "content": {"application/json": {"schema": ref(OriginalSeen)}},
        },
        **PROBLEMS,
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {_BYTES: {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def original_kept(
    request: Request, given: Annotated[OriginalGiven, Query()], parts: Here, author: Writer
) -> Response:
    """Keeps a document: the body is its exact bytes, at most 16 MiB.

    Name its SHA-256 as `document_sha256` in the certificate that is taken from it. Handed in again
    for the same site it stays what it is, and the first entry is answered.
    """
    if request.headers.get("content-type", "").lower().startswith("multipart/"):
        raise MediaTypeError("content-type", found="multipart", limit=_BYTES)
    document = HandedIn(data=await request.body(), name=given.name)
    seen = await run_in_threadpool(kept_original, parts, author, given, document)
    return Response(msgspec.json.encode(seen), status_code=201, media_type="application/json")


def kept_original(
    parts: Parts, author: Author, given: OriginalGiven, document: HandedIn
) -> OriginalSeen:
    """A document once it is kept, and entered in the journal.

    Raises:
        OriginalSiteError: no agent stands at the site.
        TokenScopeError: somebody does not extend to it.
        OriginalError, JournalError: it cannot be kept.
    """

    def act(digest: str, new: object) -> Act:
        return author.act(
            Action.ORIGINAL_KEPT, site=given.site, subject=digest, reason=given.reason, new=new
        )

    _require_site(parts, author, given.site)
    with parts.journal() as journal:
        recorded = hand_in(journal, parts.originals, document, act)
    with parts.sources.lease() as sources:
        register = _register(sources, parts, given.site)
    return original_seen(recorded, parts.originals, register)


def _require_site(parts: Parts, author: Author, site: str) -> None:
    """Returns if somebody may hand in for a site; else nothing shall be written.

    Whoever is for other sites is not told which ones there are besides.
    """
    sites = sorted({each for each in parts.sites.values() if author.sees(each)})
    if site not in sites:
        raise OriginalSiteError("site", site=site, limit=", ".join(sites)[:200])


@router.get("", **paged(ref(OriginalsPage), "Documents that were handed in."))
def original_list(
    request: Request, asked: Annotated[OriginalsAsked, Query()], parts: Here, reader: Asker
) -> Response:
    """Documents of laboratories, with the certificates that were taken from each."""
    last = after(request, asked, tuple[int])
    first = asked.first if last is None else max(asked.first, last[0] + 1)
    with parts.journal() as journal, parts.sources.lease() as sources:
        registers: dict[str, CalibrationRegister] = {}
        found: list[OriginalSeen] = []
        following: int | None = None
        more: dict[str, str] = {}
        for each in handed_in(journal, first=first):
            if not reader.sees(each.entry.site):
                continue
            if len(found) == asked.limit:
                following = each.position
                more = {NEXT: cursor_behind(request, asked, (following - 1,))}
                break
            site = each.entry.site
            if site not in registers:
                registers[site] = _register(sources, parts, site)
            found.append(original_seen(each, parts.originals, registers[site]))
    return json_answer(request, OriginalsPage(originals=tuple(found), next=following), more)


@router.get(
    "/{sha256}",
    **answers({"type": "string", "format": "binary"}, "The exact bytes that came.", _BYTES),
)
def original_bytes(
    request: Request,
    sha256: Annotated[str, Path(pattern=SHA256)],
    asked: Plain,  # noqa: ARG001 - refuses unknown parameters
    parts: Here,
    reader: Asker,
) -> Response:
    """A document's exact bytes; their SHA-256 is the one in the address."""
    if not any(_visible(parts, reader, sha256)):
        raise OriginalUnknownError("sha256", digest=sha256)
    data = parts.originals.data(sha256)
    headers = {
        "Cache-Control": IMMUTABLE,
        "Content-Disposition": f'attachment; filename="{sha256}.bin"',
    }
    return tagged(request, data, sha256, headers, _BYTES)


def _visible(parts: Parts, reader: Reader, sha256: str) -> Iterator[bool]:
    with parts.journal() as journal:
        for each in handed_in(journal, sha256):
            yield reader.sees(each.entry.site)


def _register(sources: Sources, parts: Parts, site: str) -> CalibrationRegister:
    return site_register(sources.store.lookup, sources.ledger, parts.sites, site)
