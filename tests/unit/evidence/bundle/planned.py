"""Bundles of a stack's tonnes under its monitoring plan, and forged ones whose digests fit."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from calibration.load import parse_plan
from calibration.monitoring.plan import MonitoringPlan
from collector.bundling import choose
from evidence.bundle.policy import NO_POLICY, Policy
from evidence.bundle.writing import Choice
from evidence.clock import parse_utc
from evidence.statement.datum import ActivityData, digest_of
from evidence.statement.hours.determination import digest_of as determination_digest
from evidence.statement.hours.hour import Hour, HourState
from evidence.statement.hours.totals import totals
from evidence.statement.monitoring.monitored import Monitored, uncertainty_of
from evidence.statement.monitoring.monitored import digest_of as monitored_digest
from evidence.statement.monitoring.period import ToldPeriod
from evidence.statement.monitoring.spans import PlannedSpan
from evidence.statement.monitoring.stating import Part, short_of
from evidence.statement.under_plan import UnderPlan
from tests.unit.collector.api.plant import Plant
from tests.unit.collector.api.test_monitored import PLAN, with_checks
from tests.unit.collector.api.test_stack import CO2
from tests.unit.evidence.bundle.made import held, stated, written
from tests.unit.evidence.bundle.test_each_check import with_

LAST_DAY: Final = "start=2026-03-31&end=2026-04-01&under_plan=true"
"""Of the quarter: rules that go by its capture rate look at nothing behind it."""
TWO_DAYS: Final = "start=2026-03-31&end=2026-04-02&under_plan=true"
"""Of six: in each the hours 02 and 03 are filled, and the checks of both days pass."""
TILL_FAILED: Final = "start=2026-04-01&end=2026-04-03&under_plan=true"
"""In the second of them the check fails."""
Case = tuple[bytes, Policy]
Change = Callable[[Monitored], Monitored]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plant, and what goes into the bundles of one of its days.

    Attributes:
        short: Without the readings that rules looked back on.
        whole: With them.
    """

    plant: Plant
    short: Choice
    whole: Choice


def planned(folder: Path, query: str = LAST_DAY) -> Planned:
    """Six days of a stack with its analyser's checks under a plan."""
    return chosen(with_checks(Plant(folder)), query)


def chosen(plant: Plant, query: str) -> Planned:
    """Both bundles of a statement of the plant."""
    digest, own = stated(plant, CO2, query).digest, held(plant)
    short, whole = (choose(own, digest, history=each) for each in (False, True))
    return Planned(plant=plant, short=short, whole=whole)


def restated(choice: Choice, under_plan: UnderPlan) -> Choice:
    """The choice of a statement that says something else of its plan."""
    datum = msgspec.structs.replace(choice.datum, under_plan=under_plan)
    return with_(choice, datum=msgspec.structs.replace(datum, digest=digest_of(datum)))


def said(datum: ActivityData) -> UnderPlan:
    assert datum.under_plan is not msgspec.UNSET
    return datum.under_plan


def forged(choice: Choice, change: Change) -> Choice:
    """The choice with another determination, and a statement that follows from it."""
    (told,) = choice.monitored
    (part,) = said(choice.datum).parts
    assert part.told is not None
    made = summed(change(told))
    plan: MonitoringPlan = parse_plan(PLAN.encode(), "plan.toml")
    span = parse_utc(part.start), parse_utc(part.end)
    since_ns = parse_utc(part.told.looks_back_to)
    ahead = part.told.looks_ahead_to
    until_ns = None if isinstance(ahead, msgspec.UnsetType) else parse_utc(ahead)
    again = Part(
        planned=PlannedSpan(span=span, plan=plan),
        told=ToldPeriod(monitored=made, since_ns=since_ns, until_ns=until_ns),
    )
    return with_(restated(choice, short_of(CO2, [again])), monitored=(made,))


def summed(told: Monitored) -> Monitored:
    """A determination whose sums and digests fit its hours, if they can be summed."""
    own = told.determination
    try:
        whole = msgspec.structs.replace(own, totals=totals(own.hours, own.kind))
        u, expanded = uncertainty_of(whole)
    except OverflowError:
        whole, u, expanded = own, told.standard_uncertainty, told.expanded_uncertainty
    whole = msgspec.structs.replace(whole, digest=determination_digest(whole))
    made = msgspec.structs.replace(
        told, determination=whole, standard_uncertainty=u, expanded_uncertainty=expanded
    )
    return msgspec.structs.replace(made, digest=monitored_digest(made))


def with_hour(number: int, **changes: object) -> Change:
    """One hour is told otherwise."""

    def change(told: Monitored) -> Monitored:
        hours = list(told.determination.hours)
        hours[number] = msgspec.structs.replace(hours[number], **changes)
        own = msgspec.structs.replace(told.determination, hours=tuple(hours))
        return msgspec.structs.replace(told, determination=own)

    return change


def first_measured(choice: Choice) -> tuple[int, Hour]:
    (told,) = choice.monitored
    return next(
        (number, each)
        for number, each in enumerate(told.determination.hours)
        if each.state == HourState.MEASURED and number > 4
    )


def less_measured(choice: Choice) -> Choice:
    """A measured hour is told as a tenth of it."""
    number, hour = first_measured(choice)
    assert hour.compliance is not None
    tenth = hour.compliance / 10.0
    return forged(choice, with_hour(number, compliance=tenth, best_estimate=tenth))


def no_determination(one: Planned) -> Case:
    return written(with_(one.short, monitored=())), NO_POLICY


def another_determination(one: Planned) -> Case:
    (told,) = one.short.monitored
    other = msgspec.structs.replace(told, standard_uncertainty=1.0)
    return written(with_(one.short, monitored=(other,))), NO_POLICY


def hours_beyond_any_sum(one: Planned) -> Case:
    def change(told: Monitored) -> Monitored:
        return with_hour(6, compliance=1e308)(with_hour(5, compliance=1e308)(told))

    return written(forged(one.short, change)), NO_POLICY


def another_sum(one: Planned) -> Case:
    told = said(one.short.datum)
    assert told.compliance is not None
    more = msgspec.structs.replace(told.compliance, value=(told.compliance.value or 0.0) * 1.001)
    return written(restated(one.short, msgspec.structs.replace(told, compliance=more))), NO_POLICY


def short_memory(one: Planned) -> Case:
    """It says that it looked back less far than there are hours."""
    told = said(one.short.datum)
    (part,) = told.parts
    assert part.told is not None
    later = msgspec.structs.replace(part.told, looks_back_to="2026-03-30T15:00:00Z")
    other = msgspec.structs.replace(told, parts=(msgspec.structs.replace(part, told=later),))
    return written(restated(one.short, other)), NO_POLICY


def tests_concealed(one: Planned) -> Case:
    """All hours are as they follow, and what is told of the analyser is not."""

    def change(told: Monitored) -> Monitored:
        (analyser,) = told.analysers
        return msgspec.structs.replace(
            told, analysers=(msgspec.structs.replace(analyser, tests={}),)
        )

    return written(forged(one.whole, change)), NO_POLICY


def hour_made_small(one: Planned) -> Case:
    return written(less_measured(one.short)), NO_POLICY


OF_PLANS: Final[tuple[Callable[[Planned], Case], ...]] = (
    no_determination,
    another_determination,
    hours_beyond_any_sum,
    another_sum,
    short_memory,
    tests_concealed,
    hour_made_small,
)
