import math

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.errors import CertificateError
from calibration.function import CalibrationFunction, factor_of
from calibration.uncertainty import combine
from tests.unit.calibration.examples import piecewise, polynomial

SMALL = st.integers(-9, 9).map(float)


def _at(*arguments: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.array(arguments, dtype=np.float64)


def test_a_polynomial_is_kept_in_powers_of_the_distance_from_its_centre() -> None:
    function = polynomial(1.0, 2.0, 3.0, centre=10.0)
    assert function.value(_at(10.0, 12.0)).tolist() == [1.0, 17.0]
    assert function.sensitivity(_at(10.0, 12.0)).tolist() == [2.0, 14.0]


def test_a_constant_has_no_sensitivity() -> None:
    assert polynomial(0.004).sensitivity(_at(1.0, 50.0)).tolist() == [0.0, 0.0]


def test_straight_lines_join_the_values_at_the_knots() -> None:
    function = piecewise([0.0, 10.0, 30.0], [1.0, 2.0, 0.0])
    assert function.value(_at(0.0, 5.0, 10.0, 20.0, 30.0)).tolist() == [1.0, 1.5, 2.0, 1.0, 0.0]
    slopes = function.sensitivity(_at(5.0, 20.0)).tolist()
    assert slopes == pytest.approx([0.1, -0.1], rel=1e-15)


def test_beyond_its_knots_a_piecewise_linear_function_holds_its_end_values() -> None:
    function = piecewise([0.0, 10.0, 30.0], [1.0, 2.0, 0.0])
    assert function.value(_at(-5.0, 99.0)).tolist() == [1.0, 0.0]
    assert function.sensitivity(_at(-5.0, 99.0)).tolist() == [0.0, 0.0]


def test_a_point_between_two_knots_takes_its_uncertainty_from_both() -> None:
    function = piecewise([0.0, 10.0], [0.0, 0.0], [[0.04, 0.0], [0.0, 0.09]])
    middle = combine(function.components(5.0, "C-1"))
    assert middle == pytest.approx(math.sqrt(0.25 * 0.04 + 0.25 * 0.09), rel=1e-14)
    assert combine(function.components(0.0, "C-1")) == pytest.approx(0.2, rel=1e-14)


def test_components_name_the_certificate_and_the_columns_of_the_factor() -> None:
    function = polynomial(0.0, 1.0, covariance=[[0.04, 0.0], [0.0, 0.01]], nu=9.0)
    offset, slope = function.components(3.0, "C-7")
    assert (offset.influence.id, offset.contribution) == ("cert:C-7/0", 0.2)
    assert slope.influence.id == "cert:C-7/1"
    assert slope.contribution == pytest.approx(0.3)
    assert {part.influence.dof_source for part in (offset, slope)} == {"cert:C-7"}
    assert {part.influence.evaluation for part in (offset, slope)} == {"A"}


@given(
    rows=st.integers(1, 4).flatmap(
        lambda size: st.lists(
            st.lists(SMALL, min_size=size, max_size=size), min_size=size, max_size=size
        )
    )
)
def test_the_factor_of_any_covariance_reproduces_it(rows: list[list[float]]) -> None:
    root = np.array(rows)
    covariance = root @ root.T
    lower = factor_of(covariance)
    assert np.all(np.triu(lower, 1) == 0.0)
    size = np.sqrt(np.outer(np.diag(covariance), np.diag(covariance)))
    assert np.all(np.abs(lower @ lower.T - covariance) <= 1e-5 * size)


def test_a_semi_definite_covariance_has_fewer_influences_than_coefficients() -> None:
    u = np.array([0.001, 0.0005, 0.0005])
    lower = factor_of(np.outer(u, u))
    assert lower[:, 0] == pytest.approx(u)
    assert not lower[:, 1:].any()


@pytest.mark.parametrize(
    ("covariance", "what"),
    [
        ([[1.0, 0.5], [0.4, 1.0]], "not symmetric"),
        ([[1.0, 2.0], [2.0, 1.0]], "semi-definite"),
        ([[-1e-6, 0.0], [0.0, 1.0]], "semi-definite"),
        ([[0.0, 1.0], [1.0, 0.0]], "semi-definite"),
        ([[0.0, 1.0], [1.0, 5.0]], "semi-definite"),
        ([[1e4, 0.1], [0.1, 5e-7]], "semi-definite"),
        ([[1e4, 0.0], [0.0, -1e-6]], "semi-definite"),
        ([[1e-4, 0.0], [0.0, -1e-12]], "semi-definite"),
        ([[1.0]], "2 by 2"),
        ([[1.0, 0.0], [0.0]], "2 by 2"),
        ([[math.nan, 0.0], [0.0, 1.0]], "finite"),
    ],
)
def test_what_cannot_be_a_covariance_is_refused(covariance: list[list[float]], what: str) -> None:
    with pytest.raises(CertificateError, match=what):
        polynomial(0.0, 1.0, covariance=covariance)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"coefficients": (math.nan, 1.0)}, "finite"),
        ({"coefficients": ()}, "needs coefficients"),
        ({"centre": math.inf}, "finite"),
        ({"measuring_interval": (0.0, math.nan)}, "ascending measuring interval"),
        ({"measuring_interval": (5.0, 5.0)}, "ascending measuring interval"),
        ({"degrees_of_freedom": 0.0}, "degrees of freedom"),
        ({"degrees_of_freedom": math.nan}, "degrees of freedom"),
        ({"knots": (0.0, 1.0)}, "has no knots"),
        ({"form": "piecewise_linear", "knots": (0.0, 1.0), "centre": 1.0}, "has no centre"),
        ({"form": "piecewise_linear", "knots": (1.0, 1.0)}, "ascend strictly"),
        ({"form": "piecewise_linear", "knots": (2.0, 1.0)}, "ascend strictly"),
        ({"form": "piecewise_linear", "knots": (1.0,)}, "one value per knot"),
        ({"form": "piecewise_linear", "knots": (1.0, math.nan)}, "finite"),
    ],
)
def test_a_function_that_cannot_be_evaluated_is_refused(
    change: dict[str, object], what: str
) -> None:
    good = msgspec.to_builtins(polynomial(0.0, 1.0))
    with pytest.raises(CertificateError, match=what):
        msgspec.convert({**good, **change}, CalibrationFunction)


def test_a_replaced_covariance_does_not_keep_the_factor_of_the_old_one() -> None:
    function = polynomial(0.0, covariance=[[4.0]])
    assert function.factor.tolist() == [[2.0]]
    assert msgspec.structs.replace(function, covariance=((9.0,),)).factor.tolist() == [[3.0]]
