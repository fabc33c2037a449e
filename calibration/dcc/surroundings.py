"""What surrounds the columns of a table: validity range, state of adjustment, conditions."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from calibration.dcc.columns import Column, column_of
from calibration.dcc.content import Condition, Data, Quantity, Statement, Table
from calibration.dcc.findings import Finding
from calibration.dcc.reftypes import roles_of
from calibration.dcc.wording import said
from calibration.unit import unit

State = Literal["as_found", "as_left"]
_STATES: dict[str, State] = {
    "beforeAdjustment": "as_found",
    "beforeRepair": "as_found",
    "afterAdjustment": "as_left",
    "afterRepair": "as_left",
}


def validity_range(levels: Iterable[Sequence[Statement]], code: str) -> tuple[float, float] | None:
    """The range that the nearest level states in a unit of the kind of `code`, in `code`.

    Args:
        levels: statements, the nearest ones first.
        code: UCUM code of the arguments.
    """
    for statements in levels:
        for each in statements:
            found = _range(each, code) if _is_range(each) else None
            if found is not None:
                return found
    return None


def _is_range(statement: Statement) -> bool:
    return "validity_range" in roles_of(statement.ref_types)


def _range(statement: Statement, code: str) -> tuple[float, float] | None:
    """Minimum and maximum of a statement; None unless it has one ascending pair of that kind."""
    ends = [_end(statement.data.quantities, role, code) for role in ("minimum", "maximum")]
    low, high = ends
    if low is None or high is None or not low < high:
        return None
    return low, high


def _end(quantities: Iterable[Quantity], role: str, code: str) -> float | None:
    for each in quantities:
        if role in roles_of(each.ref_types):
            column = column_of(each)
            if isinstance(column, Column) and column.dimension == unit(code).dimension:
                return column.absolute(code)[0]
    return None


def range_code(statements: Iterable[Statement]) -> str | None:
    """The unit of the first validity range among statements; None where there is none."""
    for each in statements:
        columns = [column_of(quantity) for quantity in each.data.quantities]
        if _is_range(each) and columns and isinstance(columns[0], Column):
            return columns[0].code
    return None


def states(levels: Iterable[Sequence[Condition]]) -> tuple[State, ...]:
    """The states of adjustment that the nearest level names; none where no level names any."""
    for conditions in levels:
        named = {_STATES[each.status] for each in conditions if each.status in _STATES}
        if named:
            return tuple(sorted(named))
    return ()


def conditions_text(conditions: Sequence[Condition], languages: Sequence[str]) -> str:
    """Influence conditions as one text for people; our own text is taken as it stands."""
    own = [each for each in conditions if "conditions" in roles_of(each.ref_types)]
    for each in own:
        return "".join(content.text for text in each.data.texts for content in text)
    told = (found for each in conditions if (found := _told(each, languages)))
    return "; ".join(dict.fromkeys(told))


def _told(condition: Condition, languages: Sequence[str]) -> str:
    parts = [*_parts(condition.data, languages)]
    parts += [said(text, languages) for text in condition.data.texts]
    name = said(condition.name, languages)
    return f"{name}: {', '.join(parts)}" if parts else name


def _parts(data: Data | Table, languages: Sequence[str]) -> Iterator[str]:
    for each in data.quantities:
        yield " ".join(filter(None, (said(each.name, languages), _values(each, languages))))
    for inner in data.tables:
        yield from _parts(inner, languages)


def _values(quantity: Quantity, languages: Sequence[str]) -> str:
    """A quantity's values with their unit, as they are to be read by people."""
    column = column_of(quantity)
    if not isinstance(column, Finding):
        return f"{' '.join(f'{value:g}' for value in column.values)} {column.code}"
    for each in quantity.renderings:
        return f"{' '.join(f'{value:g}' for value in each.values)} {each.units[0]}"
    return said(quantity.texts, languages)
