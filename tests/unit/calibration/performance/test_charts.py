import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.performance.chart import ChartReading
from calibration.performance.cusum import CusumStep, cusum
from calibration.performance.errors import PerformanceCountError, PerformanceOptionError
from calibration.performance.limits import CusumChart, ShewhartChart
from calibration.performance.load import read_limits
from calibration.performance.qal3 import qal3
from calibration.performance.shewhart import shewhart

LIMITS, USED = read_limits("en14181-2014")
DEVIATIONS = st.lists(st.floats(-5.0, 5.0), min_size=1, max_size=40)


def chart_of_sums() -> CusumChart:
    assert LIMITS.cusum is not None
    return LIMITS.cusum


def chart_of_rules() -> ShewhartChart:
    assert LIMITS.shewhart is not None
    return LIMITS.shewhart


def readings(deviations: list[float], adjusted: int | None = None) -> list[ChartReading]:
    return [
        ChartReading(at=str(k), point="zero", reference=0.0, reading=each, adjusted=k == adjusted)
        for k, each in enumerate(deviations)
    ]


def summed(deviations: list[float], s: float = 1.0) -> tuple[CusumStep, ...]:
    return cusum(readings(deviations), s, chart_of_sums())


def ruled(deviations: list[float], adjusted: int | None = None) -> list[str]:
    steps = shewhart(readings(deviations, adjusted), 1.0, chart_of_rules())
    return [each.outcome for each in steps]


def test_a_steady_offset_is_found_as_drift_and_seven_tenths_of_it_are_adjusted() -> None:
    """p_t = 1.499 t exceeds h_x = 2.85 at the second reading; the drift is k_x + p/N = 2."""
    found = summed([2.0, 2.0])
    assert [each.outcome for each in found] == ["in_control", "adjust_drift"]
    assert found[1].state.upwards.value == pytest.approx(2.998)
    assert found[1].adjustment == pytest.approx(-0.7 * 2.0)


def test_drift_downwards_is_adjusted_upwards() -> None:
    found = summed([-2.0, -2.0])
    assert found[1].outcome == "adjust_drift"
    assert found[1].adjustment == pytest.approx(0.7 * 2.0)


def test_readings_that_jump_have_lost_precision() -> None:
    """s_t = (d_t - d_(t-1))^2/2 - k_s a reading: 6.15 and 12.30, beyond h_s = 6.90 at the third."""
    found = summed([2.0, -2.0, 2.0])
    assert [each.state.precision.value for each in found] == pytest.approx([0.0, 6.15, 12.30])
    assert found[2].outcome == "precision_out_of_control"
    assert found[2].precision_estimate == pytest.approx(math.sqrt(8.0))
    assert found[2].adjustment is None


def test_an_adjustment_begins_the_chart_anew() -> None:
    steps = cusum(readings([2.0, 2.0, 0.6], adjusted=1), 1.0, chart_of_sums())
    assert steps[2].outcome == "in_control"
    assert steps[2].state.upwards.value == pytest.approx(0.099)
    assert steps[2].state.precision.value == 0.0


@given(DEVIATIONS, st.floats(0.01, 100.0))
@settings(deadline=None)
def test_sums_go_by_standard_deviations(deviations: list[float], s: float) -> None:
    own, scaled = summed(deviations), summed([each * s for each in deviations], s)
    for first, second in zip(own, scaled, strict=True):
        assert second.state.upwards.value == pytest.approx(
            first.state.upwards.value * s, abs=1e-9 * s
        )
        assert second.state.precision.value == pytest.approx(
            first.state.precision.value * s * s, rel=1e-6, abs=1e-8 * s * s
        )


@given(DEVIATIONS)
@settings(deadline=None)
def test_a_mirrored_chart_tells_the_mirrored_drift(deviations: list[float]) -> None:
    for first, second in zip(summed(deviations), summed([-d for d in deviations]), strict=True):
        assert first.outcome == second.outcome
        assert first.state.upwards == second.state.downwards
        assert first.state.precision == second.state.precision


@given(DEVIATIONS, DEVIATIONS)
@settings(deadline=None)
def test_later_readings_change_no_earlier_outcome(past: list[float], future: list[float]) -> None:
    assert summed(past + future)[: len(past)] == summed(past)
    assert ruled(past + future)[: len(past)] == ruled(past)


@given(st.lists(st.floats(-0.5, 0.5), min_size=1, max_size=200))
@settings(deadline=None)
def test_deviations_within_half_a_standard_deviation_never_alarm(deviations: list[float]) -> None:
    assert {each.outcome for each in summed(deviations)} == {"in_control"}
    assert set(ruled(deviations)) == {"in_control"}


@pytest.mark.parametrize(
    ("deviations", "outcomes"),
    [
        ([0.5, -1.9, 2.0], ["in_control", "in_control", "in_control"]),
        ([2.1], ["warning"]),
        ([3.1], ["out_of_control"]),
        ([2.1, 2.2], ["warning", "adjust_drift"]),
        ([-2.1, 0.0, -2.2], ["warning", "in_control", "adjust_drift"]),
        ([2.1, -2.2], ["warning", "precision_out_of_control"]),
        ([2.1, 0.0, 0.0, 2.2], ["warning", "in_control", "in_control", "warning"]),
        ([2.1, 2.2, 1.0], ["warning", "adjust_drift", "in_control"]),
    ],
)
def test_the_first_rule_that_applies_counts(deviations: list[float], outcomes: list[str]) -> None:
    assert ruled(deviations) == outcomes


def test_a_shewhart_chart_forgets_what_was_before_an_adjustment() -> None:
    assert ruled([2.1, 2.2, 2.3], adjusted=1) == ["warning", "adjust_drift", "warning"]


def test_zero_and_span_have_charts_of_their_own_and_the_latest_reading_counts() -> None:
    span = [
        ChartReading(at=str(k), point="span", reference=80.0, reading=80.0 + d)
        for k, d in enumerate([4.0, 4.0])
    ]
    mixed = [*readings([2.0, 2.0, 0.0], adjusted=1), *span]
    found = qal3(mixed, "cusum", {"zero": 1.0, "span": 2.0}, LIMITS, USED)
    assert [(each.point, each.outcome) for each in found.charts] == [
        ("zero", "in_control"),
        ("span", "adjust_drift"),
    ]
    assert found.outcome == "adjust_drift"


@pytest.mark.parametrize("s", [None, 0.0, -1.0, float("nan"), 1e308])
def test_a_point_needs_its_standard_deviation(s: float | None) -> None:
    with pytest.raises(PerformanceOptionError, match="--s-zero"):
        qal3(readings([1.0]), "shewhart", {"zero": s}, LIMITS, USED)


def test_no_readings_are_no_chart() -> None:
    with pytest.raises(PerformanceCountError):
        qal3([], "cusum", {}, LIMITS, USED)
