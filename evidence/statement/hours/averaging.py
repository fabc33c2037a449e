"""Hours from points: whether they suffice, and their mean (pure)."""

import math
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from calibration.increment import NS_PER_HOUR
from calibration.uncertainty import UncertaintyComponent, merge, scaled
from evidence.clock import utc_text
from evidence.errors import Words
from evidence.statement.hours.errors import HoursOptionError, RecordOrderError
from evidence.statement.hours.observed import ObservedHour
from evidence.statement.hours.pack import ValidHour
from evidence.statement.hours.point import Point
from evidence.statement.hours.sufficing import judged_by_slots
from evidence.statement.standing.standing import Standing

Slots = Mapping[int, Point]


def gathered(points: Iterable[Point], interval_s: int = 60) -> dict[int, dict[int, Point]]:
    """Points by hour and by slot of the hour.

    Args:
        points: in any order, one a slot.
        interval_s: length of a slot; it divides an hour.

    Raises:
        RecordOrderError: two points are of one slot.
        HoursOptionError: the interval does not divide an hour.
    """
    expected_points(interval_s)
    slot_ns = interval_s * 1_000_000_000
    hours: dict[int, dict[int, Point]] = {}
    for each in points:
        within = each.at_ns % NS_PER_HOUR
        slots = hours.setdefault(each.at_ns - within, {})
        first = slots.setdefault(within // slot_ns, each)
        if first is not each:
            text = utc_text(each.at_ns)
            raise RecordOrderError(text, found=text, before=utc_text(first.at_ns))
    return hours


def expected_points(interval_s: int) -> int:
    """Slots of an hour.

    Raises:
        HoursOptionError: the interval does not divide an hour.
    """
    if interval_s not in range(1, 3601) or 3600 % interval_s:
        limit = Words("a divisor of 3600 s", "3600 s 的约数")
        raise HoursOptionError("interval", name="interval", found=interval_s, limit=limit)
    return 3600 // interval_s


def averaged(
    start_ns: int,
    slots: Slots,
    rule: ValidHour,
    interval_s: int = 60,
    standing: Standing | None = None,
) -> ObservedHour:
    """The hour that points make.

    Args:
        start_ns: of the hour.
        slots: its points by slot.
        rule: what makes a valid hour.
        interval_s: length of a slot.
        standing: of the analyser in this hour.
    """
    states = {slot: each.state for slot, each in slots.items()}
    hour, used = judged_by_slots(start_ns, states, rule, expected_points(interval_s), standing)
    chosen = [each for _, each in sorted(slots.items()) if each.state in used]
    if not chosen:
        return hour
    return msgspec.structs.replace(
        hour,
        value=mean(each.value for each in chosen),
        components=_mean_components([each.components for each in chosen]),
    )


def mean(values: Iterable[float | None]) -> float:
    """The arithmetic mean; at least one value."""
    known = [each for each in values if each is not None]
    return math.fsum(known) / len(known)


def _mean_components(
    groups: Sequence[Sequence[UncertaintyComponent]],
) -> tuple[UncertaintyComponent, ...]:
    """What is common to the points stays, what is new in each averages out."""
    return scaled(merge(*groups), 1.0 / len(groups)) if any(groups) else ()
