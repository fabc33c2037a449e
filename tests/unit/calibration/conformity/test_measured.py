"""Measured values and the ways their uncertainty is given."""

import math

import pytest

from calibration.conformity.errors import ConformityError
from calibration.conformity.measured import measured


def test_u_and_expanded_uncertainty_say_the_same() -> None:
    by_u = measured(1.0, standard_uncertainty=0.05)
    by_expanded = measured(1.0, expanded_uncertainty=0.1, coverage_factor=2.0)
    assert by_u == by_expanded
    assert measured(1.0, standard_uncertainty=0.05, coverage_factor=3.0).expanded_uncertainty == (
        pytest.approx(0.15)
    )


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"standard_uncertainty": 0.1, "expanded_uncertainty": 0.2, "coverage_factor": 2.0},
        {"expanded_uncertainty": 0.2},
        {"coverage_factor": 2.0},
    ],
)
def test_an_uncertainty_is_given_once_and_whole(given: dict[str, float]) -> None:
    with pytest.raises(ConformityError, match="E_CONFORMITY_UNCERTAINTY"):
        measured(1.0, **given)


@pytest.mark.parametrize("number", [0.0, -0.1, math.nan, math.inf, 1e31, 1e-31])
def test_an_uncertainty_of_zero_or_beyond_all_measure_is_refused(number: float) -> None:
    with pytest.raises(ConformityError, match="E_CONFORMITY_NUMBER standard_uncertainty"):
        measured(1.0, standard_uncertainty=number)
    with pytest.raises(ConformityError, match="E_CONFORMITY_NUMBER expanded_uncertainty"):
        measured(1.0, expanded_uncertainty=number, coverage_factor=2.0)


@pytest.mark.parametrize("value", [math.nan, math.inf, -1e31, 1e308])
def test_a_value_that_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(ConformityError, match="E_CONFORMITY_NUMBER value"):
        measured(value, standard_uncertainty=1.0)


@pytest.mark.parametrize("k", [0.0, -2.0, math.nan, math.inf])
def test_a_coverage_factor_is_a_positive_number(k: float) -> None:
    with pytest.raises(ConformityError, match="E_CONFORMITY_NUMBER coverage_factor"):
        measured(1.0, expanded_uncertainty=1.0, coverage_factor=k)


@pytest.mark.parametrize("nu", [0.0, 0.5, math.nan, math.inf])
def test_degrees_of_freedom_are_1_or_more(nu: float) -> None:
    with pytest.raises(ConformityError, match="E_CONFORMITY_NUMBER degrees_of_freedom"):
        measured(1.0, standard_uncertainty=1.0, degrees_of_freedom=nu)
