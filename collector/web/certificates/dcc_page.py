"""A laboratory's DCC: brought, weighed, then kept; and the file for the agent's folder."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from calibration.measurand import KindOfQuantity
from collector.api.cookies import files_of, form_of
from collector.api.originals import OriginalGiven, kept_original
from collector.api.parts import Here, Parts
from collector.api.patterns import SHA256
from collector.api.refusal import (
    BodySizeError,
    DccGoneError,
    DccLimitError,
    DccRefusedError,
    FormatUnavailableError,
    FormError,
    RequestError,
)
from collector.api.register import sites_of
from collector.api.security import Asker, Author, Reader, Writer
from collector.api.statement import visible
from collector.dcc_reading import MOST_BYTES, asked_at, read_with_limits
from collector.journal_read import Recorded
from collector.original_errors import OriginalUnknownError
from collector.original_register import HandedIn, handed_in, read_as
from collector.rights import Right, may
from collector.web.certificates.asked import asked_of
from collector.web.certificates.curve_figure import curve_figure
from collector.web.certificates.curves import ResultView
from collector.web.certificates.dcc_view import dcc_view, on_the_page, refusal_words
from collector.web.certificates.kept import kept_documents
from collector.web.certificates.shelf import shelf_of
from collector.web.certificates.waiting import LONGEST_NS, Brought, waiting_room
from collector.web.look import look_of
from collector.web.one_line import one_line, reason_of
from collector.web.refused import require_person
from collector.web.render import page
from collector.web.words import say
from evidence.clock import NS_PER_S, parse_utc
from evidence.errors import Words

FORM: Final = "/certificates/new/dcc"
_REFUSED: Final = (DccRefusedError, DccLimitError, FormatUnavailableError, FormError, BodySizeError)
SIGNED: Final = {"intact, signer trusted": "good", "intact, signer untrusted": "warn"}
"""How the outcome for a document's signatures is marked."""
Lacking = Literal["", "weigh", "say"]
"""What is missing before a document is accepted."""
Digest = Annotated[str, Path(pattern=SHA256)]
router: Final = APIRouter(tags=["pages"], include_in_schema=False)


@router.get("/certificates/new/dcc", response_model=None)
def dcc_form(request: Request, parts: Here, reader: Asker) -> Response:
    """Asks for a document."""
    return _form(request, parts, reader, None)


@router.post("/certificates/new/dcc", response_model=None)
async def dcc_brought(request: Request, parts: Here, reader: Asker, author: Writer) -> Response:
    """Reads a document, keeps it for an hour in memory, and leads to what was found."""
    try:
        brought = await _brought(request, parts, author)
    except _REFUSED as refused:
        form = await form_of(request)
        return await run_in_threadpool(_form, request, parts, reader, refused, form)
    waiting_room(request).put(author.person.name, brought)
    return RedirectResponse(f"{FORM}/{brought.read.sha256}", status_code=303)


@router.get("/certificates/new/dcc/{sha256}", response_model=None)
def dcc_weighed(request: Request, sha256: Digest, parts: Here, reader: Asker) -> Response:
    """What a document says, every finding, and what would be taken from it."""
    try:
        return _weighed(request, parts, reader, sha256)
    except OriginalUnknownError as unknown:
        return _gone(request, parts, reader, {}, unknown)


@router.post("/certificates/new/dcc/{sha256}", response_model=None)
async def dcc_accepted(
    request: Request, sha256: Digest, parts: Here, reader: Asker, author: Writer
) -> Response:
    """Keeps the document byte for byte, and enters who accepted it and why."""
    form = await form_of(request)
    brought = _waiting(request, reader, sha256)
    if brought is None:
        unknown = OriginalUnknownError("sha256", digest=sha256)
        return await run_in_threadpool(_gone, request, parts, reader, form, unknown)
    reason = reason_of(form, 500)
    weighed = not brought.read.findings or form.get("weighed") == "yes"
    if not (weighed and reason):
        lacking: Lacking = "say" if weighed else "weigh"
        return await run_in_threadpool(_weighed, request, parts, reader, sha256, lacking)
    given = OriginalGiven(lang=None, site=brought.site, name=brought.name, reason=reason)
    document = HandedIn(data=brought.data, name=brought.name, read_as=_choice(brought))
    await run_in_threadpool(kept_original, parts, author, given, document)
    return RedirectResponse(f"{FORM}/{sha256}{_chosen(brought)}#kept", status_code=303)


@router.get("/certificates/new/dcc/{sha256}/certificate.toml", response_model=None)
def dcc_toml(request: Request, sha256: Digest, parts: Here, reader: Asker) -> Response:
    """The certificate as the file that an agent takes, from a document that is kept."""
    read = _again(request, parts, _kept(parts, reader, sha256), sha256).read
    if read.toml is None:
        raise DccRefusedError("sha256", what=Words("it says no certificate", "其中没有证书"))
    headers = {"Content-Disposition": f'attachment; filename="{sha256[:16]}.toml"'}
    return Response(read.toml, media_type="application/toml", headers=headers)


