import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.stack.combustion import (
    CO2,
    C,
    FlueGas,
    Fuel,
    burn,
    carbon_dioxide_t_h,
    oxygen_demand,
    saturation_Pa,
    volume_m3_h,
)

shares = st.floats(0.0, 0.12)
CARBON = Fuel(carbon=1.0, hydrogen=0, oxygen=0, nitrogen=0, sulphur=0, moisture=0)


def gas_of(fuel: Fuel, t_h: float, ratio: float, vapour: float = 0.01) -> FlueGas:
    flow, carbon = np.array([t_h]), np.array([fuel.carbon])
    air = ratio * oxygen_demand(fuel, flow, carbon)
    return burn(fuel, flow, carbon, air, np.array([vapour]))


@given(
    carbon=st.floats(0.3, 0.95),
    hydrogen=st.floats(0.0, 0.06),
    oxygen=shares,
    moisture=shares,
    t_h=st.floats(0.1, 500.0),
    ratio=st.floats(1.0, 6.0),
    burnt=st.floats(0.8, 1.0),
    carbonate=st.floats(0.0, 1.0),
)
def test_all_carbon_that_goes_in_comes_out_as_carbon_dioxide(  # noqa: PLR0917
    carbon: float,
    hydrogen: float,
    oxygen: float,
    moisture: float,
    t_h: float,
    ratio: float,
    burnt: float,
    carbonate: float,
) -> None:
    fuel = Fuel(
        carbon=carbon,
        hydrogen=hydrogen,
        oxygen=oxygen,
        nitrogen=0.01,
        sulphur=0.005,
        moisture=moisture,
        burnt=burnt,
        carbonate_CO2=carbonate,
    )
    gas = gas_of(fuel, t_h, ratio)
    carbon_in = t_h * (carbon * burnt + carbonate * C / CO2)
    carbon_out = float(carbon_dioxide_t_h(gas)[0]) * C / CO2
    assert carbon_out == pytest.approx(carbon_in, rel=1e-9)
    assert float(gas.o2[0]) >= -1e-9 * float(gas.dry[0])


def test_a_tonne_of_carbon_makes_44_over_12_tonnes_and_takes_its_place_in_the_air() -> None:
    gas = gas_of(CARBON, 1.0, 1.0)
    assert carbon_dioxide_t_h(gas)[0] == pytest.approx(44.0095 / 12.0107)
    assert (100 * gas.co2 / gas.dry)[0] == pytest.approx(20.95)  # CO2 takes the place of all O2
    assert gas.o2[0] == pytest.approx(0.0, abs=1e-9)


def test_the_gas_of_bituminous_coal_is_what_the_regulations_factors_say() -> None:
    """F-14A: %CO2d = 100 (Fc/Fd)(20.9 - %O2d)/20.9 with 1800/9780 for bituminous coal."""
    coal = Fuel(
        carbon=0.745, hydrogen=0.049, oxygen=0.070, nitrogen=0.014, sulphur=0.012, moisture=0.03
    )
    for ratio in (1.05, 1.2, 1.4, 2.0):
        gas = gas_of(coal, 60.0, ratio)
        co2, o2 = float((100 * gas.co2 / gas.dry)[0]), float((100 * gas.o2 / gas.dry)[0])
        by_factors = 100 * 1800 / 9780 * (20.9 - o2) / 20.9
        assert co2 == pytest.approx(by_factors, rel=0.02)


def test_an_ideal_gas_has_its_molar_volume_at_standard_conditions() -> None:
    one = np.ones(1)
    at_zero = volume_m3_h(one, 0 * one, 101_325 * one)
    assert at_zero[0] == pytest.approx(22.41396954)
    warmer = volume_m3_h(one, 20 * one, 101_325 * one)
    assert (warmer / at_zero)[0] == pytest.approx(1.07322, abs=5e-6)


def test_water_boils_nowhere_near_where_a_scrubber_works() -> None:
    found = saturation_Pa(np.array([0.01, 20.0, 50.0]))
    assert found == pytest.approx([611.66, 2339.3, 12352.0], rel=3e-3)  # steam tables
