"""What was observed of an hour, before anything stands for what was not (pure)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final, Literal

import msgspec

from calibration.increment import NS_PER_HOUR
from calibration.uncertainty import UncertaintyComponent
from evidence.clock import utc_text
from evidence.errors import Words
from evidence.statement.hours.errors import HoursOptionError, RecordOrderError
from evidence.statement.hours.point import HourlyRecord, PointState
from evidence.statement.standing.standing import Standing

ObservedState = Literal["measured", "manual", "invalid", "missing", "shutdown"]
NO_RECORD: Final = "no_record"
OUT_OF_CONTROL: Final = "out_of_control"
LONGEST_HOURS: Final = 12 * 366 * 24
_LOST: Final = (NO_RECORD, PointState.COMMUNICATION.value, PointState.VALID.value)


class ObservedHour(msgspec.Struct, frozen=True, kw_only=True):
    """An hour as its points, or its one record, tell it.

    Args:
        start_ns: POSIX ns, at a full hour in UTC.
        state: of which "manual" has a value that was measured by hand.
        value: mean of the valid points; None unless measured or manual.
        components: of the value's uncertainty.
        operating_share: of the hour during which the plant ran, as far as is known.
        counts: points by state, `no_record` among them; of an hourly record one.
        because: why the hour was not measured; None where it was.
        lost: slots without a valid point, which a mean over the others stands for.
    """

    start_ns: int
    state: ObservedState
    value: float | None = None
    components: tuple[UncertaintyComponent, ...] = ()
    operating_share: float = 1.0
    counts: Mapping[str, int] = {}
    because: str | None = None
    standing: Standing | None = None
    lost: tuple[int, ...] = ()

    @property
    def is_measured(self) -> bool:
        """Whether it may stand in for others."""
        return self.state == "measured"


def observed_of(record: HourlyRecord, standing: Standing | None = None) -> ObservedHour:
    """An hour as its one record tells it."""
    state = PointState.STOPPED if record.is_standstill else record.state
    kept = judged(state, standing)
    has_value = kept[0] in ("measured", "manual")
    return ObservedHour(
        start_ns=record.at_ns,
        state=kept[0],
        because=kept[1],
        value=record.value if has_value else None,
        components=tuple(record.components) if has_value else (),
        operating_share=0.0 if record.is_standstill else record.operating_share,
        counts={state.value: 1},
        standing=standing,
    )


def judged(state: PointState | str, standing: Standing | None) -> tuple[ObservedState, str | None]:
    """State of an hour of which a state of its points says most, and why it was not measured.

    Standstill is neither valid nor missing, whatever the tests say; an analyser that is out of
    control measures nothing. A value by hand does not depend on it.
    """
    if state == PointState.STOPPED:
        return "shutdown", PointState.STOPPED.value
    if state == PointState.MANUAL:
        return "manual", PointState.MANUAL.value
    if standing in (Standing.OUT_OF_CONTROL, Standing.OVERDUE):
        return "invalid", OUT_OF_CONTROL
    if state == PointState.VALID:
        return "measured", None
    lost = state in (NO_RECORD, PointState.COMMUNICATION)
    return ("missing" if lost else "invalid"), str(state)


def main_reason(counts: Mapping[str, int]) -> str:
    """What most of the points that are not valid were; in doubt, what comes first by name."""
    others = {name: n for name, n in counts.items() if name not in ("valid", "stopped") and n}
    return min(others, key=lambda name: (-others[name], name), default=NO_RECORD)


def in_a_row(
    hours: Iterable[ObservedHour],
    standing: Mapping[int, Standing] | None = None,
    span_ns: tuple[int, int] | None = None,
) -> tuple[ObservedHour, ...]:
    """The hours in order of time; one of which nothing is known stands where there is none.

    Args:
        hours: in any order, each once.
        standing: of the analyser by hour; it says why an hour without a record has none.
        span_ns: first instant and end; default: from the first hour to the last.

    Raises:
        RecordOrderError: an hour stands there twice.
        HoursOptionError: there are none, they lie outside the span, or it is too long.
    """
    known = sorted(hours, key=lambda each: each.start_ns)
    for before, after in pairwise(known):
        if before.start_ns == after.start_ns:
            text = utc_text(after.start_ns)
            raise RecordOrderError(text, found=text, before=utc_text(before.start_ns))
    start, end = _span(known, span_ns)
    by_start = {each.start_ns: each for each in known}
    return tuple(
        by_start.get(at) or _without_record(at, (standing or {}).get(at))
        for at in range(start, end, NS_PER_HOUR)
    )


def stood_still(start_ns: int, standing: Standing | None = None, slots: int = 1) -> ObservedHour:
    """An hour of standstill, whatever its slots were."""
    state, because = judged(PointState.STOPPED, standing)
    return ObservedHour(
        start_ns=start_ns,
        state=state,
        because=because,
        operating_share=0.0,
        counts={PointState.STOPPED.value: slots},
        standing=standing,
    )


def _without_record(at_ns: int, standing: Standing | None) -> ObservedHour:
    state, because = judged(NO_RECORD, standing)
    return ObservedHour(
        start_ns=at_ns, state=state, because=because, counts={NO_RECORD: 1}, standing=standing
    )


def _span(known: Sequence[ObservedHour], span_ns: tuple[int, int] | None) -> tuple[int, int]:
    if not known and span_ns is None:
        raise HoursOptionError("hours", name="hours", found=0, limit=">= 1")
    start, end = span_ns or (known[0].start_ns, known[-1].start_ns + NS_PER_HOUR)
    if start % NS_PER_HOUR or end % NS_PER_HOUR or not end - start > 0:
        raise HoursOptionError(
            "span",
            name="span",
            found=(start, end),
            limit=Words("full hours in order", "按序的整小时"),
        )
    if end - start > LONGEST_HOURS * NS_PER_HOUR:
        found = (end - start) // NS_PER_HOUR
        raise HoursOptionError("span", name="hours", found=found, limit=f"<= {LONGEST_HOURS}")
    if known and (known[0].start_ns < start or known[-1].start_ns >= end):
        raise HoursOptionError(
            "span",
            name="hours",
            found=utc_text(known[0].start_ns),
            limit=Words("inside the span", "在该时段之内"),
        )
    return start, end


def without_manual(hours: Iterable[ObservedHour]) -> tuple[ObservedHour, ...]:
    """The hours, those with values by hand invalid: for schemes that do not know these."""
    return tuple(
        msgspec.structs.replace(each, state="invalid", value=None, components=(), lost=())
        if each.state == "manual"
        else each
        for each in hours
    )


def count_states(hours: Iterable[ObservedHour]) -> Counter[str]:
    """Hours by state."""
    return Counter(each.state for each in hours)
