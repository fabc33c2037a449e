"""Which activity data are asked for, and what is kept of them: the question of list and files."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from pydantic import Field

from collector.api.asked import CHANNEL, DAY, Asked
from collector.api.parts import Parts
from collector.api.period import By, instant, periods, require_order, zone_of
from collector.api.security import Reader
from collector.api.statement import (
    MAX_STATEMENTS,
    named,
    require_room,
    stated,
    statements,
    visible,
    with_windows,
)
from collector.api.suspects import Suspects
from evidence.statement.activity import ActivityData

ZONE: Final = "Carbonmeter-Time-Zone"
WITHOUT_DATA: Final = "Carbonmeter-Periods-Without-Data"


class RangeAsked(Asked):
    """A range of time, and the zone whose days count."""

    start: str = Field(max_length=64, description=f"First instant, included: {DAY}.")
    end: str = Field(max_length=64, description=f"Last instant, excluded: {DAY}.")
    tz: str = Field("Asia/Shanghai", max_length=64, description="IANA name of the time zone.")


class ActivityAsked(RangeAsked):
    """Which activity data."""

    channel: str | None = Field(
        None, pattern=CHANNEL, description="One channel; without it all that have data."
    )
    by: By = Field(By.TOTAL, description="What the range is divided into; the ends are cut.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Statements by channel and time, as they are kept.

    Attributes:
        data: One for each period of which an hour was received.
        headers: The zone whose days counted, and how many periods had no data.
        start_ns, end_ns: Of the range, UTC ns.
        zone: Whose days counted.
    """

    data: list[ActivityData]
    headers: Mapping[str, str]
    start_ns: int
    end_ns: int
    zone: ZoneInfo


def listed(asked: ActivityAsked, parts: Parts, reader: Reader) -> Listed:
    """The activity data that are asked for; each is kept under its digest.

    Raises:
        CodedError: what is asked for cannot be, or is more than one answer holds.
        WindowMergeError: two hours of a period do not join.
    """
    start_ns, end_ns, zone = asked_range(asked)
    spans = periods(start_ns, end_ns, asked.by, zone, MAX_STATEMENTS)
    with parts.sources.lease() as sources:
        rows = visible(sources, reader)
        chosen = (
            [named(rows, asked.channel)]
            if asked.channel is not None
            else with_windows(sources, list(rows.values()))
        )
        require_room(sources, chosen, spans)
        known = Suspects(sources)
        data = [
            datum
            for row in chosen
            for datum in statements(sources, row, spans, parts.software, known)
        ]
        kept = stated(sources.store, data, parts.clock.now_ns())
    empty = len(chosen) * len(spans) - len(kept)
    headers = {ZONE: zone.key, WITHOUT_DATA: str(empty)}
    return Listed(data=kept, headers=headers, start_ns=start_ns, end_ns=end_ns, zone=zone)


def asked_range(asked: RangeAsked) -> tuple[int, int, ZoneInfo]:
    """First and last instant, UTC ns, and the zone whose days count.

    Raises:
        CodedError: one of them cannot be, or they are not in order.
    """
    zone = zone_of(asked.tz)
    start_ns = instant(asked.start, "start", zone)
    end_ns = instant(asked.end, "end", zone)
    require_order(start_ns, end_ns, asked.start, asked.end)
    return start_ns, end_ns, zone
