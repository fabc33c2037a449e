"""JCGM 100:2008 (GUM): the ten resistors of 5.2.2, the end gauge of H.1, the thermometer of H.3."""

import math

import msgspec
import numpy as np
import pytest

from calibration.coverage import effective_degrees_of_freedom, expand
from calibration.distribution import Distribution, from_half_width
from calibration.function import CalibrationFunction
from calibration.uncertainty import Influence, UncertaintyComponent, combine, merge, scaled


def _part(
    name: str,
    u: float,
    nu: float | None = None,
    distribution: Distribution = Distribution.NORMAL,
) -> UncertaintyComponent:
    influence = Influence(id=f"factor:{name}", degrees_of_freedom=nu, distribution=distribution)
    return UncertaintyComponent(influence=influence, contribution=u)


# 5.2.2, EXAMPLE: ten resistors of 1,000 ohm, each compared with the same standard,
# u(Rs) = 100 mohm; in series, u = 1.0 ohm and not sqrt(10) * 100 mohm = 0.32 ohm.


def test_5_2_2_ten_resistors_calibrated_with_one_standard_are_uncertain_by_one_ohm() -> None:
    standard = Influence(id="std:lab/Rs")
    resistors = [[UncertaintyComponent(influence=standard, contribution=0.1)] for _ in range(10)]
    assert combine(merge(*resistors)) == pytest.approx(1.0, rel=1e-15)


def test_5_2_2_only_resistors_without_a_common_standard_would_give_0_32_ohm() -> None:
    resistors = [_part(f"R{k}", 0.1) for k in range(10)]
    assert combine(resistors) == pytest.approx(0.3162, abs=5e-5)


# H.1, table H.1: contributions |c_i|*u_i in nm and degrees of freedom.

DIFFERENCE = (_part("d0", 5.8, 24.0), _part("d1", 3.9, 5.0), _part("d2", 6.7, 8.0))
END_GAUGE = (
    _part("ls", 25.0, 18.0),
    *DIFFERENCE,
    _part("delta-alpha", 2.886787315, 50.0, Distribution.RECTANGULAR),
    _part("delta-theta", 16.599027061, 2.0, Distribution.RECTANGULAR),
)


def test_h_1_the_contributions_follow_from_the_stated_half_widths() -> None:
    ls = 5.0000623e7
    alpha = ls * 0.1 * from_half_width(1e-6, Distribution.RECTANGULAR)
    theta = ls * 11.5e-6 * from_half_width(0.05, Distribution.RECTANGULAR)
    assert (alpha, theta) == pytest.approx((2.886787315, 16.599027061), rel=1e-9)


def test_h_1_the_end_gauge_has_u_of_32_nm_and_16_degrees_of_freedom() -> None:
    assert combine(END_GAUGE) == pytest.approx(31.663879111, rel=1e-10)  # prints 32
    nu = effective_degrees_of_freedom(END_GAUGE)
    assert nu == pytest.approx(16.751855738, rel=1e-9)  # prints 16, truncated


def test_h_1_the_difference_alone_has_25_degrees_of_freedom() -> None:
    assert combine(DIFFERENCE) == pytest.approx(9.681941954, rel=1e-10)
    assert effective_degrees_of_freedom(DIFFERENCE) == pytest.approx(25.447250777, rel=1e-9)


def test_h_1_6_the_coverage_factor_is_that_of_the_floor_16() -> None:
    found = expand(END_GAUGE, 0.99)
    assert found.coverage_factor == pytest.approx(2.920781622, rel=1e-9)  # t.99(16) = 2.92
    assert found.expanded_uncertainty == pytest.approx(92.483276, abs=1e-5)  # prints 93
    assert found.distribution == "t"


# H.3: b(t) = y1 + y2*(t - 20 Cel) fitted to 11 points; u(y1) = 0.0029, u(y2) = 0.00067,
# r(y1, y2) = -0.930; s = 0.0035 with 9 degrees of freedom; b(30) = -0.1494, u = 0.0041.

THERMOMETER = CalibrationFunction(
    form="polynomial",
    coefficients=(-0.17120379013, 0.00218269774),
    covariance=((0.0028776**2, -1.788340749e-6), (-1.788340749e-6, 0.00066794**2)),
    measuring_interval=(21.0, 27.0),
    centre=20.0,
    degrees_of_freedom=9.0,
)
T = (21.521, 22.012, 22.512, 23.003, 23.507, 23.999, 24.513, 25.002, 25.503, 26.010, 26.511)
B = (-0.171, -0.169, -0.166, -0.159, -0.164, -0.165, -0.156, -0.157, -0.159, -0.161, -0.160)


