"""The command `carbonmeter calibration fit`."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from calibration.fit.curve import fit
from calibration.fit.errors import FitMethodError, FitSizeError
from calibration.fit.goodness import Goodness
from calibration.fit.load import read_columns, read_matrix
from calibration.fit.points import Points, points_of
from calibration.fit.result import Fit
from calibration.function import Floats
from calibration.printing import print_fields, print_json, print_table, write_text
from calibration.series import Series
from calibration.toml_text import toml_of

OK, FINDING = 0, 1
MOST_POINTS: Final = {"ols": 20_000, "wls": 2_000, "gls": 1_000, "eiv": 1_000}
"""So many are fitted within a second and 100 MB."""
DRAWN: Final = 201
"""Arguments at which a curve is drawn."""
NEEDS: Final = {"wls": "uy", "gls": "--covariance n x n", "eiv": "ux, uy | --covariance 2n x 2n"}
TOLD: Final = (
    "form",
    "method",
    "covariance_convention",
    "measuring_interval",
    "degrees_of_freedom",
    "residual_standard_deviation",
    "chi_squared",
    "chi_squared_lower_tail",
    "chi_squared_upper_tail",
    "maximum_weighted_deviation",
    "condition_number",
)
SAID: Final[Mapping[str, Mapping[str, str]]] = {
    "chi_squared_too_large": {
        "en": "the points scatter more than their uncertainties allow: another form, or larger u",
        "zh": "测量点的离散超出其不确定度：请更换函数形式或增大不确定度",
    },
    "chi_squared_too_small": {
        "en": "the points scatter far less than their uncertainties, mostly common to all then",
        "zh": "测量点的离散远小于其不确定度：不确定度主要为各点共有分量",
    },
    "weighted_deviation_too_large": {
        "en": "a point is off by more than twice its uncertainty: the form is rejected (ISO 6143)",
        "zh": "某点偏差超过其不确定度的两倍：该函数形式不被接受（ISO 6143）",
    },
    "ill_conditioned": {
        "en": "the points hardly tell the coefficients apart: lower the degree",
        "zh": "测量点难以区分各系数：请降低次数",
    },
}


def fit_points(arguments: argparse.Namespace) -> int:
    """Exit code of the command: 0 nothing speaks against the fit, 1 something does.

    Raises:
        FitError: the file, the points or the method do not do.
        CertificateError: a table was asked for, and no certificate can hold the function.
    """
    (path,) = arguments.paths
    points = _points(path, arguments.covariance, arguments.method)
    found = fit(points, arguments.form, arguments.degree, arguments.convention)
    if arguments.plot is not None:
        _draw(found, points, arguments.plot)
    if arguments.toml:
        print(_table_of(found), end="")
    elif arguments.json:
        print_json(record_of(found))
    else:
        _show(found, points, arguments.language)
    return FINDING if found.goodness.findings else OK


def _table_of(found: Fit) -> str:
    """The table of a certificate's result, with all digits; findings as remarks."""
    remarks = [f"# {name}: {SAID[name]['en']}\n" for name in found.goodness.findings]
    return "".join(remarks) + toml_of(found.function(), "results", "function")


def _draw(found: Fit, points: Points, path: Path) -> None:
    """Writes the curve with U (k = 2) and the points with theirs.

    Raises:
        OutputFileError: the file cannot be written.
    """
    from calibration.drawing import curve_svg  # noqa: PLC0415 - it needs matplotlib

    low, high = found.measuring_interval
    at, u = np.linspace(low, high, DRAWN), np.zeros(points.size)
    if points.covariance is not None:
        u = np.sqrt(np.diagonal(points.covariance)[-points.size :])
    own = np.sqrt(np.maximum(np.diagonal(found.value_covariance(at)), 0.0))
    curve, stated = _series(at, found.value(at), own), _series(points.x, points.y, u)
    write_text(path, curve_svg(curve, stated, ("x", "y")))


