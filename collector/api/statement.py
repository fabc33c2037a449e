"""Statements of channels over periods: windows in, activity data out, kept by their digest."""

from collections.abc import Sequence
from typing import Final

from calibration.history.suspect import SuspectPeriod
from calibration.increment import NS_PER_HOUR
from collector.api.pool import Sources
from collector.api.refusal import RangeLimitError
from collector.api.security import Reader
from collector.api.suspects import Suspects
from collector.api.unknown import ChannelUnknownError
from collector.lookup import ChannelRow
from collector.store import Store
from evidence.errors import Words
from evidence.statement.activity import activity_of_days
from evidence.statement.datum import ActivityData
from evidence.statement.doubt import Doubt, doubts
from evidence.statement.groups import groups_of

Span = tuple[int, int]
MAX_STATEMENTS: Final = 2_000
MAX_CHANNEL_HOURS: Final = 1_000 * 31 * 24
"""A month of a thousand channels."""
PORTION: Final = 100


def visible(sources: Sources, reader: Reader) -> dict[str, ChannelRow]:
    """The channels that the reader may see, by name."""
    rows = sources.store.lookup.channels()
    return {row.channel: row for row in rows if reader.sees_channel(row.channel)}


def named(rows: dict[str, ChannelRow], channel: str) -> ChannelRow:
    """One channel of those that may be seen.

    Raises:
        ChannelUnknownError: it is none of them.
    """
    if channel not in rows:
        raise ChannelUnknownError("channel", channel=channel)
    return rows[channel]


def require_room(sources: Sources, rows: Sequence[ChannelRow], spans: Sequence[Span]) -> None:
    """Returns if one answer holds what so many channels and periods give.

    Raises:
        RangeLimitError: it does not.
    """
    count = len(rows) * len(spans)
    if count > MAX_STATEMENTS:
        name = Words("statements", "条陈述")
        raise RangeLimitError("channel, by", found=count, name=name, limit=MAX_STATEMENTS)
    require_hours(sources, rows, (spans[0][0], spans[-1][1]))


def require_hours(sources: Sources, rows: Sequence[ChannelRow], whole: Span) -> None:
    """Returns if the hours of channels in a period can be looked through for one answer.

    Raises:
        RangeLimitError: they are too many.
    """
    if len(rows) * _hours_of(whole) <= MAX_CHANNEL_HOURS:
        return
    spans = sources.store.lookup.spans(row.channel for row in rows)
    hours = sum(hours_held(spans[row.channel], whole) for row in rows if row.channel in spans)
    if hours > MAX_CHANNEL_HOURS:
        name = Words("hours over all channels", "通道小时")
        raise RangeLimitError("start, end", found=hours, name=name, limit=MAX_CHANNEL_HOURS)


def hours_held(held: Span, whole: Span) -> int:
    """The hours of a channel in a period, if none is missing between its first and its last."""
    return max(0, _hours_of((max(held[0], whole[0]), min(held[1] + NS_PER_HOUR, whole[1]))))


def _hours_of(span: Span) -> int:
    """How many hours a period is long."""
    return (span[1] - span[0]) // NS_PER_HOUR


def statements(
    sources: Sources, row: ChannelRow, spans: Sequence[Span], software: str, known: Suspects
) -> list[ActivityData]:
    """The activity data of a channel, one for each period of which an hour was received.

    Args:
        sources: what they are made from.
        row: the channel.
        spans: the periods.
        software: name and version that states them.
        known: what later tests put in doubt.

    Raises:
        WindowMergeError: two windows of a period do not join.
    """
    made = (_statement(sources, row, span, software, known) for span in spans)
    return [datum for datum in made if datum is not None]


def _statement(
    sources: Sources, row: ChannelRow, span: Span, software: str, known: Suspects
) -> ActivityData | None:
    """The activity datum of one period; None where no hour of it was received."""
    days = sources.store.days.within(row.channel, *span)
    if not days:
        return None
    windows = [each.window for each in days]
    suspects = known.of(row, windows)
    return activity_of_days(
        days,
        row.head.measurand,
        span,
        software=software,
        doubts=_doubts(sources, row.channel, span, suspects),
        double_count_groups=groups_of(known.register(row.agent), windows),
    )


def _doubts(
    sources: Sources, channel: str, span: Span, suspects: Sequence[SuspectPeriod]
) -> tuple[Doubt, ...]:
    """What suspect periods put in doubt; only where there are any are the hours looked at."""
    if not suspects:
        return ()
    return doubts(sources.store.lookup.windows(channel, *span), suspects)


def stated(store: Store, data: Sequence[ActivityData], at_ns: int) -> list[ActivityData]:
    """The data as they are kept; what was stated otherwise before is superseded.

    They are kept in portions, so that the judge, who writes too, does not wait for all.
    """
    kept: list[ActivityData] = []
    for first in range(0, len(data), PORTION):
        with store.transaction():
            fresh = [store.state_activity(each, at_ns) for each in data[first : first + PORTION]]
            kept += [store.lookup.activity(each.digest) or each for each in fresh]
    return kept
