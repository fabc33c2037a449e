"""Stated inputs for tests: a number, or a number with its standard uncertainty."""

from collections.abc import Mapping

from calibration.measurand import ReferenceConditions
from calibration.model.catalogue import MeasurementModel
from calibration.model.influenced import influenced
from calibration.model.load import model_named
from calibration.model.stated import Stated
from calibration.model.states import conditions_named

Given = float | tuple[float, float] | Stated
NORMAL_DRY = ReferenceConditions(temperature_K=273.15, pressure_Pa=101_325.0, wet=False)


def given(name: str, **values: Given) -> tuple[MeasurementModel, dict[str, Stated]]:
    """A model and its inputs, in its units and at the conditions that it asks for."""
    model = model_named(name)
    row: dict[str, Stated] = {}
    for each in model.inputs:
        if each.name in values:
            row[each.name] = _stated(each.name, each.unit, each.state, values[each.name])
    extra = {key: _stated(key, "1", "", each) for key, each in values.items() if key not in row}
    return model, row | extra


def _stated(name: str, unit: str, state: str, value: Given) -> Stated:
    if isinstance(value, Stated):
        return value
    number, u = value if isinstance(value, tuple) else (value, 0.0)
    code = "1" if unit == "any" or unit.startswith("as ") else unit
    return influenced(number, code, {f"factor:{name}": u} if u else {}, _conditions(state))


def _conditions(state: str) -> ReferenceConditions | None:
    if state in ("any", "normal") or state.startswith("as "):
        return NORMAL_DRY
    return conditions_named(state)


def relative(stated: Stated) -> float:
    """Standard uncertainty over value, in percent."""
    return 100.0 * stated.standard_uncertainty / abs(stated.value)


STACK: Mapping[str, float] = {
    "area": 19.635,
    "k_v": 1.02,
    "v_p": 11.2,
    "t_s": 55.0,
    "b_a": 100_800.0,
    "p_s": -150.0,
    "x_sw": 12.5,
    "co2_dry": 11.8,
}
"""A stack of a lime kiln: the figures of the conformance tests."""
