"""What a certificate touched, over HTTP: period by period, before, after, and the difference."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from collector.activity.acts import Acts
from collector.activity.entering import place_of
from collector.activity.touched import Found, papers_about
from collector.api.acting import Acting
from collector.api.answer import json_answer
from collector.api.asked import DAY
from collector.api.listing import PagedAsked, after, page_of, paged
from collector.api.parts import Here, Parts
from collector.api.period import instant, zone_of
from collector.api.pool import Sources
from collector.api.refusal import RangeLimitError
from collector.api.schema import ref
from collector.api.security import Asker, Reader
from collector.api.statement import MAX_STATEMENTS
from collector.api.telling import Telling
from collector.api.unknown import PaperUnknownError
from evidence.clock import utc_text
from evidence.errors import Words
from evidence.statement.datum import ActivityData
from evidence.statement.touched import Concerned, Paper, Touched, compared, concerned

router: Final = APIRouter(prefix="/api/v1/activity-data/touched", tags=["activity data"])


class TouchedAsked(PagedAsked):
    """Which certificate, and from when on."""

    certificate: str = Field(min_length=1, max_length=200, description="Its id.")
    since: str | None = Field(
        None,
        max_length=64,
        description="What was stated before this instant is held against what follows now; else "
        f"when the last paper about the certificate came: {DAY}.",
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

    A page holds against each other at most `limit` statements, and says of these which differ and
    how many do not. All pages go by the `since` of the first one.
    """
    zone = zone_of(asked.tz)
    since_ns = None if asked.since is None else instant(asked.since, "since", zone)
    last = after(request, asked, tuple[int, str, str, str])
    headers: dict[str, str] = {}

    def taken(begins_ns: int, before: Iterator[ActivityData]) -> list[ActivityData]:
        # since when it is told is of the key: so all pages tell it by the same instant
        rows = (((begins_ns, *place_of(each)), each) for each in before)
        page = page_of(request, asked, tuple[int, str, str, str], rows)
        headers.update(page.headers)
        return page.rows

    from_ns = since_ns if last is None else last[0]
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
    return found


def touched_by(
    parts: Parts,
    acts: Acts,
    reader: Reader,
    certificate: str,
    since_ns: int | None = None,
    *,
    taken: Callable[[int, Iterator[ActivityData]], list[ActivityData]] = all_that_fit,
) -> Touched:
    """What a certificate changes in what was stated.

    Args:
        parts: Of the interface.
        acts: What the journal says.
        reader: Who may see it.
        certificate: Its id.
        since_ns: What was stated before this instant is compared, UTC ns; None for the instant at
            which the last paper about it came.
        taken: Which statements are compared: of that instant, and of all that were given before it
            and may be touched, by channel and time.

    Raises:
        PaperUnknownError: no paper that may be seen is about it.
        RangeLimitError: more was stated than is taken.
    """
    known = acts.known()
    with parts.sources.lease() as sources:
        found, register = papers_about(
            sources.store.lookup,
            sources.ledger,
            lambda agent: reader.sees(parts.sites.get(agent, "")),
            certificate,
        )
        if not found:
            raise PaperUnknownError("certificate", id=certificate)
        begins_ns = found[-1].received_ns if since_ns is None else since_ns
        what = concerned(register, certificate)
        before = taken(begins_ns, _before(sources, begins_ns, reader, what))
        telling = Telling(sources, parts, known)
        rows = telling.rows(reader)
        pairs = [(each, telling.now(rows, each)) for each in before]
    changed = tuple(compared(pairs, lambda datum: place_of(datum) in known.locks.locked))
    return Touched(
        certificate=certificate,
        since=utc_text(begins_ns),
        papers=tuple(_papers(found)),
        statements=changed,
        unchanged=sum(now is not None and now.digest == one.digest for one, now in pairs),
    )


def _before(
    sources: Sources, since_ns: int, reader: Reader, what: Concerned
) -> Iterator[ActivityData]:
    """The last statement of each period before an instant, of those that may be touched."""
    return (
        datum
        for datum in sources.store.lookup.stated_before(since_ns)
        if reader.sees_channel(datum.channel) and what.concerns(datum)
    )


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
