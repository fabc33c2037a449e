"""An amount of which nothing is known is null, and never 0; that of a standstill is 0."""

from typing import Final

import pytest
from msgspec.structs import replace

from evidence.statement.hours.hour import Hour, HourState
from evidence.statement.monitoring.monitored import Monitored
from evidence.statement.monitoring.period import ToldPeriod
from evidence.statement.monitoring.spans import PlannedSpan
from evidence.statement.monitoring.stating import Part, short_of
from evidence.statement.under_plan import PlanAmount, PlanEstimate, UnderPlan
from tests.unit.evidence.bundle.planned import summed
from tests.unit.evidence.monitoring.fortnight import (
    CHANNEL,
    DAY_NS,
    START_NS,
    checks,
    hours,
    plan,
    told,
)

DAY: Final = (START_NS, START_NS + DAY_NS)
UNKNOWN: Final = PlanAmount(value=None, hours_without=24, substituted=None, substituted_share=None)
NO_ESTIMATE: Final = PlanEstimate(
    value=None, standard_uncertainty=None, expanded_uncertainty=None, hours_without=24
)


def measured() -> Monitored:
    """A day of 24 times 10 t; hours before its check are told as those behind it."""
    found = told(hours()[:24], checks(), span=DAY)
    own = found.determination.hours
    made = tuple(replace(own[-1], start_ns=each.start_ns) for each in own)
    return summed(replace(found, determination=replace(found.determination, hours=made)))


def emptied(state: HourState, count: int = 24) -> Monitored:
    """The same day, of which the first hours have no value."""
    found = measured()

    def without(each: Hour) -> Hour:
        return replace(
            each,
            state=state,
            method=state.value,
            compliance=None,
            best_estimate=None,
            components=(),
        )

    own = found.determination.hours
    made = (*map(without, own[:count]), *own[count:])
    return summed(replace(found, determination=replace(found.determination, hours=made)))


def stated(*days: Monitored) -> UnderPlan:
    """Days that follow each other, as the parts of one statement."""
    parts = [
        Part(
            planned=PlannedSpan(span=DAY, plan=plan()),
            told=ToldPeriod(monitored=each, since_ns=START_NS),
        )
        for each in days
    ]
    return short_of(CHANNEL, parts)


@pytest.mark.parametrize("state", [HourState.MISSING, HourState.INVALID])
def test_where_no_hour_of_operation_has_a_value_nothing_is_known(state: HourState) -> None:
    found = emptied(state)
    totals = found.determination.totals
    assert totals.compliance == totals.best_estimate
    assert (totals.compliance.value, totals.compliance.without) == (None, 24)
    assert totals.standard_uncertainty is None
    assert (found.standard_uncertainty, found.expanded_uncertainty) == (None, None)
    short = stated(found)
    assert (short.compliance, short.best_estimate, short.unit) == (UNKNOWN, NO_ESTIMATE, "t")
    assert short.refused is None


def test_where_some_have_one_it_stands_beside_the_number_of_the_others() -> None:
    short = stated(emptied(HourState.MISSING, 4))
    assert short.compliance is not None
    assert short.best_estimate is not None
    assert (short.compliance.value, short.compliance.hours_without) == (200.0, 4)
    assert (short.best_estimate.value, short.best_estimate.hours_without) == (200.0, 4)


def test_a_day_of_standstill_is_nothing_and_that_is_known() -> None:
    short = stated(emptied(HourState.SHUTDOWN))
    assert short.compliance == PlanAmount(
        value=0.0, hours_without=0, substituted=0.0, substituted_share=0.0
    )
    assert short.best_estimate == PlanEstimate(
        value=0.0, standard_uncertainty=0.0, expanded_uncertainty=0.0, hours_without=0
    )


def test_a_day_of_which_nothing_is_known_adds_its_hours_alone() -> None:
    known = stated(measured()).best_estimate
    short = stated(emptied(HourState.MISSING), measured())
    assert known is not None
    assert short.compliance is not None
    assert (short.compliance.value, short.compliance.hours_without) == (240.0, 24)
    assert short.compliance.substituted_share == 0.0
    assert short.best_estimate == replace(known, hours_without=24)


def test_a_standstill_beside_it_makes_nothing_known() -> None:
    short = stated(emptied(HourState.SHUTDOWN), emptied(HourState.MISSING))
    assert (short.compliance, short.best_estimate) == (UNKNOWN, NO_ESTIMATE)


def test_hours_that_were_not_measured_are_those_with_a_substitute_and_those_without_a_value() -> (
    None
):
    found = stated(emptied(HourState.MISSING, 3)).hours
    assert found.by_state == {"measured": 21, "missing": 3}
    assert (found.ran_hours, found.substituted_hours) == (24, 3)
