"""Activity data over HTTP: lists by period, one by its digest, sums of channels."""

from collections.abc import Sequence
from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from collector.api.acting import Acting
from collector.api.answer import IMMUTABLE, json_answer, tagged
from collector.api.asked import Plain
from collector.api.combination import CombinedActivityData, combination
from collector.api.corroborated import corroborated
from collector.api.listed import (
    ZONE,
    ActivityAsked,
    KnownAsked,
    as_of_ns,
    asked_range,
    listed,
    lock_headers,
)
from collector.api.parts import Here
from collector.api.patterns import BOUNDARY, CHANNEL, SHA256
from collector.api.period import By, periods
from collector.api.placed import Placed, Settled
from collector.api.schema import answers, list_of, ref
from collector.api.security import Asker, Reader
from collector.api.statement import Span
from collector.api.summed import Named, groups_of_text, summed
from collector.api.telling import Telling, one
from collector.api.unknown import StatementUnknownError
from evidence.errors import PeriodError, Words
from evidence.statement.corroboration import Corroboration
from evidence.statement.datum import ActivityData

router: Final = APIRouter(prefix="/api/v1/activity-data", tags=["activity data"])


class CombinedAsked(KnownAsked):
    """Which channels to add up."""

    channels: str | None = Field(
        None, min_length=1, max_length=4096, description="Names, with commas between."
    )
    factors: str | None = Field(
        None, max_length=4096, description="A number for each channel, such as 1,-1; else all 1."
    )
    boundary: str | None = Field(
        None,
        pattern=BOUNDARY,
        description="The name of a saved boundary, instead of channels and factors.",
    )
    allow_double_count: str | None = Field(
        None,
        max_length=4096,
        description="Groups of channels that measure the same thing, with commas between: their "
        "sum is given all the same.",
    )


class CorroborationAsked(KnownAsked):
    """Which two channels, or sums of channels, to hold against each other."""

    measured: str | None = Field(
        None, pattern=CHANNEL, description="The channel that was measured."
    )
    measured_boundary: str | None = Field(
        None, pattern=BOUNDARY, description="The name of a saved boundary, instead of measured."
    )
    calculated: str | None = Field(
        None, pattern=CHANNEL, description="The channel of the other route."
    )
    calculated_boundary: str | None = Field(
        None, pattern=BOUNDARY, description="The name of a saved boundary, instead of calculated."
    )
    allow_double_count: str | None = Field(
        None, max_length=4096, description="As of a sum: groups that may be added up on one side."
    )


@router.get("", **answers(list_of(ActivityData), "Statements by channel and period."))
def activity_list(
    request: Request,
    asked: Annotated[ActivityAsked, Query()],
    parts: Here,
    acts: Acting,
    reader: Asker,
) -> Response:
    """Activity data of a range, divided into periods; a period without any data has no row.

    Every row is kept under its digest. Asked again after more was received, a period gets a
    new row that says which it supersedes.
    """
    found = listed(asked, parts, acts, reader)
    return json_answer(request, found.data, found.headers)


@router.get("/combined", **answers(ref(CombinedActivityData), "The sum and its uncertainty."))
def activity_combined(
    request: Request,
    asked: Annotated[CombinedAsked, Query()],
    parts: Here,
    acts: Acting,
    reader: Asker,
) -> Response:
    """A sum of channels over one period; meters that share a standard deviate together.

    Channels of one group measure the same thing: they are subtracted from each other, not added.
    """
    start_ns, end_ns, zone = asked_range(asked)
    known, known_ns = acts.known(), as_of_ns(asked, zone)
    named = Named(
        where=("channels", "boundary"),
        channels=asked.channels,
        factors=asked.factors,
        boundary=asked.boundary,
    )
    of = summed(named, known, reader, (start_ns, end_ns), known_ns)
    spans = periods(start_ns, end_ns, By.TOTAL, zone, 1)
    with parts.sources.lease() as sources:
        telling = Telling(sources, parts, known, known_ns)
        found = totals(telling, reader, of.channels, spans)
    whole = combination(found.data, of.factors, groups_of_text(asked.allow_double_count))
    whole = msgspec.structs.replace(whole, boundary=of.used or msgspec.UNSET)
    return json_answer(request, whole, {ZONE: zone.key, **lock_headers(found)})


def totals(
    telling: Telling, reader: Reader, channels: Sequence[str], spans: Sequence[Span]
) -> Settled:
    """The statements of channels over one period, to be put together, in the channels' order.

    Raises:
        ChannelUnknownError: one is not to be seen.
        PeriodError: there are no data of one.
        UnlikeInfluenceError: an influence that they share stands for unlike things.
    """
    rows = telling.rows(reader)
    chosen = [one(rows, channel) for channel in channels]
    telling.require_room(chosen, spans)
    placed = [each for row in chosen for each in _some(telling.follows(row, spans), row.channel)]
    found = telling.settled(placed)
    telling.require_one_thing(found.data)
    return found


@router.get(
    "/corroboration",
    **answers(ref(Corroboration), "Difference, its uncertainty and E_n of two statements."),
)
def activity_corroboration(
    request: Request,
    asked: Annotated[CorroborationAsked, Query()],
    parts: Here,
    acts: Acting,
    reader: Asker,
) -> Response:
    """A measured amount against a calculated one; what both rest on cancels in the difference.

    Either may be what a saved boundary comes to.
    """
    start_ns, end_ns, zone = asked_range(asked)
    known, known_ns = acts.known(), as_of_ns(asked, zone)
    measured, calculated = (
        summed(each, known, reader, (start_ns, end_ns), known_ns) for each in _named_sides(asked)
    )
    spans = periods(start_ns, end_ns, By.TOTAL, zone, 1)
    with parts.sources.lease() as sources:
        telling = Telling(sources, parts, known, known_ns)
        channels = [*measured.channels, *calculated.channels]
        found = totals(telling, reader, channels, spans)
    allowed = groups_of_text(asked.allow_double_count)
    whole = corroborated(found.data, measured, calculated, allowed)
    return json_answer(request, whole, {ZONE: zone.key, **lock_headers(found)})


def _named_sides(asked: CorroborationAsked) -> tuple[Named, Named]:
    measured = Named(
        where=("measured", "measured_boundary"),
        channels=asked.measured,
        boundary=asked.measured_boundary,
    )
    calculated = Named(
        where=("calculated", "calculated_boundary"),
        channels=asked.calculated,
        boundary=asked.calculated_boundary,
    )
    return measured, calculated


@router.get("/{digest}", **answers(ref(ActivityData), "The statement as it was made."))
def activity_by_digest(
    request: Request,
    digest: Annotated[str, Path(pattern=SHA256)],
    asked: Plain,  # noqa: ARG001 - refuses unknown parameters
    parts: Here,
    reader: Asker,
) -> Response:
    """One statement, exactly as it was made, also if it has been superseded since."""
    with parts.sources.lease() as sources:
        datum = sources.store.lookup.activity(digest)
    if datum is None or not reader.sees_channel(datum.channel):
        raise StatementUnknownError("digest", digest=digest)
    return tagged(request, msgspec.json.encode(datum), digest, {"Cache-Control": IMMUTABLE})


def _some(placed: Sequence[Placed], channel: str) -> Sequence[Placed]:
    if not placed:
        what = Words("no hour of it has been received", "该时段未收到任何小时数据")
        raise PeriodError(channel, what=what, limit=Words("one hour", "至少一小时"))
    return placed
