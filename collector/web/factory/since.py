"""Since when a channel stands as it does, from its hours."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from calibration.increment import NS_PER_HOUR
from calibration.mean import MeanWindow
from calibration.window import Window
from collector.lookup import Lookup
from collector.web.factory.channels import UNKNOWN_U
from collector.web.factory.repairs import Repair

HOURS_BACK: Final = 31 * 24
"""So far back is looked."""


def dated(repair: Repair, lookup: Lookup, now_ns: int) -> Repair:
    """A repair that says since when, where hours know it."""
    if not repair.example:
        return repair
    if repair.state == UNKNOWN_U:
        held = lookup.span(repair.example)
        return replace(repair, since_ns=None if held is None else held[0])
    span = (now_ns - HOURS_BACK * NS_PER_HOUR, now_ns)
    hours = lookup.windows(repair.example, *span) or lookup.means(repair.example, *span)
    return replace(repair, since_ns=began(hours, repair.state))


def began(hours: Sequence[Window | MeanWindow], state: str) -> int | None:
    """Start of the first of the last hours that all have a state, UTC ns; None of none.

    Args:
        hours: In order of time.
        state: A quality.
    """
    found: int | None = None
    for each in reversed(hours):
        if state not in each.tally.qualities:
            break
        found = each.start_ns
    return found
