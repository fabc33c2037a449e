"""What a late paper touched, over HTTP: period by period, before, after, and the difference."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, islice
from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from calibration.grid import grid_of
from collector.activity.acts import Acts
from collector.activity.touched import Found, papers_about, papers_of_plan, planned_on
from collector.api.acting import Acting
from collector.api.answer import json_answer
from collector.api.asked import DAY
from collector.api.listing import MAX_ROWS, PagedAsked, after, page_of, paged
from collector.api.parts import Here, Parts
from collector.api.patterns import CHANNEL
from collector.api.period import instant, zone_of
from collector.api.pool import Sources
from collector.api.refusal import QueryError, RangeLimitError
from collector.api.schema import ref
from collector.api.security import Asker, Reader
from collector.api.statement import MAX_STATEMENTS
from collector.api.telling import Telling
from collector.api.unknown import PaperUnknownError
from evidence.clock import parse_utc, utc_text
from evidence.errors import Words
from evidence.statement.datum import ActivityData
from evidence.statement.locks import place_of
from evidence.statement.touched import Paper, Touched, compared, concerned

MOST_SLOW: Final = 100
"""Statements in one answer for which years before their period are looked at, or leaves again."""
Taken = Callable[[int, Iterator[ActivityData]], list[ActivityData]]
"""Which statements are compared: of that instant, UTC ns, and of all that were given before it and
may be touched, by channel and time."""
router: Final = APIRouter(prefix="/api/v1/activity-data/touched", tags=["activity data"])


class TouchedAsked(PagedAsked):
    """Which certificate, or which channel's plan, and from when on."""

    certificate: str | None = Field(None, min_length=1, max_length=200, description="Its id.")
    plan: str | None = Field(
        None,
        pattern=CHANNEL,
        description="A channel instead: what plans and test records of it changed in what was "
        "stated under the plan.",
    )
    since: str | None = Field(
        None,
        max_length=64,
        description="What was stated before this instant is held against what follows now; else "
        f"when the last paper about it came: {DAY}.",
    )
    tz: str = Field("Asia/Shanghai", max_length=64, description="IANA name of the time zone.")


@router.get("", **paged(ref(Touched), "Statements that would be others now."))
def activity_touched(
    request: Request,
    asked: Annotated[TouchedAsked, Query()],
    parts: Here,
    acts: Acting,
    reader: Asker,
) -> Response:
    """What a late, corrected, withdrawn or doubted certificate changes in what was stated.

    Or what plans and test records of a channel change in what was stated under its plan. A page
    holds against each other at most `limit` statements, and at most 100 under plans or of hours
    that are not those of UTC, and says of these which differ and how many do not. All pages go by
    the `since` of the first one.
    """
    zone = zone_of(asked.tz)
    since_ns = None if asked.since is None else instant(asked.since, "since", zone)
    last = after(request, asked, tuple[int, str, str, str, bool])
    headers: dict[str, str] = {}

    def taken(begins_ns: int, before: Iterator[ActivityData]) -> list[ActivityData]:
        # since when it is told is of the key: so all pages tell it by the same instant
        rows = (((begins_ns, *place_of(each)), each) for each in before)
        some = list(islice((each for each in rows if last is None or each[0] > last), MAX_ROWS + 1))
        few = _that_fit([datum for _, datum in some[: asked.limit]])
        own = asked.model_copy(update={"limit": few})
        page = page_of(request, own, tuple[int, str, str, str, bool], some)
        headers.update(page.headers)
        return page.rows

    from_ns = since_ns if last is None else last[0]
    if asked.plan is not None and asked.certificate is None:
        found = touched_by_plan(parts, acts, reader, asked.plan, from_ns, taken=taken)
    elif asked.certificate is None or asked.plan is not None:
        what = Words("either 'certificate' or 'plan' is needed", "须给出 certificate 或 plan 之一")
        raise QueryError("query certificate", what=what)
    else:
        found = touched_by(parts, acts, reader, asked.certificate, from_ns, taken=taken)
    return json_answer(request, found, headers)


def all_that_fit(_since_ns: int, before: Iterator[ActivityData]) -> list[ActivityData]:
    """All statements, where one answer holds them.

    Raises:
        RangeLimitError: it does not.
    """
    found = list(islice(before, MAX_STATEMENTS + 1))
    if len(found) > MAX_STATEMENTS:
        name, limit = Words("statements", "条陈述"), MAX_STATEMENTS
        raise RangeLimitError("since", found=f"> {limit}", name=name, limit=limit)
    slow = sum(map(_is_slow, found))
    if slow > MOST_SLOW:
        name = Words(
            "statements under a plan, or of hours that are not those of UTC",
            "条计划下的陈述，或其小时并非 UTC 整点小时的陈述",
        )
        raise RangeLimitError("since", found=slow, name=name, limit=MOST_SLOW)
    return found


