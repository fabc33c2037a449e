"""Which readings belong to a check: by the analyser's own state, or by a schedule (pure)."""

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from calibration.errors import Words
from calibration.gas_check.errors import GasCheckError
from calibration.gas_check.gas import CheckGas, GasPoint, gas_for
from calibration.gas_check.rules import CheckReading, CheckRules, CheckState, Scheduled

_POINTS: Final[tuple[GasPoint, ...]] = ("zero", "span")
_Run = tuple[int, ...]
"""Places of readings in a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The readings of one check.

    Attributes:
        point: Of which gas.
        start_ns, end_ns: Instants of its first and last reading, or of the schedule.
        readings: In order of time, 1 at least.
        before: The last reading before it, from which the gas was changed; None if there is none.
        inferred: Whether the gas was told from the readings themselves.
    """

    point: GasPoint
    start_ns: int
    end_ns: int
    readings: tuple[CheckReading, ...]
    before: CheckReading | None = None
    inferred: bool = False

    @property
    def measuring_range(self) -> str:
        """The range that its last reading was made in: the check belongs to it."""
        return self.readings[-1].measuring_range


def blocks_in(
    readings: Sequence[CheckReading],
    schedule: Sequence[Scheduled],
    gases: tuple[CheckGas, ...],
    rules: CheckRules,
    heard_ns: int | None = None,
) -> tuple[Block, ...]:
    """The checks among readings that have ended, in order of time.

    States "zero" and "span" come first; a schedule holds where they say nothing, and "calibrating"
    where the schedule says nothing either: then the gas is the one whose value is nearest.

    Args:
        readings: In order of time.
        schedule: Checks that were scheduled.
        gases: That may be connected.
        rules: Of the analyser.
        heard_ns: Until when anything was heard of the analyser: a check that ends later still
            runs, or its readings have not come yet. None: nothing more will be heard.

    Raises:
        GasCheckError: readings do not ascend in time, or one is not finite.
    """
    _require_usable(readings, rules)
    runs = list(_runs(readings, rules))
    found = [
        _block(readings, run, point, rules)
        for run in runs
        for point in _POINTS
        if readings[run[0]].state == point
    ]
    instants = [each.at_ns for each in readings]
    planned = (_planned(readings, instants, each, rules) for each in schedule)
    found += [each for each in planned if each is not None and not _meets(each, found)]
    for run in runs:
        if readings[run[0]].state == "calibrating":
            inferred = _inferred(readings, run, gases, rules)
            found += [each for each in inferred if not _meets(each, found)]
    over = (each for each in found if heard_ns is None or _is_over(each, heard_ns, rules))
    return tuple(sorted(over, key=lambda each: each.start_ns))


def _is_over(block: Block, heard_ns: int, rules: CheckRules) -> bool:
    """Whether a check reached its end: by its own readings, or by what was heard afterwards.

    A run has no end that was planned: it is over once something else came where its next reading
    was due.
    """
    last_ns, end_ns = block.readings[-1].at_ns, block.end_ns
    if end_ns == last_ns:
        return heard_ns >= last_ns + _step(block, round(rules.longest_gap_s * 1e9))
    return max(heard_ns, last_ns + _step(block, 0)) >= end_ns


def _step(block: Block, unknown_ns: int) -> int:
    """Time until the next reading of a check is due, as between its last two."""
    before = () if block.before is None else (block.before,)
    instants = [each.at_ns for each in (*before, *block.readings)][-2:]
    return instants[1] - instants[0] if len(instants) == 2 else unknown_ns


def _runs(readings: Sequence[CheckReading], rules: CheckRules) -> Iterator[_Run]:
    """Readings in a row in one state and range, without a long gap."""
    longest_ns = rules.longest_gap_s * 1e9
    numbers: list[int] = []
    for k, each in enumerate(readings):
        if k and (_alike(each) != _alike(readings[k - 1]) or _gap(readings, k) > longest_ns):
            yield tuple(numbers)
            numbers = []
        numbers.append(k)
    if numbers:
        yield tuple(numbers)


def _require_usable(readings: Sequence[CheckReading], rules: CheckRules) -> None:
    for k, each in enumerate(readings):
        if not math.isfinite(each.value) or (k and _gap(readings, k) <= 0):
            what = Words(
                f"reading {k} of {rules.analyser} is {each.value} at {each.at_ns}",
                f"{rules.analyser} 的第 {k} 个读数在 {each.at_ns} 为 {each.value}",
            )
            raise GasCheckError(
                "readings",
                what=what,
                limit=Words("finite, and later than the last", "有限数值，且晚于前一个"),
            )


def _alike(reading: CheckReading) -> tuple[CheckState, str]:
    return reading.state, reading.measuring_range


def _gap(readings: Sequence[CheckReading], k: int) -> int:
    return readings[k].at_ns - readings[k - 1].at_ns


def _block(
    readings: Sequence[CheckReading],
    run: _Run,
    point: GasPoint,
    rules: CheckRules,
    *,
    inferred: bool = False,
) -> Block:
    return Block(
        point=point,
        start_ns=readings[run[0]].at_ns,
        end_ns=readings[run[-1]].at_ns,
        readings=tuple(readings[k] for k in run),
        before=_before(readings, run[0], rules),
        inferred=inferred,
    )


def _before(readings: Sequence[CheckReading], first: int, rules: CheckRules) -> CheckReading | None:
    """The reading just before a place; None after a long gap."""
    near = first > 0 and _gap(readings, first) <= rules.longest_gap_s * 1e9
    return readings[first - 1] if near else None


def _planned(
    readings: Sequence[CheckReading],
    instants: Sequence[int],
    planned: Scheduled,
    rules: CheckRules,
) -> Block | None:
    """The readings in a scheduled time; None where the analyser was silent."""
    first, end = (bisect_left(instants, each) for each in (planned.start_ns, planned.end_ns))
    inside = range(first, end)
    if not inside:
        return None
    last = readings[inside[-1]].measuring_range
    of_range = [k for k in inside if readings[k].measuring_range == last]
    return Block(
        point=planned.point,
        start_ns=planned.start_ns,
        end_ns=planned.end_ns,
        readings=tuple(readings[k] for k in of_range),
        before=_before(readings, inside[0], rules),
    )


def _meets(block: Block, others: Sequence[Block]) -> bool:
    """Whether a block has a time in common with any other."""
    return any(block.start_ns <= each.end_ns and each.start_ns <= block.end_ns for each in others)


def _inferred(
    readings: Sequence[CheckReading], run: _Run, gases: tuple[CheckGas, ...], rules: CheckRules
) -> list[Block]:
    """A time of calibrating taken apart by the nearest gas; short pieces are the way between."""
    at_ns, name = readings[run[0]].at_ns, readings[run[0]].measuring_range
    connected = [gas for point in _POINTS if (gas := gas_for(gases, point, name, at_ns))]
    if not connected:
        return []

    def nearest(k: int) -> GasPoint:
        return min(connected, key=lambda gas: abs(readings[k].value - gas.value)).point

    pieces = [(point, tuple(some)) for point, some in groupby(run, nearest)]
    long = [each for each in pieces if len(each[1]) >= rules.least_readings]
    chosen = long or [max(pieces, key=lambda each: len(each[1]))]
    return [_block(readings, some, point, rules, inferred=True) for point, some in chosen]
