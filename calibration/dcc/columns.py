"""Columns of a table in units of ours: the quantities from which points are made."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

import msgspec

from calibration.dcc.content import Quantity, Region, Rendering, Uncertainty
from calibration.dcc.findings import Finding, finding
from calibration.dcc.reftypes import roles_of
from calibration.dcc.units import Known, known_unit, parsed, product
from calibration.unit import convert, unit


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """Values in a unit of our table.

    Args:
        path: of the quantity in the document.
        ref_types: of the quantity.
        unit: how the D-SI unit of the document leads to ours.
        values: in `unit.code`.
        dsi: the unit as the document has it; `uncertainty` and `region` are in it.
        quantity_types: QUDT's words, where they are given.
    """

    path: str
    ref_types: tuple[str, ...]
    unit: Known
    values: tuple[float, ...]
    dsi: str
    quantity_types: tuple[str, ...] = ()
    uncertainty: Uncertainty | None = None
    region: Region | None = None

    @property
    def code(self) -> str:
        """The UCUM code of the values."""
        return self.unit.code

    @property
    def dimension(self) -> str:
        """The kind of unit that the values are in."""
        return unit(self.code).dimension

    def absolute(self, code: str) -> tuple[float, ...]:
        """The values in another unit of the same kind: a temperature is shifted by its offset."""
        return tuple(convert(value, self.code, code) for value in self.values)

    def differences(self, code: str) -> tuple[float, ...]:
        """The values as differences in another unit of the same kind: scaled, never shifted."""
        source, target = unit(self.code), unit(code)
        if source.factor == target.factor:
            return self.values
        return tuple(value * source.factor / target.factor for value in self.values)


def column_of(quantity: Quantity) -> Column | Finding:
    """A quantity's values in a unit of ours: of a hybrid, the first rendering that is in one.

    Returns:
        A finding where there is none: the quantity is then kept as said.
    """
    if not quantity.renderings or quantity.form == "list":
        name = " ".join(quantity.ref_types) or quantity.form
        return finding("F_DCC_KEPT", quantity.path, found=name)
    for rendering in quantity.renderings:
        known = _unit_of(rendering)
        if known is not None:
            return _column(quantity, rendering, known)
    units = sorted({each for rendering in quantity.renderings for each in rendering.units})
    return finding("F_DCC_UNIT", quantity.path, found=", ".join(units)[:200])


def _unit_of(rendering: Rendering) -> Known | None:
    """The unit of all values of a rendering; None where they have several, or one unknown."""
    units = set(rendering.units)
    return known_unit(next(iter(units))) if len(units) == 1 else None


def _column(quantity: Quantity, rendering: Rendering, known: Known) -> Column:
    return Column(
        path=quantity.path,
        ref_types=quantity.ref_types,
        unit=known,
        values=tuple(known.value(value) for value in rendering.values),
        dsi=rendering.units[0],
        quantity_types=rendering.quantity_types,
        uncertainty=rendering.uncertainty,
        region=rendering.region,
    )


def with_role(columns: Iterable[Column], role: str) -> list[Column]:
    """The columns that have a role."""
    return [each for each in columns if role in roles_of(each.ref_types)]


def expanded(column: Column, code: str) -> tuple[tuple[float, float], ...]:
    """U and k of each value of a column, as differences in `code`; none where nothing is stated.

    A standard uncertainty is U with k = 1. One entry for all values is repeated for each.
    """
    stated, count = column.uncertainty, len(column.values)
    if stated is None:
        return ()
    scaled = [column.unit.difference(value, code) for value in spread(stated.values, count)]
    factors = spread(stated.coverage_factors or (1.0,), count)
    return tuple(zip(scaled, factors, strict=True))


def spread(entries: Sequence[float], count: int) -> tuple[float, ...]:
    """One entry for each of `count` values: those given, or the one for all of them."""
    return tuple(entries) * count if len(entries) == 1 else tuple(entries)


def covariance(column: Column, code: str) -> tuple[tuple[float, ...], ...]:
    """The covariance of a column's values in the square of `code`; none where none can be had."""
    region = column.region
    if region is None:
        return ()
    square = parsed(product((column.dsi, 2)))
    if square is None or any(parsed(each) != square for row in region.units for each in row):
        return ()
    scale = column.unit.difference(1.0, code)
    return tuple(tuple(cell * scale * scale for cell in row) for row in region.covariance)


def minus(first: float, second: float) -> float:
    """The difference of two printed numbers, rounded once: 306.32 - 0.072 is 306.248."""
    return float(Decimal(repr(first)) - Decimal(repr(second)))


def plus(first: float, second: float) -> float:
    """The sum of two printed numbers, rounded once."""
    return float(Decimal(repr(first)) + Decimal(repr(second)))
