"""How much of a channel's amounts rests on tests that failed, and what a plan makes of it. Pure."""

import math
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from calibration.mean import MeanWindow
from calibration.unit import amount_of
from calibration.window import Window
from collector.doubt.looking import InDoubt
from evidence.statement.hours.determination import Determination
from evidence.statement.hours.hour import Hour, HourState
from evidence.statement.monitoring.monitored import Monitored

_NOT_FILLED: Final = frozenset({HourState.MEASURED, HourState.SHUTDOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Resting:
    """Hours with a value that rest on a test that failed; of those that are closed.

    Attributes:
        starts: Of them, UTC ns.
        amount: Of them together, as it stands; None of a channel that has means.
    """

    starts: frozenset[int]
    amount: float | None

    @property
    def hours(self) -> int:
        """How many."""
        return len(self.starts)


@dataclass(frozen=True, slots=True, kw_only=True)
class ByPlan:
    """What a monitoring plan makes of hours that rest on a test that failed; of these alone.

    Attributes:
        kept: How many count as measured all the same; of `stood` the plant stood still.
        filled: How many have a substitute, and `without`: how many have no value by the rules.
        compliance, best_estimate: Of those that do not count as measured together; None where
            nothing is known of any, which is not 0, and of a channel that has means.
        unit: Of both; UCUM.
    """

    kept: int
    filled: int
    without: int
    compliance: float | None
    best_estimate: float | None
    unit: str
    stood: int = 0

    @property
    def hours(self) -> int:
        """How many hours these are together."""
        return self.kept + self.filled + self.without + self.stood


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubted:
    """A test that failed, and how much of a period of a channel rests on it.

    Attributes:
        doubt: The test, and the hours.
        before: Those between the last good test and the failure.
        after: Those since the failure, until a test passes.
        unit: Of the amounts; UCUM.
        by_plan: Of all these hours; None of a channel without a plan.
        since_by_plan: Of those since the failure alone.
    """

    doubt: InDoubt
    before: Resting
    after: Resting
    unit: str
    by_plan: ByPlan | None = None
    since_by_plan: ByPlan | None = None

    @property
    def starts(self) -> frozenset[int]:
        """Of all of its hours with a value, UTC ns; 1 at least."""
        return self.before.starts | self.after.starts


def doubted(
    doubt: InDoubt,
    hours: Sequence[Window] | Sequence[MeanWindow],
    ruled: Sequence[Monitored] = (),
) -> Doubted | None:
    """How much of a period rests on a test; None where no value does.

    Args:
        doubt: The test, and the hours that rest on it.
        hours: Of the period, in order of time.
        ruled: The parts of the period that are told under a plan of the channel.
    """
    before, after = (_resting(hours, each) for each in (doubt.before, doubt.after))
    starts = before.starts | after.starts
    if not starts:
        return None
    return Doubted(
        doubt=doubt,
        before=before,
        after=after,
        unit=hours[0].unit,
        by_plan=_by_plan(starts, ruled),
        since_by_plan=_by_plan(after.starts, ruled),
    )


def _resting(hours: Sequence[Window] | Sequence[MeanWindow], starts: Iterable[int]) -> Resting:
    wanted = frozenset(starts)
    own = [each for each in hours if each.start_ns in wanted and each.tally.present]
    sums = [each.value for each in own if not isinstance(each, MeanWindow)]
    is_mean = any(isinstance(each, MeanWindow) for each in hours)
    own_starts = frozenset(each.start_ns for each in own)
    return Resting(starts=own_starts, amount=None if is_mean else math.fsum(sums))


def _by_plan(hours: AbstractSet[int], ruled: Sequence[Monitored]) -> ByPlan | None:
    found = [
        (each, told.determination)
        for told in ruled
        for each in told.determination.hours
        if each.start_ns in hours
    ]
    if not found:
        return None
    filled = [(each, told) for each, told in found if each.state not in _NOT_FILLED]
    stood = sum(each.state == HourState.SHUTDOWN for each, _ in found)
    rates = all(told.kind == "rate" for _, told in found)
    return ByPlan(
        kept=len(found) - len(filled) - stood,
        stood=stood,
        filled=sum(each.compliance is not None for each, _ in filled),
        without=sum(each.compliance is None for each, _ in filled),
        compliance=_sum((each.compliance, each, told) for each, told in filled) if rates else None,
        best_estimate=_sum((each.best_estimate, each, told) for each, told in filled)
        if rates
        else None,
        unit=amount_of(found[0][1].unit)[0] if rates else "",
    )


def _sum(parts: Iterable[tuple[float | None, Hour, Determination]]) -> float | None:
    """Rates of hours as one amount; None where no rate of any is known."""
    every = list(parts)
    known = [(value, hour, told) for value, hour, told in every if value is not None]
    if every and not known:
        return None
    return math.fsum(
        value * hour.operating_share * amount_of(told.unit)[1] for value, hour, told in known
    )