async def _brought(request: Request, parts: Parts, author: Author) -> Brought:
    """What stands in the form, read.

    Raises:
        FormError, BodySizeError: there is no document, or it is too large.
        DccRefusedError, DccLimitError, FormatUnavailableError: it cannot be read.
        TokenScopeError: somebody does not extend to the site.
    """
    form, file = await form_of(request), (await files_of(request)).get("document")
    if file is None or not file.data:
        raise FormError("document", what=Words("no file was chosen", "未选择文件"))
    if len(file.data) > MOST_BYTES:
        raise BodySizeError("document", found=len(file.data), limit=MOST_BYTES)
    site, item = form.get("site", ""), one_line(form.get("item", ""), 200)
    author.person.require_site(site)
    if site not in parts.sites.values():
        raise FormError("site", what=Words("no agent stands there", "该厂区没有代理"))
    kind = _kind(form.get("kind", ""))
    asked = asked_at(parts.clock.now_ns(), item, kind, _language(request))
    read = await run_in_threadpool(read_with_limits, file.data, asked)
    return Brought(
        data=file.data,
        name=one_line(file.filename or "", 200) or "document.xml",
        site=site,
        item=item,
        kind=kind,
        read=read,
    )


def _chosen(brought: Brought) -> str:
    """What was chosen of a document, as the query of an address that reads it again so."""
    query = urlencode(_choice(brought))
    return f"?{query}" if query else ""


def _choice(brought: Brought) -> dict[str, str]:
    """What was chosen of a document that does not say all itself."""
    kind = brought.kind.value if brought.kind else ""
    told = {"item": brought.item, "kind": kind}
    return {name: text for name, text in told.items() if text}


def _kind(text: str) -> KindOfQuantity | None:
    return KindOfQuantity(text) if text in set(KindOfQuantity) else None


def _gone(
    request: Request,
    parts: Parts,
    reader: Reader,
    form: Mapping[str, str],
    unknown: OriginalUnknownError,
) -> Response:
    """Asks for a document once more that waits no longer; a program is told that it is none."""
    require_person(request, unknown)
    limit = f"{LONGEST_NS // (60 * NS_PER_S)} min"
    return _form(request, parts, reader, DccGoneError("sha256", limit=limit), form)


def _form(
    request: Request,
    parts: Parts,
    reader: Reader,
    refused: RequestError | None,
    form: Mapping[str, str] | None = None,
) -> Response:
    """The form that asks for a document, with what was said of one that is refused."""
    facts = {
        "form": form or {},
        "title": "dcc.title",
        "refused": refused and refusal_words(refused, look_of(request).language),
        "sites": sites_of(parts, reader),
        "kinds": tuple(KindOfQuantity),
        "most": MOST_BYTES // 1_000_000,
        "documents": kept_documents(parts, reader, asked_of(request.query_params).page),
    }
    status = 200 if refused is None else 404 if isinstance(refused, DccGoneError) else 422
    return page(request, parts, reader, "certificates/dcc_form.html", facts, status=status)


def _waiting(request: Request, reader: Reader, sha256: str) -> Brought | None:
    """The document of a digest that somebody brought; None where it is not here any more."""
    who = "" if reader.person is None else reader.person.name
    return waiting_room(request).find(who, sha256)


def _again(request: Request, parts: Parts, kept: Recorded | None, sha256: str) -> Brought:
    """A document that was kept, read again.

    Raises:
        OriginalUnknownError: it was not.
        DccRefusedError, DccLimitError, FormatUnavailableError: it cannot be read.
    """
    if kept is None:
        raise OriginalUnknownError("sha256", digest=sha256)
    came_ns, asked = parse_utc(kept.entry.at), request.query_params
    query = asked if {"item", "kind"} & set(asked) else read_as(kept)
    item, kind = query.get("item", "")[:200], _kind(query.get("kind", ""))
    data = parts.originals.data(sha256)
    told = kept.entry.new if isinstance(kept.entry.new, dict) else {}
    return Brought(
        data=data,
        name=str(told.get("name", "")),
        site=kept.entry.site,
        item=item,
        kind=kind,
        read=read_with_limits(data, asked_at(came_ns, item, kind, _language(request))),
    )


def _language(request: Request) -> Literal["en", "zh"]:
    return "zh" if look_of(request).language == "zh" else "en"


def _kept(parts: Parts, reader: Reader, sha256: str) -> Recorded | None:
    """The entry by which a document was handed in; None where the reader may see none."""
    with parts.journal() as journal:
        found = (each for each in handed_in(journal, sha256) if reader.sees(each.entry.site))
        return next(found, None)


def _weighed(
    request: Request, parts: Parts, reader: Reader, sha256: str, refused: Lacking = ""
) -> Response:
    kept = _kept(parts, reader, sha256)
    waiting = None if kept else _waiting(request, reader, sha256)
    brought = waiting or _again(request, parts, kept, sha256)
    with parts.sources.lease() as sources:
        papers = shelf_of(request).papers(sources, parts, reader)
        rows = list(visible(sources, reader).values())
    language = look_of(request).language
    facts = {
        "title": "dcc.title",
        "brought": brought,
        "view": dcc_view(brought.read, brought.site, papers, rows),
        "kept": kept,
        "parse": parse_utc,
        "refused": refused,
        "kinds": tuple(KindOfQuantity),
        "may_accept": reader.person is not None and may(reader.person.role, Right.OPERATE),
        "curve_of": lambda view: _curve(view, language),
        "on_the_page": partial(on_the_page, language=language),
        "is_assumed": any(each.code == "F_DCC_STATE" for each in brought.read.findings),
        "mark": SIGNED.get(brought.read.signature, "none"),
    }
    status = 422 if refused else 200
    return page(request, parts, reader, "certificates/dcc.html", facts, status=status)


def _curve(view: ResultView, language: str) -> str:
    if view.plot is None:
        return ""
    return curve_figure(view.plot, say("certificate.curve", language), language)
