"""40 CFR 75: daily checks, linearity, RATA. Boundaries as in the authority's check engine."""

import pytest

from calibration.monitoring.record import TestKind
from evidence.statement.standing.by_hour import Use, standing_by_hour
from evidence.statement.standing.operation import NS_PER_HOUR, operation_of
from evidence.statement.standing.qa_test import QaTest
from evidence.statement.standing.standing import Standing
from tests.unit.evidence.statement.standing.history import PART75, hours, made, ns, told

DAILY = Use(kinds=frozenset[TestKind]({"daily_check"}))
LINEARITY = Use(kinds=frozenset[TestKind]({"linearity"}))
RATA = Use(kinds=frozenset[TestKind]({"rata"}))
GOOD, GRACE, OVERDUE = Standing.IN_CONTROL, Standing.GRACE, Standing.OVERDUE
OUT = Standing.OUT_OF_CONTROL


def states(tests: list[QaTest], first: str, count: int, use: Use = DAILY) -> list[Standing]:
    found = standing_by_hour(tests, hours(first, count), PART75, use=use)
    return [each.standing for each in found.values()]


@pytest.mark.parametrize(
    ("test", "hour", "standing"),
    [
        ("2026-03-01T08:00", "2026-03-02T09:00", GOOD),  # the hour with 25 h 59 min after the test
        ("2026-03-01T08:00", "2026-03-02T10:00", OVERDUE),  # 26 h
        ("2026-03-01T08:59", "2026-03-02T09:00", GOOD),  # clock hours: minutes do not count
        ("2026-03-01T08:59", "2026-03-02T10:00", OVERDUE),
    ],
)
def test_a_daily_check_holds_for_less_than_26_clock_hours(
    test: str, hour: str, standing: Standing
) -> None:
    assert states([made(test)], hour, 1) == [standing]


def test_an_hour_before_any_test_has_no_test_and_its_own_hour_is_good() -> None:
    assert states([made("2026-03-01T08:20")], "2026-03-01T07:00", 2) == [Standing.NO_TEST, GOOD]


def test_from_the_hour_of_the_failed_injection_until_the_hour_of_a_passing_test() -> None:
    tests = [made("2026-03-01T08:00"), made("2026-03-01T10:40", "failed"), made("2026-03-01T13:15")]
    found = standing_by_hour(tests, hours("2026-03-01T08:00", 6), PART75, use=DAILY)
    assert [each.standing for each in found.values()] == [GOOD, GOOD, OUT, OUT, OUT, GOOD]
    eleven = found[ns("2026-03-01T11:00")]
    assert told(eleven) == (OUT, "failed", "daily_check@2026-03-01T10:40")
    assert eleven.since_ns == ns("2026-03-01T10:00")
    assert found[ns("2026-03-01T13:00")].since_ns == ns("2026-03-01T13:15")


def test_failed_and_passed_in_one_hour_is_in_control_from_the_passing_test_on() -> None:
    tests = [made("2026-03-01T10:05", "failed"), made("2026-03-01T10:50")]
    found = standing_by_hour(tests, hours("2026-03-01T10:00", 1), PART75, use=DAILY)
    (hour,) = found.values()
    assert (hour.standing, hour.since_ns) == (GOOD, ns("2026-03-01T10:50"))


def test_passed_and_failed_in_one_hour_or_at_one_instant_is_out_of_control() -> None:
    for second in ("2026-03-01T10:50", "2026-03-01T10:05"):
        tests = [made("2026-03-01T10:05"), made(second, "failed", record="second")]
        assert states(tests, "2026-03-01T10:00", 1) == [OUT]


def test_a_test_that_was_broken_off_counts_as_failed() -> None:
    tests = [made("2026-03-01T08:00"), made("2026-03-01T09:30", "aborted")]
    found = standing_by_hour(tests, hours("2026-03-01T09:00", 1), PART75, use=DAILY)
    assert told(*found.values()) == (OUT, "aborted", "daily_check@2026-03-01T09:30")


def test_of_failures_in_a_row_the_first_says_since_when() -> None:
    tests = [made("2026-03-01T08:00", "failed"), made("2026-03-01T10:00", "failed")]
    found = standing_by_hour(tests, hours("2026-03-01T11:00", 1), PART75, use=DAILY)
    assert next(iter(found.values())).since_ns == ns("2026-03-01T08:00")


@pytest.mark.parametrize(
    ("stopped", "restarted", "hour", "standing"),
    [
        (10, 40, 30, GRACE),  # still at rest
        (10, 40, 47, GRACE),  # the eighth hour after the restart
        (10, 40, 48, OVERDUE),
        (26, 40, 47, GRACE),  # the very next hour after the 26 still counts as covered
        (27, 40, 41, OVERDUE),  # stopped when the check had ended already
        (20, 22, 26, GRACE),  # back within the 26 hours: eight hours from then
        (20, 22, 29, GRACE),
        (20, 22, 30, OVERDUE),
    ],
)
def test_after_a_restart_there_are_eight_hours_for_the_first_check(
    stopped: int, restarted: int, hour: int, standing: Standing
) -> None:
    start = ns("2026-03-01T00:00")
    ran = [start + k * NS_PER_HOUR for k in range(100) if not stopped <= k < restarted]
    operating = operation_of(ran, start, start + 100 * NS_PER_HOUR)
    asked = [start + hour * NS_PER_HOUR]
    tests = [made("2026-03-01T00:10")]
    found = standing_by_hour(tests, asked, PART75, operating=operating, use=DAILY)
    assert found[asked[0]].standing is standing


