"""40 CFR 75.31-75.35: each row of the table, and both sides of each of its bounds."""

from fractions import Fraction

import msgspec
import pytest

from evidence.statement.hours.compliance import rows_for
from evidence.statement.hours.determine import determine
from evidence.statement.hours.load import rule_pack
from evidence.statement.hours.observed import in_a_row, observed_of
from evidence.statement.hours.pack import Direction, LoadedPack
from evidence.statement.hours.point import HourlyRecord, PointState
from evidence.statement.hours.statistic import nearest_rank, percentile
from evidence.statement.standing.standing import Standing
from tests.unit.evidence.hours.series import (
    DEFAULTS,
    Told,
    at,
    determined,
    kinds,
    observed,
    told_at,
)

PACK = rule_pack("part75").pack
CO2 = DEFAULTS["part75"]
YEARS_AGO = msgspec.structs.replace(CO2, certified_ns=at(-30_000))


@pytest.mark.parametrize(
    ("percent", "hours", "row"),
    [
        ("100", 1, "part75-95-short"),
        ("95", 24, "part75-95-short"),
        ("95", 25, "part75-95-long"),
        ("94.9999", 8, "part75-90-short"),
        ("94.9999", 9, "part75-90-long"),
        ("90", 8, "part75-90-short"),
        ("90", 9, "part75-90-long"),
        ("89.9999", 1, "part75-80"),
        ("89.9999", 900, "part75-80"),
        ("80", 9, "part75-80"),
        ("79.9999", 1, "part75-below-80"),
        ("0", 900, "part75-below-80"),
    ],
)
def test_one_row_applies_on_each_side_of_each_bound(percent: str, hours: int, row: str) -> None:
    assert [each.id for each in rows_for(PACK, Fraction(percent), hours, "other")] == [row]


def series(gap_hours: int, lost_before: int, value: float = 13.5, hours: int = 1000) -> list[Told]:
    """Operating hours, of which the last ones are the gap, and an hour after."""
    before = hours - gap_hours - lost_before - 101
    lost = [None] * lost_before
    return [*[value] * 100, *lost, *[value] * before, 12.2, *[None] * gap_hours, 12.6]


@pytest.mark.parametrize(
    ("gap_hours", "lost_before", "code", "value"),
    [
        (9, 41, "06", 12.4),  # 950 of 1000: 95.0 % exactly
        (9, 42, "09", 13.5),
        (8, 43, "06", 12.4),
        (24, 26, "06", 12.4),
        (25, 25, "08", 13.5),
        (8, 92, "06", 12.4),  # 900 of 1000: 90.0 % exactly
        (9, 91, "09", 13.5),
        (8, 93, "10", 13.5),
        (8, 192, "10", 13.5),  # 800 of 1000: 80.0 % exactly
        (8, 193, "12", 14.0),
    ],
)
def test_each_bound_of_the_table_holds_along_the_whole_path(
    gap_hours: int, lost_before: int, code: str, value: float
) -> None:
    hour = told_at(determined(series(gap_hours, lost_before), settings=YEARS_AGO), 999)
    assert (hour.method, hour.compliance) == (code, value)


@pytest.mark.parametrize(("lost_before", "code"), [(25, "08"), (42, "09")])
def test_a_percentile_below_the_mean_of_the_neighbours_gives_way_to_it(
    lost_before: int, code: str
) -> None:
    told = series(25, lost_before, 12.3)
    hour = told_at(determined(told, settings=YEARS_AGO), 999)
    assert (hour.method, hour.compliance) == ("06", 12.4)
    equal = determined(series(25, lost_before, 12.4), settings=YEARS_AGO)
    assert (told_at(equal, 999).method, told_at(equal, 999).compliance) == (code, 12.4)


@pytest.mark.parametrize(("lost_before", "code"), [(429, "06"), (430, "09")])
def test_availability_is_that_of_the_last_8760_operating_hours_at_the_end_of_the_gap(
    lost_before: int, code: str
) -> None:
    """8322 of 8760 hours are 95.0 % exactly; hours before them do not count."""
    told: list[Told] = [*[None] * 300, *series(9, lost_before, hours=8760)]
    assert told_at(determined(told, settings=YEARS_AGO), 300 + 8759).method == code


