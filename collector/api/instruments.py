"""The ledger of instruments in portions: some channels at a time, whatever their number."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Final, Literal

from pydantic import Field

from collector.api.asked import DAY, Asked
from collector.api.listing import PagedAsked
from collector.api.parts import Parts
from collector.api.patterns import CHANNEL
from collector.api.period import instant, zone_of
from collector.api.pool import Sources
from collector.api.security import Reader
from collector.api.statement import MAX_CHANNEL_HOURS, Span, hours_held, named, visible
from collector.api.streamed import lent
from collector.audit.seen import Seen
from collector.lookup import ChannelRow
from collector.register.gather import EVER, instruments
from evidence.audit.instruments import InstrumentRow

PORTION_HOURS: Final = MAX_CHANNEL_HOURS // 4
"""That are looked through while connections are held."""
PORTION_CHANNELS: Final = 500
Key = tuple[str, str, str, str]
"""Of a row: site, channel, since when it stands there, serial number."""
_BEHIND_ALL: Final = "~"
"""Greater than any instant."""


class TableAsked(Asked):
    """Which instruments, and as of when."""

    site: str | None = Field(None, min_length=1, max_length=200, description="Of one site only.")
    channel: str | None = Field(None, pattern=CHANNEL, description="At one channel only.")
    serial: str | None = Field(None, min_length=1, max_length=200, description="One serial number.")
    status: Literal["qualified", "limited", "out_of_use"] | None = Field(
        None, description="Of one status only."
    )
    start: str | None = Field(
        None, max_length=64, description=f"Only what stood there from then on: {DAY}."
    )
    end: str | None = Field(
        None, max_length=64, description=f"Only what stood there before: {DAY}."
    )
    at: str | None = Field(
        None, max_length=64, description=f"Status and validity as of then, default now: {DAY}."
    )
    tz: str = Field("Asia/Shanghai", max_length=64, description="IANA name of the time zone.")


class InstrumentsAsked(PagedAsked, TableAsked):
    """The same, page by page."""


def span_of(start: str | None, end: str | None, tz: str) -> Span:
    """From when until when, UTC ns; all time where nothing is said.

    Raises:
        CodedError: it is no zone, or no instant.
    """
    zone = zone_of(tz)
    return (
        EVER[0] if start is None else instant(start, "start", zone),
        EVER[1] if end is None else instant(end, "end", zone),
    )


def chosen(sources: Sources, asked: TableAsked, reader: Reader) -> list[ChannelRow]:
    """The channels whose instruments are asked for, by site and name.

    Raises:
        ChannelUnknownError: one is asked for that is not to be seen.
    """
    rows = visible(sources, reader)
    if asked.channel is not None:
        return [named(rows, asked.channel)]
    own = (row for row in rows.values() if asked.site in (None, place_of(row)[0]))
    return sorted(own, key=place_of)


def fitting(sources: Sources, rows: Sequence[ChannelRow], span: Span) -> list[ChannelRow]:
    """The first of these channels, as many as may be looked through at once; at least one."""
    first = rows[:PORTION_CHANNELS]
    held = sources.store.lookup.spans(row.channel for row in first)
    hours = 0
    for count, row in enumerate(first):
        hours += hours_held(held[row.channel], span) if row.channel in held else 0
        if count and hours > PORTION_HOURS:
            return list(first[:count])
    return list(first)


def rows_of(
    seen: Seen, asked: TableAsked, channels: Sequence[ChannelRow], span: Span
) -> list[InstrumentRow]:
    """The rows of some channels that are asked for, by channel and begin.

    Raises:
        LedgerError, CalibrationError: as `instruments`.
    """
    if asked.at is not None:
        seen = replace(seen, now_ns=instant(asked.at, "at", zone_of(asked.tz)))
    return [
        each
        for each in instruments(seen, channels, span)
        if asked.serial in (None, each.serial) and asked.status in (None, each.status)
    ]


def place_of(row: ChannelRow) -> tuple[str, str]:
    """Site and name of a channel."""
    return row.channel.partition("/")[0], row.channel


def key_of(row: InstrumentRow) -> Key:
    """Where a row stands in the ledger."""
    return row.site, row.channel, row.in_use_from, row.serial


def key_behind(row: ChannelRow) -> Key:
    """Where the rows of a channel end."""
    return (*place_of(row), _BEHIND_ALL, "")


def portions(
    parts: Parts, asked: TableAsked, reader: Reader, see: Callable[[Sources], Seen]
) -> Iterator[list[InstrumentRow]]:
    """All rows, some channels at a time; connections are lent for one portion each.

    Args:
        parts: Of the interface.
        asked: Which rows.
        reader: Who may see them.
        see: What rows are made from.

    Raises:
        StoreBusyError: they are in use all the time.
        CodedError, CalibrationError: as `chosen` and `rows_of`.
    """
    span = span_of(asked.start, asked.end, asked.tz)
    with parts.sources.lease() as sources:
        left = chosen(sources, asked, reader)
    while left:
        channels, rows = lent(parts.sources, partial(_portion, see, asked, left, span))
        left = left[len(channels) :]
        yield rows


def _portion(
    see: Callable[[Sources], Seen],
    asked: TableAsked,
    left: Sequence[ChannelRow],
    span: Span,
    sources: Sources,
) -> tuple[list[ChannelRow], list[InstrumentRow]]:
    channels = fitting(sources, left, span)
    return channels, rows_of(see(sources), asked, channels, span)
