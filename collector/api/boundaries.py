"""Saved boundaries over HTTP: all of them, one with its versions, saved and withdrawn."""

from collections.abc import Iterator
from itertools import islice
from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import Field

from collector.api.acting import Acting
from collector.api.answer import json_answer, made_answer
from collector.api.asked import Asked, Plain
from collector.api.body import json_body, taking
from collector.api.bounded import require_known
from collector.api.parts import Here
from collector.api.patterns import BOUNDARY, NAME, SITE
from collector.api.schema import answers, made, ref
from collector.api.security import Asker, Reader, Writer
from collector.api.unknown import BoundaryUnknownError, ChannelUnknownError
from collector.boundaries.saving import save, withdraw
from collector.boundaries.summable import require_summable
from evidence.clock import utc_text
from evidence.statement.boundary.book import Boundaries, Version
from evidence.statement.boundary.content import Boundary, tidied

router: Final = APIRouter(prefix="/api/v1/boundaries", tags=["boundaries"])
DEFAULT_COUNT: Final = 100
MOST: Final = 500


class BoundariesAsked(Asked):
    """Which boundaries."""

    site: str | None = Field(None, pattern=SITE, description="Of this site only.")
    line: str | None = Field(None, max_length=100, description="Of this product line only.")
    withdrawn: bool = Field(default=False, description="Those too that were withdrawn.")
    limit: int = Field(DEFAULT_COUNT, ge=1, le=MOST, description="At most so many.")
    after: str | None = Field(None, pattern=BOUNDARY, description="Those after this one, by name.")


class BoundaryVersion(msgspec.Struct, frozen=True, kw_only=True):
    """An entry about a boundary.

    Args:
        entry: its number in the journal, where its proof is.
        at: when it was entered, RFC 3339 in UTC.
        who, role, reason: by whom and why.
        digest: SHA-256 of `boundary`; null where it was withdrawn.
        boundary: what was saved; null where it was withdrawn.
    """

    entry: int
    at: str
    who: str
    role: str
    reason: str
    digest: str | None
    boundary: Boundary | None


class BoundarySeen(msgspec.Struct, frozen=True, kw_only=True):
    """A boundary: its versions, the last one last; in a list the last one alone.

    Args:
        standing: whether it is not withdrawn.
    """

    id: str
    standing: bool
    versions: tuple[BoundaryVersion, ...]


class BoundaryPage(msgspec.Struct, frozen=True, kw_only=True):
    """Boundaries by name.

    Args:
        next: what `after` is for the page that follows; null at the end.
    """

    boundaries: tuple[BoundarySeen, ...]
    next: str | None


class BoundarySaving(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A boundary that shall stand.

    Args:
        reason: why, in that person's words.
        replaces: number of the last entry about it; null for one that is new.
    """

    boundary: Boundary
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]
    replaces: Annotated[int, msgspec.Meta(ge=0)] | None = None


class BoundaryWithdrawing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a boundary shall give no sums any more, in that person's words."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]


class BoundaryWritten(msgspec.Struct, frozen=True, kw_only=True):
    """The number of the entry, and the digest of what was saved; null of a withdrawal."""

    id: str
    entry: int
    digest: str | None


@router.get("", **answers(ref(BoundaryPage), "Boundaries by name, a page of them."))
def boundary_list(
    request: Request,
    asked: Annotated[BoundariesAsked, Query()],
    acts: Acting,
    reader: Asker,
) -> Response:
    """The saved boundaries, each as it was saved last."""
    found = list(islice(_asked_for(acts.known().boundaries, asked, reader), asked.limit + 1))
    shown = tuple(_seen([each]) for each in found[: asked.limit])
    more = len(found) > asked.limit
    return json_answer(request, BoundaryPage(boundaries=shown, next=shown[-1].id if more else None))


def _asked_for(boundaries: Boundaries, asked: BoundariesAsked, reader: Reader) -> Iterator[Version]:
    """The last version of each boundary that is asked for, by name."""
    for name in sorted(boundaries.versions):
        site = name.partition("/")[0]
        if not reader.sees(site) or asked.site not in (None, site) or name <= (asked.after or ""):
            continue
        versions = boundaries.versions[name]
        stated = next((each.boundary for each in reversed(versions) if each.boundary), None)
        is_shown = asked.withdrawn or versions[-1].boundary is not None
        if is_shown and asked.line in (None, "" if stated is None else stated.line):
            yield versions[-1]


def _seen(versions: list[Version]) -> BoundarySeen:
    return BoundarySeen(
        id=versions[-1].id,
        standing=versions[-1].boundary is not None,
        versions=tuple(
            BoundaryVersion(
                entry=each.entry,
                at=utc_text(each.at_ns),
                who=each.who,
                role=each.role,
                reason=each.reason,
                digest=None if each.boundary is None else each.boundary.digest,
                boundary=each.boundary,
            )
            for each in versions
        ),
    )


Site = Annotated[str, Path(pattern=SITE)]
Name = Annotated[str, Path(pattern=NAME)]


@router.get("/{site}/{name}", **answers(ref(BoundarySeen), "A boundary with all its versions."))
def boundary_one(
    request: Request,
    site: Site,
    name: Name,
    asked: Plain,  # noqa: ARG001 - refuses unknown parameters
    acts: Acting,
    reader: Asker,
) -> Response:
    """One boundary with all that was entered about it, also after it was withdrawn."""
    known, named = acts.known(), f"{site}/{name}"
    require_known(known, reader, named)
    return json_answer(request, _seen(known.boundaries.of(named)))


@router.post(
    "",
    status_code=201,
    openapi_extra=taking(BoundarySaving),
    **made(ref(BoundaryWritten), "The entry by which it stands."),
)
def boundary_save(
    request: Request,  # noqa: ARG001 - as all routes
    asked: Plain,  # noqa: ARG001 - refuses unknown parameters
    parts: Here,
    acts: Acting,
    author: Writer,
    told: Annotated[BoundarySaving, Depends(json_body(BoundarySaving))],
) -> Response:
    """Saves a boundary, or a new version of one; what stands word for word keeps its entry."""
    boundary = tidied(told.boundary)
    if not author.sees(boundary.site):
        raise ChannelUnknownError("channel", channel=boundary.channels[0])
    with parts.sources.lease() as sources:
        require_summable(sources, acts.known(), boundary)
    with parts.journal() as journal:
        entry = save(journal, author, boundary, told.reason, told.replaces)
    return made_answer(BoundaryWritten(id=boundary.id, entry=entry, digest=boundary.digest))


@router.post(
    "/{site}/{name}/withdrawal",
    status_code=201,
    openapi_extra=taking(BoundaryWithdrawing),
    **made(ref(BoundaryWritten), "The entry of the withdrawal."),
)
def boundary_withdrawal(
    request: Request,  # noqa: ARG001 - as all routes
    site: Site,
    name: Name,
    asked: Plain,  # noqa: ARG001 - refuses unknown parameters
    parts: Here,
    author: Writer,
    told: Annotated[BoundaryWithdrawing, Depends(json_body(BoundaryWithdrawing))],
) -> Response:
    """Lets a boundary give no sums any more; its versions stay readable."""
    named = f"{site}/{name}"
    if not author.sees(site):
        raise BoundaryUnknownError("boundary", id=named)
    with parts.journal() as journal:
        entry = withdraw(journal, author, named, told.reason)
    return made_answer(BoundaryWritten(id=named, entry=entry, digest=None))
