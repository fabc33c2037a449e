"""NIST Statistical Reference Datasets: certified values, to at least 9 significant digits.

Linear: Norris, Longley, Wampler 1, 3 and 5. Nonlinear, from both certified starts: Misra1a,
DanWood, Chwirut2, Rat43.
"""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from calibration.fit.curve import fit
from calibration.fit.exact import solve
from calibration.fit.inverse import invert
from calibration.fit.minimum import least_squares
from calibration.fit.points import points_of
from calibration.function import Floats

DIGITS = 9
DATA = msgspec.json.decode((Path(__file__).parent / "nist_strd.json").read_bytes())
Model = Callable[[Floats, Any], Any]


def agree(found: Sequence[float], certified: Sequence[float], digits: int = DIGITS) -> None:
    """Refuses numbers that differ within so many digits; where 0 is certified, from it."""
    for here, there in zip(found, certified, strict=True):
        assert here == pytest.approx(there, rel=0.5 * 10.0**-digits, abs=1e-9 if there == 0 else 0)


@pytest.mark.parametrize("name", ["Norris", "Wampler1", "Wampler3", "Wampler5"])
def test_polynomials(name: str) -> None:
    data = DATA[name]
    found = fit(points_of(data["x"], data["y"]), degree=len(data["certified"]) - 1)
    assert found.method == "ols"
    agree(found.coefficients, data["certified"])
    agree(found.standard_uncertainties, data["standard_deviation"])
    spread = found.goodness.residual_standard_deviation
    assert spread is not None
    agree([spread], [data["residual_standard_deviation"]])


def test_longley_whose_columns_are_nearly_dependent() -> None:
    data = DATA["Longley"]
    design = np.column_stack((np.ones(len(data["y"])), np.array(data["x"])))
    found = solve(design, np.array(data["y"]))
    agree(found.coefficients.tolist(), data["certified"])
    variance = math.fsum(found.residuals**2) / (len(data["y"]) - design.shape[1])
    agree(np.sqrt(variance * np.diagonal(found.inverse)).tolist(), data["standard_deviation"])


def test_numpy_s_own_least_squares_does_not_get_there() -> None:
    """The reason for `exact`: on Wampler 5 the library's digits are fewer than certified ones."""
    data = DATA["Wampler5"]
    design = np.vander(np.array(data["x"]), 6, increasing=True)
    found = np.linalg.lstsq(design, np.array(data["y"]), rcond=None)[0]
    assert np.max(np.abs(found - 1.0)) > 10.0**-DIGITS


def test_norris_read_backwards() -> None:
    """A response of 500 with the residual standard deviation as its uncertainty [C]."""
    found = fit(points_of(DATA["Norris"]["x"], DATA["Norris"]["y"]))
    u = found.goodness.residual_standard_deviation
    assert u is not None
    read = invert(found, 500.0, u)
    agree([read.value, read.from_function], [499.20559567294, 0.1511043947])
    agree([read.standard_uncertainty], [0.8957641045])
    assert found.covariance[0][1] == pytest.approx(-7.74327536316e-5, rel=1e-11)


MODELS: dict[str, Model] = {
    "Misra1a": lambda x, b: b[0] * (1.0 - np.exp(-b[1] * x)),
    "DanWood": lambda x, b: b[0] * x ** b[1],
    "Chwirut2": lambda x, b: np.exp(-b[0] * x) / (b[1] + b[2] * x),
    "Rat43": lambda x, b: b[0] / (1.0 + np.exp(b[1] - b[2] * x)) ** (1.0 / b[3]),
}


@pytest.mark.parametrize("start", [0, 1], ids=["far", "near"])
@pytest.mark.parametrize("name", MODELS)
def test_nonlinear(name: str, start: int) -> None:
    data, model = DATA[name], MODELS[name]
    x, y, size = np.array(data["x"]), np.array(data["y"]), len(data["certified"])

    def residuals(parameters: Floats) -> Floats:
        return np.asarray(y - model(x, parameters))

    def jacobian(parameters: Floats) -> Floats:
        """By complex steps: exact to the last digit."""
        steps = parameters + 1e-30j * np.eye(size)
        return np.stack([-np.imag(model(x, step)) / 1e-30 for step in steps], axis=1)

    found = least_squares(residuals, jacobian, np.array(data["starts"][start]))
    agree(found.parameters.tolist(), data["certified"])
    left = math.fsum(found.residuals**2)
    agree([left], [data["residual_sum_of_squares"]])
    variance = left / (len(y) - size)
    agree(np.sqrt(variance * np.diagonal(found.inverse)).tolist(), data["standard_deviation"])
