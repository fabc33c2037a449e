"""Ratios over HTTP: energy or emission for each tonne of product."""

from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from collector.api.acting import Acting
from collector.api.activity import totals
from collector.api.answer import json_answer
from collector.api.listed import ZONE, KnownAsked, as_of_ns, asked_range, lock_headers
from collector.api.parts import Here
from collector.api.patterns import BOUNDARY
from collector.api.period import By, periods
from collector.api.schema import answers, ref
from collector.api.security import Asker
from collector.api.summed import Named, groups_of_text, summed
from collector.api.telling import Telling
from evidence.statement.ratio import Amounts, Ratio, ratio

router: Final = APIRouter(prefix="/api/v1/activity-data/ratio", tags=["activity data"])
_LONGEST: Final = 4096


class RatioAsked(KnownAsked):
    """What is divided by what."""

    numerator: str | None = Field(
        None,
        min_length=1,
        max_length=_LONGEST,
        description="Channels, with commas between; their sum.",
    )
    factors: str | None = Field(
        None,
        max_length=_LONGEST,
        description="A number for each channel of the numerator, such as 1,-1; else all 1.",
    )
    numerator_boundary: str | None = Field(
        None,
        pattern=BOUNDARY,
        description="The name of a saved boundary, instead of numerator and factors.",
    )
    denominator: str | None = Field(
        None,
        min_length=1,
        max_length=_LONGEST,
        description="Channels of the product, with commas between; their sum.",
    )
    denominator_boundary: str | None = Field(
        None, pattern=BOUNDARY, description="The name of a saved boundary, instead of denominator."
    )
    allow_double_count: str | None = Field(
        None, max_length=_LONGEST, description="As of a sum: groups that may be added up."
    )


@router.get("", **answers(ref(Ratio), "The ratio and its uncertainty."))
def activity_ratio(
    request: Request,
    asked: Annotated[RatioAsked, Query()],
    parts: Here,
    acts: Acting,
    reader: Asker,
) -> Response:
    """One sum of channels over another of the same period; what both rest on cancels."""
    start_ns, end_ns, zone = asked_range(asked)
    known, known_ns = acts.known(), as_of_ns(asked, zone)
    above, below = (
        summed(each, known, reader, (start_ns, end_ns), known_ns) for each in _named(asked)
    )
    spans = periods(start_ns, end_ns, By.TOTAL, zone, 1)
    with parts.sources.lease() as sources:
        telling = Telling(sources, parts, known, known_ns)
        found = totals(telling, reader, [*above.channels, *below.channels], spans)
    count = len(above.channels)
    made = ratio(
        Amounts(data=tuple(found.data[:count]), factors=tuple(above.factors)),
        Amounts(data=tuple(found.data[count:]), factors=tuple(below.factors)),
        allowed=groups_of_text(asked.allow_double_count),
    )
    made = msgspec.structs.replace(
        made,
        numerator_boundary=above.used or msgspec.UNSET,
        denominator_boundary=below.used or msgspec.UNSET,
    )
    return json_answer(request, made, {ZONE: zone.key, **lock_headers(found)})


def _named(asked: RatioAsked) -> tuple[Named, Named]:
    """What is divided, and by what."""
    above = Named(
        where=("numerator", "numerator_boundary"),
        channels=asked.numerator,
        factors=asked.factors,
        boundary=asked.numerator_boundary,
    )
    below = Named(
        where=("denominator", "denominator_boundary"),
        channels=asked.denominator,
        boundary=asked.denominator_boundary,
    )
    return above, below
