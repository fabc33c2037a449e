import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.performance.errors import NotDefinedError, PerformanceCountError
from calibration.performance.load import read_limits
from calibration.performance.response import ResponseTime, Sample, response_time

LIMITS, USED = read_limits("hj75-2017")


def responded(
    series: list[tuple[float, float]], final: float | None = None, run: str = "1"
) -> ResponseTime:
    test = LIMITS.response_test
    assert test is not None
    samples = [Sample(run=run, seconds=t, reading=value) for t, value in series]
    rule = LIMITS.rule("response_time", "co2", None)
    return response_time(samples, test, rule, USED, final)


@given(st.floats(5.0, 60.0), st.floats(0.0, 60.0), st.sampled_from([1.0, -1.0]))
@settings(deadline=None, max_examples=40)
def test_a_first_order_analyser_responds_after_delay_and_2_3_time_constants(
    constant: float, delay: float, sign: float
) -> None:
    times = [0.25 * k for k in range(800)]
    series = [(t, sign * (1.0 - math.exp(-max(t - delay, 0.0) / constant))) for t in times]
    found = responded(series, final=sign)
    expected = delay + constant * math.log(10.0)
    assert found.response_time_s == pytest.approx(expected, abs=0.1)
    assert found.outcome == ("pass" if expected < 199.9 else found.outcome)


def test_the_time_is_interpolated_between_samples() -> None:
    found = responded([(0.0, 0.0), (100.0, 80.0), (120.0, 100.0)])
    assert found.response_time_s == pytest.approx(110.0)
    assert found.runs[0].final == 100.0


def test_runs_are_averaged() -> None:
    test = LIMITS.response_test
    assert test is not None
    samples = [
        Sample(run=run, seconds=t, reading=value)
        for run, end in (("1", 100.0), ("2", 400.0))
        for t, value in ((0.0, 0.0), (end, 10.0))
    ]
    found = response_time(samples, test, LIMITS.rule("response_time", "so2", None), USED)
    assert [each.response_time_s for each in found.runs] == pytest.approx([90.0, 360.0])
    assert found.response_time_s == pytest.approx(225.0)
    assert found.outcome == "fail"


def test_a_change_that_is_not_shown_fails() -> None:
    found = responded([(0.0, 0.0), (300.0, 50.0)], final=100.0)
    assert (found.outcome, found.findings) == ("fail", ("not_reached",))
    assert found.response_time_s is None


@pytest.mark.parametrize(
    "series", [[(0.0, 1.0), (1.0, 1.0)], [(0.0, 0.0), (5.0, 1.0), (5.0, 2.0), (6.0, 90.0)]]
)
def test_runs_without_a_change_or_with_time_that_stands_still_are_refused(
    series: list[tuple[float, float]],
) -> None:
    with pytest.raises(NotDefinedError):
        responded(series)


@pytest.mark.parametrize("series", [[], [(0.0, 1.0)]])
def test_one_sample_is_no_run(series: list[tuple[float, float]]) -> None:
    with pytest.raises(PerformanceCountError):
        responded(series)
