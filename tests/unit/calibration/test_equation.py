"""What is written of a function is what it computes: read again as a formula, and by eye."""

import math
import re

import numpy as np
import pytest
from msgspec.structs import replace

from calibration.equation import equation
from calibration.function import CalibrationFunction, FormName


def function(
    form: FormName,
    coefficients: tuple[float, ...],
    centre: float = 0.0,
    knots: tuple[float, ...] = (),
) -> CalibrationFunction:
    size = len(coefficients)
    return CalibrationFunction(
        form=form,
        coefficients=coefficients,
        covariance=tuple((0.0,) * size for _ in range(size)),
        measuring_interval=(1.0, 100.0),
        centre=centre,
        knots=knots,
    )


CURVED = [
    function("polynomial", (-0.0052730366, 0.00013701195), 10.0),
    function("polynomial", (1.0, -2.5e-7, 3.0), -4.0),
    function("polynomial", (1013.54, 0.98625)),
    function("power", (0.5, 1.25, -0.125)),
    function("exponential", (-3.0, 2.0, 0.01)),
]


@pytest.mark.parametrize("curved", CURVED, ids=equation)
@pytest.mark.parametrize("x", [1.0, 17.5, 100.0])
def test_who_computes_the_formula_gets_the_function(curved: CalibrationFunction, x: float) -> None:
    text = equation(curved).replace("·", "*").replace("^", "**")
    text = re.sub("[²³]", lambda power: f"**{'²³'.index(power[0]) + 2}", text)
    found = eval(text, {"x": x, "exp": math.exp, "__builtins__": {}})  # noqa: S307 - our own text
    assert found == pytest.approx(float(curved.value(np.array([x]))[0]), rel=1e-9)


UNSTATED = CalibrationFunction(
    form="polynomial",
    coefficients=(101163.14123287497, 1.0000123456789012),
    covariance=((12.5, 0.0), (0.0, 1e-10)),
    measuring_interval=(90_000.0, 110_000.0),
    centre=101216.88888888889,
)


def test_a_number_of_a_computer_has_the_digits_that_u_allows_and_no_seventeen() -> None:
    text = equation(UNSTATED, None)
    assert text == "101163.14 + 1.0000123·(x - 101216.89)"
    found = [eval(text.replace("·", "*"), {"x": x}) for x in (90_000.0, 110_000.0)]  # noqa: S307
    exact = UNSTATED.value(np.array([90_000.0, 110_000.0])).tolist()
    assert found == pytest.approx(exact, abs=0.01 * math.sqrt(12.5))


def test_a_number_that_a_document_states_stays_as_it_is() -> None:
    stated = replace(UNSTATED, coefficients=(101163.1412, 1.00001), centre=0.0)
    assert equation(stated, None) == "101163.1412 + 1.00001·x"
    knots = replace(
        UNSTATED,
        form="piecewise_linear",
        coefficients=(1.0 / 3.0, 2.0 / 3.0),
        covariance=((1e-4, 0.0), (0.0, 1e-4)),
        knots=(1.0, 1.000001),
        centre=0.0,
        measuring_interval=(1.0, 1.000001),
    )
    assert equation(knots, None) == "(1; 0.3333333) (1.000001; 0.6666667)"


def test_it_reads_as_people_write_it() -> None:
    assert [equation(each) for each in CURVED[:2]] == [
        "-0.0052730366 + 0.00013701195·(x - 10)",
        "1 - 2.5e-07·(x + 4) + 3·(x + 4)²",
    ]
    line = function("piecewise_linear", (0.1, 0.2), knots=(0.0, 50.0))
    assert equation(line) == "(0; 0.1) (50; 0.2)"
