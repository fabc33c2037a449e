"""A period is divided where a plan begins, at full hours; each hour is told once."""

import datetime as dt

import pytest
from msgspec.structs import replace

from calibration.monitoring.plan import MonitoringPlan
from calibration.register import CalibrationRegister
from evidence.bundle.memory import Memory
from evidence.errors import PeriodError
from evidence.statement.monitoring.spans import planned_spans
from evidence.statement.monitoring.stating import parts_of, short_of, under_plan
from tests.unit.evidence.monitoring.fortnight import (
    CHANNEL,
    DAY_NS,
    HOUR_NS,
    START_NS,
    papers,
    plan,
)

PERIOD = (START_NS - 2 * HOUR_NS, START_NS + DAY_NS)


def later(minutes: int, recorded_after_h: int = 1, **changes: object) -> MonitoringPlan:
    """The plan in another version, so many minutes after it began."""
    first = plan()
    return replace(
        first,
        effective_from=first.effective_from + dt.timedelta(minutes=minutes),
        recorded_at=first.recorded_at + dt.timedelta(hours=recorded_after_h),
        **changes,
    )


def known(*plans: MonitoringPlan) -> CalibrationRegister:
    return replace(papers(), plans=plans)


def edges(register: CalibrationRegister) -> list[tuple[int, int]]:
    """Starts and ends in hours since the first plan."""
    found = [each.span for each in planned_spans(register, CHANNEL, PERIOD)]
    return [((first - START_NS) // HOUR_NS, (end - START_NS) // HOUR_NS) for first, end in found]


def test_the_hours_before_a_plan_are_a_span_of_their_own() -> None:
    none, ruled = planned_spans(known(plan()), CHANNEL, PERIOD)
    assert (none.plan, ruled.plan) == (None, plan())
    assert edges(known(plan())) == [(-2, 0), (0, 24)]


@pytest.mark.parametrize("minutes", [361, 390, 420])
def test_an_hour_in_which_a_plan_begins_is_told_by_the_one_before_it(minutes: int) -> None:
    """A second version of the same plan divides nothing, and a plan behind the period neither."""
    register = known(plan(), later(0), later(minutes), later(24 * 60))
    assert edges(register) == [(-2, 0), (0, 7), (7, 24)]
    first, second = planned_spans(register, CHANNEL, PERIOD)[1:]
    assert (first.plan, second.plan) == (later(0), later(minutes))


def test_a_plan_of_another_channel_divides_nothing() -> None:
    assert edges(known(plan(), later(60, plan="works/stack-2/co2"))) == [(-2, 0), (0, 24)]


def test_two_plans_that_contradict_each_other_are_said_and_are_no_lack_of_a_plan() -> None:
    register = known(plan(), later(0, 0, reason="another one"))
    found = under_plan(Memory(), register, CHANNEL, (START_NS, START_NS + DAY_NS), START_NS)
    assert found is not None
    assert found.short.refused is not None
    assert found.short.refused.code == "E_PLAN_CONFLICT"
    assert (found.short.hours_without_plan, found.monitored) == (0, ())


def test_a_channel_for_which_nobody_logged_a_plan_has_nothing_to_say() -> None:
    assert under_plan(Memory(), known(), CHANNEL, PERIOD, START_NS) is None


def test_an_hour_that_was_never_received_is_a_code_and_not_an_amount() -> None:
    parts = parts_of(Memory(), known(plan()), CHANNEL, PERIOD, START_NS)
    short = short_of(CHANNEL, parts)
    codes = [None if each.refused is None else each.refused.code for each in short.parts]
    assert codes == [None, "E_MONITORED_NO_HOURS"]
    assert short.refused is not None
    assert (short.compliance, short.hours.hours, short.hours_without_plan) == (None, 0, 2)


def test_a_period_in_which_plans_change_a_hundred_times_is_refused() -> None:
    register = known(*(later(60 * number) for number in range(101)))
    span = (START_NS, START_NS + 101 * HOUR_NS)
    with pytest.raises(PeriodError, match="change 100 times"):
        parts_of(Memory(), register, CHANNEL, span, START_NS)
