"""A pressure sensor on a straight line through two points, and what it then reads.

W. Kessel, Measurement 45 (2012) 1661; the figures are those of GTC's documentation.
"""

import math

import numpy as np
import pytest

from calibration.formula.grammar import parse_formula
from calibration.propagation.linear import Propagated, propagate
from calibration.propagation.quantity import Knowledge, Quantity, inputs_of

U_X = 5e-5 / math.sqrt(3.0)
POINTS = inputs_of(
    [
        Quantity(name="x1", estimate=0.0, standard_uncertainty=U_X),
        Quantity(name="y1", estimate=0.0),
        Quantity(name="x2", estimate=2.0410, standard_uncertainty=U_X),
        Quantity(name="y2", estimate=20.0, standard_uncertainty=20.0 * 1.15e-4),
    ]
)
SLOPE = "(y2 - y1)/(x2 - x1)"
INTERCEPT = f"y1 - x1*{SLOPE}"


def _of_points(formula: str) -> Propagated:
    return propagate(parse_formula(formula, ("x1", "y1", "x2", "y2")), POINTS)


def test_the_line_through_two_points_with_its_correlation() -> None:
    a, b = _of_points(INTERCEPT), _of_points(SLOPE)
    assert (a.value, a.standard_uncertainty) == pytest.approx((0.0, 2.828761730e-4), rel=1e-9)
    assert (b.value, b.standard_uncertainty) == pytest.approx(
        (9.799118079, 1.143817547e-3), rel=1e-9
    )
    covariance = float(np.dot(a.contributions, b.contributions))
    r = covariance / a.standard_uncertainty / b.standard_uncertainty
    assert r == pytest.approx(-0.121170419, rel=1e-8)


@pytest.mark.parametrize(
    ("x", "pressure", "expanded"),
    [(0.0, 0.0, 0.00582812), (1.0201, 9.99608, 0.00624986), (2.0410, 20.0000, 0.00741554)],
)
def test_a_pressure_read_through_the_line_with_its_linearity(
    x: float, pressure: float, expanded: float
) -> None:
    inputs = inputs_of(
        [
            Quantity(name="a", estimate=0.0, standard_uncertainty=0.00028),
            Quantity(name="b", estimate=9.79912, standard_uncertainty=0.00114),
            Quantity(name="x", estimate=x, standard_uncertainty=U_X),
            Quantity(
                name="linearity",
                estimate=0.0,
                standard_uncertainty=0.005 / math.sqrt(3.0),
                distribution=Knowledge.RECTANGULAR,
            ),
        ],
        [("a", "b", -0.1212)],
    )
    model = parse_formula("a + b*x + linearity", ("a", "b", "x", "linearity"))
    found = propagate(model, inputs)
    assert found.value == pytest.approx(pressure, abs=5e-6)
    assert 2.0 * found.standard_uncertainty == pytest.approx(expanded, rel=2e-6)
