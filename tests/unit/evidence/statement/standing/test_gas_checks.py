"""Zero and span checks of an analyser as daily checks: from minutes to the state of an hour."""

import msgspec
import pytest

from calibration.monitoring.record import TestKind
from evidence.statement.standing.by_hour import Use, standing_by_hour
from evidence.statement.standing.errors import QaTestError
from evidence.statement.standing.from_gas_check import qa_test_of_gas_checks
from evidence.statement.standing.standing import Standing
from tests.unit.calibration.gas_check.minutes import (
    PART75,
    START_NS,
    USUAL,
    ZERO_MINUTES,
    found,
    minutes,
)
from tests.unit.evidence.statement.standing.history import PART75 as SCHEME
from tests.unit.evidence.statement.standing.history import hours

DAILY = Use(kinds=frozenset[TestKind]({"daily_check"}))


def test_both_checks_of_a_night_are_one_test_with_the_error_of_the_span() -> None:
    zero, span = found(USUAL, limits=PART75)
    made = qa_test_of_gas_checks([zero, span], recorded_ns=span.end_ns)
    assert (made.outcome, made.at_ns, made.record) == ("passed", span.end_ns, f"CO2-1/{span.id}")
    assert made.relative_error == pytest.approx(0.2 / 16.0)
    assert made.standard_uncertainty == pytest.approx(0.08 / 16.0, rel=1e-9)


def test_one_failed_check_puts_the_hours_from_then_on_out_of_control() -> None:
    readings = minutes(("zero", ZERO_MINUTES), ("span", [15.0, *[17.3] * 5]))
    made = qa_test_of_gas_checks(found(readings, limits=PART75), recorded_ns=START_NS)
    assert (made.outcome, made.detail) == ("failed", "out_of_control")
    state = standing_by_hour([made], hours("2026-03-01T02:00", 2), SCHEME, use=DAILY)
    assert {each.standing for each in state.values()} == {Standing.OUT_OF_CONTROL}


def test_a_check_that_gave_no_verdict_was_broken_off_and_says_why() -> None:
    made = qa_test_of_gas_checks(found(minutes(("span", [16.0, 16.0]))), START_NS)
    assert (made.outcome, made.detail) == ("aborted", "not_valid, too_short")
    assert made.relative_error is None


def test_checks_of_two_ranges_or_none_are_no_test() -> None:
    zero, span = found(USUAL)
    for checks in ((), (zero, msgspec.structs.replace(span, measuring_range="low"))):
        with pytest.raises(QaTestError, match="one analyser and range"):
            qa_test_of_gas_checks(checks, START_NS)
