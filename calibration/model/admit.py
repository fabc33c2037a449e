"""Inputs as a model takes them: none missing, none too many, its units, its conditions (pure)."""

from collections.abc import Mapping

from calibration.model.catalogue import InputQuantity, MeasurementModel
from calibration.model.errors import (
    InputMissingError,
    InputRangeError,
    InputSuperfluousError,
    ReferenceOxygenError,
)
from calibration.model.stated import Stated, in_unit
from calibration.model.states import require_state


def admit(model: MeasurementModel, inputs: Mapping[str, Stated]) -> dict[str, Stated]:
    """The inputs in the model's units and order.

    Raises:
        InputMissingError, InputSuperfluousError: they are not the model's.
        UnitMismatchError: a unit is of another kind.
        ReferenceOxygenError: a concentration was converted to reference O2; that is for limits.
        ConditionsUnknownError, MoistureBasisError, ReferenceStateError: as `require_state`.
        InputRangeError: a value cannot be.
    """
    _require_names(model, inputs)
    taken: dict[str, Stated] = {}
    for each in model.inputs:
        stated = in_unit(inputs[each.name], unit_of(each.unit, each.name, inputs), each.name)
        oxygen = stated.reference_oxygen
        if oxygen is not None:
            raise ReferenceOxygenError(each.name, name=each.name, found=f"{oxygen:g}")
        require_state(each.name, each.state, inputs)
        _require_value(each, stated)
        taken[each.name] = stated
    return taken


def unit_of(code: str, name: str, inputs: Mapping[str, Stated]) -> str:
    """The unit in which a quantity is taken; "any" is its own, "as x" that of x."""
    if code == "any":
        return inputs[name].unit
    return inputs[code[3:]].unit if code.startswith("as ") else code


def _require_names(model: MeasurementModel, inputs: Mapping[str, Stated]) -> None:
    names = model.input_names
    for each in model.inputs:
        if each.name not in inputs:
            raise InputMissingError(
                model.id, name=each.name, means=each.means, limit=", ".join(names)
            )
    for name in inputs:
        if name not in names:
            raise InputSuperfluousError(model.id, name=name, limit=", ".join(names))


def _require_value(quantity: InputQuantity, stated: Stated) -> None:
    if not quantity.admits(stated.value):
        unit = "" if stated.unit == "1" else f" {stated.unit}"
        raise InputRangeError(
            quantity.name,
            name=quantity.name,
            value=f"{stated.value:.10g}",
            unit=unit,
            limit=f"{quantity.limit}{unit}",
        )
