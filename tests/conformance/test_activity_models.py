"""Meters, steam, gas, fuel and drift: figures computed by hand, and what footprints take of them.

The equations of Chinese sector guides and the pedigree's variances were recalled.
"""

import math
from functools import reduce

import pytest

from calibration.coverage import effective_degrees_of_freedom, expand
from calibration.distribution import Distribution, from_half_width
from calibration.measurand import ReferenceConditions
from calibration.model.evaluate import evaluate
from calibration.model.influenced import influenced
from calibration.model.load import constants_named, factor_named, model_named
from calibration.model.lognormal import lognormal_of, pedigree_variance
from calibration.model.stated import Stated, added
from calibration.uncertainty import Influence, UncertaintyComponent
from tests.unit.calibration.model.stating import Given, given


def bounded(value: float, half_width: float, influence: str) -> Stated:
    part = UncertaintyComponent(
        influence=Influence(id=influence, distribution=Distribution.RECTANGULAR),
        contribution=from_half_width(half_width, Distribution.RECTANGULAR),
    )
    return Stated(value=value, unit="1", components=(part,))


def test_electricity_behind_transformers_is_uncertain_by_0_66_percent() -> None:
    errors = {"e_meter": 0.005, "e_ct": 0.002, "e_vt": 0.002}
    none = dict.fromkeys(("d_ct", "d_vt", "phi"), 0.0)
    model, row = given(
        "energy_through_transformers",
        indication=Stated(value=1_234_567.0, unit="kW.h"),
        ct_ratio=1.0,
        vt_ratio=1.0,
        **none,
        **{name: bounded(0.0, half, f"inst:{name}/class") for name, half in errors.items()},
    )
    found = evaluate(model, row)
    assert found.unit == "kW.h"
    assert 200.0 * found.standard_uncertainty / found.value == pytest.approx(0.66332, abs=5e-6)
    assert 2.0 * found.standard_uncertainty == pytest.approx(8_189.19, abs=5e-3)


def test_the_interval_of_a_dominant_class_is_narrower_than_k_2_says() -> None:
    parts = [bounded(0.0, half, f"inst:m{half}/class").components[0] for half in (0.5, 0.2, 0.2)]
    assert expand(parts).coverage_factor < 1.96


def test_a_normal_figure_as_lognormal() -> None:
    found = lognormal_of(48_210.0, 1_930.0 / 2.0)
    assert pytest.approx(0.0200165941, abs=5e-11) == 1_930.0 / 2.0 / 48_210.0
    assert found.sigma_ln == pytest.approx(0.0200145895, abs=5e-11)
    assert found.geometric_standard_deviation == pytest.approx(1.0202162244, abs=5e-11)
    assert found.median == pytest.approx(48_200.34489, abs=5e-6)
    assert found.location == pytest.approx(10.7831214555, abs=5e-11)


def test_mean_and_deviation_of_the_lognormal_are_those_it_was_made_from() -> None:
    found = lognormal_of(10.0, 3.0)
    mean = found.median * math.exp(found.sigma_ln**2 / 2.0)
    assert mean == pytest.approx(10.0, rel=1e-12)
    assert mean * math.sqrt(math.expm1(found.sigma_ln**2)) == pytest.approx(3.0, rel=1e-12)


def test_pedigree_of_verified_measurements_that_are_not_complete() -> None:
    variance = pedigree_variance((1, 2, 1, 1, 1), 0.0006)
    assert variance == pytest.approx(0.0007, rel=1e-12)
    gsd = math.exp(math.sqrt(variance))
    assert gsd == pytest.approx(1.0268106, abs=5e-8)
    assert gsd**2 == pytest.approx(1.0543401, abs=5e-8)


def test_steam_and_its_co2() -> None:
    model, row = given("steam_heat", mass=1000.0, enthalpy=2768.30)
    heat = evaluate(model, row)
    assert heat.value == pytest.approx(2684.56, rel=1e-9)
    factor = factor_named("activity.heat", "heat_factor")
    found = evaluate(model_named("co2_of_heat"), {"heat": heat, "heat_factor": factor})
    assert found.value == pytest.approx(295.3016, rel=1e-9)


def test_hot_water() -> None:
    model, row = given("hot_water_heat", mass=500.0, temperature=95.0)
    assert evaluate(model, row).value == pytest.approx(500.0 * 75.0 * 4.1868e-3, rel=1e-12)


def test_electricity() -> None:
    model, row = given("co2_of_electricity", energy=1234.567, electricity_factor=0.5703)
    assert evaluate(model, row).value == pytest.approx(1234.567 * 0.5703, rel=1e-12)


GAS: dict[str, Given] = {"v": 940.0, "p": 413_100.0, "t": 273.15 + 18.5, "z": 1.0, "z_ref": 1.0}


@pytest.mark.parametrize(
    ("kelvin", "volume"), [(293.15, 3852.071626), (273.15, 3589.266126)], ids=["20 C", "0 C"]
)
def test_gas_at_20_and_at_0_celsius(kelvin: float, volume: float) -> None:
    model, row = given("gas_volume_at_reference", **GAS, p_ref=101_325.0, t_ref=kelvin)
    found = evaluate(model, row)
    assert found.value == pytest.approx(volume, abs=5e-7)
    assert found.reference_conditions == ReferenceConditions(
        temperature_K=kelvin, pressure_Pa=101_325.0, wet=False
    )


