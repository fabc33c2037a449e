"""Hours as the collector's windows tell them: what their slots were, and the mean rate (pure)."""

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Final

import msgspec

from calibration.basis import UncertaintyBasis
from calibration.increment import NS_PER_HOUR
from calibration.mean import MeanWindow
from calibration.model.derived import share_of
from calibration.slots import SlotState, slots_of
from calibration.uncertainty import UncertaintyComponent, scaled
from calibration.window import FlowWindow, Tally, components_of
from evidence.clock import utc_text
from evidence.errors import Words
from evidence.statement.hours.errors import HoursOptionError
from evidence.statement.hours.observed import ObservedHour, in_a_row, stood_still
from evidence.statement.hours.pack import ValidHour
from evidence.statement.hours.point import PointState
from evidence.statement.hours.sufficing import judged_by_slots
from evidence.statement.standing.standing import Standing

POINT_STATE: Final[Mapping[str, PointState]] = {
    SlotState.VALID: PointState.VALID,
    SlotState.CALIBRATING: PointState.CALIBRATING,
    SlotState.BLOW_BACK: PointState.CALIBRATING,
    SlotState.STANDBY: PointState.MAINTENANCE,
    SlotState.MAINTENANCE: PointState.MAINTENANCE,
    SlotState.FAULT: PointState.FAULT,
    SlotState.OVER_RANGE: PointState.OVER_RANGE,
    SlotState.LOST: PointState.COMMUNICATION,
}
"""What a slot's state is to the rules; one that is unknown has no record."""

MeanOfHour = tuple[float, tuple[UncertaintyComponent, ...]]


def observed_hour(
    window: FlowWindow | MeanWindow,
    rule: ValidHour,
    standing: Standing | None = None,
    stopped: bool = False,  # noqa: FBT001, FBT002
) -> ObservedHour:
    """The hour that a window of a rate, an interval's amounts or a mean tells.

    Its value is the mean rate of the readings there are, for the whole hour: of an amount the
    amount an hour (three quarters of an hour of 10 t/h: 10, not 7.5), of a mean the mean. The
    slots that are not valid are `lost`; yet the mean is over all readings, also the few of a
    slot that has less than half of its polls.

    A window without states of slots, such as one of another maker, counts as valid in as many
    slots as it has readings for, from the first one on; of the others nothing is known. So a
    rule for each quarter of the hour asks of it that nearly all readings are there.

    Args:
        window: of one hour.
        rule: what makes a valid hour.
        standing: of the analyser in this hour.
        stopped: whether the plant stood still all of the hour.

    Raises:
        HoursOptionError: the window is of another length than an hour.
    """
    span_ns = window.end_ns - window.start_ns
    if span_ns != NS_PER_HOUR:
        found = f"{utc_text(window.start_ns)} + {span_ns / 1e9} s"
        raise HoursOptionError(
            window.channel, name="window", found=found, limit=Words("one hour", "一小时")
        )
    mean, letters = _mean(window), window.tally.states or _by_count(window.tally)
    if stopped:
        return stood_still(window.start_ns, standing, len(letters))
    hour, has_value = _by_letters(letters, rule, standing, mean is not None)
    value, components = mean if mean is not None and has_value else (None, ())
    return msgspec.structs.replace(
        hour, start_ns=window.start_ns, value=value, components=components
    )


def observed_hours(
    windows: Iterable[FlowWindow | MeanWindow],
    rule: ValidHour,
    standing: Mapping[int, Standing] | None = None,
    stopped: Collection[int] = (),
    span_ns: tuple[int, int] | None = None,
) -> tuple[ObservedHour, ...]:
    """The hours of a channel in order of time, without a break; see `observed_hour`.

    An hour without a window is missing: there is no record of it.

    Args:
        windows: in any order, one an hour.
        rule: what makes a valid hour.
        standing: of the analyser, by start of the hour.
        stopped: starts of the hours during which the plant stood still all of the time.
        span_ns: first instant and end; default: from the first window to the last.

    Raises:
        RecordOrderError: there are two windows of an hour.
        HoursOptionError: a window is not of an hour, there are none, they lie outside the span,
            or it is too long.
    """
    known, still = standing or {}, frozenset(stopped)
    made = [
        observed_hour(each, rule, known.get(each.start_ns), each.start_ns in still)
        for each in windows
    ]
    return tuple(
        stood_still(each.start_ns, each.standing)
        if each.state != "shutdown" and each.start_ns in still
        else each
        for each in in_a_row(made, known, span_ns)
    )


def _mean(window: FlowWindow | MeanWindow) -> MeanOfHour | None:
    """The mean rate of an hour and its components; None of one without readings.

    Where the uncertainty is unknown there are none: the parts that are known are not all of it.
    """
    found = _all_known(window)
    if found is None or window.grounds.basis != UncertaintyBasis.UNKNOWN:
        return found
    return found[0], ()


def _all_known(window: FlowWindow | MeanWindow) -> MeanOfHour | None:
    if isinstance(window, MeanWindow):
        return None if window.value is None else (window.value, window.components)
    share = share_of(window.tally)
    if not share:
        return None
    return window.value / share, scaled(components_of(window), 1.0 / share)


@lru_cache(maxsize=1024)  # most hours of a year are alike, and one takes 0.1 ms
def _by_letters(
    letters: str,
    rule: ValidHour,
    standing: Standing | None,
    has_mean: bool,  # noqa: FBT001
) -> tuple[ObservedHour, bool]:
    """An hour at no time yet by the states of its slots, and whether it has a value."""
    states = {
        slot: POINT_STATE[letter] for slot, letter in enumerate(letters) if letter in POINT_STATE
    }
    if not has_mean:
        states = {slot: each for slot, each in states.items() if each != PointState.VALID}
    hour, used = judged_by_slots(0, states, rule, len(letters), standing)
    return hour, bool(used)


def _by_count(tally: Tally) -> str:
    """States of an hour of which only counts are known; one slot where no poll is due in it."""
    slots = max(1, slots_of(tally.expected))
    valid = min(slots, tally.present * slots // tally.expected) if tally.expected else 0
    return SlotState.VALID * valid + SlotState.UNKNOWN * (slots - valid)
