"""What a certificate touched, over HTTP: period by period, before, after, and the difference."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from collector.activity.acts import Acts
from collector.activity.entering import place_of
from collector.activity.touched import Found, papers_about
from collector.api.acting import Acting
from collector.api.answer import json_answer
from collector.api.asked import DAY, Asked
from collector.api.parts import Here, Parts
from collector.api.period import instant, zone_of
from collector.api.pool import Sources
from collector.api.refusal import RangeLimitError
from collector.api.schema import answers, ref
from collector.api.security import Asker, Reader
from collector.api.statement import MAX_STATEMENTS
from collector.api.telling import Telling
from collector.api.unknown import PaperUnknownError
from evidence.clock import utc_text
from evidence.errors import Words
from evidence.statement.datum import ActivityData
from evidence.statement.touched import Concerned, Paper, Touched, compared, concerned

router: Final = APIRouter(prefix="/api/v1/activity-data/touched", tags=["activity data"])


class TouchedAsked(Asked):
    """Which certificate, and from when on."""

    certificate: str = Field(min_length=1, max_length=200, description="Its id.")
    since: str | None = Field(
        None,
        max_length=64,
        description="What was stated before this instant is held against what follows now; else "
        f"when the last paper about the certificate came: {DAY}.",
    )
    tz: str = Field("Asia/Shanghai", max_length=64, description="IANA name of the time zone.")


@router.get("", **answers(ref(Touched), "Statements that would be others now."))
def activity_touched(
    request: Request,
    asked: Annotated[TouchedAsked, Query()],
    parts: Here,
    acts: Acting,
    reader: Asker,
) -> Response:
    """What a late, corrected, withdrawn or doubted certificate changes in what was stated."""
    zone = zone_of(asked.tz)
    since_ns = None if asked.since is None else instant(asked.since, "since", zone)
    return json_answer(request, touched_by(parts, acts, reader, asked.certificate, since_ns))


def touched_by(
    parts: Parts, acts: Acts, reader: Reader, certificate: str, since_ns: int | None = None
) -> Touched:
    """What a certificate changes in what was stated.

    Args:
        parts: Of the interface.
        acts: What the journal says.
        reader: Who may see it.
        certificate: Its id.
        since_ns: What was stated before this instant is compared, UTC ns; None for the instant at
            which the last paper about it came.

    Raises:
        PaperUnknownError: no paper that may be seen is about it.
        RangeLimitError: more was stated than one answer holds.
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
        before = _before(sources, begins_ns, reader, concerned(register, certificate))
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


def _before(sources: Sources, since_ns: int, reader: Reader, what: Concerned) -> list[ActivityData]:
    """The last statement of each period before an instant, of those that may be touched."""
    found = [
        datum
        for datum in sources.store.lookup.stated_before(since_ns)
        if reader.sees_channel(datum.channel) and what.concerns(datum)
    ]
    if len(found) > MAX_STATEMENTS:
        name = Words("statements", "条陈述")
        raise RangeLimitError("since", found=len(found), name=name, limit=MAX_STATEMENTS)
    return found


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
