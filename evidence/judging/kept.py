"""What computed channels ask of the place where hours are kept: a store's file, or memory."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from calibration.indication import Quality
from calibration.mean import MeanWindow
from calibration.window import Window
from evidence.judging.bounds import StampBounds
from evidence.judging.shown import ShownInCheck
from evidence.judging.stream import NS_PER_MS, instants_ns, qualities
from evidence.log.batch import Stream, StreamHead


class ChannelRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A channel as last seen."""

    channel: str
    agent: str
    head: StreamHead
    last_ms: int
    last_value: float
    last_quality: str


def row_of(stream: Stream, agent: str, bounds: StampBounds) -> ChannelRow | None:
    """How a stream shows its channel last; None if no stamp in it can be right."""
    # A stamp of the next century would hide all that come after it.
    found = qualities(stream, bounds)
    last = max((n for n, q in enumerate(found) if q != Quality.CLOCK_SUSPECT), default=None)
    if last is None:
        return None
    return ChannelRow(
        channel=stream.head.channel,
        agent=agent,
        head=stream.head,
        last_ms=instants_ns(stream)[last] // NS_PER_MS,
        last_value=float((stream.value or stream.indication)[last]),
        last_quality=str(found[last].value),
    )


def heard_in(stream: Stream, bounds: StampBounds) -> int | None:
    """The last instant of a stream, a reading's or a miss's, UTC ns; None if none can be right."""
    found = zip(instants_ns(stream), qualities(stream, bounds), strict=True)
    read = (at_ns for at_ns, quality in found if quality != Quality.CLOCK_SUSPECT)
    missed = (each.at_ms * NS_PER_MS for each in stream.missed if bounds.holds(each))
    return max((*read, *missed), default=None)


class HoursAsked(Protocol):
    """Questions to the hours that are kept."""

    def windows(self, channel: str, start_ns: int, end_ns: int) -> Sequence[Window]:
        """Hourly windows of a channel inside [start, end), UTC ns, in order of time."""

    def means(self, channel: str, start_ns: int, end_ns: int) -> Sequence[MeanWindow]:
        """Hourly means of a channel that has no amount, likewise."""

    def starts(self, channel: str) -> Sequence[int]:
        """Starts of all hours that are kept of a channel, UTC ns."""

    def channel(self, channel: str) -> ChannelRow | None:
        """One channel as last seen; None if it was not."""


class HoursTold(Protocol):
    """Questions to hours, and to what instruments showed in checks, for monitoring plans."""

    def windows(self, channel: str, start_ns: int, end_ns: int) -> Sequence[Window]:
        """Hourly windows of a channel inside [start, end), UTC ns, in order of time."""

    def means(self, channel: str, start_ns: int, end_ns: int) -> list[MeanWindow]:
        """Hourly means of a channel that has no amount, likewise."""

    def channel(self, channel: str) -> ChannelRow | None:
        """One channel as last seen; None if it was not."""

    def shown(self, channel: str, start_ns: int, end_ns: int) -> list[tuple[ShownInCheck, int]]:
        """What an instrument showed in checks, and when that was received, in order of time."""

    def heard(self, channel: str, before_ns: int) -> int | None:
        """Until when a channel was heard before an instant: of a reading or a miss, UTC ns."""


class KeptHours(Protocol):
    """A place where hours are kept."""

    @property
    def lookup(self) -> HoursAsked:
        """Questions to it."""

    def keep_window(self, hour: Window | MeanWindow) -> bool:
        """Keeps an hour unless it equals the one that is kept; whether it did."""

    def keep_channel(self, row: ChannelRow) -> None:
        """Keeps how a channel was last seen, unless it was seen later before."""
