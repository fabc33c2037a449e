"""What people get wrong between a stack and its tonnes: each is refused, or has its known size."""

import msgspec
import pytest

from calibration.measurand import ReferenceConditions
from calibration.model.catalogue import InputQuantity, MeasurementModel
from calibration.model.errors import (
    ConditionsUnknownError,
    InputRangeError,
    MoistureBasisError,
    NotInForceError,
    ReferenceOxygenError,
    ReferenceStateError,
)
from calibration.model.evaluate import evaluate, evaluate_each
from calibration.model.influenced import influenced
from calibration.model.load import constants_named, model_named, models
from calibration.model.stack import Stack, VelocityFieldCoefficient
from calibration.model.stated import Stated, in_unit
from calibration.model.states import conditions_named
from tests.unit.calibration.model.stating import STACK, Given, given
from tests.unit.calibration.model.typical import typical


def co2(constants: str = "hj75", **changed: Given) -> float:
    model, row = given("HJ75-CO2", **{**STACK, **changed})
    return evaluate(model, row, constants_named(constants)).value


def test_273_in_place_of_273_15_is_0_018_percent_at_132_celsius() -> None:
    q = given("HJ75-QSN", q_s=1e6, t_s=132.0, b_a=101_325.0, p_s=0.0, x_sw=0.0)[1]
    flows = [evaluate(model_named("HJ75-QSN"), q, constants_named(k)).value for k in ("hj75", "si")]
    assert 100.0 * (flows[1] / flows[0] - 1.0) == pytest.approx(0.018, abs=5e-4)


def test_22_4_in_place_of_22_41397_is_0_04_percent() -> None:
    row = given("HJ75-RHO", co2_dry=100.0)[1]
    model = model_named("HJ75-RHO")
    hj, si = (evaluate(model, row, constants_named(name)).value for name in ("hj75", "si"))
    assert hj == pytest.approx(1964.29, abs=5e-3)
    assert si == pytest.approx(1963.49, abs=5e-3)
    assert 100.0 * (hj / si - 1.0) == pytest.approx(0.04, abs=5e-3)


def test_both_together_are_told_apart_by_the_digest_of_the_constants() -> None:
    model, row = given("HJ75-CO2", **STACK)
    found = [evaluate(model, row, constants_named(name)) for name in ("hj75", "si")]
    assert found[0].constants_digest != found[1].constants_digest
    assert [each.constants for each in found] == ["hj75", "si"]
    assert found[0].value != found[1].value


GASES = [
    (model, each)
    for model in models()
    for each in model.inputs
    if each.state.rpartition("-")[2] in ("wet", "dry")
]


@pytest.mark.parametrize(
    ("model", "place"), GASES, ids=[f"{model.id} {each.name}" for model, each in GASES]
)
def test_wet_for_dry_and_dry_for_wet_are_refused_and_never_converted(
    model: MeasurementModel, place: InputQuantity
) -> None:
    """12 % moisture would be an error of 14 %."""
    row = typical(model)
    right = conditions_named(place.state)
    assert right is not None
    other = msgspec.structs.replace(right, wet=not right.wet)
    wrong = msgspec.structs.replace(row[place.name], reference_conditions=other)
    with pytest.raises(MoistureBasisError, match=f"E_MODEL_WET_DRY {place.name}"):
        evaluate(model, row | {place.name: wrong})


def _any(name: str) -> dict[str, Given]:
    return dict.fromkeys(model_named(name).input_names, 10.0)


@pytest.mark.parametrize(
    ("name", "place"),
    [("F-11", "co2_wet"), ("F-2", "co2_dry"), ("F-14A", "o2_dry"), ("HJ75-RHO", "co2_dry")],
)
def test_a_fraction_that_does_not_say_wet_or_dry_is_refused(name: str, place: str) -> None:
    model, row = given(name, **_any(name))
    with pytest.raises(ConditionsUnknownError, match="E_MODEL_CONDITIONS_UNKNOWN"):
        evaluate(model, row | {place: Stated(value=10.0, unit="%")})


def test_wet_co2_as_dry_would_have_been_14_percent() -> None:
    assert pytest.approx(14.0, abs=0.5) == 100.0 * (1.0 / 0.88 - 1.0)
    model, row = given("HJ75-DRY-CO2", co2_wet=10.0, x_sw=12.0)
    assert evaluate(model, row).value == pytest.approx(11.3636, abs=5e-5)


def test_the_sign_of_the_static_pressure_matters_and_is_the_callers() -> None:
    right, wrong = co2(p_s=-150.0), co2(p_s=150.0)
    assert 100.0 * (wrong / right - 1.0) == pytest.approx(100.0 * 300.0 / 100_650.0, rel=1e-9)


def test_an_absolute_pressure_as_static_one_is_refused() -> None:
    with pytest.raises(InputRangeError, match="'p_s' is 100650 Pa"):
        co2(p_s=100_650.0)


def test_a_gauge_pressure_as_barometric_one_is_refused() -> None:
    with pytest.raises(InputRangeError, match="'b_a' is 0 Pa"):
        co2(b_a=0.0)


