"""Readings of an analyser that is being checked, and does not say so itself. Pure.

What it shows then is the gas of a cylinder, never an emission: it is kept as a miss that
calibrates, with its bytes, for whoever judges the check.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from msgspec.structs import replace

from calibration.indication import MissReason
from edge_agent.poll import Lacking, Poll, Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCheck:
    """When an analyser is checked, by UTC.

    Attributes:
        places: Of the channels that are checked, in the setup.
        at_ms: From midnight to the first check of a day.
        every_ms: From one to the next.
        duration_ms: From its begin until the sample is back.
    """

    places: frozenset[int]
    at_ms: int
    every_ms: int
    duration_ms: int

    def covers(self, place: int, at_ms: int) -> bool:
        """Whether a channel is checked at an instant."""
        return place in self.places and (at_ms - self.at_ms) % self.every_ms < self.duration_ms


def in_checks(poll: Poll, planned: Iterable[PlannedCheck]) -> Poll:
    """The poll with the readings of scheduled checks as misses that calibrate."""
    checks = tuple(planned)
    gone = [
        each
        for each in poll.readings
        if any(check.covers(each.channel, each.at_ms) for check in checks)
    ]
    if not gone:
        return poll
    kept = tuple(each for each in poll.readings if each not in gone)
    lacking = sorted((*poll.lacking, *map(_calibrating, gone)), key=lambda each: each.channel)
    return replace(poll, readings=kept, lacking=tuple(lacking))


def _calibrating(reading: Reading) -> Lacking:
    return Lacking(
        channel=reading.channel,
        at_ms=reading.at_ms,
        reason=MissReason.CALIBRATING,
        quality=reading.quality,
        raw=reading.raw,
        number=reading.number,
    )
