"""Points of a calibration from the columns of a table.

A measurement error is the measured value minus the reference value (VIM 2.16), so that the
reference value as a function of the indication is indication - error. The indication is taken
as a number without uncertainty: what is stated of the error covers it. A ratio beside an
indication that is none is (indication - reference)/reference.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Literal

import msgspec

from calibration.certificate import Point
from calibration.dcc.columns import Column, covariance, expanded, minus, plus, with_role
from calibration.dcc.findings import Finding, finding


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The points of a table, ascending, with what was found on the way.

    Args:
        argument: the column that the arguments come from; its code is that of the arguments.
        result: what the points' values are, see CalibrationResult.
        covariance: of the points' values in their order; empty where it is not stated.
    """

    argument: Column
    result: Literal["value", "relative_error"]
    points: tuple[Point, ...]
    covariance: tuple[tuple[float, ...], ...] = ()
    findings: tuple[Finding, ...] = ()


class _Curve(msgspec.Struct, frozen=True, kw_only=True):
    """Values against arguments, in the document's order, and who states their uncertainty.

    `code` is the unit of the values.
    """

    argument: Column
    at: tuple[float, ...]
    values: tuple[float, ...]
    code: str
    result: Literal["value", "relative_error"] = "value"


Findings = tuple[Finding, ...]


def points_of(columns: Sequence[Column], path: str) -> Found | Findings:
    """The points of the table at `path`.

    Needs two of the columns measured value, reference value and measurement error, of one kind
    of unit; or one of the first two and an error that is a ratio. Lengths must agree, U must be
    stated, and no two points may stand at one argument.

    Returns:
        Findings where no points can be had; none at all where the table has no such columns.
    """
    roles = {role: with_role(columns, role) for role in ("measured", "reference", "error")}
    several = [role for role, found in roles.items() if len(found) > 1]
    if several:
        return tuple(finding("F_DCC_COLUMNS", path, found=role) for role in several)
    given = {role: found[0] for role, found in roles.items() if found}
    if len(given) < 2:
        return ()
    lengths = sorted({len(each.values) for each in given.values()})
    if len(lengths) > 1:
        return (finding("F_DCC_COLUMN_LENGTH", path, found=lengths),)
    curve = _curve(given)
    if curve is None:
        kinds = ", ".join(f"{role} {each.code}" for role, each in given.items())
        return (finding("F_DCC_REFUSED", path, found=kinds),)
    return _with_uncertainty(curve, given, path)


def _curve(given: Mapping[str, Column]) -> _Curve | None:
    """What the columns say together; None where their units are of different kinds."""
    error, rest = given.get("error"), [each for role, each in given.items() if role != "error"]
    kinds = {each.dimension for each in rest}
    if len(kinds) > 1:
        return None
    if error is None or error.dimension in kinds:
        return _difference(given, error, rest[0].code)
    return _ratio(given, error) if error.dimension == "ratio" else None


def _difference(given: Mapping[str, Column], error: Column | None, code: str) -> _Curve:
    """Indication against indication - error, or against the reference value."""
    measured, reference = given.get("measured"), given.get("reference")
    indicated = () if measured is None else measured.absolute(code)
    true = () if reference is None else reference.absolute(code)
    argument = reference if measured is None else measured
    if error is not None:
        deviations = error.differences(code)
        indicated = indicated or tuple(map(plus, true, deviations))
        corrected = tuple(map(minus, indicated, deviations))
        true = tuple(map(_as_printed, corrected, true or corrected, indicated))
    return _Curve(argument=argument or given["error"], at=indicated, values=true, code=code)


def _as_printed(corrected: float, reference: float, indication: float) -> float:
    """The reference value where it is indication - error but for the rounding of a double."""
    bound = 1e-12 * max(abs(reference), abs(indication))
    return reference if abs(reference - corrected) <= bound else corrected


def _ratio(given: Mapping[str, Column], error: Column) -> _Curve:
    """Indication against (indication - reference)/reference."""
    ratios = error.absolute("1")
    measured = given.get("measured")
    argument = given["reference"] if measured is None else measured
    at = argument.values
    if measured is None:
        at = tuple(value * (1.0 + e) for value, e in zip(at, ratios, strict=True))
    return _Curve(argument=argument, at=at, values=ratios, code="1", result="relative_error")


def _with_uncertainty(curve: _Curve, given: Mapping[str, Column], path: str) -> Found | Findings:
    doubtful, findings = _doubtful(given, path)
    if doubtful is None:
        return findings
    stated = expanded(doubtful, curve.code)
    matrix = covariance(doubtful, curve.code)
    if doubtful.region is not None and not matrix:
        units = doubtful.region.units[0][0]
        findings += (finding("F_DCC_COVARIANCE", doubtful.path, found=units),)
    if not stated:
        stated = tuple((math.sqrt(max(row[k], 0.0)), 1.0) for k, row in enumerate(matrix))
    if not stated:
        return (*findings, finding("F_DCC_NO_UNCERTAINTY", doubtful.path))
    return _ascending(curve, stated, matrix, doubtful, findings + _remarks(curve, given, stated))


def _doubtful(given: Mapping[str, Column], path: str) -> tuple[Column | None, Findings]:
    """The column that states the uncertainty of the error, or of the difference of the others."""
    stating = {
        role: each
        for role, each in given.items()
        if each.uncertainty is not None or each.region is not None
    }
    if "error" in stating:
        return stating["error"], ()
    if not stating:
        return None, (finding("F_DCC_NO_UNCERTAINTY", path),)
    if len(stating) > 1:
        return None, (finding("F_DCC_WHOSE_UNCERTAINTY", path),)
    ((role, found),) = stating.items()
    return found, (finding("F_DCC_UNCERTAINTY_TAKEN", found.path, found=role),)


def _remarks(
    curve: _Curve, given: Mapping[str, Column], stated: Sequence[tuple[float, float]]
) -> Findings:
    """What a reader must know of the values and of their uncertainty."""
    found = []
    error, reference = given.get("error"), given.get("reference")
    if curve.result == "relative_error" and error is not None:
        found.append(finding("F_DCC_RELATIVE", error.path))
    elif reference is not None:
        true = reference.absolute(curve.code)
        rows = zip(curve.at, curve.values, true, stated, strict=True)
        found += [
            finding("F_DCC_INCONSISTENT", reference.path, at=at, found=f"{minus(r, value):g}")
            for at, value, r, (U, _) in rows
            if abs(r - value) > 0.1 * U
        ]
    intervals = [c for c in given.values() if c.uncertainty and c.uncertainty.kind == "interval"]
    return (*found, *(finding("F_DCC_COVERAGE_INTERVAL", each.path) for each in intervals))


def _ascending(
    curve: _Curve,
    stated: Sequence[tuple[float, float]],
    matrix: Sequence[Sequence[float]],
    doubtful: Column,
    findings: Findings,
) -> Found | Findings:
    order = sorted(range(len(curve.at)), key=lambda k: curve.at[k])
    repeated = sorted({curve.at[a] for a, b in pairwise(order) if curve.at[a] == curve.at[b]})
    if repeated:
        return (*findings, finding("F_DCC_REPEATED", doubtful.path, at=repeated[:5]))
    points = tuple(
        Point(
            at=curve.at[k],
            value=curve.values[k],
            expanded_uncertainty=stated[k][0],
            coverage_factor=stated[k][1],
        )
        for k in order
    )
    return Found(
        argument=curve.argument,
        result=curve.result,
        points=points,
        covariance=tuple(tuple(matrix[i][j] for j in order) for i in order) if matrix else (),
        findings=findings,
    )
