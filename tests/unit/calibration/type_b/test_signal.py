"""Display, loop, hysteresis, drift and ambient temperature, against their own distributions."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.basis import UncertaintyBasis
from calibration.distribution import Distribution, from_half_width
from calibration.type_b.errors import TypeBNumberError
from calibration.type_b.limit import StatedLimit
from calibration.type_b.signal import (
    Ambient,
    converter_step,
    corrected_temperature,
    difference_half_width,
    drift_half_width,
    hysteresis_half_width,
    loop_half_width,
    resolution_half_width,
)
from calibration.type_b.source import Source
from calibration.type_b.temperature import temperature_evaluations


def test_one_reading_hides_half_a_step_and_a_difference_a_whole_one() -> None:
    step = 0.01
    one = from_half_width(resolution_half_width(step), Distribution.RECTANGULAR)
    two = from_half_width(difference_half_width(step), Distribution.TRIANGULAR)
    assert one == pytest.approx(step / math.sqrt(12.0))
    assert two == pytest.approx(math.sqrt(2.0) * one)


def test_hysteresis_and_drift() -> None:
    assert hysteresis_half_width(0.4) == 0.2
    assert drift_half_width(0.5, 5.0, 1.0) == pytest.approx(0.1)
    assert drift_half_width(0.5, 5.0, 0.0) == 0.0


def test_a_loops_full_scale_is_more_than_its_live_span() -> None:
    """0.1 % of 20 mA is 0.02 mA, which is 0.125 % of 16 mA."""
    assert loop_half_width(0.1, 20.0, 200.0) == pytest.approx(0.25)
    assert converter_step(12, 20.0, 1600.0) == pytest.approx(20.0 / 4096.0 * 100.0)


@pytest.mark.parametrize("value", [math.nan, math.inf, -1.0, 1e308])
def test_numbers_that_no_limit_is_are_refused(value: float) -> None:
    acts: tuple[Callable[[], float], ...] = (
        lambda: resolution_half_width(value),
        lambda: difference_half_width(value),
        lambda: hysteresis_half_width(value),
        lambda: drift_half_width(value, 1.0, 1.0),
        lambda: drift_half_width(1.0, value, 1.0),
        lambda: loop_half_width(0.1, 20.0, value),
        lambda: converter_step(12, value, 1.0),
    )
    for act in acts:
        with pytest.raises(TypeBNumberError, match="E_TYPE_B_NUMBER"):
            act()


@pytest.mark.parametrize("bits", [0, 65])
def test_converters_have_1_to_64_bits(bits: int) -> None:
    with pytest.raises(TypeBNumberError, match="bits"):
        converter_step(bits, 20.0, 1.0)


def ambient(low: float, high: float, distribution: str = "rectangular") -> Ambient:
    return Ambient(
        reference_Cel=23.0, low_Cel=low, high_Cel=high, distribution=Distribution(distribution)
    )


def test_a_daily_swing_stays_at_its_ends() -> None:
    """GUM H.1.3.4: a cyclic 0.5 K has u = 0.5/sqrt(2) K = 0.35 K."""
    found = ambient(22.5, 23.5, "arcsine")
    assert found.standard_uncertainty_K == pytest.approx(0.35, abs=0.005)
    assert found.mean_offset_K == 0.0
    assert found.largest_offset_K == 0.5


def test_a_known_coefficient_is_corrected_and_its_swing_remains() -> None:
    mean, u = corrected_temperature(-0.02, ambient(23.0, 43.0))
    assert mean == pytest.approx(-0.2)
    assert u == pytest.approx(0.02 * 10.0 / math.sqrt(3.0))


def coefficient(half_width: float) -> StatedLimit:
    source = Source(standard="own")
    return StatedLimit(name="temperature", half_width=half_width, unit="1/K", source=source)


@given(
    low=st.floats(-40.0, 80.0),
    width=st.floats(0.1, 60.0),
    kind=st.sampled_from(["rectangular", "arcsine", "triangular"]),
)
def test_mean_and_swing_together_are_the_exact_u_of_the_product(
    low: float, width: float, kind: str
) -> None:
    """Var(c*(T - Tref)) = u(c)^2*E[(T - Tref)^2] for an independent c about 0."""
    where = ambient(low, low + width, kind)
    found = temperature_evaluations(coefficient(0.03), where, "S1", UncertaintyBasis.NAMEPLATE)
    total = math.hypot(*(each.contribution for each in found))
    shares = (np.arange(20_000) + 0.5) / 20_000  # quantiles of the temperature
    quantile = {
        "rectangular": 2.0 * shares - 1.0,
        "arcsine": np.sin(math.pi * (shares - 0.5)),
        "triangular": np.where(
            shares < 0.5, np.sqrt(2.0 * shares) - 1.0, 1.0 - np.sqrt(2.0 * (1.0 - shares))
        ),
    }[kind]
    offsets = low + width / 2.0 + width / 2.0 * quantile - 23.0
    expected = 0.03 / math.sqrt(3.0) * math.sqrt(float(np.mean(offsets**2)))
    assert total == pytest.approx(expected, rel=1e-3)


def test_the_mean_is_signed_and_the_swing_apart() -> None:
    cold = temperature_evaluations(
        coefficient(0.03), ambient(0.0, 10.0), "S1", UncertaintyBasis.NAMEPLATE
    )
    assert [each.influence.id for each in cold] == [
        "inst:S1/temperature",
        "inst:S1.swing/temperature",
    ]
    assert cold[0].contribution < 0.0 < cold[1].contribution
    assert cold[1].influence.distribution == Distribution.NORMAL


def test_at_the_reference_temperature_nothing_is_added() -> None:
    found = temperature_evaluations(
        coefficient(0.03), ambient(23.0, 23.0), "S1", UncertaintyBasis.NAMEPLATE
    )
    assert found == ()


def test_intervals_that_are_none_are_refused() -> None:
    for low, high, kind in (
        (2.0, 1.0, "arcsine"),
        (0.0, math.inf, "arcsine"),
        (0.0, 1.0, "normal"),
    ):
        with pytest.raises(TypeBNumberError, match="ambient"):
            ambient(low, high, kind)
