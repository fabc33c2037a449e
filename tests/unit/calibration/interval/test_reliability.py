"""Method A3: what as-found results say of an interval."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from calibration.interval.errors import IntervalError
from calibration.interval.reliability import (
    judge_interval,
    rejection_confidence,
    reliability_range,
)


def results(passed: int, n: int) -> tuple[bool, ...]:
    return (True,) * passed + (False,) * (n - passed)


@given(
    n=st.integers(1, 200),
    share=st.floats(0.0, 1.0),
    target=st.floats(0.01, 0.99),
    confidence=st.floats(0.01, 0.99),
)
def test_an_interval_is_rejected_just_where_the_target_lies_outside_the_range(
    n: int, share: float, target: float, confidence: float
) -> None:
    passed = round(share * n)
    q = rejection_confidence(passed, n, target)
    low, high = reliability_range(passed, n, confidence)
    if abs(q - confidence) > 1e-9:
        assert (q > confidence) is not (low <= target <= high)


@pytest.mark.parametrize(("passed", "n"), [(0, 5), (5, 5), (3, 17), (15, 20)])
def test_the_range_is_that_of_clopper_and_pearson(passed: int, n: int) -> None:
    exact = stats.binomtest(passed, n).proportion_ci(0.8, method="exact")
    assert reliability_range(passed, n, 0.8) == pytest.approx((exact.low, exact.high), rel=1e-7)


def test_too_many_out_of_tolerance_shorten_and_none_lengthen() -> None:
    assert judge_interval(results(8, 20), 365.0, 0.95).new_interval_days < 110.0
    longer = judge_interval(results(60, 60), 365.0, 0.95)
    assert longer.rejection_confidence == pytest.approx(1.0 - 2.0 * 0.95**60)
    assert 365.0 < longer.new_interval_days < 410.0


def test_an_interval_that_is_not_rejected_stays() -> None:
    found = judge_interval(results(18, 20), 365.0, 0.95, confidence=0.9)
    assert found.findings == ()
    assert found.new_interval_days == 365.0
    assert found.computed_interval_days < 365.0


def test_results_on_the_target_change_nothing() -> None:
    found = judge_interval(results(19, 20), 365.0, 0.95)
    assert (found.rejection_confidence, found.computed_interval_days) == (0.0, 365.0)


@given(n=st.integers(1, 60), share=st.floats(0.0, 1.0), target=st.floats(0.01, 0.99))
def test_an_interval_changes_ten_times_at_most(n: int, share: float, target: float) -> None:
    found = judge_interval(results(round(share * n), n), 100.0, target)
    assert 10.0 <= found.computed_interval_days <= 1_000.0


@pytest.mark.parametrize(
    ("days", "target", "confidence"),
    [
        (0.0, 0.95, 0.5),
        (-1.0, 0.95, 0.5),
        (math.nan, 0.95, 0.5),
        (1e9, 0.95, 0.5),
        (365.0, 0.0, 0.5),
        (365.0, 1.0, 0.5),
        (365.0, math.nan, 0.5),
        (365.0, 0.95, 1.0),
        (365.0, 0.95, 0.0),
    ],
)
def test_what_cannot_be_is_refused(days: float, target: float, confidence: float) -> None:
    with pytest.raises(IntervalError, match="E_INTERVAL_NUMBER"):
        judge_interval(results(3, 4), days, target, confidence)


def test_no_results_say_nothing() -> None:
    with pytest.raises(IntervalError, match="E_INTERVAL_HISTORY"):
        judge_interval((), 365.0, 0.95)
