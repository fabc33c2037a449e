"""HJ 75-2017, 12, as recalled: each row of the table, and both sides of each of its bounds."""

from fractions import Fraction

import msgspec
import pytest

from evidence.statement.hours.calendar import quarter_of, quarter_span_ns
from evidence.statement.hours.compliance import rows_for
from evidence.statement.hours.determine import determine
from evidence.statement.hours.errors import RuleMissingError
from evidence.statement.hours.load import rule_pack
from evidence.statement.hours.observed import in_a_row, observed_of
from evidence.statement.hours.point import HourlyRecord, PointState
from evidence.statement.standing.standing import Standing
from tests.unit.evidence.hours.series import (
    DEFAULTS,
    START,
    Told,
    at,
    determined,
    kinds,
    told_at,
)

PACK = rule_pack("hj75").pack
MASS = DEFAULTS["hj75"]


@pytest.mark.parametrize("cause", ["calibration", "other"])
@pytest.mark.parametrize(
    ("percent", "hours", "row"),
    [
        ("100", 24, "hj75-90-short"),
        ("90", 24, "hj75-90-short"),
        ("90", 25, "hj75-90-long"),
        ("89.9999", 1, "hj75-75"),
        ("75", 900, "hj75-75"),
    ],
)
def test_one_row_applies_on_each_side_of_each_bound(
    percent: str, hours: int, row: str, cause: str
) -> None:
    expected = f"{row}-calibration" if cause == "calibration" else row
    assert [each.id for each in rows_for(PACK, Fraction(percent), hours, cause)] == [expected]


def test_below_75_percent_nothing_is_substituted_and_the_reader_is_told_why() -> None:
    found = determined([5.0] * 749 + [None] * 250 + [5.0], "hj75")
    hour = told_at(found, 800)
    assert (hour.state.value, hour.method, hour.compliance) == ("substituted", "max-2160", 5.0)
    found = determined([5.0] * 748 + [None] * 251 + [5.0], "hj75")
    hour = told_at(found, 800)
    assert (hour.state.value, hour.method, hour.compliance) == ("missing", "not-usable", None)
    assert hour.best_estimate == 5.0
    assert found.totals.compliance.without == 251
    assert "not_usable" in kinds(found)


@pytest.mark.parametrize(
    ("gap_hours", "code", "value"), [(24, "max-180", 6.0), (25, "max-720", 7.0)]
)
def test_the_maximum_is_of_so_many_valid_hours_before_the_gap(
    gap_hours: int, code: str, value: float
) -> None:
    told: list[Told] = [9.0, *[5.0] * 99, 7.0, *[5.0] * 539, 6.0, *[5.0] * 179]
    assert len(told) == 820
    found = determined([*told, *[None] * gap_hours, 8.0], "hj75")
    hour = told_at(found, 820)
    assert (hour.method, hour.compliance) == (code, value)


def test_the_hour_just_outside_the_180_does_not_count() -> None:
    told: list[Told] = [7.0, *[5.0] * 180, None, 8.0]
    assert told_at(determined(told, "hj75"), 181).compliance == 5.0
    told = [7.0, *[5.0] * 179, None, 8.0]
    assert told_at(determined(told, "hj75"), 180).compliance == 7.0


def test_hours_out_of_control_take_the_maximum_before_the_last_calibration() -> None:
    told: list[Told] = [*[4.0] * 50, *[5.0] * 150, *[6.0] * 100, *[5.5] * 10, 5.0]
    standing = {at(k): Standing.OUT_OF_CONTROL for k in range(300, 310)}
    calibrated = msgspec.structs.replace(MASS, calibrations_ns=(at(200), at(50), at(305)))
    found = determined(told, "hj75", calibrated, standing)
    hour = told_at(found, 300)
    assert (hour.method, hour.compliance) == ("max-180-calibration", 5.0)
    unknown = determined(told, "hj75", MASS, standing)
    assert told_at(unknown, 300).compliance == 6.0
    assert "calibration_unknown" in kinds(unknown)


def test_a_value_by_hand_has_its_code_and_stands_beside_no_gap() -> None:
    records = [HourlyRecord(at_ns=at(k), value=5.0) for k in range(20)]
    records += [HourlyRecord(at_ns=at(21), value=7.0, state=PointState.MANUAL)]
    found = determine(in_a_row(map(observed_of, records)), rule_pack("hj75"), MASS)
    assert [each.method for each in found.hours[19:]] == ["measured", "max-180", "manual"]
    assert (found.hours[21].state.value, found.hours[21].compliance) == ("substituted", 7.0)
    assert found.quarters[0].percent == pytest.approx(2000 / 22)  # by hand is not captured
    assert found.gaps[0].method == "nearest_hour"
    assert "open_gap" in kinds(found)


def test_standstill_is_neither_valid_nor_missing() -> None:
    told: list[Told] = [*[5.0] * 90, *[PointState.STOPPED] * 50, *[None] * 10]
    found = determined(told, "hj75")
    (quarter,) = found.quarters
    assert (quarter.hours, quarter.invalid, quarter.shutdown) == (150, 10, 50)
    assert quarter.percent == pytest.approx(90.0, rel=1e-15)
    assert found.totals.by_state["shutdown"] == 50
    assert {told_at(found, k).compliance for k in range(90, 140)} == {None}


def test_a_gap_over_two_quarters_is_judged_by_the_quarter_of_each_hour() -> None:
    told: list[Told] = [*[5.0] * 1600, *[None] * 560, *[None] * 10, *[5.0] * 200]
    found = determined(told, "hj75")
    assert [told_at(found, k).method for k in (2159, 2160)] == ["not-usable", "max-720"]
    assert [each.quarter for each in found.quarters] == ["2026-Q1", "2026-Q2"]
    assert [each.complete for each in found.quarters] == [True, False]


def test_quarters_are_those_of_local_time() -> None:
    assert quarter_of(START - 1, 0) == (2025, 4)
    assert quarter_of(START - 1, 8 * 3600) == (2026, 1)
    start, end = quarter_span_ns((2026, 1), 8 * 3600)
    assert (START - start) // 10**9 == 8 * 3600
    assert (end - start) // (3600 * 10**9) == 2160


def test_values_are_final_only_when_the_period_is_closed() -> None:
    found = determined([5.0, None, 5.0], "hj75")
    assert found.provisional
    assert "provisional" in kinds(found)
    closed = determined([5.0, None, 5.0], "hj75", msgspec.structs.replace(MASS, closed=True))
    assert not closed.provisional


def test_concentrations_are_not_substituted() -> None:
    settings = msgspec.structs.replace(MASS, quantity="co2")
    with pytest.raises(RuleMissingError, match="mass"):
        determined([5.0], "hj75", settings)


def test_a_month_is_valid_with_25_days_of_20_hours() -> None:
    day: list[Told] = [*[5.0] * 20, *[None] * 4]
    short: list[Told] = [*[5.0] * 19, *[None] * 5]
    (valid,) = determined(day * 25 + short * 6, "hj75").months
    assert (valid.month, valid.valid_days, valid.valid) == ("2026-01", 25, True)
    (lacking,) = determined(day * 24 + short * 7, "hj75").months
    assert (lacking.valid_days, lacking.valid) == (24, False)
    february = determined(short * 31 + day * 23, "hj75").months[1]
    assert (february.month, february.valid) == ("2026-02", True)
