"""From a table of a DCC to a calibration result."""

from collections.abc import Container, Iterator, Sequence

import msgspec

from calibration.certificate import CalibrationResult
from calibration.dcc.columns import Column, column_of
from calibration.dcc.content import Condition, Quantity, Statement, Table
from calibration.dcc.findings import Finding, finding
from calibration.dcc.points import Found, points_of
from calibration.dcc.reftypes import kind_of, roles_of
from calibration.dcc.rows import columns_of_rows, used_quantities
from calibration.dcc.surroundings import conditions_text, states, validity_range
from calibration.dcc.wording import said
from calibration.errors import CalibrationError
from calibration.function import CalibrationFunction
from calibration.measurand import DIMENSION_OF, KindOfQuantity


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for a table beyond itself.

    Args:
        languages: in the order in which texts are preferred.
        kind: of quantity, as the user chose it where a unit leaves a choice.
        conditions, statements: by level, the nearest first.
    """

    languages: tuple[str, ...]
    kind: KindOfQuantity | None = None
    conditions: tuple[tuple[Condition, ...], ...] = ()
    statements: tuple[tuple[Statement, ...], ...] = ()

    def within(self, table: Table) -> "Surroundings":
        """What holds for the columns of a table: what it says itself comes first."""
        return msgspec.structs.replace(
            self,
            conditions=(table.conditions, *self.conditions),
            statements=(table.statements, *self.statements),
        )


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What was made of a part of a document, and what must be known about it."""

    results: tuple[CalibrationResult, ...] = ()
    findings: tuple[Finding, ...] = ()


def gathered(outcomes: Iterator[Outcome]) -> Outcome:
    """Several outcomes as one."""
    found = tuple(outcomes)
    return Outcome(
        results=tuple(result for each in found for result in each.results),
        findings=tuple(told for each in found for told in each.findings),
    )


def results_of(table: Table, around: Surroundings) -> Outcome:
    """The calibration results of a table and of the tables within it, which may be its rows.

    Quantities that are not made into points are kept in the transcription, and told.
    """
    inner = around.within(table)
    rows = () if used_quantities(table) else columns_of_rows(table.tables)
    if rows:
        return _of_columns(table, inner, rows, table.tables)
    found = [column_of(each) for each in used_quantities(table)]
    unknown = Outcome(findings=tuple(each for each in found if isinstance(each, Finding)))
    columns = [each for each in found if isinstance(each, Column)]
    own = _of_columns(table, inner, columns, (table,))
    return gathered(iter((unknown, own, *(results_of(part, inner) for part in table.tables))))


def _of_columns(
    table: Table, around: Surroundings, columns: Sequence[Column], parts: Sequence[Table]
) -> Outcome:
    """What the columns of a table make; `parts` are the table, or its rows."""
    points = points_of(columns, table.path)
    used = [each for part in parts for each in used_quantities(part)]
    if not isinstance(points, Found):
        known = {each.path for each in columns}
        told = {each.path for each in used} - known
        return Outcome(findings=(*points, *_kept_in(parts, told)))
    made = _result(points, _with_quantities(around, parts, used))
    kept = _kept_in((table, *parts), {each.path for each in used})
    return Outcome(results=made.results, findings=(*made.findings, *kept))


def _kept_in(parts: Sequence[Table], told: Container[str]) -> tuple[Finding, ...]:
    once = {each.path: each for each in parts}
    return tuple(found for each in once.values() for found in _kept(each.quantities, told))


def _with_quantities(
    around: Surroundings, parts: Sequence[Table], used: Sequence[Quantity]
) -> Surroundings:
    """What holds for the points: what their quantities and rows say themselves comes first."""
    rows = parts if len(parts) > 1 else ()
    conditions = [each for quantity in used for each in quantity.conditions]
    conditions += [each for row in rows for each in row.conditions]
    statements = [each for quantity in used for each in quantity.statements]
    statements += [each for row in rows for each in row.statements]
    return msgspec.structs.replace(
        around,
        conditions=(tuple(conditions), *around.conditions),
        statements=(tuple(statements), *around.statements),
    )


def _kept(
    quantities: Sequence[Quantity], told: Container[str], ref_types: Sequence[str] = ()
) -> Iterator[Finding]:
    """A finding for each quantity that was not used, in a table or in its columns' metadata."""
    for each in quantities:
        if each.path not in told:
            name = " ".join(each.ref_types or ref_types) or said(each.name) or each.form
            yield finding("F_DCC_KEPT", each.path, found=name)
        for statement in each.statements:
            if "validity_range" not in roles_of(statement.ref_types):
                yield from _kept(statement.data.quantities, told, statement.ref_types)


def _result(points: Found, around: Surroundings) -> Outcome:
    kind = _kind(points.argument, around.kind)
    if isinstance(kind, Finding):
        return Outcome(findings=(*points.findings, kind))
    interval, findings = _interval(points, around)
    if interval is None:
        return Outcome(findings=(*points.findings, *findings))
    named = states(around.conditions)
    if len(named) != 1:
        code = "F_DCC_STATUS" if named else "F_DCC_STATE"
        findings += (finding(code, points.argument.path),)
    try:
        made = CalibrationResult(
            kind_of_quantity=kind,
            unit=points.argument.code,
            result=points.result,
            argument="indication",
            argument_unit=points.argument.code,
            measuring_interval=interval,
            condition=named[0] if len(named) == 1 else "as_left",
            points=points.points,
            function=_function(points, interval),
            conditions=_conditions(around),
        )
    except CalibrationError as wrong:
        refused = finding("F_DCC_REFUSED", points.argument.path, found=str(wrong))
        return Outcome(findings=(*points.findings, *findings, refused))
    return Outcome(results=(made,), findings=(*points.findings, *findings))


def _kind(argument: Column, chosen: KindOfQuantity | None) -> KindOfQuantity | Finding:
    """The kind of quantity: as chosen, as QUDT's word says, or the only one of that unit."""
    possible = [kind for kind, name in DIMENSION_OF.items() if name == argument.dimension]
    named = [kind for each in argument.quantity_types if (kind := kind_of(each)) in possible]
    if chosen in possible and chosen is not None:
        return chosen
    if named and named[0] is not None:
        return named[0]
    if len(possible) == 1:
        return possible[0]
    kinds = ", ".join(possible) or "-"
    return finding("F_DCC_KIND", argument.path, found=argument.code, kinds=kinds)


def _interval(
    points: Found, around: Surroundings
) -> tuple[tuple[float, float] | None, tuple[Finding, ...]]:
    """The measuring interval: as stated, or else that of the points."""
    first, last = points.points[0].at, points.points[-1].at
    stated = validity_range(around.statements, points.argument.code)
    path = points.argument.path
    if stated is None and first < last:
        return (first, last), (finding("F_DCC_INTERVAL", path),)
    if stated is None:
        return None, (finding("F_DCC_NO_INTERVAL", path),)
    if first < stated[0] or last > stated[1]:
        return stated, (finding("F_DCC_OUTSIDE", path, found=stated),)
    return stated, ()


def _function(points: Found, interval: tuple[float, float]) -> CalibrationFunction | None:
    """The line through points whose covariance is stated: no correlation is then assumed."""
    if not points.covariance or len(points.points) < 2:
        return None
    return CalibrationFunction(
        form="piecewise_linear",
        knots=tuple(point.at for point in points.points),
        coefficients=tuple(point.value for point in points.points),
        covariance=points.covariance,
        measuring_interval=interval,
    )


def _conditions(around: Surroundings) -> str:
    every = [each for level in reversed(around.conditions) for each in level]
    return conditions_text(every, around.languages)
