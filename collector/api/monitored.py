"""Periods of channels under their monitoring plans, over HTTP."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from calibration.increment import NS_PER_HOUR
from calibration.register import CalibrationRegister
from collector.api.answer import json_answer
from collector.api.asked import DAY
from collector.api.listed import RangeAsked, asked_range
from collector.api.parts import Here
from collector.api.patterns import CHANNEL
from collector.api.period import By, instant, periods
from collector.api.refusal import RangeLimitError
from collector.api.schema import answers, list_of
from collector.api.security import Asker
from collector.api.statement import named, visible
from collector.site_register import site_register
from evidence.clock import utc_text
from evidence.errors import Words
from evidence.statement.monitoring.errors import NoPlanError
from evidence.statement.monitoring.monitored import Monitored
from evidence.statement.monitoring.period import monitored_period, without_hours
from evidence.statement.monitoring.spans import planned_spans

ZONE: Final = "Carbonmeter-Time-Zone"
WITHOUT_PLAN: Final = "Carbonmeter-Hours-Without-Plan"
MAX_PERIODS: Final = 40
"""Each looks back over the years before it."""
router: Final = APIRouter(prefix="/api/v1/monitored-data", tags=["activity data"])


class MonitoredAsked(RangeAsked):
    """Which channel, and how it is divided."""

    channel: str = Field(pattern=CHANNEL, description="A channel with a monitoring plan.")
    by: By = Field(By.TOTAL, description="What the range is divided into; the ends are cut.")
    known_at: str | None = Field(
        None,
        max_length=64,
        description=f"Only plans, tests and certificates recorded by then count: {DAY}.",
    )
    hours: bool = Field(
        default=False, description="Whether each hour is told, with its method code."
    )
    parts: bool = Field(
        default=False,
        description="Whether a period in which the plan begins or changes is told in parts, each "
        "under the plan that holds; without it such a period is refused.",
    )


@router.get("", **answers(list_of(Monitored), "Periods, in order of time."))
def monitored_list(
    request: Request, asked: Annotated[MonitoredAsked, Query()], parts: Here, reader: Asker
) -> Response:
    """The compliance value beside the best estimate, with checks, gaps and doubts.

    Made from what is known now: a test or a certificate that comes later tells it anew.
    """
    start_ns, end_ns, zone = asked_range(asked)
    spans = periods(start_ns, end_ns, asked.by, zone, MAX_PERIODS)
    with parts.sources.lease() as sources:
        row = named(visible(sources, reader), asked.channel)
        site = row.channel.partition("/")[0]
        known_ns = None if asked.known_at is None else instant(asked.known_at, "known_at", zone)
        lookup, known_at = sources.store.lookup, _datetime(known_ns)
        register = site_register(lookup, sources.ledger, parts.sites, site, known_at)
        now_ns = parts.clock.now_ns()
        divided, without = _in_parts(register, row.channel, spans) if asked.parts else (spans, 0)
        told = [
            monitored_period(lookup, register, row.channel, span, now_ns, known_ns)
            for span in divided
        ]
    shown = told if asked.hours else [without_hours(each) for each in told]
    headers = {ZONE: zone.key, **({WITHOUT_PLAN: str(without)} if asked.parts else {})}
    return json_answer(request, shown, headers)


def _in_parts(
    register: CalibrationRegister, channel: str, spans: Sequence[tuple[int, int]]
) -> tuple[list[tuple[int, int]], int]:
    """Periods cut where the plan begins or changes, and how many hours are under none.

    Raises:
        NoPlanError: all are.
        RangeLimitError: these are more than one answer holds.
    """
    cut = [each for span in spans for each in planned_spans(register, channel, span)]
    ruled = [each.span for each in cut if each.plan is not None or each.conflict is not None]
    if not ruled:
        raise NoPlanError(channel, at=utc_text(spans[0][0]))
    if len(ruled) > MAX_PERIODS:
        name = Words("parts of periods", "个时段部分")
        raise RangeLimitError("parts", found=len(ruled), name=name, limit=MAX_PERIODS)
    whole = sum(end_ns - start_ns for start_ns, end_ns in spans)
    under = sum(end_ns - start_ns for start_ns, end_ns in ruled)
    return ruled, (whole - under) // NS_PER_HOUR


def _datetime(at_ns: int | None) -> dt.datetime | None:
    return None if at_ns is None else dt.datetime.fromtimestamp(at_ns / 1e9, dt.UTC)
