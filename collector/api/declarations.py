"""What people declare of activity data, over HTTP: listed with all versions, entered, withdrawn."""

from collections.abc import Iterator
from itertools import islice
from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from collector.api.acting import Acting
from collector.api.answer import json_answer, made_answer
from collector.api.asked import Asked, Plain
from collector.api.body import json_body, taking
from collector.api.parts import Here
from collector.api.patterns import CHANNEL, SITE
from collector.api.schema import answers, made, ref
from collector.api.security import Asker, Reader, Writer
from collector.api.unknown import DeclarationUnknownError
from collector.declarations.saving import declare, withdraw
from collector.declarations.subject import site_of_subject
from evidence.clock import utc_text
from evidence.statement.declaration.book import Declarations, Version
from evidence.statement.declaration.content import Declaration

router: Final = APIRouter(prefix="/api/v1/declarations", tags=["declarations"])
DEFAULT_COUNT: Final = 100
MOST: Final = 500
_Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]


class DeclarationsAsked(Asked):
    """Which declarations."""

    of: str | None = Field(
        None, pattern=CHANNEL, description="Of this site, device, channel or statement only."
    )
    site: str | None = Field(None, pattern=SITE, description="Of this site only.")
    versions: bool = Field(default=False, description="All versions, withdrawn ones too.")
    limit: int = Field(DEFAULT_COUNT, ge=1, le=MOST, description="Of at most so many things.")
    after: str | None = Field(None, pattern=CHANNEL, description="Of those after this, by name.")


class DeclarationVersion(msgspec.Struct, frozen=True, kw_only=True):
    """An entry about a declaration.

    Args:
        entry: its number in the journal, where its proof is.
        at: when it was entered, RFC 3339 in UTC.
        who, role, reason: by whom and why.
        declaration: what was declared; null where it was withdrawn.
    """

    entry: int
    at: str
    who: str
    role: str
    reason: str
    declaration: Declaration | None


class DeclarationSeen(msgspec.Struct, frozen=True, kw_only=True):
    """What is declared of one thing: its versions, the last one last, or the last one alone."""

    of: str
    site: str
    versions: tuple[DeclarationVersion, ...]


class DeclarationPage(msgspec.Struct, frozen=True, kw_only=True):
    """Declarations by what they are of.

    Args:
        next: what `after` is for the page that follows; null at the end.
    """

    declarations: tuple[DeclarationSeen, ...]
    next: str | None


class Declaring(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A declaration that shall stand.

    Args:
        reason: why, in that person's words.
        replaces: number of the last entry about it; null for one that is new.
    """

    declaration: Declaration
    reason: _Reason
    replaces: Annotated[int, msgspec.Meta(ge=0)] | None = None


class DeclarationWithdrawing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of what nothing shall be declared any more, and why, in that person's words."""

    of: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    reason: _Reason


class DeclarationWritten(msgspec.Struct, frozen=True, kw_only=True):
    """The number of the entry."""

    of: str
    entry: int


@router.get("", **answers(ref(DeclarationPage), "Declarations by what they are of, a page."))
def declaration_list(
    request: Request,
    asked: Annotated[DeclarationsAsked, Query()],
    acts: Acting,
    reader: Asker,
) -> Response:
    """What people declared in the journal, as it stands; by whom, when and why."""
    journal = acts.known().declarations
    found = list(islice(_asked_for(journal, asked, reader), asked.limit + 1))
    shown = tuple(map(_seen, found[: asked.limit]))
    more = len(found) > asked.limit
    page = DeclarationPage(declarations=shown, next=shown[-1].of if more else None)
    return json_answer(request, page)


def _asked_for(
    journal: Declarations, asked: DeclarationsAsked, reader: Reader
) -> Iterator[list[Version]]:
    """The versions that are asked for of each thing, by name."""
    for name in sorted(journal.versions):
        versions = list(journal.versions[name])
        site = versions[-1].site
        if not reader.sees(site) or asked.site not in (None, site) or name <= (asked.after or ""):
            continue
        if asked.of in (None, name) and (asked.versions or versions[-1].told is not None):
            yield versions if asked.versions else versions[-1:]


def _seen(versions: list[Version]) -> DeclarationSeen:
    return DeclarationSeen(
        of=versions[-1].of,
        site=versions[-1].site,
        versions=tuple(
            DeclarationVersion(
                entry=each.entry,
                at=utc_text(each.at_ns),
                who=each.who,
                role=each.role,
                reason=each.reason,
                declaration=each.told,
            )
            for each in versions
        ),
    )


@router.post(
    "",
    status_code=201,
    openapi_extra=taking(Declaring),
    **made(ref(DeclarationWritten), "The entry by which it stands."),
)
def declaration_save(
    request: Request,  # noqa: ARG001 - as all routes
    asked: Plain,  # noqa: ARG001 - refuses unknown parameters
    parts: Here,
    acts: Acting,
    author: Writer,
    told: Annotated[Declaring, Depends(json_body(Declaring))],
) -> Response:
    """Declares something, or something else; what stands word for word keeps its entry."""
    own, sites = told.declaration, parts.sites.values()
    with parts.sources.lease() as sources:
        site = site_of_subject(sources.store.lookup, acts.known(), sites, own, author.sees)
    with parts.journal() as journal:
        entry = declare(journal, author, own, site, told.reason, told.replaces)
    return made_answer(DeclarationWritten(of=own.of, entry=entry))


@router.post(
    "/withdrawal",
    status_code=201,
    openapi_extra=taking(DeclarationWithdrawing),
    **made(ref(DeclarationWritten), "The entry of the withdrawal."),
)
def declaration_withdrawal(
    request: Request,  # noqa: ARG001 - as all routes
    asked: Plain,  # noqa: ARG001 - refuses unknown parameters
    parts: Here,
    acts: Acting,
    author: Writer,
    told: Annotated[DeclarationWithdrawing, Depends(json_body(DeclarationWithdrawing))],
) -> Response:
    """Lets a declaration count for no record any more; its versions stay readable."""
    versions = acts.known().declarations.versions.get(told.of, ())
    if not versions or not author.sees(versions[-1].site):
        raise DeclarationUnknownError("of", of=told.of)
    with parts.journal() as journal:
        entry = withdraw(journal, author, told.of, told.reason)
    return made_answer(DeclarationWritten(of=told.of, entry=entry))