def test_compressibility_at_the_meter_divides_and_at_reference_multiplies() -> None:
    volumes = []
    for z, z_ref in ((1.0, 1.0), (0.95, 0.998)):
        inputs = {**GAS, "z": z, "z_ref": z_ref}
        model, row = given("gas_volume_at_reference", **inputs, p_ref=101_325.0, t_ref=293.15)
        volumes.append(evaluate(model, row).value)
    assert volumes[1] / volumes[0] == pytest.approx(0.998 / 0.95, rel=1e-12)


def stock_uncertainty(*, one_bridge: bool) -> float:
    """Relative U of 12 deliveries of 100 t, 1 % each (k = 2), and stocks of 300 t, 2 % each."""
    model = model_named("stock_change")
    deliveries = [
        influenced(100.0, "t", {f"inst:bridge-{0 if one_bridge else k}/class": 0.5})
        for k in range(12)
    ]
    row = {
        "purchased": reduce(added, deliveries),
        "exported": influenced(0.0, "t", {}),
        "stock_begin": influenced(300.0, "t", {"inst:survey-1/repeatability": 3.0}),
        "stock_end": influenced(300.0, "t", {"inst:survey-2/repeatability": 3.0}),
    }
    found = evaluate(model, row)
    return 2.0 * found.standard_uncertainty / found.value


def test_deliveries_on_one_weighbridge_share_its_deviation() -> None:
    """GD4's formula takes n deliveries as independent; on one bridge it is n^2, not n."""
    stock = 2.0 * (300.0 * 0.02) ** 2
    apart = math.sqrt(stock + 12.0 * 1.0**2) / 1200.0
    shared = math.sqrt(stock + 144.0 * 1.0**2) / 1200.0
    assert stock_uncertainty(one_bridge=False) == pytest.approx(apart, rel=1e-12)
    assert stock_uncertainty(one_bridge=True) == pytest.approx(shared, rel=1e-12)


def test_the_ratio_of_20_and_0_celsius() -> None:
    volumes = []
    for kelvin in (293.15, 273.15):
        model, row = given("gas_volume_at_reference", **GAS, p_ref=101_325.0, t_ref=kelvin)
        volumes.append(evaluate(model, row).value)
    assert volumes[0] / volumes[1] == pytest.approx(1.07322, abs=5e-6)


def test_welch_and_satterthwaite() -> None:
    parts = [
        UncertaintyComponent(
            influence=Influence(id=f"factor:{k}", degrees_of_freedom=nu), contribution=u
        )
        for k, (u, nu) in enumerate([(0.8, 4.0), (0.5, None), (0.3, 9.0)])
    ]
    assert expand(parts).standard_uncertainty == pytest.approx(0.9899495, abs=5e-8)
    assert effective_degrees_of_freedom(parts) == pytest.approx(9.2972, abs=5e-5)


def test_coal() -> None:
    model, row = given("co2_of_fuel", fc=1250.0, ncv=21.85, cc=0.02618, of=0.98)
    assert evaluate(model, row).value == pytest.approx(2569.381558, abs=5e-7)


def test_the_european_3_664_is_0_07_percent_less_than_44_over_12() -> None:
    model, row = given("co2_of_fuel", fc=1250.0, ncv=21.85, cc=0.02618, of=0.98)
    found = [evaluate(model, row, constants_named(name)) for name in ("mrr", "activity")]
    assert found[0].value / found[1].value == pytest.approx(3.664 * 12.0 / 44.0, rel=1e-12)
    assert found[0].constants_digest != found[1].constants_digest


def test_gas_fuel_is_that_of_its_own_conditions() -> None:
    model, row = given("co2_of_fuel_gas", volume=10_000.0, ncv_volume=35.0, cc=0.0153, of=0.99)
    expected = 10_000.0 * 35.0 * 1e-3 * 0.0153 * 0.99 * 44.0 / 12.0
    assert evaluate(model, row).value == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("elapsed", "corrected"), [(0.0, 12.404810), (0.5, 12.160954), (1.0, 11.921182)]
)
def test_drift_between_two_checks(elapsed: float, corrected: float) -> None:
    model, row = given(
        "drift_correction",
        reading=12.40,
        zero_before=0.02,
        zero_after=0.30,
        span_before=19.98,
        span_after=20.60,
        span_gas=20.0,
        elapsed=elapsed,
    )
    assert evaluate(model, row).value == pytest.approx(corrected, abs=5e-7)


def test_stock_and_meter_correction() -> None:
    model, row = given(
        "stock_change", purchased=1000.0, exported=50.0, stock_begin=200.0, stock_end=180.0
    )
    assert evaluate(model, row).value == 970.0
    model, row = given("corrected_indication", indication=Stated(value=1010.0, unit="t"), e=0.01)
    found = evaluate(model, row)
    assert found.value == pytest.approx(1000.0, rel=1e-12)
    assert found.unit == "t"


def test_stock_weighed_on_one_bridge_shares_its_deviation() -> None:
    """Begin and end weighed on one bridge: the deviation of the bridge cancels in the change."""
    bridge = Influence(id="inst:bridge-1/class")

    def weighed(value: float) -> Stated:
        part = UncertaintyComponent(influence=bridge, contribution=0.002 * value)
        return Stated(value=value, unit="t", components=(part,))

    row = {
        "purchased": weighed(1000.0),
        "exported": weighed(0.0),
        "stock_begin": weighed(200.0),
        "stock_end": weighed(180.0),
    }
    found = evaluate(model_named("stock_change"), row)
    assert found.standard_uncertainty == pytest.approx(0.002 * 1020.0, rel=1e-12)
