"""What was set aside: contents that are wrong, and histories that contradict each other."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Final, Literal

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from collector.api.answer import asked_language, json_answer, made_answer
from collector.api.aside_pages import page
from collector.api.asked import Asked, Plain
from collector.api.body import json_body, taking
from collector.api.listing import paged
from collector.api.paging import MAX_TEXT, NEXT
from collector.api.parts import Here, Parts
from collector.api.pool import Sources
from collector.api.refusal import ReleasedBeforeError
from collector.api.schema import list_of, made, ref
from collector.api.security import Asker, Author, Writer
from collector.api.unknown import SetAsideUnknownError
from collector.errors import EquivocationError, LogRootError
from collector.journal import Journal
from collector.journal_read import JournalReader
from collector.ledger_rows import Branch
from collector.lookup import Place
from evidence.judging.judgement import Fault
from evidence.log.entry import Action

MAX_ROWS: Final = 1_000
_MEANING: Final = {kind.code: kind for kind in (EquivocationError, LogRootError)}
router: Final = APIRouter(prefix="/api/v1/quarantine", tags=["quarantine"])


class QuarantineAsked(Asked):
    """How much of it."""

    limit: int = Field(100, ge=1, le=MAX_ROWS, description="Rows of each kind, latest first.")
    cursor: str | None = Field(
        None,
        min_length=1,
        max_length=MAX_TEXT,
        description="Of the header `Next-Cursor` of the page before: contents alone.",
    )


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """Who looked at it, when, and what became of it; the journal's entry at `position` says so."""

    by: str
    at: str
    reason: str
    position: int


class SetAside(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is kept and receipted, but not counted.

    Args:
        kind: "content": a stream or document of a leaf is wrong; "branch": the position
            was signed with another history too; "view": a view does not take it, or differs.
        agent, epoch, leaf: where it stands.
        subject: the channel or document; "log" for a branch; view, channel and poll or hour.
        code, message: what is wrong, in the language of the answer; what a database of a view says
            of itself, in its own words.
        released: that a person looked at it and said what became of it; it counts no more for
            that, and stays here.
    """

    kind: Literal["content", "branch", "view"]
    agent: str
    epoch: str
    leaf: int
    subject: str
    code: str
    message: str
    released: Looked | None = None


class Release(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That a person looked at a content that was set aside.

    Args:
        agent, epoch, leaf, subject, code: which one, as it is listed.
        reason: what became of it, in their words.
    """

    agent: str
    epoch: str
    leaf: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
    subject: str
    code: str
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]


class Released(msgspec.Struct, frozen=True, kw_only=True):
    """That it was entered.

    Args:
        position: of the entry in the journal.
    """

    position: int


@router.get("", **paged(list_of(SetAside), "What was set aside, latest first."))
def quarantine_list(
    request: Request, asked: Annotated[QuarantineAsked, Query()], parts: Here, reader: Asker
) -> Response:
    """What was found wrong and set aside; it holds up nothing else.

    Where more contents are kept, the header `Next-Cursor` leads to them.
    """
    with parts.journal() as journal:
        looked = releases(journal)

    def sees(agent: str) -> bool:
        return reader.sees(parts.sites.get(agent, ""))

    with parts.sources.lease() as sources:
        contents = page(sources.store.lookup, sees, asked.cursor, asked.limit)
        language = asked_language(request)
        seen = _contents(contents.rows, looked, language)
        if asked.cursor is None:
            branches = _branches(sources, asked.limit, language)
            seen += [each for each in branches if sees(each.agent)]
            views = _views(parts, asked.limit, language)
            seen += [each for site, each in views if reader.sees(site)]
    more = {NEXT: contents.following} if contents.following else {}
    return json_answer(request, seen, more)


@router.post(
    "/releases",
    status_code=201,
    openapi_extra=taking(Release),
    **made(ref(Released), "It was entered into the journal."),
)
def quarantine_release(
    request: Request,  # noqa: ARG001 - as all routes
    asked: Plain,  # noqa: ARG001 - refuses unknown parameters
    parts: Here,
    author: Writer,
    release: Annotated[Release, Depends(json_body(Release))],
) -> Response:
    """Says that you looked at a content that was set aside, and what became of it.

    It stays set aside: what is wrong in a signed leaf is not made right by it.
    """
    place = Place(agent=release.agent, epoch=release.epoch, sequence=release.leaf)
    site = parts.sites.get(release.agent, "")
    with parts.sources.lease() as sources:
        known = sources.store.lookup.fault_at(place, release.subject, release.code)
    if not known or not author.sees(site):
        raise SetAsideUnknownError(
            "body", place=_place(place), subject=release.subject[:200], code=release.code[:64]
        )
    with parts.journal() as journal:
        return made_answer(Released(position=_enter(journal, author, site, release)))


def _enter(journal: Journal, author: Author, site: str, release: Release) -> int:
    """The position of the release's entry.

    Raises:
        ReleasedBeforeError: there is one already.
    """
    place = Place(agent=release.agent, epoch=release.epoch, sequence=release.leaf)
    what = {"subject": release.subject, "code": release.code}
    act = author.act(
        Action.QUARANTINE_RELEASED,
        site=site,
        subject=_place(place),
        reason=release.reason,
        old=what,
    )
    with journal.recording(act) as position:
        for each in journal.of([act.action], subject=act.subject):
            if each.entry.old == what and each.position < position:
                raise ReleasedBeforeError("body", position=each.position)
        return position


def releases(journal: JournalReader) -> dict[tuple[str, str, str], Looked]:
    """What the journal says was looked at: by place, subject and code."""
    found = {}
    for each in journal.of([Action.QUARANTINE_RELEASED]):
        entry = each.entry
        key = (entry.subject, entry.old["subject"], entry.old["code"])
        found[key] = Looked(by=entry.who, at=entry.at, reason=entry.reason, position=each.position)
    return found


def _place(place: Place) -> str:
    return f"{place.agent}/{place.epoch}/{place.sequence}"


def _contents(
    rows: Iterable[tuple[Place, Fault]],
    looked: Mapping[tuple[str, str, str], Looked],
    language: str,
) -> list[SetAside]:
    return [
        SetAside(
            kind="content",
            agent=place.agent,
            epoch=place.epoch,
            leaf=place.sequence,
            subject=fault.subject,
            code=fault.code,
            message=fault.say(language),
            released=looked.get((_place(place), fault.subject, fault.code)),
        )
        for place, fault in rows
    ]


def _views(parts: Parts, limit: int, language: str) -> list[tuple[str, SetAside]]:
    """What views set aside, with the site of each."""
    return [
        (
            each.site,
            SetAside(
                kind="view",
                agent=each.agent,
                epoch=each.epoch,
                leaf=each.leaf,
                subject=each.subject,
                code=each.code,
                message=each.message.zh if language == "zh" else each.message.en,
            ),
        )
        for view in parts.views
        for each in view.set_aside(limit)
    ]


def _branches(sources: Sources, limit: int, language: str) -> list[SetAside]:
    found = (branch for branch in sources.ledger.branches() if branch.is_open)
    latest = sorted(found, key=lambda each: -each.last_ns)
    return [
        SetAside(
            kind="branch",
            agent=branch.agent,
            epoch=branch.epoch,
            leaf=branch.sequence,
            subject="log",
            code=branch.code,
            message=_words(branch, language),
        )
        for branch in latest[:limit]
    ]


def _words(branch: Branch, language: str) -> str:
    kind, where = _MEANING.get(branch.code), f"{branch.agent}/{branch.epoch}"
    return branch.code if kind is None else kind(where, sequence=branch.sequence).say(language)
