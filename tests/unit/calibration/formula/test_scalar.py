"""Single numbers through an expression: the same as through arrays."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.formula.grammar import parse_expression
from calibration.formula.scalar import scalar
from calibration.formula.tree import FUNCTIONS, worth
from calibration.model.load import models
from tests.unit.calibration.model.typical import TYPICAL

NUMBERS = st.floats(-3.0, 3.0)


@pytest.mark.parametrize("name", FUNCTIONS)
@given(x=NUMBERS)
def test_every_function_gives_what_it_gives_for_arrays(name: str, x: float) -> None:
    expression = parse_expression(f"{name}(x)")
    with np.errstate(all="ignore"):
        expected = float(worth(expression, {"x": np.asarray(x)}))
    found = scalar(expression)({"x": x})
    if math.isfinite(expected):
        assert found == pytest.approx(expected, rel=1e-12, abs=1e-300)
    else:
        assert not math.isfinite(found)


@pytest.mark.parametrize("text", ["x + y", "x - y", "x*y", "x/y", "x^y", "-x^2 + 3*y"])
@given(x=NUMBERS, y=NUMBERS)
def test_every_operator_gives_what_it_gives_for_arrays(text: str, x: float, y: float) -> None:
    expression = parse_expression(text)
    with np.errstate(all="ignore"):
        expected = float(worth(expression, {"x": np.asarray(x), "y": np.asarray(y)}))
    found = scalar(expression)({"x": x, "y": y})
    if math.isfinite(expected):
        assert found == pytest.approx(expected, rel=1e-12, abs=1e-300)
    else:
        assert not math.isfinite(found)


@pytest.mark.parametrize("formula", [each.formula for each in models() if each.formula])
def test_every_model_gives_what_it_gives_for_arrays(formula: str) -> None:
    constants = {"k": 5.7e-7, "u_f": 1.0 / 385.0, "h_water": 83.74}
    names = {"o2_ambient", "o2_air", "m_co2", "v_m", "t_zero", "p_zero", "lb_per_ton"}
    others = dict.fromkeys({*names, "t_water", "c_water", "co2_per_carbon"}, 21.5)
    values = TYPICAL | constants | others
    expression = parse_expression(formula)
    expected = worth(expression, {name: np.asarray(value) for name, value in values.items()})
    assert scalar(expression)(values) == pytest.approx(float(expected), rel=1e-13)
