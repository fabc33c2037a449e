"""Tests that failed, with the good ones before and after, and the hours that rest on them."""

from evidence.statement.standing.course import Rules
from evidence.statement.standing.failures import Failure, failures
from evidence.statement.standing.operation import ALWAYS
from evidence.statement.standing.qa_test import QaTest
from tests.unit.evidence.statement.standing.history import PART75, hours, made, ns

RULES = Rules(scheme=PART75, policy="from_test_hour", operation=ALWAYS)
GOOD, BAD, AGAIN = "2026-03-01T08:23", "2026-03-01T11:23", "2026-03-01T14:23"


def found(*tests: QaTest) -> Failure:
    (failure,) = failures(tests, RULES)
    return failure


def test_a_failure_stands_between_the_good_test_before_and_the_one_that_put_it_right() -> None:
    tests = made(GOOD), made(BAD, "failed"), made("2026-03-01T12:23", "failed"), made(AGAIN)
    failure = found(*tests)
    assert (failure.good, failure.failed, failure.passed) == (tests[0], tests[1], tests[3])
    assert found(tests[1]) == Failure(good=None, failed=tests[1], passed=None)
    assert failures([tests[0]], RULES) == ()


def test_neither_another_kind_nor_another_range_puts_it_right() -> None:
    low = made(BAD, "failed", measuring_range="low")
    assert found(low, made(AGAIN, kind="linearity")).passed is None
    assert found(low, made(AGAIN, measuring_range="high")).passed is None
    of_all = made(AGAIN)
    assert found(low, of_all).passed == of_all


def test_each_hour_lies_before_a_failure_or_after_it_or_rests_on_it_not_at_all() -> None:
    """The hour of a test has a part on either side: that of the failure counts as after it."""
    failure = found(made(GOOD), made(BAD, "failed"), made(AGAIN))
    day = hours("2026-03-01T07:00", 9)
    assert [at for at in day if failure.is_before(at)] == hours("2026-03-01T08:00", 3)
    assert [at for at in day if failure.is_after(at)] == hours("2026-03-01T11:00", 4)


def test_until_a_test_passes_all_hours_are_after_it_and_without_a_good_one_all_before() -> None:
    failure = found(made(BAD, "failed"))
    assert failure.is_before(ns("2020-01-01T00:00"))
    assert failure.is_after(ns("2030-01-01T00:00"))
    assert not failure.is_before(ns("2030-01-01T00:00"))
