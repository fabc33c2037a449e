"""Transformers and meters in active energy, compared with the phasors themselves."""

import cmath
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.type_b.electricity import (
    PowerFactor,
    influence_evaluations,
    meter_evaluations,
    meter_limit,
    power_factor,
)
from calibration.type_b.errors import NoLimitError, PowerFactorError
from calibration.type_b.evaluation import TypeBEvaluation, unconfirmed
from calibration.uncertainty import combine, merge
from tests.unit.calibration.type_b.loads import NAMEPLATE, meter, transformers


def relative_u(evaluations: tuple[TypeBEvaluation, ...]) -> float:
    return combine([each.component(1.0) for each in evaluations])


def test_a_meter_of_0_5s_with_transformers_of_0_2_is_uncertain_by_0_66_percent() -> None:
    """U (k = 2) = 2*sqrt(0.5^2 + 0.2^2 + 0.2^2)/sqrt(3) % at a power factor of 1."""
    found = (
        *meter_evaluations(meter("iec62053-22/0.5S", 1.0, "1")),
        *transformers("iec61869-2/0.2", 1.0, "1"),
        *transformers("iec61869-3/0.2", 1.0, "1"),
    )
    assert 200.0 * relative_u(found) == pytest.approx(0.66332, abs=5e-6)


def _measured(phase: PowerFactor, e_i: float, d_i: float, e_u: float, d_u: float) -> float:
    """Relative deviation of the power of two secondary phasors; the current lags by phi."""
    phi = math.copysign(math.acos(phase.cosine), phase.tangent)
    voltage, current = cmath.rect(1.0 + e_u, d_u), cmath.rect(1.0 + e_i, d_i - phi)
    return (voltage * current.conjugate()).real / math.cos(phi) - 1.0


@given(
    cosine=st.floats(0.3, 0.999),
    side=st.sampled_from("LC"),
    deviations=st.lists(st.floats(-1e-5, 1e-5), min_size=4, max_size=4),
)
def test_sensitivities_are_those_of_the_phasors(
    cosine: float, side: str, deviations: list[float]
) -> None:
    text = f"{cosine:.9f}{side}"
    phase = power_factor(text)
    found = (*transformers("iec61869-2/1", 1.0, text), *transformers("iec61869-3/1", 1.0, text))
    e_i, d_i, e_u, d_u = deviations
    first_order = math.fsum(
        each.sensitivity * deviation for each, deviation in zip(found, deviations, strict=True)
    )
    assert _measured(phase, e_i, d_i, e_u, d_u) == pytest.approx(first_order, abs=2e-9)


def test_ratio_and_phase_are_influences_of_their_own() -> None:
    found = transformers("iec61869-2/0.5", 1.0, "0.8", "4711")
    assert [each.influence.id for each in found] == [
        "inst:4711.current_ratio/class",
        "inst:4711.current_displacement/class",
    ]
    assert [each.sensitivity for each in found] == pytest.approx([1.0, 0.75])
    assert [each.share.relative for each in found] == [each.contribution for each in found]


def test_three_named_transformers_deviate_less_than_one_that_stands_for_all() -> None:
    one = relative_u(transformers("iec61869-2/0.5", 1.0, "0.8", "a"))
    three = relative_u(transformers("iec61869-2/0.5", 1.0, "0.8", "a", "b", "c"))
    assert three == pytest.approx(one / math.sqrt(3.0))
    same = relative_u(transformers("iec61869-2/0.5", 1.0, "0.8", "a", "a", "a"))
    assert same == pytest.approx(one)


def test_a_capacitive_load_turns_the_sign_of_the_phase_displacement() -> None:
    lagging = transformers("iec61869-2/0.5", 1.0, "0.8L")[1]
    leading = transformers("iec61869-2/0.5", 1.0, "0.8C")[1]
    assert leading.contribution == -lagging.contribution
    both = merge([lagging.component(5.0)], [leading.component(5.0)])
    assert combine(both) == 0.0


def test_a_class_without_phase_displacement_does_only_at_a_power_factor_of_1() -> None:
    assert len(transformers("iec61869-2/3", 1.0, "1")) == 1
    with pytest.raises(NoLimitError, match="phase_displacement"):
        transformers("iec61869-2/3", 1.0, "0.999")


@pytest.mark.parametrize(
    ("text", "cosine", "tangent"),
    [("1", 1.0, 0.0), ("0.8", 0.8, 0.75), ("0.8L", 0.8, 0.75), ("0.8C", 0.8, -0.75)],
)
def test_power_factors_as_they_are_written(text: str, cosine: float, tangent: float) -> None:
    found = power_factor(text)
    assert (found.cosine, found.tangent) == pytest.approx((cosine, tangent))


@pytest.mark.parametrize("text", ["", "0", "-0.5", "1.1", "0.8X", "cos", "nan", "1e-3", "9" * 5000])
def test_other_texts_are_no_power_factors(text: str) -> None:
    with pytest.raises(PowerFactorError, match="E_POWER_FACTOR"):
        power_factor(text)


@given(cosine=st.floats(0.5, 1.0))
def test_between_two_power_factors_no_smaller_limit_is_taken(cosine: float) -> None:
    at_load = meter("iec62053-22/0.2S", 0.2, f"{cosine:.9f}")
    found = meter_limit(at_load, "percentage_error")
    assert found.half_width == pytest.approx(0.002 if at_load.phase.cosine == 1.0 else 0.003)
    between = 0.5 < at_load.phase.cosine < 1.0
    assert found.notes == (("larger_of_several",) if between else ())


def test_the_class_is_one_deviation_of_the_instrument() -> None:
    (found,) = meter_evaluations(meter("iec62053-22/0.5S", 0.3, "0.8"))
    assert found.influence.id == "inst:S1/class"
    assert found.standard_uncertainty == pytest.approx(0.006 / math.sqrt(3.0))
    assert found.basis == NAMEPLATE
    month = [found.component(10.0) for _ in range(2_880)]
    assert combine(month) == pytest.approx(28_800.0 * 0.006 / math.sqrt(3.0))


def test_influence_quantities_have_influences_of_their_own() -> None:
    at_load = meter("oiml-r46/B", 1.0, "0.5L")
    found = influence_evaluations(at_load, ("voltage", "frequency"))
    assert [each.influence.id for each in found] == [
        "inst:S1.voltage/bias",
        "inst:S1.frequency/bias",
    ]
    assert unconfirmed(found) == ("OIML R 46-1/-2:2012, table 4",)
    with pytest.raises(NoLimitError, match="harmonics"):
        influence_evaluations(at_load, ("harmonics",))
