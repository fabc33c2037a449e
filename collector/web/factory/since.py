"""Since when a channel stands as it does: from its hours, or from the day its paper was due."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from calibration.increment import NS_PER_HOUR
from calibration.indication import Quality
from calibration.mean import MeanWindow
from calibration.window import Window
from collector.lookup import Lookup
from collector.web.factory.channels import UNKNOWN_U
from collector.web.factory.overdue import Confirmations, last_days
from collector.web.factory.repairs import Repair
from evidence.clock import NS_PER_S

BACK_NS: Final = 8 * 24 * NS_PER_HOUR
"""So far back is looked: a page must not read a year of hours."""


def dated(
    repair: Repair, lookup: Lookup, now_ns: int, confirmations: Confirmations = tuple
) -> Repair:
    """A repair that says since when, where a confirmation or hours know it."""
    if not repair.example:
        return repair
    due_on = None
    if repair.state == Quality.OVERDUE.value:
        due_on = _due_on(repair.example, lookup, now_ns, confirmations)
    if due_on is not None:
        return replace(repair, due_on=due_on)
    return _dated_by_hours(repair, lookup, now_ns)


def _due_on(
    channel: str, lookup: Lookup, now_ns: int, confirmations: Confirmations
) -> dt.date | None:
    """Last day in date of the confirmation that a channel's instrument has; None of none."""
    row = lookup.channel(channel)
    if row is None or not row.head.serial:
        return None
    at = dt.datetime.fromtimestamp(now_ns / NS_PER_S, tz=dt.UTC)
    last = last_days(confirmations(), now_ns).get((channel.partition("/")[0], row.head.serial))
    return last if last is not None and last < at.date() else None


def _dated_by_hours(repair: Repair, lookup: Lookup, now_ns: int) -> Repair:
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
