"""Outcomes of performance tests, and entries of a register, as dated tests."""

import datetime as dt
from decimal import Decimal

import msgspec
import pytest

from calibration.performance.chart import ChartReading
from calibration.performance.drift import Check, drift
from calibration.performance.limits import Limits, LimitsUsed
from calibration.performance.linearity import Injection, linearity
from calibration.performance.load import read_limits
from calibration.performance.paired import Run
from calibration.performance.qal3 import qal3
from calibration.performance.rata import Rata, rata
from calibration.register import CalibrationRegister
from evidence.statement.standing.by_hour import Use, standing_by_hour
from evidence.statement.standing.errors import QaTestError
from evidence.statement.standing.from_performance import (
    Conducted,
    outcome_of,
    qa_test_of_drift,
    qa_test_of_linearity,
    qa_test_of_qal3,
    qa_test_of_rata,
)
from evidence.statement.standing.from_register import tests_of_register as from_register
from evidence.statement.standing.operation import NS_PER_HOUR
from evidence.statement.standing.standing import Standing
from tests.unit.calibration.history.years import SERIAL, YEARS, checked, event, replace, withdrawn
from tests.unit.evidence.statement.standing.history import ISO10012, PART75, hours, ns

PART75_LIMITS, USED = read_limits("part75-2011")
RM = ["12.4", "12.6", "12.5", "12.3", "12.7", "12.4", "12.5", "12.6", "12.4"]
CEM = ["12.2", "12.3", "12.4", "12.1", "12.4", "12.2", "12.2", "12.4", "12.1"]
AT = Conducted(
    analyser="CO2-1", at_ns=ns("2026-03-10T09:00"), recorded_ns=ns("2026-03-20T00:00"), record="R-1"
)


def audit(cem: list[str], count: int = 9) -> Rata:
    pairs = list(zip(RM, cem, strict=True))[:count]
    runs = [
        Run(run=str(k), reference=Decimal(rm), reading=Decimal(c), used=True)
        for k, (rm, c) in enumerate(pairs)
    ]
    rule, test = PART75_LIMITS.rule("accuracy", "co2", "%"), PART75_LIMITS.paired_test
    assert test is not None
    return rata(runs, test, rule, USED)


def test_a_rata_of_carbon_dioxide_that_passed_holds_four_quarters() -> None:
    """RA 2.30 %, mean difference 0.2333 of 12.4889: the analyser reads 1.868 % low."""
    found = qa_test_of_rata(audit(CEM), AT)
    assert (found.kind, found.outcome, found.quarters) == ("rata", "passed", 4)
    assert found.relative_error == pytest.approx(-0.2333333 / 12.4888889, rel=1e-6)
    assert found.standard_uncertainty == pytest.approx(0.0707107 / 3 / 12.4888889, rel=1e-6)
    use = Use(kinds=frozenset({found.kind}))
    states = standing_by_hour([found], hours("2027-03-31T23:00", 2), PART75, use=use)
    assert [each.standing for each in states.values()] == [Standing.IN_CONTROL, Standing.GRACE]
    assert found.recorded_ns == AT.recorded_ns


def test_a_rata_beyond_the_limits_failed_and_one_with_too_few_runs_was_broken_off() -> None:
    far = [str(Decimal(each) - 3) for each in CEM]
    assert qa_test_of_rata(audit(far), AT).outcome == "failed"
    few = qa_test_of_rata(audit(CEM, 8), AT)
    assert (few.outcome, few.detail) == ("aborted", "not_valid, too_few_runs")


def daily(span: str) -> tuple[Limits, LimitsUsed, list[Check]]:
    checks = [
        Check(at="", point="zero", reference=Decimal(0), reading=Decimal("0.1")),
        Check(at="", point="span", reference=Decimal("20.0"), reading=Decimal(span)),
    ]
    return PART75_LIMITS, USED, checks


