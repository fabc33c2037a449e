"""Whether an hour that a determination tells follows, where what rules look back on is not here."""

import math
from collections.abc import Sequence
from functools import partial
from typing import Final

from calibration.increment import NS_PER_HOUR
from evidence.bundle.figures import OF_UNCERTAINTY, Near
from evidence.clock import parse_utc
from evidence.statement.hours.hour import Hour, HourState
from evidence.statement.monitoring.monitored import Monitored
from evidence.statement.standing.standing import Standing

_MEASURED: Final = HourState.MEASURED
_SHUTDOWN: Final = HourState.SHUTDOWN


def nearness(hours: Sequence[Hour]) -> Near:
    """When two numbers of some hours are the same: the order of sums differs between machines."""
    values = (each.best_estimate or each.compliance or 0.0 for each in hours)
    scale = max(map(abs, values), default=0.0)
    return partial(math.isclose, rel_tol=OF_UNCERTAINTY, abs_tol=OF_UNCERTAINTY * scale)


def untested(told: Monitored) -> frozenset[int]:
    """Starts of the hours before any test that is here, of one analyser at least."""
    return frozenset(
        hour
        for analyser in told.analysers
        for spell in analyser.spells
        if spell.standing == Standing.NO_TEST
        for hour in range(parse_utc(spell.start), parse_utc(spell.end), NS_PER_HOUR)
    )


def follows(
    stated: Hour, again: Hour, near: Near, *, tested: bool, corrected: bool = False
) -> bool | None:
    """Whether an hour follows; None where that rests on what is not here.

    What rules put in the place of an hour rests on hours before it, and so does how an analyser
    stood before its first test that is here. What was measured does not: its value and what the
    rules take it for are told; unless checks correct it, of which those around it may not be here:
    then its best estimate is not. What lost points leave uncertain is found from other hours.

    Args:
        stated: As it was told.
        again: As it follows from what is here.
        near: When two numbers are the same.
        tested: Whether a test that is here tells how the analysers stood.
        corrected: Whether checks correct what was measured.
    """
    if stated.state == again.state == _MEASURED:
        same = _is_same(stated, again, near)
        return same or (None if corrected and _is_same_but_for_best(stated, again, near) else False)
    if stated.state == again.state == _SHUTDOWN:
        return True
    if _SHUTDOWN in (stated.state, again.state):
        return False
    return None if not tested or _MEASURED not in (stated.state, again.state) else False


def _is_same(stated: Hour, again: Hour, near: Near) -> bool:
    best = _are_near(near, (stated.best_estimate, again.best_estimate))
    return best and _is_same_but_for_best(stated, again, near)


def _is_same_but_for_best(stated: Hour, again: Hour, near: Near) -> bool:
    pairs = (
        (stated.compliance, again.compliance),
        (stated.operating_share, again.operating_share),
    )
    alike = (stated.method, stated.counts) == (again.method, again.counts)
    return alike and all(_are_near(near, each) for each in pairs)


def _are_near(near: Near, pair: tuple[float | None, float | None]) -> bool:
    one, other = pair
    return near(one, other) if one is not None and other is not None else one is other
