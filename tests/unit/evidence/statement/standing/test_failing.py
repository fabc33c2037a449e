"""Tests that stand failed, against the states that they give to hours."""

from hypothesis import given
from hypothesis import strategies as st

from calibration.monitoring.record import TestOutcome
from evidence.statement.standing.by_hour import Use, standing_by_hour
from evidence.statement.standing.course import Rules
from evidence.statement.standing.failing import failing
from evidence.statement.standing.operation import ALWAYS, NS_PER_HOUR
from evidence.statement.standing.qa_test import QaTest
from evidence.statement.standing.scheme import Policy
from evidence.statement.standing.standing import Standing
from tests.unit.evidence.statement.standing.history import HJ75, PART75, hours, made, ns

RULES = Rules(scheme=PART75, policy="from_test_hour", operation=ALWAYS)
LATER = ns("2026-03-09T00:00")


def told(*tests: QaTest, at_ns: int = LATER, rules: Rules = RULES) -> list[tuple[str, str | None]]:
    """The tests that failed, each with the last good one before."""
    spans = failing(tests, rules, at_ns)
    return [(each.failed.record, each.good.record if each.good else None) for each in spans]


def test_the_first_of_failures_in_a_row_is_told_with_the_last_good_one() -> None:
    good, one = made("2026-03-01T08:00"), made("2026-03-02T08:00", "failed")
    other = made("2026-03-03T08:00", "failed")
    assert told(good) == []
    assert told(good, one, other) == [(one.record, good.record)]
    assert told(one) == [(one.record, None)]


def test_a_test_that_passed_later_ends_it_and_one_of_another_kind_does_not() -> None:
    failed = made("2026-03-02T08:00", "failed")
    assert told(failed, made("2026-03-02T09:00")) == []
    assert told(failed, made("2026-03-02T09:00", kind="linearity")) == [(failed.record, None)]
    before = made("2026-03-02T07:00")
    assert told(failed, before) == [(failed.record, before.record)]  # in whatever order they come


def test_one_that_was_broken_off_counts_where_the_scheme_says_so() -> None:
    broken = made("2026-03-02T08:00", "aborted")
    assert told(broken) == [(broken.record, None)]
    by_hj75 = Rules(scheme=HJ75, policy="from_test_hour", operation=ALWAYS)
    assert HJ75.aborted.counts_as != "failed"
    assert told(broken, rules=by_hj75) == []


def test_a_range_that_passed_does_not_mend_the_other_and_a_test_of_all_mends_both() -> None:
    low = made("2026-03-02T08:00", "failed", measuring_range="low", record="low")
    high = made("2026-03-02T08:30", measuring_range="high", record="high")
    assert told(low, high) == [("low", None)]
    assert told(low, high, made("2026-03-02T09:00")) == []


def test_what_nobody_knew_of_yet_does_not_count_by_the_policy_of_detection() -> None:
    failed = made("2026-03-02T08:00", "failed", detected_ns=ns("2026-03-04T00:00"))
    rules = Rules(scheme=PART75, policy="from_detection", operation=ALWAYS)
    assert told(failed, at_ns=ns("2026-03-03T00:00"), rules=rules) == []
    assert told(failed, at_ns=ns("2026-03-04T00:00"), rules=rules) == [(failed.record, None)]


@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.sampled_from(["passed", "failed", "aborted"])),
        max_size=8,
        unique_by=lambda each: each[0],
    ),
    st.sampled_from(["from_test_hour", "retro_to_last_good"]),
)
def test_a_test_stands_failed_exactly_where_the_last_hour_is_out_of_control(
    outcomes: list[tuple[int, TestOutcome]], policy: Policy
) -> None:
    """What says it of every hour is `standing_by_hour`, by other code."""
    begin, last = ns("2026-03-01T00:00"), ns("2026-03-03T12:00")
    tests = [
        QaTest(
            analyser="A",
            kind="daily_check",
            at_ns=begin + number * NS_PER_HOUR,
            outcome=outcome,
            recorded_ns=begin + number * NS_PER_HOUR,
            record=str(number),
        )
        for number, outcome in outcomes
    ]
    use = Use(kinds=frozenset({"daily_check"}))
    (hour,) = standing_by_hour(
        tests, hours("2026-03-03T12:00", 1), PART75, policy, use=use
    ).values()
    rules = Rules(scheme=PART75, policy=policy, operation=ALWAYS)
    spans = failing(tests, rules, last + NS_PER_HOUR - 1)
    assert (hour.standing is Standing.OUT_OF_CONTROL) == bool(spans)
    if spans:
        assert hour.test == spans[0].failed
