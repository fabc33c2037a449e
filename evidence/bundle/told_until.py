"""Hours of a bundle, with checks as far as it brings readings: one that it cuts would mislead."""

from collections.abc import Sequence
from dataclasses import dataclass

from calibration.mean import MeanWindow
from calibration.window import Window
from evidence.bundle.memory import Memory
from evidence.judging.kept import ChannelRow
from evidence.judging.shown import ShownInCheck


@dataclass(frozen=True, slots=True)
class ToldUntil:
    """What is kept; of what was shown in checks, that before an instant.

    The leaves at the edges of a bundle's time have more than that time, by chance.

    Attributes:
        kept: Hours that were computed again.
        until_ns: End of the time of which a bundle brings all readings, UTC.
    """

    kept: Memory
    until_ns: int

    def windows(self, channel: str, start_ns: int, end_ns: int) -> Sequence[Window]:
        """As kept."""
        return self.kept.windows(channel, start_ns, end_ns)

    def means(self, channel: str, start_ns: int, end_ns: int) -> list[MeanWindow]:
        """As kept."""
        return self.kept.means(channel, start_ns, end_ns)

    def channel(self, channel: str) -> ChannelRow | None:
        """As kept."""
        return self.kept.channel(channel)

    def shown(self, channel: str, start_ns: int, end_ns: int) -> list[tuple[ShownInCheck, int]]:
        """As kept, before the instant."""
        return self.kept.shown(channel, start_ns, min(end_ns, self.until_ns))

    def heard(self, channel: str, before_ns: int) -> int | None:
        """As kept, before the instant."""
        return self.kept.heard(channel, min(before_ns, self.until_ns))
