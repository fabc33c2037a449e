"""Ratios over HTTP: energy or emission for each tonne of product."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from collector.api.acting import Acting
from collector.api.activity import groups_of_text, terms, totals
from collector.api.answer import json_answer
from collector.api.listed import ZONE, KnownAsked, as_of_ns, asked_range, lock_headers
from collector.api.parts import Here
from collector.api.period import By, periods
from collector.api.schema import answers, ref
from collector.api.security import Asker
from collector.api.telling import Telling
from evidence.statement.ratio import Amounts, Ratio, ratio

router: Final = APIRouter(prefix="/api/v1/activity-data/ratio", tags=["activity data"])
_LONGEST: Final = 4096


class RatioAsked(KnownAsked):
    """What is divided by what."""

    numerator: str = Field(
        min_length=1, max_length=_LONGEST, description="Channels, with commas between; their sum."
    )
    factors: str | None = Field(
        None,
        max_length=_LONGEST,
        description="A number for each channel of the numerator, such as 1,-1; else all 1.",
    )
    denominator: str = Field(
        min_length=1,
        max_length=_LONGEST,
        description="Channels of the product, with commas between; their sum.",
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
    above = terms("numerator", asked.numerator, asked.factors)
    below = terms("denominator", asked.denominator, None)
    spans = periods(start_ns, end_ns, By.TOTAL, zone, 1)
    with parts.sources.lease() as sources:
        telling = Telling(sources, parts, acts.known(), as_of_ns(asked, zone))
        found = totals(telling, reader, [*above[0], *below[0]], spans)
    count = len(above[0])
    made = ratio(
        Amounts(data=tuple(found.data[:count]), factors=tuple(above[1])),
        Amounts(data=tuple(found.data[count:]), factors=tuple(below[1])),
        allowed=groups_of_text(asked.allow_double_count),
    )
    return json_answer(request, made, {ZONE: zone.key, **lock_headers(found)})
