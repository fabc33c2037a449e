"""Hours, availability and substitution: 40 CFR 75.32-75.35, MRR Art. 45, HJ 75-2017, to the digit.

Figures were computed by hand from the equations; those of HJ 75 rest on a recalled text.
"""

import statistics

import pytest

from evidence.statement.hours.availability import capture_rate, monitor_availability
from evidence.statement.hours.compliance import by_row, rows_for
from evidence.statement.hours.gap import gaps_of
from evidence.statement.hours.load import rule_pack
from evidence.statement.hours.pack import Substitution
from evidence.statement.hours.statistic import mean_plus, nearest_rank, percentile
from evidence.statement.hours.totals import totals
from tests.unit.evidence.hours.series import DEFAULTS, Told, at, basis_of, determined, told_at

EIGHT = (212.4, 208.9, 215.3, 219.8, 210.6, 206.7, 214.1, 217.2)
LOOKBACK = (
    "11.2 11.5 11.9 12.0 12.1 12.1 12.2 12.3 12.3 12.4 12.4 12.5 12.5 12.6 12.7 12.8 12.9 13.0 "
    "13.2 13.6"
)


def test_a_7_mrr_equation_4_has_n_minus_1() -> None:
    assert statistics.fmean(EIGHT) == pytest.approx(213.125, rel=1e-12)
    assert f"{statistics.stdev(EIGHT):.7f}" == "4.3568501"
    assert f"{mean_plus(EIGHT, 2.0):.7f}" == "221.8387002"
    population = statistics.fmean(EIGHT) + 2.0 * statistics.pstdev(EIGHT)
    assert f"{population:.7f}" == "221.2759202"


def test_a_7_is_what_a_gap_of_the_period_gets() -> None:
    found = determined([*EIGHT[:4], None, *EIGHT[4:]], "mrr")
    hour = told_at(found, 4)
    assert f"{hour.compliance:.7f}" == "221.8387002"
    assert (hour.method, hour.state.value) == ("mean-plus-2s", "substituted")


def test_a_8_mrr_equations_1_and_2_with_a_sixth_hour_without_a_concentration() -> None:
    found = determined([*EIGHT[:5], None], "mrr")
    volumes = dict(zip(map(at, range(6)), VOLUMES_m3, strict=True))
    mass_t = {start: 1e-6 * volume for start, volume in volumes.items()}
    five = totals(found.hours[:5], "concentration", mass_t)
    six = totals(found.hours, "concentration", mass_t)
    assert f"{told_at(found, 5).compliance:.7f}" == "221.9825404"
    assert f"{five.compliance.value:.5f}" == "430.21256"
    assert f"{(five.compliance.value or 0.0) / 5 * 1000:.3f}" == "86042.512"
    assert f"{six.compliance.value:.7f}" == "519.6715238"
    assert f"{100 * (six.compliance.substituted_share or 0.0):.4f}" == "17.2145"
    assert f"{100 * six.substituted_share_of_hours:.3f}" == "16.667"


VOLUMES_m3 = (401200.0, 398500.0, 405900.0, 410300.0, 399700.0, 403000.0)


def row_of_a_18(gap_hours: int) -> Substitution:
    availability = monitor_availability(8520, 8760)
    assert f"{float(availability):.2f}" == "97.26"
    rows = rows_for(rule_pack("part75").pack, availability, gap_hours, "other")
    assert len(rows) == 1
    return rows[0]


@pytest.mark.parametrize(
    ("gap_hours", "value", "code"), [(30, 13.0, "08"), (25, 13.0, "08"), (24, 12.4, "06")]
)
def test_a_18_part_75_takes_the_percentile_over_a_long_gap_and_the_neighbours_over_a_short_one(
    gap_hours: int, value: float, code: str
) -> None:
    lookback = [float(text) for text in LOOKBACK.split()]
    lookback.remove(12.2)  # it is the hour before the gap
    told: list[Told] = [*lookback, 12.2, *[None] * gap_hours, 12.6]
    basis = basis_of(told, "part75")
    (gap,) = gaps_of(basis.ran, "s")
    found = by_row(row_of_a_18(gap_hours), gap, basis, None)
    assert (found.value, found.code) == (value, code)


def test_a_18_the_90th_percentile_of_20_is_the_18th_in_ascending_order() -> None:
    assert nearest_rank(90, 20) == 18
    assert percentile([float(text) for text in LOOKBACK.split()], 90, "high") == 13.0


def test_a_19_hj_75_capture_rate_leaves_standstill_out() -> None:
    rate = capture_rate(2184, 96, 240)
    assert rate is not None
    assert f"{float(rate):.4f}" == "95.0617"
    assert DEFAULTS["hj75"].quantity == "mass"
