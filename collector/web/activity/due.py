"""How many polls of a statement's period are not due yet: the period is not over. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from calibration.grid import grid_of, hour_start
from calibration.increment import NS_PER_HOUR
from calibration.window import Window
from evidence.clock import NS_PER_S, parse_utc
from evidence.statement.completeness import NOT_RECEIVED
from evidence.statement.datum import ActivityData
from evidence.statement.stating import expected_per_hour


def polls_to_come(datum: ActivityData | None, period_ms: int, now_ns: int) -> int:
    """Polls that a statement counts as not received and that are not due yet.

    The hour that runs is not due: what came of it is judged when it is over.

    Args:
        datum: The statement; None has none.
        period_ms: Between polls.
        now_ns: UTC ns.
    """
    if datum is None:
        return 0
    start_ns, end_ns = parse_utc(datum.period.start), parse_utc(datum.period.end)
    from_ns = max(start_ns, hour_start(now_ns, grid_of(start_ns)))
    hours = max(0, end_ns - from_ns) // NS_PER_HOUR
    return min(
        hours * expected_per_hour(period_ms), datum.completeness.missing.get(NOT_RECEIVED, 0)
    )


def missing_of_due(missing: Mapping[str, int], to_come: int) -> dict[str, int]:
    """What is missing, by reason, without polls that are not due yet."""
    kept = dict(missing)
    if to_come:
        kept[NOT_RECEIVED] -= to_come
    return {reason: count for reason, count in kept.items() if count > 0}


@dataclass(frozen=True, slots=True)
class Early:
    """A statement that was given before its period was over.

    Attributes:
        at_ns: When, UTC ns.
        left_s: How much of the period was still to come.
    """

    at_ns: int
    left_s: float


def early_of(datum: ActivityData, stated_ns: int | None) -> Early | None:
    """Whether a statement was given before its period was over; None if not, or nobody knows."""
    left_s = 0.0 if stated_ns is None else seconds_to_come(parse_utc(datum.period.end), stated_ns)
    return None if stated_ns is None or not left_s else Early(stated_ns, left_s)


def came_behind(datum: ActivityData, hours: Sequence[Window]) -> int | None:
    """Start of the first hour that a statement does not contain, UTC ns; None if it has all.

    It says how many polls are in it, and hours come in order of time.

    Args:
        datum: The statement.
        hours: Of its period, as they are kept now, in order of time.
    """
    behind = zip(hours, accumulate(each.tally.present for each in hours), strict=True)
    return next((each.start_ns for each, sum_ in behind if sum_ > datum.completeness.present), None)


def seconds_to_come(end_ns: int, now_ns: int) -> float:
    """How much of a period is still to come; 0 where it is over."""
    return max(0, end_ns - now_ns) / NS_PER_S
