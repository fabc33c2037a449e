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

BACK_NS: Final = 8 * 24 * NS_PER_HOUR
"""So far back is looked: a page must not read a year of hours."""


def dated(repair: Repair, lookup: Lookup, now_ns: int) -> Repair:
    """A repair that says since when, where hours know it."""
    if not repair.example:
        return repair
    if repair.state == UNKNOWN_U:
        held = lookup.span(repair.example)
        return replace(repair, since_ns=None if held is None else held[0])
    from_ns = now_ns - BACK_NS
    hours = lookup.windows(repair.example, from_ns, now_ns)
    hours_or_means = hours or lookup.means(repair.example, from_ns, now_ns)
    since_ns = began(hours_or_means, repair.state)
    is_older = since_ns is not None and since_ns < from_ns + NS_PER_HOUR
    return replace(repair, since_ns=since_ns, is_older=is_older)


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
