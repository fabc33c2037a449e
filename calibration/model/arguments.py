"""Inputs as people type them: NAME=VALUE(u~influence):UNIT@conditions (pure)."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from calibration.measurand import ReferenceConditions
from calibration.model.catalogue import InputQuantity, MeasurementModel
from calibration.model.errors import (
    InputCountError,
    InputSuperfluousError,
    InputTextError,
)
from calibration.model.influenced import influenced
from calibration.model.load import factor_named
from calibration.model.stated import Stated
from calibration.model.states import conditions_named
from calibration.uncertainty import name_of

EXAMPLE: Final = "co2=12.0, co2=12.0(0.1), co2=12.0(0.1~span:a1/w7;0.05):%@wet"
MOST_ITEMS: Final = 20_000
_ITEM: Final = re.compile(
    r"(?P<value>[^(:@]+)(?:\((?P<u>[^()]*)\))?(?::(?P<unit>[^@]+))?(?:@(?P<state>[^@]+))?"
)
_COMMA: Final = re.compile(r",(?![^(]*\))")


def rows_of(model: MeasurementModel, arguments: Sequence[str]) -> list[dict[str, Stated]]:
    """The inputs that arguments state: one row, or of a sum as many as values are listed.

    A unit that is left out is the model's; conditions that are left out are those the model asks
    for, where it asks for one state only.

    Raises:
        InputTextError: an argument cannot be read.
        InputCountError: a name stands twice, or lists differ in length.
        InputSuperfluousError: a name is none of the model's.
        MeasurementModelError, CalibrationError: a factor, unit, influence or number cannot be.
    """
    columns = _columns(model, arguments)
    lengths = {name: len(items) for name, items in columns.items()}
    most = max(lengths.values(), default=1)
    for name, length in lengths.items():
        if length != most or most > MOST_ITEMS:
            limit = f"{most} <= {MOST_ITEMS}"
            raise InputCountError(model.id, name=name, found=length, limit=limit)
    return [_row(model, {name: items[k] for name, items in columns.items()}) for k in range(most)]


def _columns(model: MeasurementModel, arguments: Sequence[str]) -> dict[str, list[str]]:
    columns: dict[str, list[str]] = {}
    for argument in arguments:
        name, sign, text = argument.partition("=")
        if not sign or not name or not text:
            raise InputTextError("inputs", found=argument[:80], limit=EXAMPLE)
        if name in columns:
            raise InputCountError(model.id, name=name, found=2, limit="1")
        if name not in model.input_names:
            limit = ", ".join(model.input_names)
            raise InputSuperfluousError(model.id, name=name[:80], limit=limit)
        columns[name] = _COMMA.split(text)
    return columns


def _row(model: MeasurementModel, items: Mapping[str, str]) -> dict[str, Stated]:
    row: dict[str, Stated] = {}
    for each in model.inputs:
        if each.name in items:
            row[each.name] = _stated(each, items[each.name], row)
    return row


def _stated(quantity: InputQuantity, text: str, before: Mapping[str, Stated]) -> Stated:
    found = _ITEM.fullmatch(text)
    if found is None:
        raise InputTextError(quantity.name, found=text[:80], limit=EXAMPLE)
    value, unit = _value(quantity, found["value"].strip(), before)
    conditions, oxygen = _conditions(quantity, found["state"], before)
    stated = influenced(value, found["unit"] or unit, _parts(quantity, found["u"]), conditions)
    return msgspec.structs.replace(stated, reference_oxygen=oxygen)


def _value(quantity: InputQuantity, text: str, before: Mapping[str, Stated]) -> tuple[float, str]:
    """A number in the model's unit, or what a table of factors has."""
    unit = quantity.unit
    if unit.startswith("as "):
        unit = before[unit[3:]].unit if unit[3:] in before else "1"
    number = _number(text)
    if number is not None:
        return number, "1" if unit == "any" else unit
    if not re.fullmatch(r"[a-z][a-z0-9_]*\.[a-z0-9_]+", text):
        raise InputTextError(quantity.name, found=text[:80], limit=EXAMPLE)
    stated = factor_named(text, quantity.name)
    return stated.value, stated.unit


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _parts(quantity: InputQuantity, text: str | None) -> dict[str, float]:
    """Signed contributions by influence; one without a name is the input's own factor."""
    parts: dict[str, float] = {}
    for each in text.split(";") if text is not None else ():
        number, _, influence = each.partition("~")
        u = _number(number.strip())
        name = influence.strip() or f"factor:{name_of(quantity.name)}"
        if u is None or name in parts:
            raise InputTextError(quantity.name, found=each[:80], limit=EXAMPLE)
        parts[name] = u
    return parts


def _conditions(
    quantity: InputQuantity, text: str | None, before: Mapping[str, Stated]
) -> tuple[ReferenceConditions | None, float | None]:
    """Reference conditions and reference O2, as stated or as the model asks for."""
    if text is None:
        state = quantity.state
        if state.startswith("as "):
            other = before.get(state[3:])
            return (None if other is None else other.reference_conditions), None
        return conditions_named(state), None
    state, _, oxygen = text.partition("+o2=")
    conditions = conditions_named(state)
    number = _number(oxygen) if oxygen else None
    if conditions is None or ("+" in text and number is None):
        limit = "@wet, @dry, @normal-dry, @epa-wet, @gas20-dry, @normal-dry+o2=6"
        raise InputTextError(quantity.name, found=f"@{text[:80]}", limit=limit)
    return conditions, number
