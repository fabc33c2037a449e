"""A statement: all that it says, its versions, and who stands for it."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import RedirectResponse
from msgspec import UNSET
from starlette.concurrency import run_in_threadpool

from calibration.errors import CalibrationError
from calibration.setting import Setting
from calibration.unit_symbol import symbol
from collector.activity.acts import Acts
from collector.activity.entering import lock, release, unlock
from collector.api.acting import Acting
from collector.api.cookies import form_of
from collector.api.parts import Here, Parts
from collector.api.patterns import SHA256
from collector.api.pool import Sources
from collector.api.problem import problem_of
from collector.api.refusal import PapersUnreadError
from collector.api.security import Asker, Author, Reader, Writer
from collector.api.telling import Telling
from collector.api.unknown import StatementUnknownError
from collector.doubt.telling import Doubts
from collector.journal import Journal
from collector.rights import Right, may
from collector.web import words
from collector.web.activity.changed import change_lines
from collector.web.activity.declared import declared_rows
from collector.web.activity.drawing import Named, variances
from collector.web.activity.due import came_behind, early_of, seconds_to_come
from collector.web.activity.moved import is_same, moved_amount, relative
from collector.web.activity.shares import causes, certificates_behind
from collector.web.activity.shown import Say, cause_words
from collector.web.activity.stated import term_stated
from collector.web.activity.sums import is_computed
from collector.web.activity.versions import Versions, versions_of
from collector.web.budget import budgeted
from collector.web.certificates.shelf import entries, shelf_of
from collector.web.look import look_of
from collector.web.one_line import reason_of
from collector.web.refused import require_person
from collector.web.render import page
from evidence.clock import parse_utc, utc_text
from evidence.errors import CodedError
from evidence.statement.datum import ActivityData
from evidence.statement.seldom import is_seldom_read

router: Final = APIRouter(tags=["pages"], include_in_schema=False)
Digest = Annotated[str, Path(pattern=SHA256)]
_Decide = Callable[[Journal, Author, ActivityData, str], int]
_BESIDE: Final = ("uncorrected_value",)
"""What a computed amount does not have beside it: its versions are not compared by that."""


@router.get("/activity/{digest}", response_model=None)
def statement(
    request: Request, digest: Digest, parts: Here, acts: Acting, reader: Asker
) -> Response:
    """All that a statement says, its versions, and what would be stated now."""
    return _shown(request, digest, parts, acts, reader)


@router.post("/activity/{digest}/release", response_model=None)
async def statement_release(
    request: Request, digest: Digest, parts: Here, acts: Acting, reader: Asker, author: Writer
) -> Response:
    """Releases it: a person stands for it, and says why."""
    return await _decided(release, request, digest, parts, acts, (reader, author))


@router.post("/activity/{digest}/lock", response_model=None)
async def statement_lock(
    request: Request, digest: Digest, parts: Here, acts: Acting, reader: Asker, author: Writer
) -> Response:
    """Locks it: it stands for its channel and period."""
    return await _decided(lock, request, digest, parts, acts, (reader, author))


@router.post("/activity/{digest}/unlock", response_model=None)
async def statement_unlock(
    request: Request, digest: Digest, parts: Here, acts: Acting, reader: Asker, author: Writer
) -> Response:
    """Unlocks it: the latest version counts again."""
    return await _decided(unlock, request, digest, parts, acts, (reader, author))


async def _decided(
    decide: _Decide,
    request: Request,
    digest: str,
    parts: Parts,
    acts: Acts,
    who: tuple[Reader, Author],
) -> Response:
    reason = reason_of(await form_of(request))
    try:
        await run_in_threadpool(_enter, decide, digest, reason, parts, who[1])
    except (CodedError, CalibrationError) as refused:
        if isinstance(refused, StatementUnknownError):
            raise
        return await run_in_threadpool(
            _shown, request, digest, parts, acts, who[0], refused, reason
        )
    return RedirectResponse(f"/activity/{digest}#decided", status_code=303)


def _enter(decide: _Decide, digest: str, reason: str, parts: Parts, author: Author) -> None:
    with parts.sources.lease() as sources:
        datum = _statement(sources, digest, author)
    with parts.journal() as journal:
        decide(journal, author, datum, reason)


def _statement(sources: Sources, digest: str, asker: Reader | Author) -> ActivityData:
    """A statement that is kept and may be seen.

    Raises:
        StatementUnknownError: it is none.
    """
    datum = sources.store.lookup.activity(digest)
    if datum is None or not asker.sees(datum.channel.partition("/")[0]):
        raise StatementUnknownError("digest", digest=digest)
    return datum


def _shown(
    request: Request,
    digest: str,
    parts: Parts,
    acts: Acts,
    reader: Reader,
    refused: CodedError | CalibrationError | None = None,
    reason: str = "",
) -> Response:
    require_person(request, refused)
    look, known = look_of(request), acts.known()
    with parts.sources.lease() as sources:
        datum = _statement(sources, digest, reader)
        telling = Telling(sources, parts, known)
        rows = telling.rows(reader)
        computed = datum.channel in rows and is_computed(rows[datum.channel])
        found = versions_of(datum, sources.store.lookup, known, telling, rows)
        settings = _settings(request, sources, parts, reader, datum)
        stated_ns = sources.store.lookup.stated_ns(digest)
        told_then = term_stated(sources, rows.get(datum.channel), datum, stated_ns)
        span = parse_utc(datum.period.start), parse_utc(datum.period.end)
        behind_ns = came_behind(datum, sources.store.lookup.windows(datum.channel, *span))
        held = span if behind_ns is None else (span[0], behind_ns)
        doubts = Doubts(sources, parts.sites, parts.clock.now_ns()).of(datum.channel, held)
    say = partial(words.say, language=look.language)
    told = causes(datum.components)
    facts = {
        "title": "statement.title",
        "datum": datum,
        "is_computed": computed,
        "span": span,
        "doubts": doubts,
        "came_behind": behind_ns,
        "came_since": _moved(found),
        "utc": utc_text,
        "found": found,
        "causes": told,
        "certificates_behind": certificates_behind,
        "is_seldom_read": is_seldom_read,
        "declared": budgeted(
            declared_rows(datum, settings), look.language, scale=1.0, argument_unit="1"
        ),
        "figure": variances(
            told, partial(cause_words, say=say), symbol(datum.unit), _named(say, datum)
        )
        if told
        else None,
        "acts": _possible(found, reader),
        "may_see_evidence": reader.person is None or may(reader.person.role, Right.READ_EVIDENCE),
        "to_come_s": seconds_to_come(span[1], parts.clock.now_ns()),
        "early": early_of(datum, stated_ns),
        "told_then": told_then,
        "refused": refused,
        "reason": reason,
        "parse": parse_utc,
        "moved_amount": moved_amount,
        "relative": relative,
        "is_same": is_same,
        "change_lines": partial(
            change_lines,
            rules=_rules(datum),
            language=look.language,
            untold=_BESIDE if computed else (),
        ),
    }
    status = 200 if refused is None else problem_of(refused, look.language).status
    return page(request, parts, reader, "activity_statement.html", facts, status=status)


def _moved(found: Versions) -> bool:
    """Whether the hours of a statement's period come to another value now than it states."""
    now = found.all_of_them[0].datum if found.now is None else found.now.after
    return now.value != found.shown.datum.value


