"""Activity data over HTTP: lists by period, one by its digest, sums of channels."""

import math
import re
from collections.abc import Sequence
from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from collector.activity.acts import Known
from collector.api.acting import Acting
from collector.api.answer import IMMUTABLE, json_answer, tagged
from collector.api.asked import CHANNEL, SHA256, Plain
from collector.api.bounded import BOUNDARY, InForce, in_force
from collector.api.combination import CombinedActivityData, combination
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
from collector.api.period import By, periods
from collector.api.refusal import QueryError, TermsError
from collector.api.schema import answers, list_of, ref
from collector.api.security import Asker, Reader
from collector.api.statement import Span
from collector.api.telling import Settled, Telling, one
from collector.api.unknown import StatementUnknownError
from evidence.errors import PeriodError, Words
from evidence.statement.corroboration import Corroboration, corroboration
from evidence.statement.datum import ActivityData

MAX_TERMS: Final = 100
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,20}(?:\.[0-9]{1,20})?(?:[eE][+-]?[0-9]{1,3})?")
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
    """Which two channels to hold against each other."""

    measured: str = Field(pattern=CHANNEL, description="The channel that was measured.")
    calculated: str = Field(pattern=CHANNEL, description="The channel of the other route.")


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
    used = _saved(asked, known, reader, (start_ns, end_ns), known_ns)
    channels, factors = _named_terms(asked) if used is None else used.terms
    spans = periods(start_ns, end_ns, By.TOTAL, zone, 1)
    with parts.sources.lease() as sources:
        telling = Telling(sources, parts, known, known_ns)
        found = totals(telling, reader, channels, spans)
    whole = combination(found.data, factors, groups_of_text(asked.allow_double_count))
    if used is not None:
        whole = msgspec.structs.replace(whole, boundary=used.said)
    return json_answer(request, whole, {ZONE: zone.key, **lock_headers(found)})


def _saved(
    asked: CombinedAsked, known: Known, reader: Reader, span: Span, known_ns: int | None
) -> InForce | None:
    """The saved boundary that is asked for; None where channels are named instead.

    Raises:
        QueryError: both are given.
        BoundaryUnknownError, BoundaryError: as `in_force`.
    """
    if asked.boundary is None:
        return None
    if asked.channels is not None or asked.factors is not None:
        what = Words("channels beside a saved boundary", "同时给出通道与已保存的边界")
        raise QueryError("query boundary", what=what)
    return in_force(known, reader, asked.boundary, span, known_ns)


def _named_terms(asked: CombinedAsked) -> tuple[list[str], list[float]]:
    if asked.channels is None:
        what = Words("neither channels nor a boundary is named", "未给出通道或边界")
        raise QueryError("query channels", what=what)
    return terms("channels", asked.channels, asked.factors)


def totals(
    telling: Telling, reader: Reader, channels: Sequence[str], spans: Sequence[Span]
) -> Settled:
    """The statements of channels over one period, as they stand, in the order of the channels.

    Raises:
        ChannelUnknownError: one is not to be seen.
        PeriodError: there are no data of one.
    """
    rows = telling.rows(reader)
    chosen = [one(rows, channel) for channel in channels]
    telling.require_room(chosen, spans)
    return telling.settled([_only(telling.made(row, spans), row.channel) for row in chosen])


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
    """A measured amount against a calculated one; what both rest on cancels in the difference."""
    start_ns, end_ns, zone = asked_range(asked)
    spans = periods(start_ns, end_ns, By.TOTAL, zone, 1)
    with parts.sources.lease() as sources:
        telling = Telling(sources, parts, acts.known(), as_of_ns(asked, zone))
        found = totals(telling, reader, (asked.measured, asked.calculated), spans)
    whole = corroboration(*found.data)
    return json_answer(request, whole, {ZONE: zone.key, **lock_headers(found)})


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


def terms(where: str, named: str, given: str | None) -> tuple[list[str], list[float]]:
    """Channels and their factors, from two texts with commas.

    Raises:
        TermsError: a channel stands twice, there are too many, or factors do not pair.
    """
    channels = named.split(",")
    if len(set(channels)) < len(channels):
        what = Words("a channel is named twice", "通道重复")
        raise TermsError(where, what=what)
    if len(channels) > MAX_TERMS:
        what = Words(f"more than {MAX_TERMS} channels", f"通道超过 {MAX_TERMS} 个")
        raise TermsError(where, what=what)
    if given is None:
        return channels, [1.0] * len(channels)
    factors = [_factor(text) for text in given.split(",")]
    if len(factors) != len(channels):
        count = f"{len(channels)}/{len(factors)}"
        what = Words(f"channels and factors do not pair: {count}", f"通道与系数不成对：{count}")
        raise TermsError("factors", what=what)
    return channels, factors


def groups_of_text(text: str | None) -> frozenset[str]:
    """Groups, from a text with commas."""
    return frozenset((text or "").split(",")) - {""}


def _factor(text: str) -> float:
    what = Words(f"'{text[:32]}' is not a usable number", f"'{text[:32]}' 不是可用的数")
    if not _NUMBER.fullmatch(text):
        raise TermsError("factors", what=what)
    factor = float(text)
    if not (math.isfinite(factor) and 1e-12 <= abs(factor) <= 1e12):
        raise TermsError("factors", what=what)
    return factor


def _only(data: Sequence[ActivityData], channel: str) -> ActivityData:
    if not data:
        what = Words("no hour of it has been received", "该时段未收到任何小时数据")
        raise PeriodError(channel, what=what, limit=Words("one hour", "至少一小时"))
    return data[0]
