"""What a failed test throws doubt on, and what that may change: the arithmetic of shifts."""

import pytest

from evidence.statement.standing.by_hour import standing_by_hour
from evidence.statement.standing.course import Rules
from evidence.statement.standing.operation import ALWAYS, NS_PER_HOUR
from evidence.statement.standing.qa_test import QaTest
from evidence.statement.standing.retro import (
    HourAmount,
    SuspectSpan,
    doubts_of,
    effect_on,
    suspect_spans,
)
from evidence.statement.standing.standing import Standing
from tests.unit.evidence.statement.standing.history import ISO10012, hours, made, ns

RULES = Rules(scheme=ISO10012, policy="retro_to_last_good", operation=ALWAYS)
GOOD = made("2026-03-01T00:00", relative_error=0.0, standard_uncertainty=0.002)
BAD = made("2026-03-02T00:00", "failed", relative_error=0.06, standard_uncertainty=0.002)


def amounts(first: str, count: int) -> list[HourAmount]:
    """A hundred tonnes an hour."""
    return [HourAmount(start_ns=hour, value=100.0) for hour in hours(first, count)]


def spans(*tests: QaTest) -> tuple[SuspectSpan, ...]:
    return suspect_spans(tests, RULES)


def test_hours_between_the_last_good_test_and_the_failed_one_are_suspect_and_kept() -> None:
    tests = [GOOD, BAD, made("2026-03-02T03:00")]
    found = standing_by_hour(tests, hours("2026-02-28T23:00", 29), ISO10012)
    doubted = [hour for hour, each in found.items() if each.suspect is not None]
    assert doubted == hours("2026-03-01T00:00", 24)
    assert {each.suspect for each in found.values() if each.suspect} == {BAD}
    assert found[doubted[5]].standing is Standing.NO_TEST  # no calibration is on record
    assert found[ns("2026-03-02T01:00")].standing is Standing.OUT_OF_CONTROL


def test_failures_in_a_row_throw_one_doubt_and_kinds_do_not_speak_for_each_other() -> None:
    again = made("2026-03-02T06:00", "failed")
    other = made("2026-03-01T20:00", kind="calibration")
    (found,) = spans(GOOD, other, BAD, again)
    assert (found.good, found.failed) == (GOOD, BAD)


def test_an_intermediate_check_speaks_for_a_calibration() -> None:
    between = made("2026-02-01T00:00", kind="intermediate_check")
    failed = made("2026-03-01T00:00", "failed", kind="calibration")
    (found,) = spans(made("2026-01-01T00:00", kind="calibration"), between, failed)
    assert found.good == between


def test_without_any_good_test_all_earlier_hours_are_in_doubt_by_no_stated_size() -> None:
    (found,) = spans(BAD)
    assert found.covers(0)
    assert effect_on(found, amounts("2026-03-01T00:00", 1)) is None
    (doubt,) = doubts_of([found], amounts("2026-03-01T22:00", 4))
    assert (doubt.value, doubt.correction, doubt.before) == (200.0, None, None)


def test_a_test_that_was_broken_off_or_is_of_no_kind_known_throws_no_doubt() -> None:
    assert spans(GOOD, made("2026-03-01T09:00", "aborted")) == ()
    assert spans(made("2026-03-01T09:00", "failed", kind="qal2")) == ()


def test_a_span_of_six_percent_over_a_day_and_what_it_does_to_it() -> None:
    """2400 t with a mean error of 3 %: 2400/1.03 - 2400; a step at an unknown instant has a mean of
    1/2 and a variance of 1/12."""
    (span,) = spans(GOOD, BAD)
    found = effect_on(span, amounts("2026-03-01T00:00", 24))
    assert found is not None
    assert found.correction == pytest.approx(2400.0 / 1.03 - 2400.0, rel=1e-12)
    sensitivity = 2400.0 / 1.03**2
    assert found.bridge == pytest.approx(sensitivity * 0.06 / 12**0.5, rel=1e-12)
    tests_u = sensitivity * 0.5 * (2 * 0.002**2) ** 0.5
    assert found.standard_uncertainty == pytest.approx((found.bridge**2 + tests_u**2) ** 0.5)


def test_the_doubt_stands_beside_the_amount_with_its_expanded_uncertainty() -> None:
    (doubt,) = doubts_of(spans(GOOD, BAD), amounts("2026-02-28T12:00", 48))
    assert (doubt.serial, doubt.because, doubt.value) == ("CO2-1", "intermediate_check", 2400.0)
    assert (doubt.start, doubt.end) == ("2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z")
    assert (doubt.before, doubt.after) == (GOOD.record, BAD.record)
    assert doubt.checks == ("2026-03-02T00:00:00Z",)
    assert doubt.standard_uncertainty is not None
    assert doubt.expanded_uncertainty == 2.0 * doubt.standard_uncertainty


def test_the_last_hour_before_the_failure_is_nearly_all_in_error() -> None:
    (span,) = spans(GOOD, BAD)
    late = [HourAmount(start_ns=BAD.at_ns - NS_PER_HOUR, value=100.0)]
    found = effect_on(span, late)
    assert found is not None
    assert found.correction == pytest.approx(100.0 / (1.0 + 0.06 * 47 / 48) - 100.0)
    assert span.share(span.failed.at_ns + 1) == 1.0
