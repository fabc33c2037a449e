"""The channels, as last seen."""

from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Query, Request, Response

from calibration.basis import UncertaintyBasis
from calibration.increment import NS_PER_HOUR
from calibration.measurand import Measurand
from collector.api.acting import Acting
from collector.api.answer import json_answer
from collector.api.listing import PagedAsked, page_of, paged
from collector.api.parts import Here
from collector.api.schema import list_of
from collector.api.security import Asker
from collector.api.stamp import stamp
from collector.api.telling import Telling
from collector.lookup import ChannelRow
from evidence.clock import utc_text

router: Final = APIRouter(prefix="/api/v1/channels", tags=["channels"])


class ChannelSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A channel, what stands behind it now, and its last reading.

    Args:
        period_s: between polls, seconds.
        last_at, last_value, last_quality: of the last reading, in the measurand's unit;
            `last_at` is null for a stamp that is no date.
        agent: that reads it; empty for what people enter, of which `last_at` and `last_value` are
            the last entry's.
        hours_from, hours_to: of the closed hours that activity data can be made of; null
            if none is closed yet, or the measurand has no amount (a temperature).
    """

    channel: str
    agent: str
    measurand: Measurand
    serial: str
    profile: str
    u_basis: UncertaintyBasis
    certificate: str
    confirmation: str
    period_s: float
    last_at: str | None
    last_value: float
    last_quality: str
    hours_from: str | None
    hours_to: str | None


@router.get("", **paged(list_of(ChannelSeen), "Channels, by name."))
def channel_list(
    request: Request,
    asked: Annotated[PagedAsked, Query()],
    parts: Here,
    acts: Acting,
    reader: Asker,
) -> Response:
    """All channels that readings came from, and those of which people entered something."""
    with parts.sources.lease() as sources:
        telling = Telling(sources, parts, acts.known())
        rows = (((name,), row) for name, row in telling.rows(reader).items())
        page = page_of(request, asked, tuple[str], rows)
        found = [_seen(telling, row) for row in page.rows]
    return json_answer(request, found, page.headers)


def _seen(telling: Telling, row: ChannelRow) -> ChannelSeen:
    held = telling.hours(row.channel)
    return ChannelSeen(
        channel=row.channel,
        agent=row.agent,
        measurand=row.head.measurand,
        serial=row.head.serial,
        profile=row.head.profile,
        u_basis=row.head.basis,
        certificate=row.head.certificate,
        confirmation=row.head.confirmation,
        period_s=row.head.period_ms / 1000.0,
        last_at=stamp(row.last_ms),
        last_value=row.last_value,
        last_quality=row.last_quality,
        hours_from=None if held is None else utc_text(held[0]),
        hours_to=None if held is None else utc_text(held[1] + NS_PER_HOUR),
    )
