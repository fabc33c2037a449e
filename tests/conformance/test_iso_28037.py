"""ISO/TS 28037:2010: the examples of clauses 6, 7, 9 and 11, on the inputs that NPL publishes.

Outputs to 12 digits are computed and agree with those that the standard prints. Pearson's points
with York's weights: Neri (1989), Kalantar (1992). GUM H.3: the thermometer.
"""

import numpy as np
import pytest

from calibration.fit.curve import fit
from calibration.fit.inverse import evaluate, invert
from calibration.fit.points import points_of
from calibration.fit.result import Fit

ONE_TO_SIX = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
PEARSON_X = [0.0, 0.9, 1.8, 2.6, 3.3, 4.4, 5.2, 6.1, 6.5, 7.4]
PEARSON_Y = [5.9, 5.4, 4.4, 4.6, 3.5, 3.7, 2.8, 2.8, 2.4, 1.5]
YORK_X = [1000.0, 1000.0, 500.0, 800.0, 200.0, 80.0, 60.0, 20.0, 1.8, 1.0]
YORK_Y = [1.0, 1.8, 4.0, 8.0, 20.0, 20.0, 70.0, 70.0, 100.0, 500.0]
PEARSON = points_of(
    PEARSON_X,
    PEARSON_Y,
    ux=[weight**-0.5 for weight in YORK_X],
    uy=[weight**-0.5 for weight in YORK_Y],
)


def stated(found: Fit) -> list[float | None]:
    """Intercept, slope, their standard uncertainties, their covariance, and chi-squared."""
    return [
        *found.coefficients,
        *found.standard_uncertainties,
        found.covariance[0][1],
        found.goodness.chi_squared,
    ]


def test_clause_6_equal_uncertainties() -> None:
    found = fit(points_of(ONE_TO_SIX, [3.3, 5.6, 7.1, 9.3, 10.7, 12.1], uy=[0.5] * 6))
    assert found.method == "wls"
    assert stated(found) == pytest.approx(
        [1.866666666667, 1.757142857143, 0.465474668126, 0.119522860933, -0.05, 1.664761904762],
        rel=1e-11,
    )
    assert found.goodness.degrees_of_freedom == 4
    assert found.goodness.findings == ()
    read = invert(found, 10.5, 0.5)  # clause 11.1 prints 4.913 and 0.322
    assert (read.value, read.standard_uncertainty) == pytest.approx(
        (4.91327913279, 0.322035560129), rel=1e-11
    )
    forward = evaluate(found, 3.5, 0.2)
    assert (forward.value, forward.standard_uncertainty) == pytest.approx(
        (8.016666666667, 0.406409531732), rel=1e-11
    )


def test_clause_6_unequal_uncertainties() -> None:
    uy = [0.5, 0.5, 0.5, 1.0, 1.0, 1.0]
    found = fit(points_of(ONE_TO_SIX, [3.2, 4.3, 7.6, 8.6, 11.7, 12.8], uy=uy))
    expected = [0.885232067511, 2.056962025317, 0.529708143509, 0.177892016741]
    assert stated(found) == pytest.approx([*expected, -0.0822784810127, 4.130801687764], rel=1e-11)
    read = invert(found, 10.5, 1.0)  # clause 11.1 prints 4.674 and 0.533
    assert (read.value, read.standard_uncertainty) == pytest.approx(
        (4.67425641026, 0.533180902231), rel=1e-11
    )


def test_clause_7_both_variables_uncertain() -> None:
    found = fit(
        points_of(
            [1.2, 1.9, 2.9, 4.0, 4.7, 5.9],
            [3.4, 4.4, 7.2, 8.5, 10.8, 13.5],
            ux=[0.2] * 6,
            uy=[0.2, 0.2, 0.2, 0.4, 0.4, 0.4],
        )
    )
    assert (found.method, found.covariance_convention) == ("eiv", "adjusted_points")
    expected = [0.5788221221495, 2.1596565673993, 0.47642062962178, 0.13554792746751]
    assert stated(found) == pytest.approx([*expected, -0.05771693909851, 2.742676789731], rel=1e-11)


