"""CO2 of a fuel by the hour: from a register, a rate or a gas meter, through models of amounts."""

import datetime as dt
import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from calibration.basis import UncertaintyBasis
from calibration.derivation import Derivation
from calibration.errors import UnitMismatchError
from calibration.increment import RegisterReading
from calibration.indication import Quality
from calibration.mean import MeanWindow
from calibration.measurand import Accumulation, KindOfQuantity, Measurand, ReferenceConditions
from calibration.model.derived import InputHour, covered_of, derived_hour, derived_measurand
from calibration.model.errors import ReferenceStateError
from calibration.model.influenced import influenced
from calibration.model.load import model_named
from calibration.model.stated import Stated
from calibration.uncertainty import Influence, UncertaintyComponent, combine
from calibration.window import (
    FlowWindow,
    Grounds,
    RegisterWindow,
    Tally,
    components_of,
    merge_flow,
    merge_register,
    read_influence,
)

HOUR_NS = 3_600_000_000_000
START_NS = 1_767_225_600_000_000_000
FROM = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
GROUNDS = Grounds(basis=UncertaintyBasis.CALIBRATION, serials=("F-1",))
COAL = "works/feeder/coal"
FUEL = Derivation(
    schema=1,
    derivation="works/boiler/co2",
    subject="boiler",
    kind_of_quantity=KindOfQuantity.MASS,
    model="co2_of_fuel",
    inputs={"fc": COAL},
    effective_from=FROM,
    recorded_at=FROM,
    decided_by="Q. Ma",
    reason="corroboration",
    double_count_group="boiler CO2",
)
DECLARED = {
    "ncv": influenced(21.85, "GJ/t", {"factor:net_calorific_value.R-1": 0.11}),
    "cc": influenced(0.0262, "t/GJ", {"factor:carbon_content_by_heat.R-1": 0.0003}),
    "of": influenced(0.98, "1", {"factor:oxidation_factor.R-2": 0.005}),
}
FACTOR = 21.85 * 0.0262 * 0.98 * 44 / 12
OF_FACTORS = math.hypot(0.11 / 21.85, 0.0003 / 0.0262, 0.005 / 0.98)


def measured(unit: str, kind: KindOfQuantity, how: Accumulation) -> Measurand:
    return Measurand(kind_of_quantity=kind, unit=unit, subject="feeder", accumulation=how)


WEIGHED = measured("t", KindOfQuantity.MASS, Accumulation.REGISTER)


def reading(minutes: float, value: float) -> RegisterReading:
    return RegisterReading(
        key=f"01234567.{round(minutes)}",
        at_ns=START_NS + round(minutes * 60e9),
        value=value,
        standard_uncertainty=0.03,
        quality=Quality.GOOD,
        polled=True,
    )


def register(hour: int, growth: float, gain: float = 1.0, minutes: float = 60.0) -> RegisterWindow:
    """An hour of a totaliser, from its edge on, whose correction changes with the load."""
    ends = reading(60 * hour, 100.0 * hour), reading(60 * hour + minutes, 100.0 * (hour + 1))
    parts = [
        UncertaintyComponent(
            influence=read_influence(COAL, end.key),
            contribution=sign * gain * end.standard_uncertainty,
        )
        for sign, end in zip((-1.0, 1.0), ends, strict=True)
    ]
    scale = UncertaintyComponent(influence=Influence(id="cert:W-1/0"), contribution=0.002 * growth)
    return RegisterWindow(
        channel=COAL,
        start_ns=START_NS + hour * HOUR_NS,
        end_ns=START_NS + (hour + 1) * HOUR_NS,
        unit="t",
        opening=ends[0],
        closing=ends[1],
        uncorrected=growth,
        value=gain * growth,
        components=(scale, *parts),
        fresh_variance=0.0,
        tally=Tally(expected=60, present=60),
        grounds=GROUNDS,
    )


def fuel(window: RegisterWindow | FlowWindow) -> FlowWindow:
    found = derived_hour(
        FUEL,
        model_named("co2_of_fuel"),
        {"fc": InputHour(hour=window, measurand=WEIGHED)},
        DECLARED,
    )
    assert found is not None
    return found