def test_a_pack_may_take_the_availability_of_each_hour_of_a_gap() -> None:
    pack, digest = rule_pack("part75")
    assert pack.availability_taken is not None
    each = msgspec.structs.replace(pack.availability_taken, at="each_hour")
    other = LoadedPack(msgspec.structs.replace(pack, availability_taken=each), digest)
    told = observed(series(9, 42))  # 49 of 998 hours are lost, then 50 of 999
    found = determine(told, other, YEARS_AGO)
    assert [told_at(found, k).method for k in (991, 997, 998)] == ["06", "06", "09"]
    assert {told_at(determined(series(9, 42), settings=YEARS_AGO), 991).method} == {"09"}


def test_hours_of_standstill_count_neither_for_nor_against() -> None:
    still: list[Told] = [PointState.STOPPED] * 500
    for lost_before, code in ((41, "06"), (42, "09")):
        told = series(9, lost_before)
        found = determined(told[:300] + still + told[300:], settings=YEARS_AGO)
        assert told_at(found, 999 + 500).method == code


def test_a_gap_goes_on_over_a_standstill_without_its_hours() -> None:
    told: list[Told] = [*[12.0] * 800, *[None] * 12, *[PointState.STOPPED] * 50, *[None] * 12, 12.0]
    found = determined(told)
    assert [(each.hours, each.method) for each in found.gaps] == [(24, "interpolation")]
    assert found.totals.by_method == {"01": 801, "06": 24, "off": 50}


def test_only_26280_clock_hours_are_looked_back_on() -> None:
    high: list[Told] = [13.9] * 700
    still: list[Told] = [PointState.STOPPED] * 26_300
    low: list[Told] = [11.0] * 100
    told = [*high, *still, *low, *[None] * 30, 11.0]
    found = determined(told, settings=msgspec.structs.replace(CO2, certified_ns=at(0)))
    hour = told_at(found, 700 + 26_300 + 100)
    assert (hour.method, hour.compliance) == ("12", 14.0)  # 100 of 130 hours: 76.9 %
    assert found.availability == pytest.approx(100 * 101 / 131)


def test_the_first_720_valid_hours_take_the_neighbours_whatever_the_gap() -> None:
    told: list[Told] = [*[12.0] * 719, *[None] * 100, 12.6]
    assert told_at(determined(told), 719).method == "07"
    assert told_at(determined(told), 719).compliance == 12.3
    assert told_at(determined([12.0, *told]), 720).method == "10"  # 720 of 820 hours


def test_before_any_valid_hour_the_maximum_potential_value_stands() -> None:
    found = determined([None, None, 12.0])
    assert [each.method for each in found.hours] == ["12", "12", "01"]
    assert found.hours[0].compliance == 14.0
    turbine = msgspec.structs.replace(CO2, maximum_potential=6.0)
    assert determined([None, 5.0], settings=turbine).hours[0].compliance == 6.0


def test_a_gap_without_an_hour_after_is_provisional_until_the_period_is_closed() -> None:
    found = determined([12.0, 12.4, None])
    assert (found.hours[2].compliance, found.hours[2].provisional) == (12.4, True)
    assert "open_gap" in kinds(found)
    closed = determined([12.0, 12.4, None], settings=msgspec.structs.replace(CO2, closed=True))
    assert not closed.provisional


