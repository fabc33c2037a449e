"""Ticks that went by while nobody was there to poll: named one by one, or as a gap. Pure."""

from collections.abc import Sequence
from typing import Final

from calibration.indication import MissReason
from edge_agent import records
from edge_agent.cycle import PolledDevice, unpolled
from edge_agent.poll import Noted, Pending
from edge_agent.tick import NS_PER_MS, Tick

MOST_NAMED: Final = 60
"""Ticks that are named one by one; a longer silence is a gap."""


def not_polled(
    device: PolledDevice, ticks: Sequence[int], first: int, *, suspect: bool
) -> list[Pending]:
    """What is kept of the ticks (UTC ns) at which `device` could not be polled.

    Args:
        device: That was to be polled.
        ticks: Ascending; may be none.
        first: The number of the device's next poll.
        suspect: Whether the clock could not be trusted then.
    """
    if len(ticks) <= MOST_NAMED:
        return [
            unpolled(device, Tick(sequence=first + n, at_ns=at_ns, suspect=suspect))
            for n, at_ns in enumerate(ticks)
        ]
    at_ms, until_ms = ticks[0] // NS_PER_MS, ticks[-1] // NS_PER_MS
    why = MissReason.NOT_POLLED.value
    channels = [each.channel for each in device.setup.channels]
    return [Noted(record=records.gap(at_ms, until_ms, why, each)) for each in channels]
