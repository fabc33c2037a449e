"""Which of several dated decisions holds: how a channel is computed, by which rules it is told."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from calibration.errors import CalibrationError


class Decided(Protocol):
    """A decision with the instant from which it holds, and the one at which it was recorded."""

    @property
    def effective_from(self) -> dt.datetime:
        """From when it holds."""

    @property
    def recorded_at(self) -> dt.datetime:
        """When it was learnt of."""


D = TypeVar("D", bound=Decided)


def decision_in_force(
    decisions: Iterable[D],
    at: dt.datetime,
    as_known_at: dt.datetime | None,
    conflict: Callable[[D], CalibrationError],
) -> D | None:
    """The decision that holds at an instant, as known at another; None if none does.

    The one that began last holds; of those that begin together, the one recorded last.

    Args:
        decisions: Of one thing, all versions.
        at: The instant asked for.
        as_known_at: Only what was recorded by then; None for all.
        conflict: Made of the last one, where another was recorded together with it.

    Raises:
        CalibrationError: `conflict`: two say different things of one instant.
    """
    known = [
        each
        for each in decisions
        if each.effective_from <= at and (as_known_at is None or each.recorded_at <= as_known_at)
    ]
    if not known:
        return None
    last = max(known, key=_order)
    if any(each != last and _order(each) == _order(last) for each in known):
        raise conflict(last)
    return last


def _order(decided: Decided) -> tuple[dt.datetime, dt.datetime]:
    return decided.effective_from, decided.recorded_at
