"""What computed channels ask of the place where hours are kept: a store's file, or memory."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from calibration.mean import MeanWindow
from calibration.window import Window
from evidence.log.batch import StreamHead


class ChannelRow(msgspec.Struct, frozen=True, kw_only=True):
    """A channel as last seen."""

    channel: str
    agent: str
    head: StreamHead
    last_ms: int
    last_value: float
    last_quality: str


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


class KeptHours(Protocol):
    """A place where hours are kept."""

    @property
    def lookup(self) -> HoursAsked:
        """Questions to it."""

    def keep_window(self, hour: Window | MeanWindow) -> bool:
        """Keeps an hour unless it equals the one that is kept; whether it did."""

    def keep_channel(self, row: ChannelRow) -> None:
        """Keeps how a channel was last seen, unless it was seen later before."""
