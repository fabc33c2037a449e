"""The limit that a class states at an operating point (pure)."""

from collections.abc import Sequence

import numpy as np

from calibration.type_b.errors import (
    ClassConditionError,
    ClassMarkError,
    ClassPointError,
    ClassUnknownError,
    NoLimitError,
    TypeBError,
)
from calibration.type_b.limit import Note, StatedLimit, larger
from calibration.type_b.point import Marks, OperatingPoint
from calibration.type_b.table import UNITS, ClassTable, LimitCurve, LimitLaw, LimitRow


def limit_at(table: ClassTable, grade: str, of: str, point: OperatingPoint) -> StatedLimit:
    """The limit of the deviation `of` that the class `grade` states at a point.

    Where zones meet and both contain the point, the larger limit holds.

    Raises:
        ClassUnknownError: the table has no such class.
        ClassConditionError, ClassPointError, ClassMarkError: something that decides on the
            limit is not stated.
        NoLimitError: none is stated there, or none of this deviation.
    """
    where = f"{table.id}/{grade}"
    curves = [each for each in table.curves if each.of == of and grade in each.limits]
    rows = [each for each in table.rows if each.of == of and grade in each.limits]
    if not curves and not rows:
        raise _nothing_of(table, grade, of)
    marks = table.marks(point, where)
    found = [_on_curve(table, each, grade, point, marks) for each in curves]
    found += _in_rows(table, rows, grade, point, marks)
    return larger(found)


def _nothing_of(table: ClassTable, grade: str, of: str) -> TypeBError:
    """The class is unknown, or it limits other deviations than this one."""
    if grade not in table.classes:
        return ClassUnknownError(table.id, found=grade, limit=", ".join(table.classes))
    others = dict.fromkeys(line.of for line in table.lines if grade in line.limits)
    found, limit = f"class {grade}", ", ".join(others)
    return NoLimitError(f"{table.id}/{grade}", name=of[:40], found=found, limit=limit)


def conditions_of(table: ClassTable, name: str, of: str) -> tuple[str, ...]:
    """The texts that a condition can have in the lines of a deviation, in their order."""
    rows = [row for row in table.rows if row.of == of]
    return tuple(dict.fromkeys(text for row in rows for text in row.where.get(name, ())))


def _in_rows(
    table: ClassTable,
    rows: Sequence[LimitRow],
    grade: str,
    point: OperatingPoint,
    marks: Marks,
) -> list[StatedLimit]:
    fitting = [row for row in rows if _meets(table, row, point, marks.where)]
    undecided: list[TypeBError] = []
    inside = [row for row in fitting if _contains(row, point, marks, undecided)]
    if undecided and not inside:
        raise undecided[0]
    if rows and not inside:
        limit = " | ".join(row.text for row in fitting or rows)
        raise NoLimitError(marks.where, name=rows[0].of, found=point.text, limit=limit)
    return [_of_row(table, row, grade, point, marks) for row in inside]


def _meets(table: ClassTable, row: LimitRow, point: OperatingPoint, where: str) -> bool:
    """Whether the point's conditions, or the table's defaults, are the row's."""
    for name, texts in row.where.items():
        stated = point.conditions.get(name, table.defaults.get(name))
        known = conditions_of(table, name, row.of)
        if stated is None or stated not in known:
            value = "?" if stated is None else f"'{stated[:40]}'"
            raise ClassConditionError(where, name=name, value=value, limit=", ".join(known))
        if stated not in texts:
            return False
    return True


def _contains(
    row: LimitRow, point: OperatingPoint, marks: Marks, undecided: list[TypeBError]
) -> bool:
    """Whether the point lies in all zones; where something unstated decides, not yet."""
    try:
        return all(zone.contains(point.quantity(zone.of, marks.where), marks) for zone in row.zones)
    except (ClassMarkError, ClassPointError) as unstated:
        undecided.append(unstated)
        return False


def _of_row(
    table: ClassTable, row: LimitRow, grade: str, point: OperatingPoint, marks: Marks
) -> StatedLimit:
    stated = row.limits[grade]
    if isinstance(stated, LimitLaw):
        stated = stated.value(point.quantity(row.zones[0].of, marks.where), marks)
    return _stated(table, row, stated)


def _on_curve(
    table: ClassTable, curve: LimitCurve, grade: str, point: OperatingPoint, marks: Marks
) -> StatedLimit:
    x = point.quantity(curve.quantity, marks.where) / marks.value(curve.mark)
    if not curve.at[0] <= x <= curve.at[-1]:
        limit = f"{curve.at[0]:g} {curve.mark} <= {curve.quantity} <= {curve.at[-1]:g} {curve.mark}"
        raise NoLimitError(marks.where, name=curve.of, found=point.text, limit=limit)
    half_width = float(np.interp(x, curve.at, curve.limits[grade]))
    return _stated(table, curve, half_width, () if x in curve.at else ("joined_between_points",))


def _stated(
    table: ClassTable, line: LimitRow | LimitCurve, printed: float, notes: tuple[Note, ...] = ()
) -> StatedLimit:
    factor, unit = UNITS[line.unit]
    return StatedLimit(
        name=line.of,
        half_width=printed * factor,
        unit=unit,
        source=table.source(line),
        distribution=table.distribution,
        notes=notes,
        remark=line.remark if isinstance(line, LimitRow) else "",
    )