@given(st.lists(st.tuples(st.floats(1.0, 90.0), st.floats(0.98, 1.02)), min_size=1, max_size=40))
def test_a_month_of_computed_hours_is_as_uncertain_as_the_register_s_month_and_the_factors(
    loads: Sequence[tuple[float, float]],
) -> None:
    coal = [register(hour, growth, gain) for hour, (growth, gain) in enumerate(loads)]
    whole, co2 = merge_register(coal), merge_flow([fuel(each) for each in coal])
    u = combine(components_of(whole))
    expected = FACTOR * math.hypot(u, whole.value * OF_FACTORS)
    assert co2.value == pytest.approx(FACTOR * whole.value, rel=1e-12)
    assert combine(components_of(co2)) == pytest.approx(expected, rel=1e-9)
    read = [part.influence.id for part in co2.components if part.influence.id.startswith("read:")]
    assert read == sorted(f"read:{COAL}/{end.key}" for end in (whole.opening, whole.closing))


def test_the_sum_of_hours_does_not_depend_on_how_they_were_grouped() -> None:
    hours = [fuel(register(hour, 50.0 + hour, 1.0 + 0.002 * hour)) for hour in range(6)]
    once = merge_flow(hours)
    twice = merge_flow([merge_flow(hours[:2]), merge_flow(hours[2:5]), hours[5]])
    assert twice.value == pytest.approx(once.value)
    assert combine(components_of(twice)) == pytest.approx(combine(components_of(once)))


def test_readings_beside_a_hole_stay_since_they_cancel_with_nothing() -> None:
    co2 = merge_flow([fuel(register(0, 50.0)), fuel(register(2, 50.0))])
    read = [part for part in co2.components if part.influence.id.startswith("read:")]
    assert len(read) == 4
    assert all(abs(part.contribution) == pytest.approx(FACTOR * 0.03) for part in read)


def test_a_register_that_began_within_the_hour_gives_what_it_grew() -> None:
    late = register(0, 30.0, minutes=30.0)
    assert covered_of(late) == 0.5
    assert fuel(late).value == pytest.approx(FACTOR * 30.0)


@pytest.mark.parametrize("minutes", [60.0, 59.99, 60.01])
def test_a_reading_that_stands_for_the_hour_s_edge_covers_the_hour(minutes: float) -> None:
    assert covered_of(register(0, 60.0, minutes=minutes)) == 1.0


def test_a_register_without_two_readings_gives_no_amount() -> None:
    inputs = {"fc": InputHour(hour=register(0, 0.0, minutes=0.0), measurand=WEIGHED)}
    found = derived_hour(FUEL, model_named("co2_of_fuel"), inputs, DECLARED)
    assert (found.value, found.components, found.unit) == (0.0, (), "t")


def flow(unit: str, value: float, present: int = 60) -> FlowWindow:
    part = UncertaintyComponent(influence=Influence(id="cert:W-2/0"), contribution=0.01 * value)
    return FlowWindow(
        channel=COAL,
        start_ns=START_NS,
        end_ns=START_NS + HOUR_NS,
        unit=unit,
        uncorrected=value,
        value=value,
        components=(part,),
        fresh_variance=0.0,
        tally=Tally(expected=60, present=present),
        grounds=GROUNDS,
    )


def test_a_feeder_s_rate_enters_as_the_amount_of_the_hour() -> None:
    window = fuel(flow("t", 24.0, present=30))
    assert window.unit == "t"
    assert window.value == pytest.approx(FACTOR * 24.0)
    assert window.tally.present == 30
    assert window.grounds.double_count_groups == ("boiler CO2",)
    kilograms = fuel(flow("kg", 24_000.0))
    assert kilograms.value == pytest.approx(FACTOR * 24.0)


def test_a_register_enters_a_model_of_rates_as_its_mean_rate() -> None:
    how = replace(
        FUEL, kind_of_quantity=KindOfQuantity.MASS_FLOW, model="G-4", inputs={"heat_input": COAL}
    )
    heat = replace(register(0, 300.0), unit="10*6.[Btu_IT]")
    f_c = Stated(value=1800.0, unit="[cft_i]/(10*6.[Btu_IT])")
    model = model_named("G-4")
    found = derived_hour(
        how, model, {"heat_input": InputHour(hour=heat, measurand=WEIGHED)}, {"f_c": f_c}
    )
    assert found is not None
    assert found.unit == "[ston_av]"
    assert found.value == pytest.approx(1800.0 * 300.0 / 385.0 * 44.0 / 2000.0)
    assert derived_measurand(how, model).accumulation is Accumulation.RATE


