"""Budget files (TOML); the only file of this folder that reads any."""

from pathlib import Path
from typing import Any, Final

import msgspec

from calibration.distribution import DIVISOR, Distribution, from_expanded
from calibration.errors import CalibrationError
from calibration.model.catalogue import MeasurementModel
from calibration.model.errors import ModelFormError
from calibration.model.load import constants_named, model_named
from calibration.propagation.budget import BudgetSheet
from calibration.propagation.errors import BudgetFileError
from calibration.propagation.quantity import Knowledge, Quantity
from calibration.toml import table_of

MOST_BYTES: Final = 256 * 1024
_WAYS: Final = ("standard_uncertainty", "half_width", "expanded_uncertainty")


def read_sheet(path: Path) -> BudgetSheet:
    """The budget that a file states.

    An input's uncertainty is given as `standard_uncertainty`, as `half_width` of a bounded
    distribution, or as `expanded_uncertainty` with its `coverage_factor`.

    Raises:
        BudgetFileError: it cannot be read, or does not say what a budget says.
        PropagationError: a number cannot be.
    """
    table = _table(path)
    _name_formula(table, path)
    for each in _quantities(table):
        _settle(each, path)
    try:
        sheet = msgspec.convert(table, BudgetSheet)
    except CalibrationError:
        raise
    except msgspec.ValidationError as cause:
        raise BudgetFileError(path.name, found=str(cause), limit="schema 1") from cause
    if sheet.schema != 1:
        raise BudgetFileError(path.name, found=f"schema = {sheet.schema}", limit="schema = 1")
    if sheet.seed < 0:
        raise BudgetFileError(path.name, found=f"seed = {sheet.seed}", limit="seed >= 0")
    if not 0.0 < sheet.coverage_probability < 1.0:
        found = f"coverage_probability = {sheet.coverage_probability}"
        raise BudgetFileError(path.name, found=found, limit="0 < p < 1")
    return sheet


def _table(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise BudgetFileError(path.name, found=f"> {MOST_BYTES} B", limit=f"<= {MOST_BYTES} B")
        return table_of(data)
    except (OSError, ValueError) as cause:
        raise BudgetFileError(path.name, found=str(cause)[:200], limit="UTF-8 TOML") from cause


def _name_formula(table: dict[str, Any], path: Path) -> None:
    """Puts the formula of a named model in its place, and its constants beside the quantities."""
    if "model" not in table:
        return
    if "formula" in table:
        raise BudgetFileError(path.name, found="model, formula", limit="model | formula")
    model = model_named(str(table["model"]), path.name)
    if not model.formula:
        raise ModelFormError(path.name, found=model.id, limit="formula")
    table["formula"] = model.formula
    if isinstance(table.get("quantities"), list):
        table["quantities"] = [*table["quantities"], *_constants(model, _quantities(table))]


def _constants(model: MeasurementModel, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The constants of a model's formula, but for those that the file states itself."""
    names = frozenset(model.constant_names) - {str(each.get("name")) for each in given}
    return [
        {
            "name": each.name,
            "estimate": each.value,
            "distribution": Knowledge.CONSTANT,
            "unit": each.unit,
            "evaluation": f"{each.source} ({each.status})",
        }
        for each in constants_named(model.constants).used(names)
    ]


def _quantities(table: dict[str, Any]) -> list[dict[str, Any]]:
    found = table.get("quantities")
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _settle(table: dict[str, Any], path: Path) -> None:
    """Turns whatever way an uncertainty is given into the standard uncertainty."""
    name, given = table.get("name", "?"), [way for way in _WAYS if way in table]
    if len(given) > 1:
        limit = " | ".join(_WAYS)
        raise BudgetFileError(path.name, found=f"{name}: {', '.join(given)}", limit=limit)
    numbers = {key: table.pop(key) for key in (*_WAYS[1:], "coverage_factor") if key in table}
    if not all(isinstance(each, int | float) for each in numbers.values()):
        raise BudgetFileError(path.name, found=f"{name}: {numbers}", limit="-inf < v < inf")
    if "half_width" in numbers:
        table["standard_uncertainty"] = numbers["half_width"] / _divisor(table, path)
    elif "expanded_uncertainty" in numbers:
        if "coverage_factor" not in numbers:
            limit = "expanded_uncertainty, coverage_factor"
            raise BudgetFileError(path.name, found=f"{name}: expanded_uncertainty", limit=limit)
        table["standard_uncertainty"] = from_expanded(
            numbers["expanded_uncertainty"], numbers["coverage_factor"]
        )


def _divisor(table: dict[str, Any], path: Path) -> float:
    """What a half-width is divided by; the file must say which distribution it bounds."""
    stated, top = table.get("distribution"), table.get("top_share", 0.5)
    if stated == Knowledge.TRAPEZOIDAL and isinstance(top, int | float):
        unit = Quantity(
            name="v",
            estimate=0.0,
            standard_uncertainty=1.0,
            distribution=Knowledge.TRAPEZOIDAL,
            top_share=top,
        )
        return unit.half_width
    if not isinstance(stated, str) or stated not in set(DIVISOR):
        found = f"{table.get('name', '?')}: half_width, distribution = {stated}"
        limit = " | ".join([*(each.value for each in DIVISOR), "trapezoidal"])
        raise BudgetFileError(path.name, found=found, limit=limit)
    return DIVISOR[Distribution(stated)]
