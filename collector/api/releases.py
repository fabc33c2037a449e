"""Statements that people release and lock, and what would be stated in their place now."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import Field

from calibration.errors import CalibrationError
from calibration.grid import grid_of
from calibration.increment import NS_PER_HOUR
from collector.activity.entering import lock, release, unlock
from collector.api.acting import Acting
from collector.api.answer import json_answer, made_answer
from collector.api.asked import Plain
from collector.api.body import json_body, taking
from collector.api.listing import PagedAsked, cursor_behind, page_of, paged
from collector.api.making import MOST_UNDER_PLAN
from collector.api.paging import NEXT
from collector.api.parts import Here, Parts
from collector.api.patterns import CHANNEL, SHA256
from collector.api.pool import Sources
from collector.api.schema import answers, list_of, made, ref
from collector.api.security import Asker, Author, Reader, Writer
from collector.api.statement import MAX_CHANNEL_HOURS
from collector.api.telling import Telling
from collector.api.unknown import NothingFollowsError, StatementUnknownError
from collector.journal import Journal
from collector.lookup import ChannelRow
from evidence.clock import parse_utc, utc_text
from evidence.errors import CodedError
from evidence.statement.datum import ActivityData, Period
from evidence.statement.difference import Difference, difference
from evidence.statement.locks import Act

router: Final = APIRouter(prefix="/api/v1/activity-data", tags=["activity data"])
Digest = Annotated[str, Path(pattern=SHA256)]
_Decide = Callable[[Journal, Author, ActivityData, str], int]


class LockedAsked(PagedAsked):
    """Which locked statements."""

    channel: str | None = Field(None, pattern=CHANNEL, description="Of this channel only.")
    compare: bool = Field(
        default=False, description="Whether it is told what would be stated in their place now."
    )


class Deciding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why it is decided, in that person's words."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]


Told = Annotated[Deciding, Depends(json_body(Deciding))]


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided.

    Args:
        entry: its number in the journal.
    """

    entry: int
    digest: str
    channel: str
    period: Period


class LockedStatement(msgspec.Struct, frozen=True, kw_only=True):
    """A locked statement.

    Args:
        entry: number of the locking in the journal; `released_in` that of the release.
        under_plan: whether it is told under the monitoring plan too.
        differs: whether something else would be stated now; null where that was not asked.
        difference: what; null where nothing differs, where nothing would be stated at all, or not
            in that unit.
    """

    digest: str
    channel: str
    period: Period
    under_plan: bool
    entry: int
    at: str
    who: str
    role: str
    reason: str
    released_in: int | None
    differs: bool | None
    difference: Difference | None


@router.get("/locked", **paged(list_of(LockedStatement), "Locked statements, by channel."))
def locked_list(
    request: Request,
    asked: Annotated[LockedAsked, Query()],
    parts: Here,
    acts: Acting,
    reader: Asker,
) -> Response:
    """The statements that stand whatever is made of their periods later; by whom and why.

    Where they are compared, a page may hold fewer than `limit`, and another one follow: it ends too
    behind 40 statements under a plan, and where many hours were looked through.
    """
    known = acts.known()
    locked = (
        (place, act)
        for place, act in sorted(known.locks.locked.items())
        if asked.channel in (None, place[0]) and reader.sees_channel(place[0])
    )
    page = page_of(request, asked, tuple[str, str, str, bool], locked)
    shown = list(comparable(page.rows)) if asked.compare else page.rows
    headers = dict(page.headers)
    if len(shown) < len(page.rows):
        headers[NEXT] = cursor_behind(request, asked, shown[-1].place)
    with parts.sources.lease() as sources:
        telling = Telling(sources, parts, known)
        rows = telling.rows(reader) if asked.compare else {}
        found = [
            _locked(act, known.locks.released.get(act.digest), telling, rows, asked)
            for act in shown
        ]
    return json_answer(request, found, headers)


def comparable(acts: Iterable[Act]) -> Iterator[Act]:
    """Those of locked statements, in their order, that one answer compares: at least the first.

    One under a plan looks back over the years before its period, and takes up to seconds; one
    whose hours are not those of UTC is judged again.
    """
    planned = hours = 0
    for count, act in enumerate(acts):
        planned += act.under_plan or grid_of(parse_utc(act.start)) > 0
        hours += (parse_utc(act.end) - parse_utc(act.start)) // NS_PER_HOUR
        if count and (planned > MOST_UNDER_PLAN or hours > MAX_CHANNEL_HOURS):
            return
        yield act


