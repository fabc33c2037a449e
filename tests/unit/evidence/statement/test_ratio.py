"""Ratios: energy per tonne of product, with what both rest on counted once."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from calibration.errors import UnitMismatchError
from calibration.measurand import Accumulation, KindOfQuantity, Measurand
from calibration.uncertainty import Influence, UncertaintyComponent
from evidence.errors import CountedTwiceError, PeriodError
from evidence.statement.datum import ActivityData, Period
from evidence.statement.exports.samples import joint_samples
from evidence.statement.ratio import Amounts, ratio, unit_of
from tests.unit.evidence.statement.examples import datum, part
from tests.unit.evidence.statement.exports.rows import STANDARD, TIED, UNKNOWN_ROW, A, B

TONNES = Measurand(
    kind_of_quantity=KindOfQuantity.MASS,
    unit="t",
    subject="steel",
    accumulation=Accumulation.INTERVAL,
)


def mass(value: float, *parts: UncertaintyComponent, channel: str = "jinan/W/mass") -> ActivityData:
    return replace(datum(value, *parts, channel=channel), unit="t", measurand=TONNES)


def only(*data: ActivityData, factors: tuple[float, ...] = ()) -> Amounts:
    return Amounts(data=data, factors=factors or (1.0,) * len(data))


def test_relative_uncertainties_of_what_shares_nothing_add_in_quadrature() -> None:
    """520 kWh/t from 52,000 kWh (0.8 %) and 100 t (0.6 %): u = 1 % of it."""
    energy = datum(52_000.0, part("inst:E/class", 416.0))
    found = ratio(only(energy), only(mass(100.0, part("inst:W/class", 0.6))))
    assert (found.value, found.unit) == (520.0, "kW.h/t")
    assert found.relative_standard_uncertainty == pytest.approx(0.01, rel=1e-12)
    assert found.uncertainty.standard_uncertainty == pytest.approx(5.2, rel=1e-12)
    assert found.common_influences == ()
    # q*(u(D)/D)^2 is the bias of 1/D, the second term of its series
    assert found.second_order == pytest.approx(520.0 * 0.006**2, rel=1e-12)
    assert found.first_order_suffices


def test_one_standard_behind_both_cancels_wholly_where_its_shares_are_alike() -> None:
    one, other = datum(800.0, part(STANDARD, 8.0)), mass(40.0, part(STANDARD, 0.4))
    found = ratio(only(one), only(other))
    assert found.value == 20.0
    assert found.uncertainty.standard_uncertainty == pytest.approx(0.0, abs=1e-15)
    assert found.common_influences == (STANDARD,)
    against = mass(40.0, part(STANDARD, -0.4))
    assert ratio(only(one), only(against)).relative_standard_uncertainty == pytest.approx(0.02)


def test_a_side_whose_terms_have_units_of_one_kind_is_told_in_that_of_the_first() -> None:
    """The second scale weighs in kg: the ratio is the one of two scales that weigh in t."""
    energy = only(A)
    tonnes = [mass(40.0, part("inst:W/class", 0.4)), mass(8.0, part("inst:V/class", 0.2))]
    in_kg = replace(
        mass(8000.0, part("inst:V/class", 200.0)),
        unit="kg",
        measurand=replace(TONNES, unit="kg"),
        channel="jinan/V/mass",
    )
    tonnes[1] = replace(tonnes[1], channel="jinan/V/mass")
    plain, found = ratio(energy, only(*tonnes)), ratio(energy, only(tonnes[0], in_kg))
    assert found.unit == plain.unit
    assert found.value == pytest.approx(plain.value)
    assert found.second_order == pytest.approx(plain.second_order)
    stated = found.uncertainty.standard_uncertainty
    assert stated == pytest.approx(plain.uncertainty.standard_uncertainty)
    assert [each.unit for each in found.denominator] == ["t", "kg"]


def test_the_product_weighed_by_two_scales_and_energy_less_an_export() -> None:
    scales = (
        mass(60.0, part("inst:W1/class", 0.3)),
        mass(40.0, part("inst:W2/class", 0.4), channel="jinan/W2/mass"),
    )
    found = ratio(only(A, B, factors=(1.0, -1.0)), only(*scales))
    assert found.value == pytest.approx(2.0)
    # difference: standard 3 - 2, drifts 4 and 5, fresh 1 and 1, over 100 t; scales: 2/100 each
    expected = math.sqrt((1 + 16 + 25 + 2) / 1e4 + (0.02 * 0.3) ** 2 + (0.02 * 0.4) ** 2)
    assert found.uncertainty.standard_uncertainty == pytest.approx(expected, rel=1e-12)
    assert [each.factor for each in found.numerator] == [1.0, -1.0]
    assert [each.channel for each in found.denominator] == ["jinan/W/mass", "jinan/W2/mass"]


@given(st.floats(-1.0, 1.0), st.floats(0.001, 0.03), st.floats(0.001, 0.03))
def test_the_variance_is_that_of_two_correlated_quantities(r: float, a: float, b: float) -> None:
    """(u(q)/q)^2 = a^2 + b^2 - 2*r*a*b (GUM 5.2.2 for a quotient)."""
    energy = datum(500.0, part(STANDARD, 500.0 * a))
    rest = math.sqrt(max(1.0 - r * r, 0.0))
    product = mass(20.0, part(STANDARD, 20.0 * b * r), part("inst:W/class", 20.0 * b * rest))
    found = ratio(only(energy), only(product)).uncertainty.standard_uncertainty
    expected = 25.0 * math.sqrt(max(a * a + b * b - 2 * r * a * b, 0.0))
    assert found == pytest.approx(expected, rel=1e-7, abs=1e-9)


def test_joint_draws_of_both_have_the_mean_and_spread_that_are_stated() -> None:
    """JCGM 101: both drawn together, divided draw by draw, in 400,000 draws."""
    energy = datum(1000.0, part(STANDARD, 30.0), part("inst:E/drift", 20.0))
    product = mass(50.0, part(STANDARD, 2.0), part("inst:W/drift", 3.0))
    found = ratio(only(energy), only(product))
    above, below = joint_samples([energy, product], 400_000, seed=7)
    drawn = above / below
    u = found.uncertainty.standard_uncertainty
    assert float(np.std(drawn)) == pytest.approx(u, rel=0.02)
    bias = float(np.mean(drawn)) - found.value
    assert bias == pytest.approx(found.second_order, abs=5.0 * u / math.sqrt(400_000))
    assert abs(found.second_order) > 0.02  # it is there to be seen


def test_a_wide_denominator_is_said_to_need_more_than_first_order() -> None:
    found = ratio(only(datum(10.0)), only(mass(10.0, part("inst:W/class", 2.0))))
    assert found.second_order == pytest.approx(0.04)
    assert not found.first_order_suffices


def test_an_empty_numerator_is_a_ratio_of_zero_without_a_relative_uncertainty() -> None:
    found = ratio(only(datum(0.0, part("inst:E/class", 1.0))), only(mass(10.0)))
    assert (found.value, found.relative_standard_uncertainty) == (0.0, None)
    assert found.uncertainty.standard_uncertainty == pytest.approx(0.1)


def test_a_standard_of_unstated_share_is_taken_at_its_larger_extreme() -> None:
    product = mass(10.0, part(STANDARD, 0.5))
    found = ratio(only(TIED), only(product))
    apart = math.hypot(0.1 / 7.0, 0.5 / 10.0) * 0.7
    assert found.uncertainty.standard_uncertainty == pytest.approx(apart)
    assert found.uncertainty.assumed_correlations == {STANDARD: 0.0}


def test_the_completeness_of_every_term_is_told() -> None:
    lacking = replace(A, completeness=replace(A.completeness, ratio=0.9))
    assert not ratio(only(lacking), only(mass(10.0))).complete
    assert ratio(only(A), only(mass(10.0))).complete


def test_what_cannot_be_divided_is_refused() -> None:
    with pytest.raises(PeriodError, match="cannot be told from 0"):
        ratio(only(A), only(mass(1.0, part("inst:W/class", 0.6))))
    with pytest.raises(PeriodError, match="cannot be told from 0"):
        ratio(only(A), only(mass(0.0)))
    with pytest.raises(PeriodError, match="unknown"):
        ratio(only(UNKNOWN_ROW), only(mass(1.0)))
    with pytest.raises(UnitMismatchError):
        ratio(only(A, mass(1.0)), only(mass(1.0)))
    other = Period(start="2025-01-01T00:00:00Z", end="2025-02-01T00:00:00Z")
    with pytest.raises(PeriodError, match="another period"):
        ratio(only(A), only(replace(mass(1.0), period=other)))
    twins = [replace(each, double_count_groups=("hall-3",)) for each in (A, B)]
    with pytest.raises(CountedTwiceError, match="hall-3"):
        ratio(only(*twins), only(mass(1.0)))
    assert ratio(only(*twins), only(mass(1.0)), allowed=("hall-3",)).value == 1800.0


@pytest.mark.parametrize(
    ("above", "below", "unit"),
    [
        ("kW.h", "t", "kW.h/t"),
        ("t", "MW.h", "t/(MW.h)"),
        ("GJ", "kg/h", "GJ/(kg/h)"),
        ("t", "t", "1"),
    ],
)
def test_a_quotient_has_a_ucum_code(above: str, below: str, unit: str) -> None:
    assert unit_of(above, below) == unit


def new(channel: str, u: float) -> UncertaintyComponent:
    """What is new in each reading of a channel."""
    return UncertaintyComponent(
        influence=Influence(id=f"fresh:{channel}", shared=False), contribution=u
    )


ONE, OTHER = "jinan/A/energy", "jinan/B/energy"


def test_a_statement_that_stands_above_and_below_is_one_quantity() -> None:
    """The share of one meter in two, A/(A + B): dq = (B*dA - A*dB)/(A + B)^2 (GUM 5.1.2)."""
    one = datum(300.0, new(ONE, 6.0), part("inst:A/class", 8.0), channel=ONE)
    other = datum(100.0, new(OTHER, 5.0), channel=OTHER)
    found = ratio(only(one), only(one, other))
    assert found.value == 0.75
    u = math.hypot(100.0 * 10.0, 300.0 * 5.0) / 400.0**2
    assert found.uncertainty.standard_uncertainty == pytest.approx(u, rel=1e-12)
    itself = ratio(only(one), only(one))
    assert (itself.value, itself.uncertainty.standard_uncertainty) == (1.0, 0.0)
    assert itself.second_order == pytest.approx(0.0, abs=1e-15)


def test_joint_draws_of_a_share_have_the_spread_and_the_mean_that_are_stated() -> None:
    rng = np.random.default_rng(20261201)
    one, other = (
        datum(300.0, new(ONE, 9.0), channel=ONE),
        datum(100.0, new(OTHER, 9.0), channel=OTHER),
    )
    a, b = (rng.normal(each.value, 9.0, 1_000_000) for each in (one, other))
    found, drawn = ratio(only(one), only(one, other)), a / (a + b)
    u = found.uncertainty.standard_uncertainty
    assert u == pytest.approx(float(np.std(drawn)), rel=0.004)
    mean_of = 5.0 * u / math.sqrt(len(drawn))
    assert found.value + found.second_order == pytest.approx(float(np.mean(drawn)), abs=mean_of)
