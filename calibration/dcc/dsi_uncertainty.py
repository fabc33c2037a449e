"""The uncertainty of D-SI quantities: both spellings, one entry for all or one each, regions.

D-SI 2.2 writes measurementUncertaintyUnivariate/expandedMU, and all versions before it
expandedUnc. Covariances stand in a coverage region, column by column.
"""

from collections.abc import Sequence
from typing import Final, Literal

from lxml.etree import _Element as Element

from calibration.dcc.content import Region, Uncertainty
from calibration.dcc.document import SI, child, child_text, children, path_of
from calibration.dcc.dsi_lists import (
    check_each,
    check_shared,
    coverage_factors,
    not_negative,
    numbers,
    probabilities,
    texts,
)
from calibration.dcc.errors import DccNumberError
from calibration.errors import Words

Kind = Literal["expanded", "standard", "interval"]
Shape = Literal["ellipsoidal", "rectangular"]

_HOLDERS: Final = (
    "measurementUncertaintyUnivariate",
    "measurementUncertaintyUnivaraite",  # the schema's own spelling within a list of reals
    "listMeasurementUncertaintyUnivariate",
    "listUnivariateUnc",
)
# an element, what it states, and the elements that may hold its value
_SPELLINGS: Final[tuple[tuple[str, Kind, tuple[str, ...]], ...]] = (
    ("expandedMU", "expanded", ("valueExpandedMU",)),
    ("expandedUnc", "expanded", ("uncertainty",)),
    ("standardMU", "standard", ("valueStandardMU",)),
    ("coverageIntervalMU", "interval", ("valueStandardMU", "standardUnc")),
    ("coverageInterval", "interval", ("standardUnc",)),
)
# an element, its shape, and the suffix of the elements below it
_REGIONS: Final[tuple[tuple[str, Shape, str], ...]] = (
    ("ellipsoidalRegionMUXMLList", "ellipsoidal", "XMLList"),
    ("rectangularRegionMUXMLList", "rectangular", "XMLList"),
    ("ellipsoidalRegionXMLList", "ellipsoidal", ""),
    ("rectangularRegionXMLList", "rectangular", ""),
    ("ellipsoidalRegion", "ellipsoidal", ""),
    ("rectangularRegion", "rectangular", ""),
)
_ENTRIES: Final = Uncertainty.__struct_fields__[1:]


def uncertainty_of(element: Element, suffix: str, count: int) -> Uncertainty | None:
    """What an element states of the uncertainty of its `count` values, in whichever spelling.

    Within an si:realListXMLList the names have the suffix XMLList.

    Raises:
        DccLengthError, DccNumberError, DccMissingError: it is not stated as D-SI has it.
    """
    holders = [child(element, f"{name}{suffix}", SI) for name in _HOLDERS]
    for holder in (element, *holders):
        for name, kind, values in _SPELLINGS:
            stated = None if holder is None else child(holder, f"{name}{suffix}", SI)
            if stated is not None:
                return _stated(stated, kind, _spelt(stated, values, suffix), suffix, count)
    return None


def _spelt(stated: Element, names: Sequence[str], suffix: str) -> str:
    """Which of the names is there; the first if none is."""
    spelt = [f"{name}{suffix}" for name in names]
    return next((name for name in spelt if child(stated, name, SI) is not None), spelt[0])


def _stated(stated: Element, kind: Kind, value: str, suffix: str, count: int) -> Uncertainty:
    is_interval = kind == "interval"
    found = Uncertainty(
        kind=kind,
        values=not_negative(stated, value),
        coverage_factors=coverage_factors(stated, f"coverageFactor{suffix}")
        if kind == "expanded"
        else (),
        coverage_probabilities=probabilities(stated, f"coverageProbability{suffix}"),
        distributions=texts(stated, f"distribution{suffix}"),
        lower=numbers(stated, f"intervalMin{suffix}") if is_interval else (),
        upper=numbers(stated, f"intervalMax{suffix}") if is_interval else (),
    )
    for name in _ENTRIES:
        check_shared(stated, name, getattr(found, name), count)
    return found


def joined(element: Element, stated: Sequence[Uncertainty], count: int) -> Uncertainty | None:
    """What the `count` reals of a list state each, as one; None if none states anything.

    Raises:
        DccLengthError: some state an uncertainty and others do not, or another kind of one.
    """
    if not stated:
        return None
    alike = [each for each in stated if each.kind == stated[0].kind]
    check_each(element, "measurementUncertaintyUnivariate", alike, count)
    entries = {name: tuple(n for each in stated for n in getattr(each, name)) for name in _ENTRIES}
    for name, found in entries.items():
        check_shared(element, name, found, count)
    return Uncertainty(kind=stated[0].kind, **entries)


def region_of(element: Element, count: int) -> Region | None:
    """The coverage region that an element states for its `count` values.

    Raises:
        DccLengthError, DccNumberError: the covariance is not `count` by `count`, or no covariance.
    """
    holder = child(element, "measurementUncertaintyMultivariateXMLList", SI)
    for name, shape, suffix in _REGIONS:
        found = child(element if holder is None else holder, name, SI)
        if found is not None:
            return _covered(found, shape, suffix, count)
    return None


def _covered(element: Element, shape: Shape, suffix: str, count: int) -> Region:
    matrix = child(element, f"covarianceMatrix{suffix}", SI)
    columns = [] if matrix is None else children(matrix, f"column{suffix}", SI)
    check_each(element, "column", columns, count)
    rows = tuple(zip(*(_cells(column, suffix, count) for column in columns), strict=True))
    _check_symmetric(element, rows)
    stated = probabilities(element, f"coverageProbability{suffix}")
    return Region(
        shape=shape,
        covariance=rows,
        units=tuple(zip(*(_units(column, suffix, count) for column in columns), strict=True)),
        coverage_factor=coverage_factors(element, f"coverageFactor{suffix}")[0],
        coverage_probability=stated[0] if stated else None,
        distribution=child_text(element, f"distribution{suffix}", SI),
    )


def _cells(column: Element, suffix: str, count: int) -> tuple[float, ...]:
    cells = children(column, f"covariance{suffix}", SI)
    found = tuple(number for cell in cells for number in numbers(cell, f"value{suffix}"))
    check_each(column, "covariance", found, count)
    return found


def _units(column: Element, suffix: str, count: int) -> tuple[str, ...]:
    """The units of a column's cells, one each."""
    cells = children(column, f"covariance{suffix}", SI)
    found = tuple(unit for cell in cells for unit in texts(cell, f"unit{suffix}"))
    if len(found) == 1:
        return found * count
    check_each(column, "unit", found, count)
    return found


def _check_symmetric(element: Element, rows: Sequence[Sequence[float]]) -> None:
    """Refuses a matrix that is not symmetric but for the rounding of its numbers."""
    for i, row in enumerate(rows):
        for j in range(i):
            if abs(row[j] - rows[j][i]) > 1e-9 * max(abs(row[j]), abs(rows[j][i])):
                found = Words(f"{row[j]} and {rows[j][i]}", f"{row[j]} 与 {rows[j][i]}")
                raise DccNumberError(
                    path_of(element),
                    name="covarianceMatrix",
                    found=found,
                    limit=Words("symmetric", "对称"),
                )
