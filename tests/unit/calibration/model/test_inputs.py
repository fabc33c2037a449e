"""Inputs that a model does not take, each with its code, in two languages."""

import string

import pytest
from msgspec.structs import replace

from calibration.errors import CalibrationError, NotFiniteError, UnitMismatchError, UnknownUnitError
from calibration.model import errors
from calibration.model.catalogue import ConstantSet, MeasurementModel
from calibration.model.errors import (
    ConstantMissingError,
    ConstantsUnknownError,
    FactorUnknownError,
    InputCountError,
    InputMissingError,
    InputRangeError,
    InputSuperfluousError,
    MeasurementModelError,
    ModelFormError,
    ModelUnknownError,
    ModelValueError,
    ReferenceStateError,
)
from calibration.model.evaluate import evaluate, evaluate_each
from calibration.model.influenced import influenced
from calibration.model.load import (
    constant_sets,
    constants_named,
    factor_named,
    factors,
    model_named,
    models,
)
from calibration.model.lognormal import lognormal_of, pedigree_variance
from calibration.model.reported import reported
from calibration.model.stated import Stated, added, in_unit
from calibration.model.states import conditions_named
from calibration.unit import UNITS
from tests.unit.calibration.model.stating import NORMAL_DRY, STACK, given
from tests.unit.calibration.model.typical import typical

ALL = [
    each
    for each in vars(errors).values()
    if isinstance(each, type) and issubclass(each, MeasurementModelError)
]


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("kind", ALL)
def test_both_languages_name_the_same_facts(kind: type[CalibrationError]) -> None:
    assert _fields(kind.en) == _fields(kind.zh)
    assert kind.en != kind.zh or kind is MeasurementModelError


