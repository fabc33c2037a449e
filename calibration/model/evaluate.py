"""A measurement model at stated inputs: what it gives, and which influences that carries (pure)."""

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from calibration.measurand import ReferenceConditions
from calibration.model.admit import admit, unit_of
from calibration.model.catalogue import ConstantSet, MeasurementModel, digest
from calibration.model.errors import InputCountError, ModelFormError
from calibration.model.load import constants_named
from calibration.model.sample import mean_plus_two_deviations
from calibration.model.solve import Solved, solve
from calibration.model.stated import Modelled, Stated
from calibration.model.states import conditions_named, require_state
from calibration.model.steam import enthalpy, enthalpy_of_wet_steam
from calibration.uncertainty import UncertaintyComponent, merge, scaled

Inputs = Mapping[str, Stated]
CODED: Final[Mapping[str, Callable[[Inputs], Solved]]] = MappingProxyType(
    {"enthalpy": enthalpy, "enthalpy_of_wet_steam": enthalpy_of_wet_steam}
)
SAMPLED: Final[Mapping[str, Callable[[Sequence[float]], tuple[float, Sequence[float]]]]] = (
    MappingProxyType({"mean_plus_two_deviations": mean_plus_two_deviations})
)


def evaluate(
    model: MeasurementModel, inputs: Inputs, constants: ConstantSet | None = None
) -> Modelled:
    """What a model gives at stated inputs: the best estimate, neither rounded nor clipped.

    Components of one influence add with sign, each through its input's sensitivity.

    Args:
        model: A formula or a function; of a sum, one term.
        inputs: By name, all of them; in any unit of the right kind.
        constants: In place of the model's own.

    Raises:
        MeasurementModelError: inputs are missing or too many, or stated for other conditions.
        UnitMismatchError: a unit is of another kind.
        InfluenceConflictError: one influence stands with two descriptions.
    """
    if model.form == "sample":
        raise ModelFormError("model", found=model.id, limit="formula")
    chosen = constants or constants_named(model.constants)
    taken = admit(model, inputs)
    solved = solved_at(model, taken, chosen)
    parts = merge(
        *(scaled(taken[name].components, slope) for name, slope in solved.sensitivities.items())
    )
    return _modelled(model, taken, chosen, solved.value, parts, solved.findings)


def evaluate_each(
    model: MeasurementModel, rows: Sequence[Inputs], constants: ConstantSet | None = None
) -> Modelled:
    """What a sum over hours or parts gives, or a statistic of a sample.

    What the rows share adds linearly: an area wrong in one hour is wrong in all of them.

    Args:
        model: Of the form "sum" or "sample".
        rows: One or more; of a sample two or more.
        constants: In place of the model's own.

    Raises:
        ModelFormError: the model is a formula of single inputs.
        InputCountError: there are too few rows.
        MeasurementModelError, UnitMismatchError: as `evaluate`.
    """
    least = 2 if model.form == "sample" else 1
    if model.form not in ("sum", "sample"):
        raise ModelFormError("model", found=model.id, limit="sum")
    if len(rows) < least:
        raise InputCountError(model.id, name="rows", found=len(rows), limit=f">= {least}")
    if model.form == "sample":
        return _sampled(model, rows, constants or constants_named(model.constants))
    terms = [evaluate(model, row, constants) for row in rows]
    value, parts = math.fsum(e.value for e in terms), merge(*(e.components for e in terms))
    _require_one_state(model, rows)
    findings = tuple(dict.fromkeys(name for each in terms for name in each.findings))
    chosen = constants or constants_named(model.constants)
    return _modelled(model, admit(model, rows[0]), chosen, value, parts, findings)


def solved_at(model: MeasurementModel, taken: Inputs, constants: ConstantSet) -> Solved:
    """Value and sensitivities of a model at admitted inputs.

    Raises:
        ConstantMissingError: the set lacks a constant.
        ModelValueError: it is not finite there.
    """
    if model.form == "code":
        return CODED[model.code](taken)
    values = {name: each.value for name, each in taken.items()}
    known = {each.name: each.value for each in constants.used(model.constant_names)}
    u = {name: each.standard_uncertainty for name, each in taken.items()}
    return solve(model.formula, tuple(taken), values | known, u)


def _sampled(model: MeasurementModel, rows: Sequence[Inputs], constants: ConstantSet) -> Modelled:
    taken = [admit(model, row) for row in rows]
    _require_one_state(model, taken)
    name = model.input_names[0]
    value, slopes = SAMPLED[model.code]([row[name].value for row in taken])
    parts = merge(*(scaled(row[name].components, c) for row, c in zip(taken, slopes, strict=True)))
    return _modelled(model, taken[0], constants, value, parts, ())


def _require_one_state(model: MeasurementModel, rows: Sequence[Inputs]) -> None:
    """Refuses hours that are stated for different conditions; each alone may be right."""
    for quantity in model.inputs:
        if quantity.state:
            for row in rows[1:]:
                pair = {"first": rows[0][quantity.name], quantity.name: row[quantity.name]}
                require_state(quantity.name, "as first", pair)


def _modelled(
    model: MeasurementModel,
    taken: Inputs,
    constants: ConstantSet,
    value: float,
    parts: tuple[UncertaintyComponent, ...],
    findings: tuple[str, ...],
) -> Modelled:
    oxygen = model.result.reference_oxygen
    unstated = [f"uncertainty_not_stated:{n}" for n, each in taken.items() if not each.components]
    return Modelled(
        value=value,
        unit=unit_of(model.result.unit, model.result.name, taken),
        components=parts,
        reference_conditions=_conditions(model, taken),
        reference_oxygen=taken[oxygen].value if oxygen else None,
        model=model.id,
        model_version=model.version,
        constants=constants.id,
        constants_digest=digest(constants, model.constant_names),
        findings=(*findings, *unstated),
    )


def _conditions(model: MeasurementModel, taken: Inputs) -> ReferenceConditions | None:
    result = model.result
    if result.state.startswith("as "):
        return taken[result.state[3:]].reference_conditions
    if result.state_of:
        temperature, pressure = (taken[name].value for name in result.state_of)
        return ReferenceConditions(temperature_K=temperature, pressure_Pa=pressure, wet=False)
    return conditions_named(result.state)
