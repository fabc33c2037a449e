"""Hours from points: whether they suffice, and their mean (pure)."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from calibration.increment import NS_PER_HOUR
from calibration.uncertainty import UncertaintyComponent, merge, scaled
from evidence.clock import utc_text
from evidence.statement.hours.errors import HoursOptionError, RecordOrderError
from evidence.statement.hours.observed import (
    NO_RECORD,
    ObservedHour,
    ObservedState,
    judged,
    main_reason,
)
from evidence.statement.hours.pack import ValidHour
from evidence.statement.hours.point import Point, PointState
from evidence.statement.standing.standing import Standing

_MAINTENANCE = (PointState.CALIBRATING, PointState.MAINTENANCE)
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
        limit = "a divisor of 3600 s"
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
    expected = expected_points(interval_s)
    counts = Counter(each.state.value for each in slots.values())
    counts[NO_RECORD] = expected - len(slots)
    state, because, used = _state(slots, rule, expected, standing)
    chosen = [each for _, each in sorted(slots.items()) if each.state in used]
    return ObservedHour(
        start_ns=start_ns,
        state=state,
        because=because,
        value=mean(each.value for each in chosen) if chosen else None,
        components=_mean_components([each.components for each in chosen]),
        operating_share=1.0 - counts["stopped"] / expected,
        counts={name: n for name, n in sorted(counts.items()) if n},
        standing=standing,
        lost=_lost(slots, expected, used) if chosen else (),
    )


def _state(
    slots: Slots, rule: ValidHour, expected: int, standing: Standing | None
) -> tuple[ObservedState, str | None, tuple[PointState, ...]]:
    """State of the hour, why it is not measured, and the points that its value rests on."""
    valid, by_hand = (PointState.VALID,), (PointState.VALID, PointState.MANUAL)
    stopped = [each for each in slots.values() if each.state == PointState.STOPPED]
    if len(stopped) == expected:
        return (*judged(PointState.STOPPED, standing), ())
    if suffices(slots, rule, expected, valid):
        kept = judged(PointState.VALID, standing)
        return (*kept, valid if kept[0] == "measured" else ())
    if suffices(slots, rule, expected, by_hand):
        return (*judged(PointState.MANUAL, standing), by_hand)
    counts = Counter(each.state.value for each in slots.values())
    counts[NO_RECORD] = expected - len(slots)
    return (*judged(main_reason({**counts, "manual": 0}), standing), ())


def suffices(
    slots: Slots, rule: ValidHour, expected: int, used: Sequence[PointState] = (PointState.VALID,)
) -> bool:
    """Whether the points of these states make a valid hour.

    Args:
        slots: the points of an hour.
        rule: of the scheme.
        expected: slots of the hour.
        used: states that count.
    """
    have = sorted(slot for slot, each in slots.items() if each.state in used)
    stopped = {slot for slot, each in slots.items() if each.state == PointState.STOPPED}
    if rule.kind == "minutes":
        return len(have) * 60 >= rule.least * expected
    if rule.kind == "share":
        over, under = rule.share or (1, 1)
        return bool(have) and len(have) * under >= over * (expected - len(stopped))
    return _fill_quadrants(have, stopped, rule, expected, _has_maintenance(slots))


def _has_maintenance(slots: Slots) -> bool:
    return any(each.state in _MAINTENANCE for each in slots.values())


def _fill_quadrants(
    have: Sequence[int],
    stopped: set[int],
    rule: ValidHour,
    expected: int,
    maintained: bool,  # noqa: FBT001
) -> bool:
    """A point in each quarter of an hour with operation; two will do in an hour of maintenance."""
    filled = Counter(4 * slot // expected for slot in have)
    ran = {4 * slot // expected for slot in range(expected) if slot not in stopped}
    enough = {quadrant for quadrant in ran if filled[quadrant] >= rule.least}
    if enough == ran:
        return True
    if not (maintained and rule.with_maintenance and have):
        return False
    apart = (have[-1] - have[0]) * 60 >= rule.apart_minutes * expected
    return len(enough) >= min(rule.with_maintenance, len(ran)) and (apart or len(ran) == 1)


def _lost(slots: Slots, expected: int, used: Sequence[PointState]) -> tuple[int, ...]:
    """Slots with operation that the mean stands for without a value of theirs."""
    known = {slot for slot, each in slots.items() if each.state in (*used, PointState.STOPPED)}
    return tuple(slot for slot in range(expected) if slot not in known)


def mean(values: Iterable[float | None]) -> float:
    """The arithmetic mean; at least one value."""
    known = [each for each in values if each is not None]
    return math.fsum(known) / len(known)


def _mean_components(
    groups: Sequence[Sequence[UncertaintyComponent]],
) -> tuple[UncertaintyComponent, ...]:
    """What is common to the points stays, what is new in each averages out."""
    return scaled(merge(*groups), 1.0 / len(groups)) if any(groups) else ()