def _rules(datum: ActivityData) -> tuple[str, ...]:
    """Ids of the rules of the plans that tell it."""
    if datum.under_plan is UNSET:
        return ()
    return tuple(each.told.rules.id for each in datum.under_plan.parts if each.told is not None)


def _settings(
    request: Request, sources: Sources, parts: Parts, reader: Reader, datum: ActivityData
) -> tuple[Setting, ...]:
    """The settings of the statement's site; none while papers are still being read."""
    if not isinstance(datum.settings, tuple):
        return ()
    try:
        papers = shelf_of(request).papers(sources, parts, reader)
    except PapersUnreadError:
        return ()
    return entries(papers, Setting, datum.channel.partition("/")[0])


def _named(say: Say, datum: ActivityData) -> Named:
    described = say("activity.causes_described", unit=symbol(datum.unit))
    return Named(name=say("activity.causes"), description=described)


def _possible(found: Versions, reader: Reader) -> tuple[str, ...]:
    """What the reader may do about it now: "release", "lock", "unlock"."""
    is_signed_in = reader.person is not None and reader.session is not None
    if reader.person is None or not is_signed_in or not may(reader.person.role, Right.RELEASE):
        return ()
    if found.shown.released is None:
        return ("release",)
    if found.shown.locked is not None:
        return ("unlock",)
    return () if found.others_locked is not None else ("lock",)
