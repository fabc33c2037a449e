"""Numbers are told to as many places as their uncertainty allows, and are told apart."""

import pytest

from calibration.rounding import places_apart, to_places, with_u


@pytest.mark.parametrize(
    ("number", "expanded", "told"),
    [
        (183.16474536082325, 2.745, ("183.2", "2.7")),
        (20_164.5, 183.16474536082325, ("20160", "180")),
        (-0.0123456, 0.00099951, ("-0.0123", "0.0010")),
        (0.1 + 0.2, 0.0, ("0.3", "0")),
    ],
)
def test_a_number_has_the_places_of_the_second_digit_of_its_u(
    number: float, expanded: float, told: tuple[str, str]
) -> None:
    assert with_u(number, expanded) == told


@pytest.mark.parametrize(
    ("one", "other", "u", "places"),
    [
        (100.0, 130.0, 2.0, 1),
        (100.0, 100.004, 2.0, 3),
        (100.0, 100.0, 2.0, 1),
        (1.0, 2.0, None, 5),
        (0.0, 0.0, None, 5),
        (1.0, 1.0 + 1e-8, None, 8),
    ],
)
def test_two_versions_of_a_number_never_read_alike(
    one: float, other: float, u: float | None, places: int
) -> None:
    assert places_apart(one, other, u) == places
    assert (to_places(one, places) == to_places(other, places)) is (one == other)


def test_numbers_that_no_text_of_use_tells_apart_end_the_search() -> None:
    assert places_apart(1.0, 1.0 + 3e-16, None) <= 16
