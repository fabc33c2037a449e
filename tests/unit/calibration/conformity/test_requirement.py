"""Limits, and limits moved by a guard band."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.conformity.errors import ConformityError, RequirementError
from calibration.conformity.requirement import Interval, Requirement, drawn_in

DECIMALS = st.decimals(-1000, 1000, places=6)


def test_a_value_on_a_limit_lies_within() -> None:
    limits = Requirement(lower=-0.3, upper=0.3)
    assert limits.holds(0.3)
    assert limits.holds(-0.3)
    assert not limits.holds(0.300001)


def test_a_single_limit_has_no_width() -> None:
    assert Requirement(upper=1.0).width is None
    assert Requirement(lower=1.0).width is None
    assert Requirement(lower=0.1, upper=0.3).width == 0.2


@pytest.mark.parametrize(
    ("lower", "upper"), [(None, None), (1.0, 1.0), (2.0, 1.0), (float("nan"), 1.0), (0.0, 1e31)]
)
def test_limits_that_are_none_are_refused(lower: float | None, upper: float | None) -> None:
    with pytest.raises(ConformityError, match=r"E_CONFORMITY_(LIMITS|NUMBER)"):
        Requirement(lower=lower, upper=upper)


def test_a_requirement_without_limits_says_so_in_both_languages() -> None:
    with pytest.raises(RequirementError) as refused:
        Requirement()
    assert "lower | upper" in refused.value.say("en")
    assert refused.value.say("zh").startswith("E_CONFORMITY_LIMITS requirement: 限值为")


def test_doubles_would_reject_what_a_certificate_accepts() -> None:
    assert 0.3 - 0.1 < 0.2
    assert drawn_in(Requirement(upper=0.3), 0.1).holds(0.2)


@given(limit=DECIMALS, guard_band=DECIMALS)
def test_limits_move_by_decimals_as_they_are_written(limit: Decimal, guard_band: Decimal) -> None:
    moved = drawn_in(Interval(lower=float(limit), upper=float(limit)), float(guard_band))
    assert moved.upper == float(limit - guard_band)
    assert moved.lower == float(limit + guard_band)
