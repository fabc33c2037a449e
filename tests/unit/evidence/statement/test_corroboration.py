"""A measured and a calculated amount: what they share can explain no disagreement."""

import math

import pytest
from msgspec.structs import replace

from calibration.basis import UncertaintyBasis
from calibration.errors import UnitMismatchError
from calibration.measurand import Accumulation, KindOfQuantity, Measurand, ReferenceConditions
from calibration.uncertainty import Influence, UncertaintyComponent
from calibration.window import FlowWindow, Grounds, Tally
from evidence.errors import CountedTwiceError, PeriodError
from evidence.statement.activity import activity_data
from evidence.statement.corroboration import corroboration, corroboration_of_sums
from evidence.statement.datum import ActivityData
from evidence.statement.ratio import Amounts

HOUR_NS = 3_600_000_000_000
START_NS = 1_767_225_600_000_000_000
CO2 = Measurand(
    kind_of_quantity=KindOfQuantity.MASS_FLOW,
    unit="t/h",
    subject="boiler",
    accumulation=Accumulation.RATE,
)


def stated(channel: str, value: float, parts: dict[str, float]) -> ActivityData:
    components = tuple(
        UncertaintyComponent(influence=Influence(id=name), contribution=part)
        for name, part in parts.items()
    )
    window = FlowWindow(
        channel=channel,
        start_ns=START_NS,
        end_ns=START_NS + HOUR_NS,
        unit="t",
        uncorrected=value,
        value=value,
        components=components,
        fresh_variance=0.0,
        tally=Tally(expected=60, present=60),
        grounds=Grounds(basis=UncertaintyBasis.CALIBRATION),
    )
    period = (START_NS, START_NS + HOUR_NS)
    return activity_data([window], CO2, period, software="test")


STACK = stated("w/stack/co2", 100.0, {"cert:KV-1/0": 1.5, "std:lab/S": 1.0})
FUEL = stated("w/fuel/co2", 97.0, {"inst:W-1/class": 0.5, "std:lab/S": 0.97})


def test_the_difference_is_judged_by_what_is_not_shared() -> None:
    found = corroboration(STACK, FUEL)
    u = math.sqrt(1.5**2 + 0.5**2 + 0.03**2)
    assert found.difference == pytest.approx(3.0)
    assert found.relative_difference == pytest.approx(0.03)
    assert found.uncertainty.standard_uncertainty == pytest.approx(u)
    assert found.e_n == pytest.approx(3.0 / (1.959964 * u), rel=1e-6)
    assert found.agrees is True
    assert found.shared_influences == ("std:lab/S",)


def test_the_control_that_forgets_what_is_shared_would_see_less_of_a_disagreement() -> None:
    naive = math.hypot(math.hypot(1.5, 1.0), math.hypot(0.5, 0.97))
    found = corroboration(STACK, FUEL)
    assert found.e_n is not None
    assert found.e_n > 3.0 / (1.959964 * naive)


def test_a_disagreement_is_said() -> None:
    assert corroboration(STACK, stated("w/fuel/co2", 90.0, {"inst:W-1/class": 0.5})).agrees is False


def test_two_amounts_of_one_deviation_alone_leave_nothing_to_judge_by() -> None:
    same = stated("w/fuel/co2", 100.0, {"cert:KV-1/0": 1.5, "std:lab/S": 1.0})
    found = corroboration(STACK, same)
    assert (found.difference, found.e_n, found.agrees) == (0.0, None, None)


def test_nothing_measured_has_no_relative_difference() -> None:
    assert (
        corroboration(stated("w/s/co2", 0.0, {"std:lab/S": 1.0}), FUEL).relative_difference is None
    )


def test_other_periods_units_and_unknown_uncertainties_are_refused() -> None:
    with pytest.raises(PeriodError):
        corroboration(STACK, replace(FUEL, period=replace(FUEL.period, end="2026-02-01T00:00:00Z")))
    with pytest.raises(UnitMismatchError):
        corroboration(STACK, replace(FUEL, unit="m3"))
    with pytest.raises(PeriodError):
        corroboration(STACK, replace(FUEL, u_basis=UncertaintyBasis.UNKNOWN))