def _locked(
    act: Act,
    released: Act | None,
    telling: Telling,
    rows: Mapping[str, ChannelRow],
    asked: LockedAsked,
) -> LockedStatement:
    moved = _now(telling, rows, act) if asked.compare else None
    return LockedStatement(
        digest=act.digest,
        channel=act.channel,
        period=Period(start=act.start, end=act.end),
        under_plan=act.under_plan,
        entry=act.entry,
        at=utc_text(act.at_ns),
        who=act.who,
        role=act.role,
        reason=act.reason,
        released_in=None if released is None else released.entry,
        **_compared(telling, act, moved, asked=asked.compare),
    )


def _now(telling: Telling, rows: Mapping[str, ChannelRow], act: Act) -> ActivityData | None:
    """What follows in the place of a lock now; a refusal of one refuses no list of all."""
    with suppress(CodedError, CalibrationError):
        return telling.now_of(rows, act.place)
    return None


def _compared(
    telling: Telling, act: Act, now: ActivityData | None, *, asked: bool
) -> dict[str, Any]:
    if not asked:
        return {"differs": None, "difference": None}
    if now is None:
        return {"differs": True, "difference": None}
    if now.digest == act.digest:
        return {"differs": False, "difference": None}
    before = telling.statement(act, now)
    return {
        "differs": True,
        "difference": difference(before, now) if before.unit == now.unit else None,
    }


@router.get(
    "/{digest}/difference",
    **answers(ref(Difference), "What would be stated otherwise now, and how well that is known."),
)
def activity_difference(
    request: Request,
    digest: Digest,
    asked: Plain,  # noqa: ARG001 - refuses unknown parameters
    parts: Here,
    acts: Acting,
    reader: Asker,
) -> Response:
    """A statement held against what follows for its channel and period now."""
    with parts.sources.lease() as sources:
        before = _statement(sources, digest, reader)
        telling = Telling(sources, parts, acts.known())
        now = telling.now(telling.rows(reader), before)
    if now is None:
        raise NothingFollowsError("digest", digest=digest)
    return json_answer(request, difference(before, now))


def _route(path: str, description: str) -> Callable[[Callable[..., Response]], Any]:
    told = made(ref(Decided), description)
    return router.post(path, status_code=201, openapi_extra=taking(Deciding), **told)


@_route("/{digest}/release", "The entry that names the statement.")
def activity_release(
    request: Request,  # noqa: ARG001 - as all routes
    digest: Digest,
    asked: Plain,  # noqa: ARG001 - refuses unknown parameters
    parts: Here,
    author: Writer,
    told: Told,
) -> Response:
    """Releases a statement: a person stands for it, and says why."""
    return _decided(release, digest, told, parts, author)


@_route("/{digest}/lock", "The entry from which on the statement stands.")
def activity_lock(
    request: Request,  # noqa: ARG001 - as all routes
    digest: Digest,
    asked: Plain,  # noqa: ARG001 - refuses unknown parameters
    parts: Here,
    author: Writer,
    told: Told,
) -> Response:
    """Locks a released statement: it stands for its channel and period until it is unlocked."""
    return _decided(lock, digest, told, parts, author)


@_route("/{digest}/unlock", "The entry from which on the latest version counts.")
def activity_unlock(
    request: Request,  # noqa: ARG001 - as all routes
    digest: Digest,
    asked: Plain,  # noqa: ARG001 - refuses unknown parameters
    parts: Here,
    author: Writer,
    told: Told,
) -> Response:
    """Unlocks a statement, with a reason; it stays released, and readable."""
    return _decided(unlock, digest, told, parts, author)


def _decided(
    decide: _Decide, digest: str, told: Deciding, parts: Parts, author: Author
) -> Response:
    with parts.sources.lease() as sources:
        datum = _statement(sources, digest, author)
    with parts.journal() as journal:
        entry = decide(journal, author, datum, told.reason)
    told_of = Decided(entry=entry, digest=digest, channel=datum.channel, period=datum.period)
    return made_answer(told_of)


def _statement(sources: Sources, digest: str, asker: Reader | Author) -> ActivityData:
    """A statement that is kept and may be seen.

    Raises:
        StatementUnknownError: it is none.
    """
    datum = sources.store.lookup.activity(digest)
    if datum is None or not asker.sees(datum.channel.partition("/")[0]):
        raise StatementUnknownError("digest", digest=digest)
    return datum