def test_every_error_has_a_code_of_its_own() -> None:
    codes = [each.code for each in ALL]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize(
    ("name", "place", "value", "limit"),
    [
        ("F-2", "moisture", -0.1, ">= 0 and < 100 %"),
        ("F-2", "moisture", 100.0, ">= 0 and < 100 %"),
        ("HJ75-DRY", "x_sw", 100.0, ">= 0 and < 100 %"),
        ("HJ75-CO2", "x_sw", -1e-9, ">= 0 and < 100 %"),
        ("F-14A", "o2_dry", 20.91, ">= -1 and <= 20.9 %"),
        ("F-17", "o2_wet", 21.0, ">= -1 and <= 20.9 %"),
        ("HJ75-REF", "o2_dry", 20.95, ">= -1 and <= 20.9 %"),
        ("F-11", "co2_wet", 100.1, "<= 100 %"),
        ("F-11", "flow_wet", -1.0, ">= 0 "),
        ("F-15", "f_c", 0.0, "> 0 "),
        ("F-12", "operating_time", 1.01, "<= 1 h"),
        ("MRR-2", "hours_of_operation", 0.0, "> 0 h"),
        ("co2_of_fuel", "of", 1.1, "<= 1:"),
        ("pitot_velocity", "dp", 0.0, "> 0 Pa"),
        ("corrected_indication", "e", -1.0, "> -1"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_its_limit(
    name: str, place: str, value: float, limit: str
) -> None:
    model = model_named(name)
    row = typical(model)
    wrong = influenced(value, row[place].unit, {}, row[place].reference_conditions)
    with pytest.raises(InputRangeError) as refused:
        evaluate(model, row | {place: wrong})
    for language in ("en", "zh"):
        said = refused.value.say(language)
        assert said.startswith(f"E_MODEL_INPUT_RANGE {place}: '{place}'")
        assert limit in said.replace("：", ":")


def test_moisture_as_a_ratio_is_converted_and_percent_as_ratio_is_refused() -> None:
    model, row = given("F-2", co2_dry=13.2, flow_wet=5e7, moisture=Stated(value=0.09, unit="1"))
    assert evaluate(model, row).value == pytest.approx(342.342, rel=1e-12)
    with pytest.raises(InputRangeError, match="900 %"):
        evaluate(model, row | {"moisture": Stated(value=9.0, unit="1")})


@pytest.mark.parametrize("model", models(), ids=lambda model: model.id)
def test_each_missing_input_is_named_with_what_it_means(model: MeasurementModel) -> None:
    row = typical(model)
    for each in model.inputs:
        rest = {name: stated for name, stated in row.items() if name != each.name}
        with pytest.raises(InputMissingError, match=f"'{each.name}' is not given") as refused:
            _evaluated(model, rest)
        assert each.means in str(refused.value)


def _evaluated(model: MeasurementModel, row: dict[str, Stated]) -> object:
    return evaluate_each(model, [row, row]) if model.form == "sample" else evaluate(model, row)


def test_a_missing_pressure_is_no_standard_pressure() -> None:
    model, row = given("HJ75-CO2", **{k: each for k, each in STACK.items() if k != "b_a"})
    with pytest.raises(InputMissingError, match="E_MODEL_INPUT_MISSING HJ75-CO2: 'b_a'"):
        evaluate(model, row)


def test_a_superfluous_input_is_refused() -> None:
    model, row = given("F-11", co2_wet=12.0, flow_wet=5e7, moisture=9.0)
    with pytest.raises(InputSuperfluousError, match="'moisture' is no input"):
        evaluate(model, row)


@pytest.mark.parametrize(
    ("place", "unit"), [("flow_wet", "[cft_i]"), ("co2_wet", "mg/m3"), ("flow_wet", "kg/h")]
)
def test_a_unit_of_another_kind_is_refused_by_the_inputs_name(place: str, unit: str) -> None:
    model, row = given("F-11", co2_wet=12.0, flow_wet=5e7)
    with pytest.raises(UnitMismatchError, match=f"E_UNIT_MISMATCH {place}: '"):
        evaluate(model, row | {place: Stated(value=1.0, unit=unit)})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_no_quantity_is_stated_without_a_number(value: float) -> None:
    with pytest.raises(NotFiniteError):
        Stated(value=value, unit="%")
    with pytest.raises(UnknownUnitError):
        Stated(value=1.0, unit="scfh")
    with pytest.raises(InputRangeError):
        Stated(value=1.0, unit="%", reference_oxygen=value)


def test_a_division_by_nothing_is_refused() -> None:
    model, row = given("relative_error", indication=1.0, reference=0.0)
    with pytest.raises(ModelValueError, match="E_MODEL_NOT_FINITE"):
        evaluate(model, row)


def test_names_that_are_not_known_list_those_that_are() -> None:
    with pytest.raises(ModelUnknownError, match="F-11"):
        model_named("F-99")
    with pytest.raises(ConstantsUnknownError, match="hj75"):
        constants_named("hj-75")
    with pytest.raises(FactorUnknownError, match=r"part75\.bituminous"):
        factor_named("part75.coal", "f_c")
    with pytest.raises(FactorUnknownError, match="E_MODEL_FACTOR_UNKNOWN o2_dry"):
        factor_named("part75.bituminous", "o2_dry")


def test_constants_that_lack_what_the_formula_names_are_refused() -> None:
    model, row = given("F-11", co2_wet=12.0, flow_wet=5e7)
    with pytest.raises(ConstantMissingError, match="'si' have no 'k'"):
        evaluate(model, row, constants_named("si"))


def test_a_sum_is_no_sample_and_a_formula_no_sum() -> None:
    row = typical(model_named("MRR-4"))
    with pytest.raises(ModelFormError):
        evaluate(model_named("MRR-4"), row)
    with pytest.raises(ModelFormError, match="'F-11' is no sum"):
        evaluate_each(model_named("F-11"), [typical(model_named("F-11"))])
    with pytest.raises(InputCountError):
        evaluate_each(model_named("MRR-1"), [])


def test_hours_of_different_conditions_are_not_added() -> None:
    model, row = given("MRR-1", concentration=212.4, volume=4e5)
    wet = conditions_named("normal-wet")
    other = {name: influenced(each.value, each.unit, {}, wet) for name, each in row.items()}
    assert evaluate_each(model, [other, other]).value == pytest.approx(2 * 84.96)
    with pytest.raises(MeasurementModelError, match="E_MODEL_WET_DRY concentration"):
        evaluate_each(model, [row, other])


def test_only_what_is_alike_is_added() -> None:
    one = influenced(1.0, "m3", {}, NORMAL_DRY)
    with pytest.raises(UnitMismatchError):
        added(one, influenced(1.0, "m3", {}, conditions_named("epa-dry")))
    with pytest.raises(UnitMismatchError):
        added(one, influenced(1.0, "t", {}, NORMAL_DRY))
    referred = replace(one, reference_oxygen=6.0)
    for pair in ((one, referred), (referred, one)):
        with pytest.raises(UnitMismatchError):
            added(*pair)
    assert added(one, influenced(1000.0, "L", {}, NORMAL_DRY)).value == 2.0


def test_a_temperature_is_shifted_and_its_components_are_not() -> None:
    found = in_unit(influenced(55.0, "Cel", {"inst:t/class": 0.9}), "K", "t_s")
    assert found.value == pytest.approx(328.15)
    assert found.standard_uncertainty == 0.9


def test_a_model_without_a_rule_of_reporting_is_not_rounded() -> None:
    model, row = given("HJ75-CO2", **STACK)
    with pytest.raises(ModelFormError):
        reported(model, evaluate(model, row))


@pytest.mark.parametrize(("value", "u"), [(0.0, 1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1e999)])
def test_what_is_not_positive_has_no_lognormal(value: float, u: float) -> None:
    with pytest.raises(InputRangeError):
        lognormal_of(value, u)


@pytest.mark.parametrize("scores", [(1, 1, 1, 1), (0, 1, 1, 1, 1), (1, 1, 1, 1, 6)])
def test_a_pedigree_has_five_scores_from_1_to_5(scores: tuple[int, ...]) -> None:
    with pytest.raises(MeasurementModelError):
        pedigree_variance(scores, 0.0006)


@pytest.mark.parametrize("model", models(), ids=lambda model: model.id)
def test_units_states_and_constants_of_every_model_are_known(model: MeasurementModel) -> None:
    for unit in [*(each.unit for each in model.inputs), model.result.unit]:
        assert unit == "any" or unit in UNITS or unit[3:] in model.input_names
    for state in [*(each.state for each in model.inputs), model.result.state]:
        known = ("", "actual", "any", "wet", "dry", "normal")
        assert state in known or conditions_named(state) or state[3:] in model.input_names
    constants_named(model.constants).used(model.constant_names)
    assert model.title != model.zh
    assert model.clause


def test_ids_are_used_once() -> None:
    for names in (
        [each.id for each in models()],
        [each.id for each in constant_sets()],
        [each.id for each in factors()],
    ):
        assert len(set(names)) == len(names)


def test_every_factor_is_in_the_unit_that_its_models_take() -> None:
    units = {each.name: each.unit for model in models() for each in model.inputs}
    for table in factors():
        for name in table.values:
            in_unit(factor_named(table.id, name), units[name], name)


def test_the_digest_changes_with_a_constant_and_not_with_one_that_takes_no_part() -> None:
    model, row = given("F-11", co2_wet=12.0, flow_wet=5e7)
    own = constants_named("part75")
    found = evaluate(model, row).constants_digest
    assert evaluate(model, row, _changed(own, "u_f")).constants_digest == found
    assert evaluate(model, row, _changed(own, "k")).constants_digest != found


def _changed(constants: ConstantSet, name: str) -> ConstantSet:
    values = tuple(
        replace(each, value=each.value * 1.0000001) if each.name == name else each
        for each in constants.values
    )
    return replace(constants, values=values)


def test_a_reference_state_has_a_tolerance_of_its_printed_digits_only() -> None:
    model, row = given("F-11", co2_wet=12.0, flow_wet=5e7)
    cold = influenced(5e7, "[cft_i]/h", {}, conditions_named("normal-wet"))
    with pytest.raises(ReferenceStateError, match="E_MODEL_REFERENCE_STATE flow_wet"):
        evaluate(model, row | {"flow_wet": cold})
