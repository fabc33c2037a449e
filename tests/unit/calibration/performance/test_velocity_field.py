import datetime as dt
from decimal import Decimal
from statistics import fmean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.performance.errors import LimitMissingError, PerformanceCountError
from calibration.performance.load import read_limits
from calibration.performance.velocity_field import Velocities, VelocityField, velocity_field

LIMITS, USED = read_limits("hj75-2017")
RULE = LIMITS.rule("velocity_field", "velocity", None)
DAY = dt.date(2026, 3, 1)


def compared(*days: list[tuple[str, str]]) -> VelocityField:
    """A day's comparisons a list, of reference and reading."""
    rows = [
        Velocities(day=DAY + dt.timedelta(days=n), reference=Decimal(rm), reading=Decimal(cem))
        for n, some in enumerate(days)
        for rm, cem in some
    ]
    return velocity_field(rows, RULE, USED)


def test_three_days_by_hand() -> None:
    """K_v 1.02, 1.04, 0.98: mean 3.04/3; the squares of 1/150, 4/150, -5/150 sum up to 42/150^2."""
    found = compared([("10.2", "10")], [("10.4", "10")], [("4.9", "5")])
    assert found.coefficient == pytest.approx(3.04 / 3.0, rel=1e-15)
    assert found.standard_deviation == pytest.approx(21.0**0.5 / 150.0, rel=1e-15)
    assert found.relative_standard_deviation_percent == pytest.approx(100 * 21**0.5 / 152)
    assert (found.outcome, found.criteria[0].status) == ("pass", "K")


def test_comparisons_of_a_day_are_averaged_first() -> None:
    found = compared([("10", "10"), ("12", "10")], [("11.22", "10.2")])
    assert [each.coefficient for each in found.days] == pytest.approx([1.1, 1.1])
    assert [each.comparisons for each in found.days] == [2, 1]
    assert found.relative_standard_deviation_percent == 0.0


def test_the_limit_itself_passes_and_the_next_digit_does_not() -> None:
    """Two days 1 - d and 1 + d have the relative standard deviation d*sqrt(2)."""
    root = Decimal(2).sqrt()
    below = str(Decimal("0.05") / root - Decimal("1e-12"))
    above = str(Decimal("0.05") / root + Decimal("1e-12"))
    found = [
        compared([(str(1 - Decimal(d)), "1")], [(str(1 + Decimal(d)), "1")]).outcome
        for d in (below, above)
    ]
    assert found == ["pass", "fail"]


@given(st.lists(st.lists(st.integers(50, 2000), min_size=1, max_size=4), min_size=2, max_size=7))
def test_it_is_the_relative_standard_deviation_of_the_daily_means(days: list[list[int]]) -> None:
    found = compared(*[[(str(each), "1000") for each in some] for some in days])
    means = [fmean(some) / 1000.0 for some in days]
    assert found.coefficient == pytest.approx(fmean(means))
    assert found.standard_deviation == pytest.approx(stdev(means), abs=1e-12)


def test_one_day_has_no_scatter() -> None:
    with pytest.raises(PerformanceCountError, match="must be >= 2"):
        compared([("10", "10"), ("12", "10")])


def test_other_schemes_know_no_such_precision() -> None:
    with pytest.raises(LimitMissingError):
        read_limits("part75-2011")[0].rule("velocity_field", "velocity", None)
