"""Statements that were given of a period, each of which has its evidence bundle."""

from dataclasses import dataclass

import msgspec

from collector.api.pool import Sources
from collector.api.security import Reader
from evidence.clock import parse_utc
from evidence.statement.datum import ActivityData


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A statement in a line; times in UTC ns.

    Attributes:
        expanded: None where its uncertainty is not known.
        is_under_plan: Whether it is told under the monitoring plan too.
    """

    digest: str
    channel: str
    start_ns: int
    end_ns: int
    value: float
    expanded: float | None
    unit: str
    is_under_plan: bool


def stated_within(
    sources: Sources, reader: Reader, channel: str, start: str, end: str
) -> list[Stated]:
    """What was given of a channel within a period, the newest of each part, in order of time."""
    if not reader.sees_channel(channel):
        return []
    return [in_short(each) for each in sources.store.lookup.stated(channel, start, end)]


def in_short(datum: ActivityData) -> Stated:
    """A statement in a line. Pure."""
    return Stated(
        digest=datum.digest,
        channel=datum.channel,
        start_ns=parse_utc(datum.period.start),
        end_ns=parse_utc(datum.period.end),
        value=datum.value,
        expanded=datum.expanded_uncertainty,
        unit=datum.unit,
        is_under_plan=datum.under_plan is not msgspec.UNSET,
    )
