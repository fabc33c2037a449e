"""EN 14181: QAL2, annual surveillance test, QAL3.

No numeric example of the standard was at hand: the formulas are recalled, the data synthetic, and
the figures were computed elsewhere with the factors as tables print them.
"""

from decimal import Decimal

import numpy as np
import pytest

from calibration.performance.line import Method
from calibration.performance.load import read_limits
from calibration.performance.pairs import Pair, Requirement, ZeroReading
from calibration.performance.qal2 import Qal2, qal2
from calibration.performance.surveillance import Surveillance, surveillance
from calibration.performance.variability import variability_factor

LIMITS, USED = read_limits("en14181-2014")
X = "5.12 5.87 6.43 6.98 7.25 7.91 8.36 8.84 9.17 9.75 10.22 10.81 11.36 11.90 12.48"
Y = "23.1 38.6 49.9 60.2 68.8 81.5 88.4 101.2 105.3 117.9 127.6 140.1 149.2 162.4 172.8"
SURVEYED = "5.60 7.10 8.80 10.40 12.10"
NITROGEN_OXIDES = Requirement(emission_limit=200.0, uncertainty_percent=20.0)


def pairs_of(x: str, y: str) -> list[Pair]:
    columns = zip(x.split(), y.split(), strict=True)
    return [Pair(x=float(signal), y=float(value)) for signal, value in columns]


def calibrated(method: Method | None = None) -> Qal2:
    assert LIMITS.qal2 is not None
    zero = ZeroReading(reading=4.0)
    return qal2(pairs_of(X, Y), NITROGEN_OXIDES, LIMITS.qal2, USED, zero=zero, method=method)


def surveyed(y: str) -> Surveillance:
    assert LIMITS.qal2 is not None
    assert LIMITS.surveillance is not None
    tests = (LIMITS.qal2, LIMITS.surveillance)
    return surveillance(pairs_of(SURVEYED, y), (-79.39, 20.20), NITROGEN_OXIDES, tests, USED)


@pytest.mark.parametrize(
    ("pairs", "factor"),
    [
        (3, 0.8326),
        (4, 0.8881),
        (5, 0.9161),
        (6, 0.9329),
        (7, 0.9441),
        (8, 0.9521),
        (9, 0.9581),
        (10, 0.9628),  # tables print .9629
        (11, 0.9665),
        (12, 0.9696),  # tables print .9695
        (13, 0.9721),
        (14, 0.9743),  # tables print .9742
        (15, 0.9761),
        (20, 0.9824),
        (25, 0.9861),
        (30, 0.9885),
    ],
)
def test_the_variability_factor_is_the_root_of_the_median_of_chi_squared(
    pairs: int, factor: float
) -> None:
    assert variability_factor(pairs) == pytest.approx(factor, abs=5e-5)


@pytest.mark.parametrize(("pairs", "printed"), [(10, 0.9629), (12, 0.9695), (14, 0.9742)])
def test_tables_print_three_factors_with_another_last_digit(pairs: int, printed: float) -> None:
    assert 5e-5 < abs(variability_factor(pairs) - printed) < 1.5e-4


def test_values_that_spread_wide_are_calibrated_by_method_a() -> None:
    found = calibrated()
    assert found.choice.method == "a"
    assert found.choice.spread == pytest.approx(149.7)
    assert found.choice.threshold == 40.0
    assert found.line.intercept == pytest.approx(-80.6638707, rel=1e-9)
    assert found.line.slope == pytest.approx(20.36208426, rel=1e-9)
    assert found.variability.standard_deviation == pytest.approx(1.054720476, rel=1e-9)
    assert found.variability.permissible_standard_deviation == pytest.approx(20.40816327, rel=1e-9)
    assert found.variability.limit == pytest.approx(19.92040816, rel=1e-9)
    assert (found.outcome, found.findings) == ("pass", ())


def test_the_valid_range_ends_a_tenth_beyond_the_largest_estimate() -> None:
    found = calibrated()
    assert max(found.estimates) == pytest.approx(173.455, abs=5e-4)
    assert found.valid_range[0] == 0.0
    assert found.valid_range[1] == pytest.approx(190.8, abs=5e-2)
    ends = found.line.function.value(np.array(found.line.function.measuring_interval))
    assert ends.tolist() == pytest.approx(list(found.valid_range), abs=1e-9)


def test_method_b_goes_through_the_reading_at_zero() -> None:
    found = calibrated("b")
    assert (found.choice.method, found.choice.prescribed) == ("b", "a")
    assert found.line.intercept == pytest.approx(-82.09799862, rel=1e-9)
    assert found.line.slope == pytest.approx(20.52449965, rel=1e-9)
    assert found.variability.standard_deviation == pytest.approx(1.116537365, rel=1e-9)


def test_a_surveillance_test_that_the_function_passes() -> None:
    found = surveyed("36.0 66.1 97.9 133.6 163.8")
    assert found.variability.mean_difference == pytest.approx(1.11, rel=1e-9)
    assert found.variability.standard_deviation == pytest.approx(1.835701501, rel=1e-9)
    assert found.variability.limit == pytest.approx(28.04387755, rel=1e-9)
    assert found.bias_limit == pytest.approx(22.15843009, rel=1e-9)
    assert (found.outcome, found.findings) == ("pass", ())


def test_a_surveillance_test_that_finds_bias() -> None:
    found = surveyed("62.0 93.1 124.9 160.6 190.8")
    assert found.variability.mean_difference == pytest.approx(27.91, rel=1e-9)
    assert found.variability.standard_deviation == pytest.approx(1.729103814, rel=1e-9)
    assert found.variability.passed
    assert found.bias_limit == pytest.approx(22.05679353, rel=1e-9)
    assert (found.outcome, found.findings) == ("fail", ("bias_too_large",))


@pytest.mark.parametrize(
    ("size", "factor"), [(3, "2.920"), (4, "2.353"), (5, "2.132"), (6, "2.015"), (15, "1.761")]
)
def test_students_factor_of_the_bias_is_one_sided(size: int, factor: str) -> None:
    assert LIMITS.qal2 is not None
    assert LIMITS.surveillance is not None
    pairs = [Pair(x=float(k), y=float(k)) for k in range(size)]
    tests = (LIMITS.qal2, LIMITS.surveillance)
    found = surveillance(pairs, (0.0, 1.0), NITROGEN_OXIDES, tests, USED)
    assert found.student_factor_printed == Decimal(factor)


def test_carbon_dioxide_is_judged_by_the_tier_and_the_annual_mean() -> None:
    """Tier of 5 %, annual mean 215 g/m3, 15 pairs."""
    assert LIMITS.qal2 is not None
    requirement = Requirement(emission_limit=215.0, uncertainty_percent=5.0)
    pairs = [Pair(x=float(k), y=10.0 * k + (-1) ** k) for k in range(1, 16)]
    found = qal2(pairs, requirement, LIMITS.qal2, USED).variability
    assert found.permissible_standard_deviation == pytest.approx(5.484694, abs=5e-7)
    assert found.limit == pytest.approx(5.353610, abs=5e-7)


def test_the_factors_of_the_cusum_chart_are_those_of_a_makers_manual() -> None:
    """ABB OI/EL3000-EN, QAL3 monitoring: h_x, k_x, h_s, k_s."""
    chart = LIMITS.cusum
    assert chart is not None
    assert chart.status == "K"
    assert (chart.drift_decision_interval, chart.drift_reference_value) == (2.85, 0.501)
    assert (chart.precision_decision_interval, chart.precision_reference_value) == (6.90, 1.85)