def _fitted() -> CalibrationFunction:
    """The line with all digits, from table H.6 by the normal equations (H.13)."""
    design = np.column_stack((np.ones(11), np.array(T) - 20.0))
    inverse = np.linalg.inv(design.T @ design)
    coefficients = inverse @ design.T @ np.array(B)
    residuals = np.array(B) - design @ coefficients
    covariance = inverse * float(residuals @ residuals) / 9.0
    return msgspec.structs.replace(
        THERMOMETER,
        coefficients=tuple(coefficients.tolist()),
        covariance=tuple(tuple(row) for row in covariance.tolist()),
    )


@pytest.mark.parametrize(
    ("t", "correction", "u"),
    [(30.0, -0.149376813, 0.004138595753), (25.0, -0.160290301, 0.001245277854)],
)
def test_h_3_4_a_predicted_correction_has_the_uncertainty_of_both_coefficients(
    t: float, correction: float, u: float
) -> None:
    line = _fitted()
    assert line.value(np.array([t]))[0] == pytest.approx(correction, abs=5e-10)
    assert combine(line.components(t, "H3")) == pytest.approx(u, rel=1e-9)


def test_h_3_4_the_printed_line_with_its_covariance_gives_the_printed_prediction() -> None:
    assert round(float(THERMOMETER.value(np.array([30.0]))[0]), 4) == -0.1494
    assert combine(THERMOMETER.components(30.0, "H3")) == pytest.approx(0.0041386, abs=5e-7)


def test_h_3_4_without_the_covariance_the_uncertainty_would_be_far_too_large() -> None:
    line = _fitted()
    variances = np.diag(np.diagonal(np.array(line.covariance)))
    careless = msgspec.structs.replace(
        line, covariance=tuple(tuple(row) for row in variances.tolist())
    )
    u = combine(careless.components(30.0, "H3"))
    assert u == pytest.approx(0.007272880732, rel=1e-7)
    assert u > 1.7 * combine(line.components(30.0, "H3"))


def test_h_3_4_both_factors_of_the_line_are_one_source_of_nine_degrees_of_freedom() -> None:
    found = expand(_fitted().components(30.0, "H3"))
    assert found.effective_degrees_of_freedom == pytest.approx(9.0)
    assert found.coverage_factor == pytest.approx(2.262157, abs=1e-6)


def test_h_3_6_a_common_offset_of_the_corrections_moves_the_intercept_and_not_the_slope() -> None:
    """u = 0.005 common to all b_k; the intercept's u and nu are those of GTC's documentation."""
    offset = UncertaintyComponent(influence=Influence(id="std:L/offset"), contribution=0.005)
    line = _fitted()
    intercept = expand((*line.components(20.0, "H3"), offset))
    assert intercept.standard_uncertainty == pytest.approx(0.00576893138, rel=1e-8)
    assert intercept.effective_degrees_of_freedom == pytest.approx(145.3796, rel=1e-6)
    away, near = line.components(21.0, "H3"), line.components(20.0, "H3")
    slope = expand((*away, offset, *scaled((*near, offset), -1.0)))  # b(21) - b(20)
    assert slope.standard_uncertainty == pytest.approx(0.000667938773, rel=1e-8)
    assert slope.effective_degrees_of_freedom == pytest.approx(9.0)


# G.4.1, Welch-Satterthwaite.


def test_g_4_1_two_influences_of_which_one_is_well_known() -> None:
    parts = [_part("a", 0.57, 9.0), _part("b", 0.25)]
    assert effective_degrees_of_freedom(parts) == pytest.approx(12.8, abs=0.05)


def test_g_4_1_three_influences_with_4_infinite_and_9_degrees_of_freedom() -> None:
    parts = [_part("a", 0.8, 4.0), _part("b", 0.5), _part("c", 0.3, 9.0)]
    assert combine(parts) == pytest.approx(0.9899495, abs=5e-8)
    assert effective_degrees_of_freedom(parts) == pytest.approx(9.2972, abs=5e-5)


def test_g_4_1_a_quotient_of_counts_times_a_reference() -> None:
    x1, x2, reference = 0.1820, 0.1823, 0.6978
    value = x1 / x2 * reference
    parts = [
        _part("X1", reference / x2 * 0.00093, 9.0),
        _part("X2", -value / x2 * 0.00058, 19.0),
        _part("Yu", x1 / x2 * 0.0026, 19.0),
    ]
    found = expand(parts)
    assert value == pytest.approx(0.6967, abs=5e-5)
    # published from unrounded inputs: u = 0.00494, nu_eff = 27.7, U = 0.0101
    assert found.standard_uncertainty == pytest.approx(0.00494, abs=1e-5)
    assert found.effective_degrees_of_freedom == pytest.approx(27.7, abs=0.25)
    assert found.expanded_uncertainty == pytest.approx(0.0101, abs=5e-5)


def test_g_4_1_all_degrees_of_freedom_infinite_stay_infinite() -> None:
    assert effective_degrees_of_freedom([_part("a", 1.0), _part("b", 2.0)]) == math.inf