@pytest.mark.parametrize("quantity", ["o2", "h2o"])
@pytest.mark.parametrize(
    ("gap_hours", "lost_before", "code", "value"),
    [(25, 5, "08", 11.1), (9, 51, "09", 7.5), (9, 151, "10", 4.0), (9, 251, "12", 2.0)],
)
def test_where_low_is_unfavourable_low_percentiles_and_minima_are_taken(
    quantity: str, gap_hours: int, lost_before: int, code: str, value: float
) -> None:
    """The 10th percentile of 720 hours is the 72nd from below, the 5th the 36th."""
    settings = msgspec.structs.replace(YEARS_AGO, quantity=quantity, maximum_potential=2.0)
    ladder = [round(4 + k / 10, 1) for k in range(720)]
    told: list[Told] = [*[50.0] * 280, *[None] * lost_before, *ladder, *[None] * gap_hours, 90.0]
    hour = told_at(determined(told, settings=settings), 280 + lost_before + 720)
    assert (hour.method, hour.compliance) == (code, value)


def test_on_the_low_side_a_percentile_above_the_mean_of_the_neighbours_gives_way_to_it() -> None:
    settings = msgspec.structs.replace(YEARS_AGO, quantity="o2")
    told: list[Told] = [*[6.0] * 999, 5.0, *[None] * 25, 5.4]
    hour = told_at(determined(told, settings=settings), 1000)
    assert (hour.method, hour.compliance) == ("06", 5.2)


def test_moisture_that_raises_the_result_takes_the_high_side() -> None:
    settings = msgspec.structs.replace(YEARS_AGO, quantity="h2o_raises")
    told: list[Told] = [*[float(4 + k % 10) for k in range(1000)], *[None] * 25, 9.0]
    hour = told_at(determined(told, settings=settings), 1000)
    assert (hour.method, hour.compliance) == ("08", 12.0)


@pytest.mark.parametrize(
    ("percent", "count", "rank"),
    [(90, 720, 648), (95, 720, 684), (10, 720, 72), (5, 720, 36), (90, 20, 18), (90, 21, 19)],
)
def test_the_rank_of_a_percentile_is_exact_where_p_times_n_is_whole(
    percent: int, count: int, rank: int
) -> None:
    assert nearest_rank(percent, count) == rank


@pytest.mark.parametrize(("direction", "value"), [("high", 90.0), ("low", 10.0)])
def test_a_percentile_looks_from_the_unfavourable_side(direction: Direction, value: float) -> None:
    assert percentile([float(k) for k in range(100, 0, -1)], 90, direction) == value


def test_rounding_goes_half_away_from_zero_and_only_in_the_compliance_value() -> None:
    found = determined([12.25, None, 12.45, -0.04])
    assert [each.compliance for each in found.hours] == [12.3, 12.4, 12.5, 0.0]
    assert [each.best_estimate for each in found.hours] == [12.25, 12.35, 12.45, -0.04]


def test_flow_looks_back_on_2160_hours_and_rounds_to_thousands() -> None:
    settings = msgspec.structs.replace(YEARS_AGO, quantity="flow", unit="[ft_i]3/h", kind="rate")
    told: list[Told] = [*[9_000_400.0] * 9, *[5_000_600.0] * 2160, *[None] * 39, 5e6]
    found = determined(told, settings=settings)
    assert told_at(found, 2169).compliance == 5_001_000.0
    assert "load_bins" in kinds(found)


def test_hours_out_of_control_are_invalid_and_count_against_availability() -> None:
    standing = {at(800): Standing.OUT_OF_CONTROL, at(801): Standing.OVERDUE}
    found = determined([12.0] * 805, standing=standing)
    assert [told_at(found, k).because for k in (799, 800, 801)] == [None, *["out_of_control"] * 2]
    assert told_at(found, 800).method == "06"
    assert found.availability == pytest.approx(100 * 803 / 805)


def test_a_reference_method_has_its_own_code_and_is_available() -> None:
    records = [HourlyRecord(at_ns=at(k), value=12.0) for k in range(3)]
    by_hand = HourlyRecord(at_ns=at(3), value=12.6, state=PointState.MANUAL)
    hours = in_a_row([*map(observed_of, records), observed_of(by_hand)])
    found = determine(hours, rule_pack("part75"), CO2)
    hour = told_at(found, 3)
    assert (hour.method, hour.compliance, hour.state.value) == ("04", 12.6, "substituted")
    assert found.availability == 100.0