def in_kilograms(datum: ActivityData) -> ActivityData:
    """The same amount as a meter states it that counts in kg."""
    return replace(
        datum,
        unit="kg",
        value=1000.0 * datum.value,
        standard_uncertainty=1000.0 * (datum.standard_uncertainty or 0.0),
        components=tuple(
            replace(each, contribution=1000.0 * each.contribution) for each in datum.components
        ),
    )


def test_units_of_one_kind_are_converted_to_that_of_the_measured_amount() -> None:
    there = corroboration(STACK, FUEL)
    found = corroboration(STACK, in_kilograms(FUEL))
    assert found.unit == "t"
    assert found.calculated.value == pytest.approx(97.0)
    assert found.calculated.standard_uncertainty == pytest.approx(FUEL.standard_uncertainty)
    assert found.difference == pytest.approx(there.difference)
    assert found.e_n == pytest.approx(there.e_n)
    turned = corroboration(in_kilograms(STACK), FUEL)
    assert turned.unit == "kg"
    assert turned.difference == pytest.approx(1000.0 * there.difference)
    assert turned.e_n == pytest.approx(there.e_n)


def test_sums_in_several_units_of_one_kind_are_converted_too() -> None:
    one = Amounts(data=(STACK,), factors=(1.0,))
    there = corroboration_of_sums(one, BURNT)
    mixed = Amounts(data=(in_kilograms(COAL), OIL), factors=(1.0, 0.5))
    found = corroboration_of_sums(one, mixed)
    assert found.unit == "t"
    assert found.calculated.value == pytest.approx(there.calculated.value)
    u = there.calculated.standard_uncertainty
    assert found.calculated.standard_uncertainty == pytest.approx(u)
    assert found.e_n == pytest.approx(there.e_n)
    assert found.calculated.terms
    assert [each.unit for each in found.calculated.terms] == ["kg", "t"]


def test_amounts_of_gases_at_unlike_conditions_are_not_held_against_each_other() -> None:
    normal = replace(
        STACK.measurand,
        reference_conditions=ReferenceConditions(
            temperature_K=273.15, pressure_Pa=101_325.0, wet=False
        ),
    )
    with pytest.raises(UnitMismatchError, match="273"):
        corroboration(replace(STACK, measurand=normal), FUEL)


COAL = stated("w/coal/co2", 60.0, {"inst:W-1/class": 0.5, "std:lab/S": 0.6})
OIL = stated("w/oil/co2", 80.0, {"inst:W-1/class": 0.4, "cert:O-1/0": 0.3})
BURNT = Amounts(data=(COAL, OIL), factors=(1.0, 0.5))


def test_a_sum_is_held_against_a_statement_with_what_its_terms_and_the_other_share() -> None:
    found = corroboration_of_sums(Amounts(data=(STACK,), factors=(1.0,)), BURNT)
    u = math.sqrt(1.5**2 + (1.0 - 0.6) ** 2 + (0.5 + 0.5 * 0.4) ** 2 + (0.5 * 0.3) ** 2)
    assert found.difference == pytest.approx(100.0 - 60.0 - 40.0)
    assert found.uncertainty.standard_uncertainty == pytest.approx(u)
    assert found.shared_influences == ("std:lab/S",)
    side = found.calculated
    assert (side.channel, side.digest, side.value) == ("", "", 100.0)
    assert side.standard_uncertainty == pytest.approx(math.sqrt(0.6**2 + 0.7**2 + 0.15**2))
    assert side.terms
    assert [(each.channel, each.factor) for each in side.terms] == [
        ("w/coal/co2", 1.0),
        ("w/oil/co2", 0.5),
    ]


def test_sums_of_one_statement_each_are_the_statements() -> None:
    one, other = (Amounts(data=(each,), factors=(1.0,)) for each in (STACK, FUEL))
    assert corroboration_of_sums(one, other) == corroboration(STACK, FUEL)


def test_a_channel_on_both_sides_and_other_periods_are_refused() -> None:
    with pytest.raises(CountedTwiceError, match="w/coal/co2: it stands on both sides"):
        corroboration_of_sums(Amounts(data=(COAL,), factors=(1.0,)), BURNT)
    late = replace(OIL, period=replace(OIL.period, end="2026-02-01T00:00:00Z"))
    with pytest.raises(PeriodError):
        corroboration_of_sums(
            Amounts(data=(STACK,), factors=(1.0,)), Amounts(data=(COAL, late), factors=(1.0, 1.0))
        )
