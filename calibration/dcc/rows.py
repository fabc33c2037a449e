"""Tables that are written row by row: lists within a list, each with one value of each column."""

from collections.abc import Mapping, Sequence

import msgspec

from calibration.dcc.columns import Column, column_of
from calibration.dcc.content import Quantity, Table, Uncertainty
from calibration.dcc.reftypes import roles_of

USED = frozenset(("measured", "reference", "error"))
"""The roles of quantities that points are made of."""

_Row = Mapping[frozenset[str], Column]


def used_quantities(table: Table) -> tuple[Quantity, ...]:
    """The quantities of a table that points are made of."""
    return tuple(each for each in table.quantities if roles_of(each.ref_types) & USED)


def columns_of_rows(tables: Sequence[Table]) -> tuple[Column, ...]:
    """The columns of two rows and more; none where the tables are no rows of one table.

    Rows hold one value each of the same quantities, in the same units, and state the same of
    their uncertainty.
    """
    rows = [_row(each) for each in tables]
    if len(rows) < 2 or any(not row or row.keys() != rows[0].keys() for row in rows):
        return ()
    columns = [_joined([row[roles] for row in rows]) for roles in rows[0]]
    return tuple(each for each in columns if each is not None) if all(columns) else ()


def _row(table: Table) -> _Row:
    """The columns of a row by their roles; empty where it is none."""
    found = [column_of(each) for each in used_quantities(table)]
    columns = [each for each in found if isinstance(each, Column) and len(each.values) == 1]
    row = {roles_of(each.ref_types) & USED: each for each in columns}
    return row if len(row) == len(found) and not table.tables else {}


def _joined(cells: Sequence[Column]) -> Column | None:
    """The cells of one column as one; None where they differ in more than their numbers."""
    first = cells[0]
    stated = _uncertainty([each.uncertainty for each in cells])
    alike = all((each.dsi, each.region) == (first.dsi, None) for each in cells)
    if not alike or (stated is None and any(each.uncertainty for each in cells)):
        return None
    values = tuple(each.values[0] for each in cells)
    return msgspec.structs.replace(first, values=values, uncertainty=stated)


def _uncertainty(cells: Sequence[Uncertainty | None]) -> Uncertainty | None:
    """What the cells state, one entry each; None where they do not state the same."""
    stated = [each for each in cells if each is not None]
    if len(stated) < len(cells) or len({each.kind for each in stated}) != 1:
        return None
    return Uncertainty(
        kind=stated[0].kind,
        values=tuple(each.values[0] for each in stated),
        coverage_factors=tuple(k for each in stated for k in each.coverage_factors),
    )