@pytest.mark.parametrize(
    ("kind", "use", "grace_h"), [("linearity", LINEARITY, 168), ("rata", RATA, 720)]
)
def test_a_grace_is_counted_in_hours_of_operation(kind: TestKind, use: Use, grace_h: int) -> None:
    """Linearity of Q1 holds through Q2, a RATA of Q4 with two quarters through Q2."""
    at = {"linearity": "2026-02-10T10:00", "rata": "2025-11-10T10:00"}[kind]
    july = ns("2026-07-01T00:00")
    # from July on the stack runs every second hour only
    ran = [july + k * NS_PER_HOUR for k in range(0, 4000, 2)]
    operating = operation_of(ran, july, july + 4000 * NS_PER_HOUR)
    last = july + 2 * (grace_h - 1) * NS_PER_HOUR  # hour of operation no. 168 (720)
    asked = [july - NS_PER_HOUR, july, last, last + 2 * NS_PER_HOUR]
    found = standing_by_hour([made(at, kind=kind)], asked, PART75, operating=operating, use=use)
    assert [each.standing for each in found.values()] == [GOOD, GRACE, GRACE, OVERDUE]
    assert {each.since_ns for each in list(found.values())[1:]} == {july}


@pytest.mark.parametrize(
    ("quarters", "hour", "standing"),
    [
        (None, "2026-09-30T23:00", GOOD),  # Q1 and two quarters: through Q3
        (None, "2026-10-01T00:00", GRACE),
        (4, "2027-03-31T23:00", GOOD),
        (4, "2027-04-01T00:00", GRACE),
    ],
)
def test_a_rata_holds_two_quarters_or_four(
    quarters: int | None, hour: str, standing: Standing
) -> None:
    rata = made("2026-03-31T10:00", kind="rata", quarters=quarters)
    assert states([rata], hour, 1, RATA) == [standing]


def test_a_quarter_that_ran_for_less_than_168_hours_does_not_count() -> None:
    """Linearity of Q1; Q2 has 167 hours of operation and is passed over, with 168 it is not."""
    april, july = ns("2026-04-01T00:00"), ns("2026-07-01T00:00")
    for ran_h, standing in ((167, GOOD), (168, GRACE)):
        ran = [april + k * NS_PER_HOUR for k in range(ran_h)]
        operating = operation_of(ran, april, july)
        test = made("2026-02-10T10:00", kind="linearity")
        found = standing_by_hour([test], [july], PART75, operating=operating, use=LINEARITY)
        assert found[july].standing is standing


def test_a_linearity_check_is_put_off_by_three_quarters_at_most() -> None:
    begin, end = ns("2026-04-01T00:00"), ns("2029-01-01T00:00")
    operating = operation_of([], begin, end)
    test = made("2026-02-10T10:00", kind="linearity")
    asked = [ns("2027-03-31T23:00"), ns("2027-04-01T00:00")]
    found = standing_by_hour([test], asked, PART75, operating=operating, use=LINEARITY)
    assert [each.standing for each in found.values()] == [GOOD, GRACE]


@pytest.mark.parametrize(("minute", "standing"), [(44, GOOD), (45, Standing.NO_TEST)])
def test_a_linearity_check_counts_in_its_own_hour_if_it_ended_before_minute_45(
    minute: int, standing: Standing
) -> None:
    test = made(f"2026-02-10T10:{minute}", kind="linearity")
    assert states([test], "2026-02-10T10:00", 2, LINEARITY) == [standing, GOOD]


def test_a_check_that_passed_and_counts_later_does_not_outdo_a_later_failure() -> None:
    tests = [
        made("2026-02-10T10:00", "failed", kind="linearity"),
        made("2026-02-10T10:50", kind="linearity"),
        made("2026-02-10T10:55", "failed", kind="linearity"),
    ]
    assert states(tests, "2026-02-10T10:00", 3, LINEARITY) == [OUT, OUT, OUT]
    assert states(tests[:2], "2026-02-10T10:00", 3, LINEARITY) == [OUT, GOOD, GOOD]


def test_the_worst_kind_of_test_decides_and_is_named() -> None:
    tests = [
        made("2026-02-10T08:00"),
        made("2026-02-10T08:10", kind="linearity"),
        made("2026-02-10T08:30", "failed", kind="rata"),
    ]
    found = standing_by_hour(tests, hours("2026-02-10T09:00", 1), PART75)
    assert told(*found.values()) == (OUT, "failed", "rata@2026-02-10T08:30")
    without = standing_by_hour(tests[:2], hours("2026-02-10T09:00", 1), PART75)
    assert told(*without.values()) == (Standing.NO_TEST, "no_test", None)
