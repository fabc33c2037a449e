"""A poll's place in time."""

from dataclasses import dataclass
from typing import Final

from calibration.indication import Quality

NS_PER_MS: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A poll's place: its number, its instant, and which stamps are suspect.

    Attributes:
        sequence: Number of the poll.
        at_ns: Its instant on the grid.
        floor_ms: Below it they are: a later one was given before.
        suspect: All are, for the clock was set and nothing vouches for it.
    """

    sequence: int
    at_ns: int
    floor_ms: int = 0
    suspect: bool = False

    @property
    def at_ms(self) -> int:
        """The instant in whole ms."""
        return self.at_ns // NS_PER_MS

    def quality(self, at_ms: int) -> Quality:
        """What the clock makes of something that is stamped `at_ms`."""
        unsure = self.suspect or at_ms < self.floor_ms
        return Quality.CLOCK_SUSPECT if unsure else Quality.GOOD
