"""The columns of activity data as a table: one row a datum, its components in a table of their own.

Which influences act differs from row to row, and by the hour there are hundreds of them; columns
for them would change from file to file. So the components are a long table, one row a component,
that is joined by `digest`. From both tables every datum can be made again, digit for digit.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import msgspec

from evidence.statement.datum import ActivityData

Cell = str | float | int | bool | None


class Kind(StrEnum):
    """What a column holds. JSON stands where a datum has a list or a table.

    Every datum has each COUNT; only some have a COUNT_IF_ANY.
    """

    TEXT = "text"
    INSTANT = "instant"
    NUMBER = "number"
    COUNT = "count"
    COUNT_IF_ANY = "count_if_any"
    FLAG = "flag"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its name, what it holds, and whether its numbers are in the row's `unit`."""

    name: str
    kind: Kind = Kind.TEXT
    in_unit: bool = False


def _number(name: str, *, in_unit: bool = False) -> Column:
    return Column(name=name, kind=Kind.NUMBER, in_unit=in_unit)


def _of(kind: Kind, *names: str) -> tuple[Column, ...]:
    return tuple(Column(name=name, kind=kind) for name in names)


STATEMENT: Final[tuple[Column, ...]] = (
    *_of(Kind.TEXT, "digest", "supersedes", "channel", "kind_of_quantity", "subject"),
    *_of(Kind.TEXT, "accumulation", "measurand_unit"),
    *(_number(name) for name in ("reference_temperature_K", "reference_pressure_Pa")),
    *_of(Kind.FLAG, "reference_wet"),
    *_of(Kind.INSTANT, "period_start", "period_end"),
    _number("value", in_unit=True),
    *_of(Kind.TEXT, "unit"),
    _number("standard_uncertainty", in_unit=True),
    _number("expanded_uncertainty", in_unit=True),
    *(_number(name) for name in ("coverage_factor", "coverage_probability")),
    *_of(Kind.TEXT, "distribution"),
    _number("effective_degrees_of_freedom"),
    *_of(Kind.TEXT, "u_basis"),
    *_of(Kind.JSON, "assumed_correlations"),
    _number("uncorrected_value", in_unit=True),
    *_of(Kind.INSTANT, "opening_at"),
    _number("opening_value", in_unit=True),
    *_of(Kind.FLAG, "opening_interpolated"),
    *_of(Kind.INSTANT, "closing_at"),
    _number("closing_value", in_unit=True),
    *_of(Kind.FLAG, "closing_interpolated"),
    _number("completeness_ratio"),
    *_of(Kind.COUNT, "polls_expected", "polls_present", "hours", "full_hours"),
    *_of(Kind.JSON, "missing"),
    *_of(Kind.TEXT, "quality"),
    *_of(Kind.JSON, "qualities", "events", "serials", "certificates", "confirmations"),
    *_of(Kind.JSON, "unstated_standards", "settings", "double_count_groups", "doubts"),
    *_of(Kind.JSON, "entered"),
    _number("compliance_value"),
    *_of(Kind.TEXT, "compliance_unit"),
    *_of(Kind.JSON, "under_plan"),
    *_of(Kind.TEXT, "software"),
    *_of(Kind.COUNT_IF_ANY, "compliance_hours_without"),
)
COMPONENT: Final[tuple[Column, ...]] = (
    *_of(Kind.TEXT, "digest", "influence"),
    _number("contribution", in_unit=True),
    *_of(Kind.TEXT, "unit", "evaluation", "distribution"),
    _number("degrees_of_freedom"),
    *_of(Kind.TEXT, "dof_source"),
    *_of(Kind.FLAG, "shared"),
)
_MOVED: Final[Mapping[str, Callable[[dict[str, Any]], object]]] = {
    "kind_of_quantity": lambda of: of["measurand"]["kind_of_quantity"],
    "subject": lambda of: of["measurand"]["subject"],
    "accumulation": lambda of: of["measurand"]["accumulation"],
    "measurand_unit": lambda of: of["measurand"]["unit"],
    "reference_temperature_K": lambda of: _under(of, "temperature_K"),
    "reference_pressure_Pa": lambda of: _under(of, "pressure_Pa"),
    "reference_wet": lambda of: _under(of, "wet"),
    "period_start": lambda of: of["period"]["start"],
    "period_end": lambda of: of["period"]["end"],
    "completeness_ratio": lambda of: of["completeness"]["ratio"],
    "polls_expected": lambda of: of["completeness"]["expected"],
    "polls_present": lambda of: of["completeness"]["present"],
    "hours": lambda of: of["completeness"]["hours"],
    "full_hours": lambda of: of["completeness"]["full_hours"],
    "missing": lambda of: of["completeness"]["missing"],
    "compliance_value": lambda of: (_planned(of).get("compliance") or {}).get("value"),
    "compliance_hours_without": lambda of: (_planned(of).get("compliance") or {}).get(
        "hours_without"
    ),
    "compliance_unit": lambda of: _planned(of).get("unit"),
    **{
        f"{end}_{part}": lambda of, end=end, part=part: (of[end] or {}).get(part)  # type: ignore[misc]
        for end in ("opening", "closing")
        for part in ("at", "value", "interpolated")
    },
}


def statement_cells(datum: ActivityData) -> tuple[Cell, ...]:
    """A datum's row, in the order of `STATEMENT`; None where it says nothing."""
    whole = msgspec.to_builtins(datum)
    found = ((each, _MOVED.get(each.name)) for each in STATEMENT)
    return tuple(
        _cell(each, whole.get(each.name) if moved is None else moved(whole))
        for each, moved in found
    )


def component_cells(datum: ActivityData) -> Iterator[tuple[Cell, ...]]:
    """The rows of a datum's components, in the order of `COMPONENT`."""
    for part in datum.components:
        whole = {**msgspec.to_builtins(part), "digest": datum.digest, "unit": datum.unit}
        yield tuple(whole[each.name] for each in COMPONENT)


def _planned(whole: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = whole.get("under_plan", {})
    return found


def _under(whole: dict[str, Any], name: str) -> object:
    conditions = whole["measurand"]["reference_conditions"]
    return None if conditions is None else conditions[name]


def _cell(column: Column, value: Any) -> Cell:  # noqa: ANN401 - plain JSON
    if column.kind != Kind.JSON or value is None:
        return value  # type: ignore[no-any-return]
    return msgspec.json.encode(value).decode("utf-8")