def warm(present: int) -> InputHour:
    what = measured("Cel", KindOfQuantity.TEMPERATURE, Accumulation.RATE)
    window = MeanWindow(
        channel="works/heat/t",
        start_ns=START_NS,
        end_ns=START_NS + HOUR_NS,
        measurand=what,
        uncorrected=80.0,
        value=80.0,
        components=(),
        tally=Tally(expected=60, present=present),
        grounds=GROUNDS,
    )
    return InputHour(hour=window, measurand=what)


@pytest.mark.parametrize(("present", "share"), [(60, 1.0), (45, 0.75)])
def test_heat_of_hot_water_is_of_the_time_of_which_both_are_known(
    present: int, share: float
) -> None:
    how = replace(
        FUEL,
        kind_of_quantity=KindOfQuantity.HEAT,
        model="hot_water_heat",
        inputs={"mass": COAL, "temperature": "works/heat/t"},
    )
    inputs = {
        "mass": InputHour(hour=register(0, 40.0), measurand=WEIGHED),
        "temperature": warm(present),
    }
    found = derived_hour(how, model_named("hot_water_heat"), inputs, {})
    assert found is not None
    assert found.unit == "GJ"
    assert found.value == pytest.approx(share * 40.0 * 60.0 * 4.1868e-3)


def dry(kelvin: float) -> ReferenceConditions:
    return ReferenceConditions(temperature_K=kelvin, pressure_Pa=101_325.0, wet=False)


def test_a_gas_and_what_is_stated_by_its_volume_are_of_one_state() -> None:
    how = replace(FUEL, model="co2_by_volume_factor", inputs={"volume": COAL})
    metered = replace(
        measured("m3", KindOfQuantity.VOLUME, Accumulation.INTERVAL),
        reference_conditions=dry(293.15),
    )
    inputs = {"volume": InputHour(hour=flow("m3", 5_000.0), measurand=metered)}
    model = model_named("co2_by_volume_factor")
    factor = Stated(value=1.95, unit="kg/m3", reference_conditions=dry(293.15))
    found = derived_hour(how, model, inputs, {"ef_volume": factor})
    assert found is not None
    assert found.value == pytest.approx(9.75)
    other = replace(factor, reference_conditions=dry(273.15))
    with pytest.raises(ReferenceStateError):
        derived_hour(how, model, inputs, {"ef_volume": other})


def test_what_a_derived_channel_measures_is_a_rate_or_the_amount_of_an_interval() -> None:
    found = derived_measurand(FUEL, model_named("co2_of_fuel"))
    assert (found.unit, found.accumulation) == ("t", Accumulation.INTERVAL)
    with pytest.raises(UnitMismatchError):
        derived_measurand(FUEL, model_named("MRR-CO"))


def test_a_volume_at_reference_conditions_is_a_measurand_that_says_so() -> None:
    how = replace(
        FUEL,
        kind_of_quantity=KindOfQuantity.VOLUME,
        model="gas_volume_at_reference",
        inputs={"v": COAL},
    )
    metered = measured("m3", KindOfQuantity.VOLUME, Accumulation.REGISTER)
    inputs = {"v": InputHour(hour=replace(register(0, 940.0), unit="m3"), measurand=metered)}
    declared = {
        "p": Stated(value=413_100.0, unit="Pa"),
        "t": Stated(value=18.5, unit="Cel"),
        "z": Stated(value=0.99, unit="1"),
        "p_ref": Stated(value=101.325, unit="kPa"),
        "t_ref": Stated(value=20.0, unit="Cel"),
        "z_ref": Stated(value=1.0, unit="1"),
    }
    model = model_named("gas_volume_at_reference")
    found = derived_hour(how, model, inputs, declared)
    assert found is not None
    assert found.value == pytest.approx(940.0 * 413.1 / 101.325 * 293.15 / 291.65 / 0.99)
    what = derived_measurand(how, model, declared)
    assert what.reference_conditions == dry(293.15)
    assert derived_measurand(how, model).reference_conditions is None
