"""Reference conditions that models ask for, by name; what does not agree is refused (pure).

Fractions know wet and dry only: of "wet" and "dry" temperature and pressure do not count. Of
"normal-dry" and the like all three do. Nothing is ever converted here.
"""

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from calibration.errors import Words
from calibration.measurand import ReferenceConditions
from calibration.model.errors import (
    ConditionsUnknownError,
    MoistureBasisError,
    ReferenceStateError,
)
from calibration.model.stated import Stated

STATES: Final = MappingProxyType(
    {"normal": (273.15, 101_325.0), "epa": (293.15, 101_325.0), "gas20": (293.15, 101_325.0)}
)
"""Temperature in K and pressure in Pa: 0 Cel; 68 F and 29.92 inHg; Chinese gas meters' 20 Cel."""
LEAST_K: Final = 0.01
LEAST_RATIO: Final = 1e-4
"""Within these two states are one: 29.92 inHg is 101,320 Pa."""


def conditions_named(state: str) -> ReferenceConditions | None:
    """The conditions of a name such as "normal-dry" or "epa-wet"; of "wet" alone those at 0 Cel.

    None where the name does not say both what is wet and, if anything, a known state.
    """
    name, _, moisture = state.rpartition("-")
    if moisture not in ("wet", "dry") or name not in ("", *STATES):
        return None
    temperature, pressure = STATES[name or "normal"]
    return ReferenceConditions(
        temperature_K=temperature, pressure_Pa=pressure, wet=moisture == "wet"
    )


def require_state(name: str, state: str, inputs: Mapping[str, Stated]) -> None:
    """Refuses an input whose reference conditions are not what the model asks for.

    Args:
        name: Of the input.
        state: As `InputQuantity.state`.
        inputs: All of them.

    Raises:
        ConditionsUnknownError: it states none.
        MoistureBasisError, ReferenceStateError: it states others.
    """
    found = inputs[name].reference_conditions
    if state == "":
        return
    if state == "actual":
        if found is not None:
            raise ReferenceStateError(
                name, name=name, found=words(found), limit=Words("as in the duct", "烟道工况")
            )
        return
    if found is None:
        raise ConditionsUnknownError(name, name=name, limit=state)
    _require(name, state, found, inputs)


def _require(
    name: str, state: str, found: ReferenceConditions, inputs: Mapping[str, Stated]
) -> None:
    if state.startswith("as "):
        other = inputs[state[3:]].reference_conditions
        if other is None:
            raise ConditionsUnknownError(state[3:], name=state[3:], limit=words(found))
        _require_moisture(name, found, wet=other.wet)
        _require_gas(name, found, other)
        return
    moisture = state.rpartition("-")[2]
    if moisture in ("wet", "dry"):
        _require_moisture(name, found, wet=moisture == "wet")
    if (gas := state.partition("-")[0]) in STATES:
        temperature, pressure = STATES[gas]
        limit = ReferenceConditions(temperature_K=temperature, pressure_Pa=pressure, wet=found.wet)
        _require_gas(name, found, limit)


def _require_moisture(name: str, found: ReferenceConditions, *, wet: bool) -> None:
    if found.wet != wet:
        raise MoistureBasisError(
            name, name=name, found=_moisture(wet=found.wet), limit=_moisture(wet=wet)
        )


def _require_gas(name: str, found: ReferenceConditions, limit: ReferenceConditions) -> None:
    near = abs(found.temperature_K - limit.temperature_K) < LEAST_K
    if not near or not math.isclose(found.pressure_Pa, limit.pressure_Pa, rel_tol=LEAST_RATIO):
        raise ReferenceStateError(name, name=name, found=words(found), limit=words(limit))


def words(conditions: ReferenceConditions) -> str:
    """Conditions for people to read."""
    moisture = _moisture(wet=conditions.wet)
    return f"{conditions.temperature_K:g} K, {conditions.pressure_Pa:g} Pa, {moisture}"


def _moisture(*, wet: bool) -> str:
    return "wet (湿基)" if wet else "dry (干基)"
