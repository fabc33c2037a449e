"""NCSLI RP-1, method A3, by an example (asset 1) known second-hand; the practice was not seen."""

import pytest

from calibration.interval.reliability import judge_interval

ASSET_1 = tuple(each == "1" for each in "11010111101111101110")


def test_15_of_20_against_a_target_of_95_percent_at_365_days() -> None:
    """Q = 0.9949, new interval 231 d, reliability from .6516 to .8286."""
    found = judge_interval(ASSET_1, 365.0, 0.95)
    assert (found.in_tolerance, found.calibrations) == (15, 20)
    assert found.observed_reliability == 0.75
    assert found.rejection_confidence == pytest.approx(0.9949, abs=5e-5)
    assert found.reliability_range == pytest.approx((0.6516, 0.8286), abs=5e-5)
    assert found.new_interval_days == pytest.approx(231.0, abs=0.5)
    assert found.findings == ("interval_rejected",)
