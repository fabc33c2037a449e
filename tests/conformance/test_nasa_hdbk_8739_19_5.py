"""NASA-HDBK-8739.19-5, table 7-2, as published with another program's tests and recomputed."""

import math

import numpy as np
import pytest

from calibration.conformity.requirement import Requirement
from calibration.interval.growth import Growth, fit_growth
from calibration.interval.history import Deviations
from calibration.interval.reach import Allowed, reach_of

TABLE_7_2 = Deviations(
    days=(70.0, 86.0, 104.0, 135.0, 167.0, 173.0),
    deviation=(0.1, 0.11, 0.251, 0.299, 0.403, 0.615),
)
ALLOWED = Allowed(uncertainty=0.5, start=10.03, limits=Requirement(upper=11.0), probability=0.9)


@pytest.fixture(scope="module")
def growth() -> Growth:
    return fit_growth(TABLE_7_2, 0.28, degree=2)


def test_the_parabola_without_intercept(growth: Growth) -> None:
    assert growth.coefficients == pytest.approx((1.57406753e-4, 1.67379251e-5), rel=5e-9)
    covariance = np.array(growth.covariance)
    expected = [[1.01005059e-6, -6.60682892e-9], [-6.60682892e-9, 4.54947226e-11]]
    assert covariance == pytest.approx(np.array(expected), rel=5e-9)
    assert growth.residual_standard_deviation == pytest.approx(0.0708286569, rel=5e-9)
    assert growth.degrees_of_freedom == 4


def test_uncertainty_grows_to_0_5_in_327_days(growth: Growth) -> None:
    assert reach_of(growth, ALLOWED).uncertainty == pytest.approx(327.1533, abs=5e-5)
    at_start = float(growth.standard_uncertainty(np.array(0.0)))
    assert at_start == pytest.approx(math.hypot(0.28, 0.0708286569), rel=1e-9)


def test_the_limit_of_11_is_reached_with_90_percent(growth: Growth) -> None:
    """From 10.03, t for 4 degrees of freedom: 140.091 d two-sided, 171.748 d one-sided."""
    reach = reach_of(growth, ALLOWED)
    assert reach.limits_two_sided == pytest.approx(140.091, abs=5e-4)
    assert reach.limits_one_sided == pytest.approx(171.748, abs=5e-4)
    assert reach.findings == ("beyond_history",)  # 327 d, from calibrations within 173 d