@pytest.mark.parametrize(
    ("span", "outcome", "detail"),
    [
        ("20.5", "passed", "pass"),
        ("20.6", "passed", "adjust"),  # beyond the specification, within the limit of valid data
        ("21.0", "passed", "adjust"),
        ("21.1", "failed", "out_of_control"),
    ],
)
def test_a_daily_check_of_carbon_dioxide(span: str, outcome: str, detail: str) -> None:
    limits, used, checks = daily(span)
    rule = limits.rule("drift", "co2", "%")
    found = qa_test_of_drift(drift(checks, {"zero": rule, "span": rule}, None, used), AT)
    assert (found.kind, found.outcome, found.detail) == ("daily_check", outcome, detail)
    assert found.relative_error == pytest.approx((float(span) - 20.0) / 20.0)


def test_a_linearity_check_of_three_levels() -> None:
    test = PART75_LIMITS.linearity_test
    assert test is not None
    injections = [
        Injection(level=level, reference=Decimal(value), reading=Decimal(value) + Decimal("0.2"))
        for level, value in (("low", "5.0"), ("mid", "11.0"), ("high", "18.0"))
        for _ in range(3)
    ]
    rule = PART75_LIMITS.rule("linearity", "co2", "%")
    found = qa_test_of_linearity(linearity(injections, test, rule, Decimal(20), USED), AT)
    assert (found.kind, found.outcome) == ("linearity", "passed")
    assert found.relative_error == pytest.approx((0.2 / 5 + 0.2 / 11 + 0.2 / 18) / 3)


def test_a_chart_that_asks_for_an_adjustment_failed() -> None:
    limits, used = read_limits("en14181-2014")
    readings = [ChartReading(at="", point="zero", reference=0.0, reading=5.0)] * 4
    made = qal3(readings, "cusum", {"zero": 1.0}, limits, used)
    until = AT.at_ns + 24 * NS_PER_HOUR
    found = qa_test_of_qal3(made, AT, until)
    assert (found.outcome, found.detail, found.valid_until_ns) == ("failed", "adjust_drift", until)
    quiet = qal3(
        [msgspec.structs.replace(readings[0], reading=0.1)], "cusum", {"zero": 1.0}, limits, used
    )
    assert qa_test_of_qal3(quiet, AT).outcome == "passed"


def test_a_test_that_nobody_judged_is_none() -> None:
    with pytest.raises(QaTestError, match="not_judged"):
        outcome_of("not_judged", "R-1")


def at(day: str) -> int:
    return ns(f"{day}T12:00")


def state(register: CalibrationRegister, day: str, known: str | None = None) -> tuple[str, str]:
    tests = from_register(register, SERIAL)
    until = None if known is None else at(known)
    found = standing_by_hour(tests, [at(day)], ISO10012, as_known_at_ns=until)[at(day)]
    return found.standing.value, found.because


def test_a_register_gives_an_instruments_standing_to_its_last_day() -> None:
    (last,) = [each for each in YEARS.confirmations if each.id == "MC-2026"]
    due = last.due_on
    assert state(YEARS, due.isoformat()) == ("in_control", "passed")
    after = (due + dt.timedelta(days=1)).isoformat()
    assert state(YEARS, after) == ("overdue", "expired")
    assert state(YEARS, "2020-01-01") == ("no_test", "no_test")


def test_an_event_that_ends_a_confirmation_is_a_test_that_failed() -> None:
    broken = replace(YEARS, events=(event("seal_broken", "2026-05-01"),))
    assert state(broken, "2026-04-30") == ("in_control", "passed")
    assert state(broken, "2026-05-02") == ("out_of_control", "failed")


def test_a_failed_intermediate_check_throws_doubt_back_to_one_that_passed() -> None:
    events = (checked("2026-03-01", 100.05), checked("2026-05-01", 101.0))
    tests = from_register(replace(YEARS, events=events), SERIAL)
    asked = [at("2026-02-20"), at("2026-04-01"), at("2026-05-02")]
    found = standing_by_hour(tests, asked, ISO10012)
    assert [each.suspect is not None for each in found.values()] == [False, True, False]
    assert found[asked[2]].standing is Standing.OUT_OF_CONTROL


def test_a_withdrawn_certificate_never_supported_anything_once_that_is_known() -> None:
    gone = replace(YEARS, events=(withdrawn("C-2026", "2026-06-01"),))
    assert state(gone, "2026-05-01", known="2026-05-20") == ("in_control", "passed")
    assert state(gone, "2026-05-01")[0] == "out_of_control"
