import math

import pytest

from calibration.distribution import (
    Distribution,
    from_expanded,
    from_half_width,
    from_resolution,
)
from calibration.errors import OutOfRangeError


@pytest.mark.parametrize(
    ("distribution", "expected"),
    [
        (Distribution.RECTANGULAR, 0.5773502691896258),
        (Distribution.TRIANGULAR, 0.4082482904638631),
        (Distribution.ARCSINE, 0.7071067811865475),
    ],
)
def test_a_half_width_of_one_gives_the_standard_deviation_of_its_distribution(
    distribution: Distribution, expected: float
) -> None:
    assert from_half_width(1.0, distribution) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("half_width", [-1e-9, math.nan])
def test_a_half_width_that_is_none_is_refused(half_width: float) -> None:
    with pytest.raises(OutOfRangeError, match="E_NUM_RANGE"):
        from_half_width(half_width, Distribution.RECTANGULAR)


def test_a_normal_distribution_has_no_half_width() -> None:
    with pytest.raises(OutOfRangeError, match="bounded"):
        from_half_width(1.0, Distribution.NORMAL)


def test_a_certificates_u_is_divided_by_its_own_k() -> None:
    assert from_expanded(0.045, 2.0) == 0.0225
    assert from_expanded(0.03, 1.65) == pytest.approx(0.03 / 1.65)


@pytest.mark.parametrize(("big_u", "k"), [(-0.1, 2.0), (0.1, 0.0), (math.nan, 2.0), (0.1, -2.0)])
def test_a_negative_u_or_a_k_of_zero_is_refused(big_u: float, k: float) -> None:
    with pytest.raises(OutOfRangeError):
        from_expanded(big_u, k)


def test_a_step_of_one_digit_has_u_of_its_width_over_root_twelve() -> None:
    assert from_resolution(0.1) == pytest.approx(0.1 / math.sqrt(12.0), rel=1e-15)