def test_clause_9_correlated_values() -> None:
    covariance = np.zeros((10, 10))
    covariance[:5, :5], covariance[5:, 5:] = 1.0 + np.eye(5), 4.0 + np.eye(5)
    y = [1.3, 4.1, 6.9, 7.5, 10.2, 12.0, 14.5, 17.1, 19.5, 21.0]
    found = fit(points_of([*range(1, 11)], y, covariance=covariance.tolist()))
    assert found.method == "gls"
    expected = [-0.64556390977444, 2.2013533834586, 1.2726149740516, 0.20149814827784]
    assert stated(found) == pytest.approx([*expected, -0.16691729323308, 2.073954887218], rel=1e-11)


def test_clause_10_a_full_covariance_that_is_diagonal_changes_nothing() -> None:
    size = len(PEARSON_X)
    whole = np.diag(1.0 / np.array([*YORK_X, *YORK_Y]))
    apart = fit(points_of(PEARSON_X, PEARSON_Y, covariance=whole.tolist()))
    assert stated(apart) == pytest.approx(stated(fit(PEARSON)), rel=1e-12)
    whole[0, size] = whole[size, 0] = 0.02  # one point's argument and value are correlated
    related = fit(points_of(PEARSON_X, PEARSON_Y, covariance=whole.tolist()))
    assert stated(related) != pytest.approx(stated(apart), rel=1e-6)


@pytest.mark.parametrize(
    ("convention", "u_intercept", "u_slope", "covariance"),
    [
        ("adjusted_points", 0.29497073549311, 0.057985009000774, -0.016472544658116),
        ("implicit", 0.291933502089, 0.0576167417066, -0.0161861965193),
    ],
)
def test_pearson_s_points_under_either_convention(
    convention: str, u_intercept: float, u_slope: float, covariance: float
) -> None:
    found = fit(PEARSON, convention="implicit" if convention == "implicit" else "adjusted_points")
    assert found.covariance_convention == convention
    assert found.coefficients == pytest.approx((5.4799102240329, -0.4805334074462), rel=1e-12)
    assert found.goodness.chi_squared == pytest.approx(11.866353194061, rel=1e-12)
    assert found.standard_uncertainties == pytest.approx((u_intercept, u_slope), rel=2e-9)
    assert found.covariance[0][1] == pytest.approx(covariance, rel=2e-9)


def test_exchanged_variables_give_the_same_line() -> None:
    forward = fit(PEARSON)
    ux, uy = [each**-0.5 for each in YORK_X], [each**-0.5 for each in YORK_Y]
    backward = fit(points_of(PEARSON_Y, PEARSON_X, ux=uy, uy=ux))
    a, b = forward.coefficients
    assert backward.coefficients == pytest.approx((-a / b, 1.0 / b), rel=1e-11)
    assert backward.goodness.chi_squared == pytest.approx(forward.goodness.chi_squared, rel=1e-12)


def test_gum_h3_thermometer() -> None:
    """GUM H.3, in t - 20 degrees: prints -0.1712, 0.00218, 0.0029, 0.00067, s = 0.0035."""
    t = [21.521, 22.012, 22.512, 23.003, 23.507, 23.999, 24.513, 25.002, 25.503, 26.010, 26.511]
    b = [-0.171, -0.169, -0.166, -0.159, -0.164, -0.165, -0.156, -0.157, -0.159, -0.161, -0.160]
    found = fit(points_of([each - 20.0 for each in t], b))
    assert found.coefficients == pytest.approx((-0.17120379013, 0.00218269774), rel=1e-9)
    assert found.standard_uncertainties == pytest.approx((0.0028776, 0.00066794), rel=2e-5)
    assert found.covariance[0][1] == pytest.approx(-1.788340749e-6, rel=1e-9)
    assert found.goodness.residual_standard_deviation == pytest.approx(0.00349756396, rel=2e-9)
    assert sum((np.array(b) - found.value(np.array(t) - 20.0)) ** 2) == pytest.approx(
        1.100965831e-4, rel=1e-9
    )
    r = found.covariance[0][1] / np.prod(found.standard_uncertainties)
    assert r == pytest.approx(-0.930429603, rel=1e-8)  # printed -0.930
    assert found.goodness.chi_squared is None
    at_30, at_25 = evaluate(found, 10.0), evaluate(found, 5.0)
    assert at_30.value == pytest.approx(-0.149376813, rel=1e-8)
    assert at_30.standard_uncertainty == pytest.approx(0.004138595753, rel=1e-9)
    assert not at_30.is_inside
    assert (at_25.value, at_25.standard_uncertainty) == pytest.approx(
        (-0.160290301, 0.001245277854), rel=1e-8
    )
