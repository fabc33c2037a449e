"""The auditor's fifteen checks over HTTP."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from calibration.increment import NS_PER_HOUR
from collector.api.answer import json_answer
from collector.api.listed import RangeAsked, asked_range
from collector.api.monitored import ZONE
from collector.api.parts import Here
from collector.api.patterns import CHANNEL
from collector.api.period import HOURS_PER_YEAR, hours_around
from collector.api.refusal import RangeLimitError
from collector.api.register import seen_by
from collector.api.schema import answers, ref
from collector.api.security import Asker
from collector.api.statement import named, visible
from collector.audit.gather import material_of
from evidence.audit.audit import audit
from evidence.audit.outcome import Audit
from evidence.errors import Words

router: Final = APIRouter(prefix="/api/v1/audit", tags=["audit"])


class AuditAsked(RangeAsked):
    """Which channel, and which period."""

    channel: str = Field(pattern=CHANNEL, description="Measured or computed.")


@router.get("", **answers(ref(Audit), "Fifteen numbered outcomes, and what was not checked."))
def audit_of_channel(
    request: Request, asked: Annotated[AuditAsked, Query()], parts: Here, reader: Asker
) -> Response:
    """Fifteen checks of a channel in a period of at most a year, with pointers to the evidence.

    It is of the hours of UTC that the period has a part of. Some of them are computed again from
    raw bytes, so an answer takes seconds.
    """
    start_ns, end_ns, zone = asked_range(asked)
    span = hours_around((start_ns, end_ns))
    hours = (span[1] - span[0]) // NS_PER_HOUR
    if hours > HOURS_PER_YEAR:
        name = Words("hours", "小时")
        raise RangeLimitError("start, end", found=hours, name=name, limit=HOURS_PER_YEAR)
    with parts.sources.lease() as sources:
        row = named(visible(sources, reader), asked.channel)
        material = material_of(seen_by(sources, parts), row, span)
    return json_answer(request, audit(material, parts.software), {ZONE: zone.key})
