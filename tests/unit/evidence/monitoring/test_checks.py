"""Checks by a schedule, and which of them are one occasion."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.gas_check.check import GasCheck
from calibration.monitoring.checks import check_gases
from calibration.monitoring.plan import CheckTime, GasChecks, PlannedAnalyser
from evidence.statement.monitoring.checks import (
    check_tests,
    gas_checks,
    occasions,
    scheduled,
)
from evidence.statement.monitoring.load import limits_named
from tests.unit.evidence.monitoring.fortnight import (
    DAY_NS,
    HOUR_NS,
    MINUTE_NS,
    START_NS,
    check,
    papers,
    plan,
)

UTC_8 = 28_800
LIMITS = limits_named("hj75-2017", "plan")
SCHEDULE = """
schedule = [
  { point = "zero", at = 02:00:00, every_h = 24, duration_s = 420.0 },
  { point = "span", at = 02:07:00, every_h = 24, duration_s = 420.0 },
]
"""


def analyser(*, by_schedule: bool = False) -> PlannedAnalyser:
    (found,) = plan(checks=SCHEDULE if by_schedule else "").analysers
    return found


def told() -> GasChecks:
    checks = analyser().checks
    assert checks is not None
    return checks


def found(days: range, *, by_schedule: bool = False) -> tuple[GasCheck, ...]:
    planned = analyser(by_schedule=by_schedule)
    shown = [each for day in days for each in check(day)]
    return gas_checks(planned, shown, check_gases(planned, papers()), LIMITS, UTC_8)


@given(
    at_min=st.integers(0, 1439),
    every_h=st.sampled_from([1, 4, 6, 12, 24, 48, 168]),
    begin=st.integers(0, 10**4),
    length=st.integers(0, 10**4),
    offset_s=st.sampled_from([0, UTC_8, -18_000, 20_700]),
)
def test_a_schedule_counts_from_midnight_of_the_plants_first_day(
    at_min: int, every_h: int, begin: int, length: int, offset_s: int
) -> None:
    hour, minute = divmod(at_min, 60)
    planned = CheckTime(point="zero", at=dt.time(hour, minute), every_h=every_h, duration_s=60.0)
    span = START_NS + begin * MINUTE_NS, START_NS + (begin + length) * MINUTE_NS
    every = every_h * 60
    naive = [
        at * MINUTE_NS
        for at in range(span[0] // MINUTE_NS, span[1] // MINUTE_NS + 1)
        if (at + offset_s // 60 - at_min) % every == 0
    ]
    assert [each.start_ns for each in scheduled(planned, span, offset_s)] == naive


def test_zero_and_span_of_a_night_are_one_test_by_the_worse_of_both() -> None:
    checks = found(range(2))
    assert [[each.point for each in some] for some in occasions(checks, told())] == [
        ["zero", "span"],
        ["zero", "span"],
    ]
    tests = check_tests(analyser(), checks, check(0) + check(1))
    assert [(each.kind, each.outcome) for each in tests] == [("daily_check", "passed")] * 2


def test_the_same_gas_twice_is_a_second_occasion() -> None:
    """As after an adjustment: what was found, and what was left."""
    shown = [*check(0, span=17.6), *check(0, at_min=140)]
    planned = analyser()
    checks = gas_checks(planned, shown, check_gases(planned, papers()), LIMITS, UTC_8)
    tests = check_tests(planned, checks, shown)
    assert [each.outcome for each in tests] == ["failed", "passed"]


def test_a_test_is_known_since_its_last_reading_was_received() -> None:
    shown = check(0)
    (test,) = check_tests(analyser(), found(range(1)), shown)
    assert test.recorded_ns == shown[-1].received_ns
    assert test.at_ns == shown[-1].reading.at_ns


def test_a_schedule_tells_the_gas_that_readings_do_not() -> None:
    inferred, told = found(range(1)), found(range(1), by_schedule=True)
    assert all(each.findings == ("gas_inferred",) for each in inferred)
    assert [(each.point, each.findings) for each in told] == [("zero", ()), ("span", ())]
    assert told[1].start_ns == START_NS + 2 * HOUR_NS + 7 * MINUTE_NS


def test_an_analyser_without_planned_checks_makes_none() -> None:
    planned = plan().analysers[0]
    bare = PlannedAnalyser(channel=planned.channel, scheme=planned.scheme)
    assert gas_checks(bare, check(0), (), LIMITS, UTC_8) == ()
    assert check_tests(bare, (), check(0)) == ()


def test_nothing_shown_is_no_check() -> None:
    assert gas_checks(analyser(by_schedule=True), [], (), LIMITS, UTC_8) == ()


@pytest.mark.parametrize("days", [1, 3])
def test_occasions_days_apart_stay_apart(days: int) -> None:
    checks = [each for each in found(range(4)) if each.start_ns % DAY_NS or days]
    assert len(list(occasions(checks[::2], told()))) == 4
