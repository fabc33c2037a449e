"""Hours under a plan without those that are still to come: these are not missing yet. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from calibration.increment import NS_PER_HOUR
from evidence.clock import parse_utc
from evidence.statement.hours.determination import Determination
from evidence.statement.hours.hour import HourState
from evidence.statement.hours.load import PACKS, rule_pack
from evidence.statement.monitoring.through import OF_INPUTS
from evidence.statement.under_plan import PlanPart, PlanTold, UnderPlan

_S_PER_HOUR: Final = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """The hours of a period, or of a part of it, that are over.

    Attributes:
        hours: How many.
        to_come: How many hours under a plan are not over: they have no value, and may get one.
        substituted_share: Of the hours of operation that are over, 0 .. 1: not measured.
        by_state, by_method: How many are over, by state and by method code.
    """

    hours: int
    to_come: int
    substituted_share: float
    by_state: Mapping[str, int]
    by_method: Mapping[str, int]


def over_of(told: UnderPlan, to_come_s: float) -> Over:
    """The hours of a period that are over.

    Args:
        told: With all of its hours.
        to_come_s: How much of the period was still to come; an hour that runs is to come.
    """
    late = Counter[str]()
    for count, own in _to_come(told, to_come_s):
        late[_without(own)] += count
    return _over(told.hours.by_state, told.hours.by_method, late)


def over_hours(told: Determination) -> Over:
    """The same of hours that are told each by each."""
    late = Counter(each.method for each in told.hours if each.because == "to_come")
    return _over(told.totals.by_state, told.totals.by_method, late)


def _over(by_state: Mapping[str, int], by_method: Mapping[str, int], late: Counter[str]) -> Over:
    states, methods = Counter(by_state), Counter(by_method) - late
    states[HourState.MISSING.value] -= late.total()
    ran = sum(states.values()) - states[HourState.SHUTDOWN.value]
    filled = ran - states[HourState.MEASURED.value]
    return Over(
        hours=sum(states.values()),
        to_come=late.total(),
        substituted_share=filled / ran if ran else 0.0,
        by_state=dict(sorted((+states).items())),
        by_method=dict(sorted(methods.items())),
    )


def part_to_come(told: UnderPlan, part: PlanPart, to_come_s: float) -> int:
    """How many hours of a part of a period are not over."""
    end_ns = parse_utc(told.parts[-1].end)
    begins_ns = end_ns - -(-round(to_come_s) // _S_PER_HOUR) * NS_PER_HOUR
    start_ns, behind_ns = max(parse_utc(part.start), begins_ns), parse_utc(part.end)
    return max(0, behind_ns - start_ns) // NS_PER_HOUR


def _to_come(told: UnderPlan, to_come_s: float) -> Iterator[tuple[int, PlanTold]]:
    for part in told.parts:
        count = part_to_come(told, part, to_come_s)
        if part.told is not None and count:
            yield count, part.told


def _without(own: PlanTold) -> str:
    """The method code of an hour that has no value."""
    if not own.quantity:
        return OF_INPUTS
    return rule_pack(own.rules.id).pack.without if own.rules.id in PACKS else ""