def test_gas_at_20_celsius_is_no_gas_at_0_celsius() -> None:
    """The factor 1.07322 is never put in silently."""
    model, row = given("HJ75-G", rho_co2=230.0, q_sn=5e5)
    wrong = influenced(5e5, "m3/h", {}, conditions_named("gas20-dry"))
    with pytest.raises(ReferenceStateError, match=r"293\.15 K, 101325 Pa, dry"):
        evaluate(model, row | {"q_sn": wrong})


def test_a_calorific_value_at_0_celsius_does_not_go_with_a_volume_at_20() -> None:
    model, row = given("co2_of_fuel_gas", volume=1e4, ncv_volume=35.0, cc=0.0153, of=0.99)
    wrong = influenced(1e4, "m3", {}, conditions_named("gas20-dry"))
    with pytest.raises(ReferenceStateError, match="E_MODEL_REFERENCE_STATE ncv_volume"):
        evaluate(model, row | {"volume": wrong})


def test_flow_at_reference_conditions_is_not_converted_twice() -> None:
    model, row = given("HJ75-QSN", q_s=1e6, t_s=55.0, b_a=1e5, p_s=0.0, x_sw=0.0)
    once = evaluate(model, row)
    with pytest.raises(ReferenceStateError, match="as in the duct"):
        evaluate(model, row | {"q_s": once})


def test_29_92_inches_of_mercury_and_101325_pascal_are_one_state() -> None:
    inches = ReferenceConditions(temperature_K=293.15, pressure_Pa=29.92 * 3386.3788, wet=True)
    model, row = given("F-11", co2_wet=12.0, flow_wet=5e7)
    stated = influenced(5e7, "[cft_i]/h", {}, inches)
    assert evaluate(model, row | {"flow_wet": stated}).value == pytest.approx(342.0)


def test_a_short_ton_is_no_tonne() -> None:
    model, row = given("F-11", co2_wet=12.0, flow_wet=5e7)
    found = evaluate(model, row)
    assert in_unit(found, "t/h", "co2").value / found.value == pytest.approx(0.90718474, rel=1e-12)


def test_flow_in_cubic_metres_is_converted_exactly() -> None:
    model, row = given("F-11", co2_wet=12.0, flow_wet=5e7)
    metric = influenced(5e7 * 0.3048**3, "m3/h", {"factor:q": 1e4}, conditions_named("epa-wet"))
    found = evaluate(model, row | {"flow_wet": metric})
    assert found.value == pytest.approx(342.0, rel=1e-12)
    assert found.standard_uncertainty / found.value == pytest.approx(1e4 / metric.value, rel=1e-12)


def test_no_model_takes_the_density_of_pure_co2() -> None:
    """1.977 kg/m3 is that of pure CO2, 0.65 % too much in flue gas: nothing asks for it."""
    m_over_v = [
        {each.name: each.value for each in constants_named(name).values} for name in ("hj75", "si")
    ]
    for each in m_over_v:
        assert each["m_co2"] / each["v_m"] == pytest.approx(1.964, abs=1e-3)
    assert pytest.approx(0.65, abs=5e-3) == 100.0 * (1.977 / (44.0 / 22.4) - 1.0)
    named = {each.name for model in models() if "co2" in model.id.lower() for each in model.inputs}
    assert not {name for name in named if "density" in name or name == "rho"}


def test_a_concentration_at_reference_oxygen_is_refused_by_every_model_of_mass() -> None:
    model, row = given("HJ75-REF", rho_dry=230_000.0, o2_dry=7.2, o2_reference=6.0)
    limit = evaluate(model, row)
    assert limit.reference_oxygen == 6.0
    model, row = given("HJ75-G", rho_co2=230.0, q_sn=5e5)
    with pytest.raises(ReferenceOxygenError, match="6 % reference O2") as refused:
        evaluate(model, row | {"rho_co2": limit})
    assert "基准氧含量" in refused.value.say("zh")
    model, row = given("MRR-1", concentration=230.0, volume=4e5)
    with pytest.raises(ReferenceOxygenError):
        evaluate_each(model, [row | {"concentration": limit}])
    model, row = given("HJ75-REF", rho_dry=35.0, o2_dry=7.2, o2_reference=6.0)
    with pytest.raises(ReferenceOxygenError):
        evaluate(model, row | {"rho_dry": limit})


def test_converting_units_or_adding_keeps_the_reference_oxygen() -> None:
    model, row = given("HJ75-REF", rho_dry=35.0, o2_dry=7.2, o2_reference=6.0)
    assert in_unit(evaluate(model, row), "g/m3", "rho").reference_oxygen == 6.0


def test_k_v_is_a_calibration_result_that_ends() -> None:
    k_v = VelocityFieldCoefficient(
        value=1.02,
        standard_uncertainty=0.015,
        certificate="KV-7",
        valid_from_ns=100,
        valid_until_ns=200,
    )
    stack = Stack(id="s1", area_m2=19.635, area_uncertainty_m2=0.1, velocity_field=k_v)
    assert stack.stated(199)["k_v"].value == 1.02
    for at in (99, 200):
        with pytest.raises(NotInForceError, match=r"E_MODEL_NOT_IN_FORCE at \d+: .*KV-7"):
            stack.stated(at)