def _series(at: Floats, value: Floats, u: Floats) -> Series:
    return Series(
        at=tuple(at.tolist()),
        value=tuple(value.tolist()),
        expanded_uncertainty=tuple((2.0 * u).tolist()),
    )


def _points(path: Path, covariance: Path | None, method: str | None) -> Points:
    """The points, with as much of their uncertainty as the method uses."""
    columns = read_columns(path)
    matrix = None if covariance is None else read_matrix(covariance)
    chosen = method or _method(columns, matrix)
    size = len(columns["x"])
    if size > MOST_POINTS[chosen]:
        raise FitSizeError(path.name, found=size, method=chosen, limit=MOST_POINTS[chosen])
    has_rows = len(matrix or ()) == (2 * size if chosen == "eiv" else size)
    ux, uy = columns.get("ux"), columns.get("uy")
    x, y = columns["x"], columns["y"]
    if chosen in {"gls", "eiv"} and matrix is not None and has_rows:
        return points_of(x, y, covariance=matrix)
    if chosen == "ols":
        return points_of(x, y)
    if chosen == "gls" or uy is None or (chosen == "eiv" and ux is None):
        raise FitMethodError(path.name, method=chosen, limit=NEEDS[chosen])
    return points_of(x, y, ux=ux if chosen == "eiv" else None, uy=uy)


def _method(
    columns: Mapping[str, Sequence[float]], matrix: Sequence[Sequence[float]] | None
) -> str:
    """What the file and the covariance allow."""
    if matrix is not None:
        return "gls" if len(matrix) == len(columns["x"]) else "eiv"
    if "uy" not in columns:
        return "ols"
    return "eiv" if "ux" in columns else "wls"


def record_of(found: Fit) -> dict[str, Any]:
    """The fit as one JSON document."""
    goodness: Goodness = found.goodness
    record: dict[str, Any] = {
        "form": found.form,
        "method": found.method,
        "coefficients": list(found.coefficients),
        "covariance": [list(row) for row in found.covariance],
        "covariance_convention": found.covariance_convention,
        "standard_uncertainties": list(found.standard_uncertainties),
        "residual_standard_deviation": goodness.residual_standard_deviation,
        "degrees_of_freedom": goodness.degrees_of_freedom,
        "chi_squared": goodness.chi_squared,
        "chi_squared_lower_tail": goodness.chi_squared_lower_tail,
        "chi_squared_upper_tail": goodness.chi_squared_upper_tail,
        "maximum_weighted_deviation": goodness.maximum_weighted_deviation,
        "measuring_interval": list(found.measuring_interval),
        "condition_number": found.condition_number,
        "findings": list(goodness.findings),
    }
    if found.centred is not None:
        record |= {
            "centre": found.centred.centre,
            "scale": found.centred.scale,
            "centred_coefficients": list(found.centred.coefficients),
            "centred_covariance": [list(row) for row in found.centred.covariance],
        }
    return record


def _show(found: Fit, points: Points, language: str) -> None:
    rows = zip(found.coefficients, found.standard_uncertainties, strict=True)
    print_table(
        ("", "coefficient", "u"),
        [(f"b{k}", f"{value:.12g}", f"{u:.6g}") for k, (value, u) in enumerate(rows)],
    )
    print()
    record = record_of(found)
    print_fields({name: _short(record[name]) for name in TOLD})
    print()
    deviations = points.y - found.value(points.x)
    columns = zip(points.x, points.y, found.value(points.x), deviations, strict=True)
    print_table(("x", "y", "f(x)", "y - f(x)"), [[f"{n:.8g}" for n in row] for row in columns])
    for name in found.goodness.findings:
        print(f"\n{name}: {SAID[name][language]}")


def _short(value: object) -> object:
    """As people read it; the JSON document has all digits."""
    if isinstance(value, list):
        return [_short(each) for each in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value
