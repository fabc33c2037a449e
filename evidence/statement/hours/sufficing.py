"""What an hour is by what its slots were, whatever was measured in them (pure)."""

from collections import Counter
from collections.abc import Mapping, Sequence

from evidence.statement.hours.observed import (
    NO_RECORD,
    ObservedHour,
    ObservedState,
    judged,
    main_reason,
)
from evidence.statement.hours.pack import ValidHour
from evidence.statement.hours.point import PointState
from evidence.statement.standing.standing import Standing

States = Mapping[int, PointState]
"""What the slots of an hour were; one of which nothing is known is left out."""
_MAINTENANCE = (PointState.CALIBRATING, PointState.MAINTENANCE)


def judged_by_slots(
    start_ns: int,
    states: States,
    rule: ValidHour,
    expected: int,
    standing: Standing | None = None,
) -> tuple[ObservedHour, tuple[PointState, ...]]:
    """The hour without its value, and the states of the slots that its value rests on, if any.

    Args:
        start_ns: of the hour.
        states: of its slots.
        rule: what makes a valid hour.
        expected: slots of the hour.
        standing: of the analyser in this hour.
    """
    counts = Counter(each.value for each in states.values())
    counts[NO_RECORD] = expected - len(states)
    state, because, used = _state(states, counts, rule, expected, standing)
    return ObservedHour(
        start_ns=start_ns,
        state=state,
        because=because,
        operating_share=1.0 - counts["stopped"] / expected,
        counts={name: n for name, n in sorted(counts.items()) if n},
        standing=standing,
        lost=_lost(states, expected, used) if used else (),
    ), used


def _state(
    states: States,
    counts: Counter[str],
    rule: ValidHour,
    expected: int,
    standing: Standing | None,
) -> tuple[ObservedState, str | None, tuple[PointState, ...]]:
    """State of the hour, why it is not measured, and the states that its value rests on."""
    valid, by_hand = (PointState.VALID,), (PointState.VALID, PointState.MANUAL)
    if counts["stopped"] == expected:
        return (*judged(PointState.STOPPED, standing), ())
    if suffices(states, rule, expected, valid):
        kept = judged(PointState.VALID, standing)
        return (*kept, valid if kept[0] == "measured" else ())
    if suffices(states, rule, expected, by_hand):
        return (*judged(PointState.MANUAL, standing), by_hand)
    return (*judged(main_reason({**counts, "manual": 0}), standing), ())


def suffices(
    states: States, rule: ValidHour, expected: int, used: Sequence[PointState] = (PointState.VALID,)
) -> bool:
    """Whether the slots of the `used` states make a valid hour.

    Args:
        states: of the slots of an hour.
        rule: of the scheme.
        expected: slots of the hour.
        used: states that count.
    """
    have = sorted(slot for slot, each in states.items() if each in used)
    stopped = {slot for slot, each in states.items() if each == PointState.STOPPED}
    if rule.kind == "minutes":
        return len(have) * 60 >= rule.least * expected
    if rule.kind == "share":
        over, under = rule.share or (1, 1)
        return bool(have) and len(have) * under >= over * (expected - len(stopped))
    return _fill_quadrants(have, stopped, rule, expected, _has_maintenance(states))


def _has_maintenance(states: States) -> bool:
    return any(each in _MAINTENANCE for each in states.values())


def _fill_quadrants(
    have: Sequence[int],
    stopped: set[int],
    rule: ValidHour,
    expected: int,
    maintained: bool,  # noqa: FBT001
) -> bool:
    """A point in each quarter of an hour with operation; two will do in an hour of maintenance."""
    filled = Counter(4 * slot // expected for slot in have)
    ran = {
        quadrant
        for slot in range(expected)
        if slot not in stopped
        for quadrant in _quadrants(slot, expected)
    }
    enough = {quadrant for quadrant in ran if filled[quadrant] >= rule.least}
    if enough == ran:
        return True
    if not (maintained and rule.with_maintenance and have):
        return False
    apart = (have[-1] - have[0]) * 60 >= rule.apart_minutes * expected
    return len(enough) >= min(rule.with_maintenance, len(ran)) and (apart or len(ran) == 1)


def _quadrants(slot: int, expected: int) -> range:
    """The quarters of an hour that a slot runs through; a slot up to a quarter long is of one.

    One point of half an hour is no point in each of its two quarters.
    """
    first = 4 * slot // expected
    return range(first, max(first + 1, 4 * (slot + 1) // expected))


def _lost(states: States, expected: int, used: Sequence[PointState]) -> tuple[int, ...]:
    """Slots with operation that the mean stands for without a value of theirs."""
    known = {slot for slot, each in states.items() if each in (*used, PointState.STOPPED)}
    return tuple(slot for slot in range(expected) if slot not in known)
