import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from simulators.process import HOUR_NS, replayed_process
from simulators.stack.combustion import CO2, MOLAR_VOLUME, C
from simulators.stack.duct import DuctSpec, at_point, field_coefficient, seen
from simulators.stack.truth import Stack, availability, co2_t, truth
from simulators.stack.waves import NS_PER_MIN
from tests.unit.simulators.stack.stacks import BEGIN_NS, DAY, DAY_NS, local, some_minutes, stack

BOTH = ("sinter", "boiler")


@pytest.mark.parametrize("preset", BOTH)
def test_carbon_of_the_fuel_is_carbon_of_the_gas_in_every_minute(preset: str) -> None:
    one = stack(preset)
    true, fuel = truth(one, some_minutes(30)), one.spec.fuel
    burnt = true.fuel_t_h * (true.carbon * fuel.burnt + fuel.carbonate_CO2 * C / CO2)
    assert_allclose(true.co2_t_h * C / CO2, burnt, rtol=1e-9)


@pytest.mark.parametrize("preset", BOTH)
def test_dry_and_wet_flow_and_fraction_give_one_mass(preset: str) -> None:
    true = truth(stack(preset), some_minutes(30))
    pressure = true.barometric_pressure + true.static_pressure
    wet = true.flow_wet_m3_h * 273.15 / (273.15 + true.temperature) * pressure / 101_325
    assert_allclose(wet * (1 - true.h2o / 100), true.flow_dry_Nm3_h, rtol=1e-12)
    assert_allclose(true.co2_wet, true.co2_dry * (1 - true.h2o / 100), rtol=1e-12)
    density = CO2 / MOLAR_VOLUME
    mass = density / 1000 / 100
    assert_allclose(true.flow_dry_Nm3_h * true.co2_dry * mass, true.co2_t_h, rtol=1e-12)
    assert_allclose(wet * true.co2_wet * mass, true.co2_t_h, rtol=1e-12)


@pytest.mark.parametrize("preset", BOTH)
def test_velocity_times_area_is_flow_and_kv_leads_from_what_is_seen_to_it(preset: str) -> None:
    one = stack(preset)
    true = truth(one, some_minutes(5))
    assert_allclose(true.velocity * one.area_m2 * 3600, true.flow_wet_m3_h)
    running = true.operating
    assert_allclose((true.kv * true.velocity_seen)[running], true.velocity[running])
    assert one.area_m2 != one.spec.duct.area_m2
    assert one.area_m2 == pytest.approx(one.spec.duct.area_m2, rel=0.015)


def test_carbon_dioxide_of_a_boiler_follows_its_oxygen() -> None:
    true = truth(stack(), some_minutes(60))
    running = true.operating
    by_factors = 100 * 1800 / 9780 * (20.9 - true.o2_dry) / 20.9
    assert_allclose((true.co2_dry / by_factors)[running], 1.02, atol=0.02)