def touched_by(
    parts: Parts,
    acts: Acts,
    reader: Reader,
    certificate: str,
    since_ns: int | None = None,
    *,
    taken: Taken = all_that_fit,
) -> Touched:
    """What a certificate changes in what was stated.

    Args:
        parts: Of the interface.
        acts: What the journal says.
        reader: Who may see it.
        certificate: Its id.
        since_ns: What was stated before this instant is compared, UTC ns; None for the instant at
            which the last paper about it came.
        taken: Which statements are compared.

    Raises:
        PaperUnknownError: no paper that may be seen is about it.
        RangeLimitError: more was stated than is taken.
    """
    with parts.sources.lease() as sources:
        lookup, ledger, sees = sources.store.lookup, sources.ledger, _seeing(parts, reader)
        found, register = papers_about(lookup, ledger, sees, certificate)
        if not found:
            raise PaperUnknownError("certificate", id=certificate)
        what = concerned(register, certificate)
        what = replace(what, planned=planned_on(lookup, ledger, sees, what))
        asked = _Asked(
            certificate=certificate, plan=None, found=found, since_ns=since_ns, taken=taken
        )
        return _touched(_Seen(sources, parts, reader), acts, asked, what.concerns)


def touched_by_plan(
    parts: Parts,
    acts: Acts,
    reader: Reader,
    channel: str,
    since_ns: int | None = None,
    *,
    taken: Taken = all_that_fit,
) -> Touched:
    """What plans and test records of a channel change in what was stated under its plan.

    Args:
        parts: Of the interface.
        acts: What the journal says.
        reader: Who may see it.
        channel: Of the plan.
        since_ns: As for `touched_by`.
        taken: As for `touched_by`.

    Raises:
        PaperUnknownError: no plan of it may be seen.
        RangeLimitError: more was stated than is taken.
    """
    with parts.sources.lease() as sources:
        lookup, ledger = sources.store.lookup, sources.ledger
        found = papers_of_plan(lookup, ledger, _seeing(parts, reader), channel)
        if not found:
            raise PaperUnknownError("plan", id=channel)
        asked = _Asked(certificate=None, plan=channel, found=found, since_ns=since_ns, taken=taken)
        seen = _Seen(sources, parts, reader)
        return _touched(seen, acts, asked, lambda each: _is_under_plan_of(each, channel))


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is looked at, and who looks."""

    sources: Sources
    parts: Parts
    reader: Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What was asked for, the papers about it, from when on they count, and what is compared."""

    certificate: str | None
    plan: str | None
    found: list[Found]
    since_ns: int | None
    taken: Taken


def _is_under_plan_of(datum: ActivityData, channel: str) -> bool:
    return datum.channel == channel and datum.under_plan is not msgspec.UNSET


def _seeing(parts: Parts, reader: Reader) -> Callable[[str], bool]:
    return lambda agent: reader.sees(parts.sites.get(agent, ""))


def _touched(
    seen: _Seen, acts: Acts, asked: _Asked, concerns: Callable[[ActivityData], bool]
) -> Touched:
    known = acts.known()
    begins_ns = asked.found[-1].received_ns if asked.since_ns is None else asked.since_ns
    before = asked.taken(begins_ns, _before(seen.sources, begins_ns, seen.reader, concerns))
    telling = Telling(seen.sources, seen.parts, known)
    rows = telling.rows(seen.reader)
    pairs = [(each, telling.now(rows, each)) for each in before]
    changed = tuple(compared(pairs, lambda datum: place_of(datum) in known.locks.locked))
    unchanged = sum(now is not None and now.digest == one.digest for one, now in pairs)
    return Touched(
        certificate=asked.certificate,
        plan=asked.plan,
        since=utc_text(begins_ns),
        papers=tuple(_papers(asked.found)),
        statements=changed,
        unchanged=unchanged,
        untold=len(pairs) - unchanged - len(changed),
    )


def _before(
    sources: Sources, since_ns: int, reader: Reader, concerns: Callable[[ActivityData], bool]
) -> Iterator[ActivityData]:
    """The last statement of each period before an instant, of those that may be touched."""
    return (
        datum
        for datum in sources.store.lookup.stated_before(since_ns)
        if reader.sees_channel(datum.channel) and concerns(datum)
    )


def _that_fit(found: Sequence[ActivityData]) -> int:
    """How many of some statements, at least one, one answer compares."""
    slow = accumulate(_is_slow(each) for each in found)
    return max(1, sum(count <= MOST_SLOW for count in slow))


def _is_slow(datum: ActivityData) -> bool:
    """Whether more than the hours that are kept has to be looked at: years back, or the leaves."""
    return datum.under_plan is not msgspec.UNSET or grid_of(parse_utc(datum.period.start)) > 0


def _papers(found: list[Found]) -> list[Paper]:
    """Each document once, with all agents that logged it."""
    agents: dict[str, list[str]] = {}
    first: dict[str, Found] = {}
    for each in found:
        first.setdefault(each.sha256, each)
        agents.setdefault(each.sha256, []).append(each.agent)
    return [
        Paper(
            kind=each.kind,
            sha256=sha256,
            received=utc_text(each.received_ns),
            agents=tuple(sorted(set(agents[sha256]))),
        )
        for sha256, each in first.items()
    ]
