"""Polynomials by ordinary, weighted and generalised least squares (ISO/TS 28037, 6 and 9).

Powers of x itself are nearly dependent wherever the arguments lie far from 0, so the fit is made
in t = (x - centre)/scale, both of them short binary numbers: t has no more digits than x. Its
coefficients are then written out in powers of x with exact rational arithmetic.
"""

import math
from fractions import Fraction
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from calibration.fit.errors import FitCountError, FitDegreeError, FitRankError
from calibration.fit.exact import Solution, solve
from calibration.fit.goodness import goodness_of
from calibration.fit.points import Points
from calibration.fit.result import Centred, Convention, Fit, Method, rows_of
from calibration.form import power_basis
from calibration.function import Floats

MOST_DEGREE: Final = 10
_SHORT_BITS: Final = 8


def fit_polynomial(points: Points, degree: int, method: Method) -> Fit:
    """The polynomial of a degree through points whose arguments are exact.

    Args:
        points: Without uncertain arguments; of unknown covariance for "ols".
        degree: 0 to 10, below the number of points; equal to it only with known uncertainties.
        method: "ols", "wls" or "gls"; says no more than what the covariance is.

    Raises:
        FitCountError, FitDegreeError: too few points, or a degree beyond 10.
        FitRankError: the points do not determine the coefficients.
        FitCovarianceError: the covariance is not positive definite.
    """
    size = degree + 1
    require_enough(points, size)
    centre, scale = centre_and_scale(points.x)
    design = power_basis((points.x - centre) / scale, size)
    whitening = None if points.covariance is None else points.whitening
    try:
        solution = _solved(design, points.y, whitening)
    except np.linalg.LinAlgError as cause:
        raise FitRankError("points", limit=size) from cause
    return _told(points, method, (centre, scale), solution)


def require_enough(points: Points, size: int) -> None:
    """Refuses points that cannot carry `size` parameters.

    Raises:
        FitDegreeError, FitCountError: they cannot.
    """
    if not 1 <= size <= MOST_DEGREE + 1:
        raise FitDegreeError("points", found=size - 1, limit=f"0 .. {MOST_DEGREE}")
    least = size + (points.covariance is None)
    if points.size < least:
        raise FitCountError("points", found=points.size, parameters=size, limit=least)


def centre_and_scale(x: Floats) -> tuple[float, float]:
    """The middle of the arguments as a short binary number, and a power of 2 >= their half span."""
    low, high = float(np.min(x)), float(np.max(x))
    half = (high - low) / 2.0
    scale = 2.0 ** math.ceil(math.log2(half)) if half > 0.0 else 1.0
    grid = scale * 2.0**-_SHORT_BITS
    return round((low + half) / grid) * grid, scale


def in_powers_of_x(centred: Centred) -> tuple[Floats, Floats]:
    """Coefficients and covariance in ascending powers of x, each rounded once.

    Raises:
        FitRankError: no double holds them, the arguments lie so close together.
    """
    expansion = _expansion(len(centred.coefficients), centred.centre, centred.scale)
    coefficients = expansion @ _exact(np.array(centred.coefficients))
    covariance = expansion @ _exact(np.array(centred.covariance)) @ expansion.T
    try:
        return _rounded(coefficients), _rounded(covariance)
    except OverflowError as cause:
        raise FitRankError("points", limit=len(centred.coefficients)) from cause


def _expansion(size: int, centre: float, scale: float) -> npt.NDArray[Any]:
    """Column j: the coefficients of ((x - centre)/scale)^j in powers of x, as fractions."""
    shift, unit = Fraction(centre), Fraction(scale)
    return np.array(
        [
            [
                math.comb(j, k) * (-shift) ** (j - k) / unit**j if k <= j else Fraction(0)
                for j in range(size)
            ]
            for k in range(size)
        ],
        dtype=object,
    )


def _rounded(numbers: npt.NDArray[Any]) -> Floats:
    found: Floats = numbers.astype(np.float64)
    return found


def _exact(numbers: Floats) -> npt.NDArray[Any]:
    found: npt.NDArray[Any] = np.vectorize(Fraction, otypes=[object])(numbers)
    return found


def _solved(design: Floats, values: Floats, whitening: Floats | None) -> Solution:
    if whitening is None:
        return solve(design, values)
    return solve(whitening @ design, whitening @ values)


def _told(points: Points, method: Method, place: tuple[float, float], solution: Solution) -> Fit:
    """The fit, with its covariance from the scatter or from what was stated."""
    (centre, scale), size = place, len(solution.coefficients)
    nu = points.size - size
    deviations = points.y - power_basis((points.x - centre) / scale, size) @ solution.coefficients
    own = solution.residuals if points.covariance is None else deviations
    spread = math.sqrt(math.fsum(own**2) / nu) if nu else None
    scatter = points.covariance is None
    variance = spread**2 if scatter and spread is not None else 1.0
    centred = Centred(
        centre=centre,
        scale=scale,
        coefficients=tuple(solution.coefficients.tolist()),
        covariance=rows_of(solution.inverse * variance),
    )
    coefficients, covariance = in_powers_of_x(centred)
    convention: Convention = "scatter" if scatter else "stated"
    return Fit(
        form="polynomial",
        method=method,
        coefficients=tuple(coefficients.tolist()),
        covariance=rows_of(covariance),
        covariance_convention=convention,
        measuring_interval=(float(np.min(points.x)), float(np.max(points.x))),
        goodness=goodness_of(nu, spread, _weighted(points, solution, own), solution.condition),
        condition_number=solution.condition,
        centred=centred,
    )


def _weighted(points: Points, solution: Solution, deviations: Floats) -> tuple[float, float] | None:
    """Chi-squared, and the largest deviation over its own uncertainty."""
    if points.covariance is None:
        return None
    own = np.abs(deviations) / np.sqrt(np.diagonal(points.covariance))
    return math.fsum(solution.residuals**2), float(np.max(own))