@given(start=st.integers(0, DAY_NS), lasts=st.integers(1, 2 * DAY_NS))
@settings(max_examples=25, deadline=None)
def test_the_integral_is_the_sum_of_fine_steps(start: int, lasts: int) -> None:
    one, from_ns, to_ns = stack(), BEGIN_NS + start, BEGIN_NS + start + lasts
    middle = from_ns + lasts // 3
    whole = co2_t(one, from_ns, to_ns)
    assert co2_t(one, from_ns, middle) + co2_t(one, middle, to_ns) == pytest.approx(
        whole, rel=1e-9, abs=1e-12
    )
    first = from_ns // NS_PER_MIN
    stretch = np.arange(first, -(-to_ns // NS_PER_MIN), dtype=np.int64)
    edges = np.clip(np.append(stretch, stretch[-1] + 1) * NS_PER_MIN, from_ns, to_ns)
    steps = np.diff(edges) / 3.6e12 * truth(one, stretch).co2_t_h
    assert float(steps.sum()) == pytest.approx(whole, rel=1e-9, abs=1e-12)


@given(seed=st.integers(0, 2**32))
@settings(max_examples=10, deadline=None)
def test_the_same_seed_is_the_same_truth_to_the_bit_and_another_is_not(seed: int) -> None:
    minutes = some_minutes(0.5)
    one, two = truth(stack(seed=seed), minutes), truth(stack(seed=seed), minutes)
    assert one.co2_t_h.tobytes() == two.co2_t_h.tobytes()
    assert truth(stack(seed=seed + 1), minutes).co2_t_h.tobytes() != one.co2_t_h.tobytes()
    assert truth(stack("sinter", seed), minutes).o2_dry.tobytes() != one.o2_dry.tobytes()


def test_a_stop_has_ramps_and_nothing_but_air() -> None:
    stop = {"kind": "stop", "at": "2026-01-03T08:00:00+08:00", "until": "2026-01-03T20:00:00+08:00"}
    one = stack(planned=(stop,), load={"stops_per_year": 0.0})
    true = truth(one, some_minutes(5))
    still = ~true.operating
    assert 12 * 60 <= still.sum() < 13 * 60
    assert true.co2_t_h[still].max() == 0
    assert true.o2_dry[still] == pytest.approx(20.95)
    ramp = availability(one, some_minutes(5))
    assert 0 < ramp[(local("2026-01-03T07:00") - BEGIN_NS) // NS_PER_MIN] < 1
    assert ramp[(local("2026-01-04T01:01") - BEGIN_NS) // NS_PER_MIN] == 1


def test_stops_come_by_chance_and_none_before_the_beginning() -> None:
    still = [
        (~truth(stack("sinter", seed=seed), some_minutes(360)[::60]).operating).mean()
        for seed in range(3)
    ]
    assert 0.005 < float(np.mean(still)) < 0.15
    assert truth(stack("sinter"), some_minutes(60, -60)[::60]).operating.all()


def test_hours_of_a_plant_drive_a_stack_with_fuel_and_carbon() -> None:
    fuel = replayed_process(BEGIN_NS, HOUR_NS, [50.0, 60.0, 0.0, 40.0])
    carbon = replayed_process(BEGIN_NS, HOUR_NS, [0.55, 0.60, 0.60, 0.58])
    one: Stack = stack(fuel=fuel, carbon=carbon, load={"stops_per_year": 0.0})
    burnt = one.spec.fuel.burnt * CO2 / C
    expected = (50 * 0.55 + 60 * 0.60 + 40 * 0.58) * burnt
    assert co2_t(one, BEGIN_NS - DAY_NS, BEGIN_NS + DAY_NS) == pytest.approx(expected, rel=1e-9)
    true = truth(one, some_minutes(0.25))
    assert true.operating.tolist() == [True] * 120 + [False] * 60 + [True] * 60 + [False] * 120


def test_a_mean_over_the_section_is_the_mean_of_its_places() -> None:
    duct, mean = DuctSpec(area_m2=20.0, skew=0.1), np.array([10.0])
    places = [
        float(at_point(duct, mean, ((k + 0.5) / 4000) ** 0.5, angle)[0])
        for k in range(4000)
        for angle in (0, 90, 180, 270)
    ]
    assert float(np.mean(places)) == pytest.approx(10.0, rel=1e-3)


@pytest.mark.parametrize("sensor", ["path", "point"])
def test_kv_changes_with_load_because_the_profile_does(sensor: str) -> None:
    duct = DuctSpec(area_m2=20.0, sensor=sensor, position=0.3)  # type: ignore[arg-type]
    slow, fast = field_coefficient(duct, np.array([4.0, 16.0])).tolist()
    assert slow != pytest.approx(fast, rel=1e-3)
    assert float((seen(duct, np.array([4.0])) * slow)[0]) == pytest.approx(4.0)


def test_days_are_days() -> None:
    assert len(some_minutes(1)) == DAY
