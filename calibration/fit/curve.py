"""A calibration function through points, by the method that what is known of them asks for."""

import math
from dataclasses import replace
from typing import Final, Literal

import numpy as np

from calibration.errors import Words
from calibration.fit.adjust import Adjustment, adjust
from calibration.fit.errors import FitNumberError
from calibration.fit.goodness import goodness_of
from calibration.fit.linear import centre_and_scale, fit_polynomial, in_powers_of_x, require_enough
from calibration.fit.points import Points
from calibration.fit.result import Centred, Convention, Fit, FormName, Method, rows_of
from calibration.fit.start import start_of
from calibration.form import Form, Polynomial
from calibration.function import CURVES, Floats

_MOVED: Final = 4.0
"""Standard uncertainties by which an adjustment may well move an argument."""
Adjusted = Literal["adjusted_points", "implicit"]


def fit(
    points: Points,
    form: FormName = "polynomial",
    degree: int = 1,
    convention: Adjusted = "adjusted_points",
) -> Fit:
    """The function of a form that comes nearest to the points.

    What is known of the points decides the method: nothing, ordinary least squares, and the
    scatter gives the uncertainty; uncertainties of the values, weighted; their covariance,
    generalised; uncertain arguments too, errors in both variables.

    Args:
        points: As `points_of` makes them.
        form: "polynomial", "power" (b0 + b1*x^(1+b2); arguments >= 0, and >= 4 u(x) where
            they are uncertain) or "exponential"
            (b0 + b1*exp(b2*x)).
        degree: Of a polynomial, 0 to 10.
        convention: Of the covariance, where arguments are uncertain; see `Fit`.

    Raises:
        FitCountError, FitDegreeError: too few points, or a degree beyond 10.
        FitNumberError: an argument that the form does not take.
        FitRankError: the points do not determine the parameters.
        FitConvergenceError: no minimum was found.
        FitCovarianceError: the points' covariance is not positive definite.
    """
    method = method_of(points)
    if form == "polynomial" and method != "eiv":
        return fit_polynomial(points, degree, method)
    family = Polynomial(degree) if form == "polynomial" else CURVES[form]
    require_enough(points, family.size)
    if form == "polynomial":
        return _polynomial(points, degree, convention)
    if form == "power":
        _require_positive(points)
    found = adjust(points, family, start_of(family, points.x, points.y))
    return _told(points, form, found, convention)


def _require_positive(points: Points) -> None:
    """Refuses arguments that are negative, or that an adjustment may make negative."""
    least, limit = np.zeros(points.size), Words(">= 0", ">= 0")
    if points.has_uncertain_arguments:
        u = np.sqrt(np.diagonal(np.asarray(points.covariance)))[: points.size]
        least = _MOVED * u
        limit = Words(f">= {_MOVED:g} u(x), or exact", f">= {_MOVED:g} u(x)，或无不确定度")
    short = points.x - least
    if np.min(short) < 0.0:
        place = int(np.argmin(short))
        value = float(points.x[place])
        raise FitNumberError("points", name="x", place=place + 1, value=value, limit=limit)


def method_of(points: Points) -> Method:
    """The method that what is known of the points asks for."""
    if points.covariance is None:
        return "ols"
    if points.has_uncertain_arguments:
        return "eiv"
    alone = np.count_nonzero(points.covariance - np.diag(np.diagonal(points.covariance))) == 0
    return "wls" if alone else "gls"


def _polynomial(points: Points, degree: int, convention: Adjusted) -> Fit:
    """Errors in both variables, in t = (x - centre)/scale."""
    centre, scale = centre_and_scale(points.x)
    moved, form = _in_t(points, centre, scale), Polynomial(degree)
    found = adjust(moved, form, start_of(form, moved.x, moved.y))
    centred = Centred(
        centre=centre,
        scale=scale,
        coefficients=tuple(found.parameters.tolist()),
        covariance=rows_of(_covariance(found, convention)),
    )
    coefficients, covariance = in_powers_of_x(centred)
    told = replace(found, parameters=coefficients, covariance=covariance, implicit=covariance)
    arguments = found.arguments * scale + centre
    return _told(points, "polynomial", replace(told, arguments=arguments), convention, centred)


def _in_t(points: Points, centre: float, scale: float) -> Points:
    """The points with arguments moved and scaled."""
    size = points.size
    unit = np.concatenate((np.full(size, 1.0 / scale), np.ones(size)))
    covariance = np.asarray(points.covariance) * unit[:, None] * unit
    return Points(x=(points.x - centre) / scale, y=points.y, covariance=covariance)


def _covariance(found: Adjustment, convention: Adjusted) -> Floats:
    exact = found.implicit is not None and convention == "implicit"
    return found.implicit if exact and found.implicit is not None else found.covariance


def _told(
    points: Points,
    form: FormName,
    found: Adjustment,
    convention: Adjusted,
    centred: Centred | None = None,
) -> Fit:
    method, size = method_of(points), len(found.parameters)
    nu, scatter = points.size - size, points.covariance is None
    family: Form = Polynomial(size - 1) if form == "polynomial" else CURVES[form]
    deviations = points.y - family.value(found.arguments, found.parameters)
    spread = math.sqrt(math.fsum(deviations**2) / nu) if nu else None
    variance = spread**2 if scatter and spread is not None else 1.0
    stated: Convention = "scatter" if scatter else "stated"
    return Fit(
        form=form,
        method=method,
        coefficients=tuple(found.parameters.tolist()),
        covariance=rows_of(_covariance(found, convention) * variance),
        covariance_convention=convention if method == "eiv" else stated,
        measuring_interval=(float(np.min(points.x)), float(np.max(points.x))),
        goodness=goodness_of(nu, spread, _weighted(points, found, deviations), found.condition),
        condition_number=found.condition,
        centred=centred,
    )


def _weighted(points: Points, found: Adjustment, deviations: Floats) -> tuple[float, float] | None:
    """Chi-squared, and the largest deviation of any stated number over its own uncertainty."""
    if points.covariance is None:
        return None
    if points.has_uncertain_arguments:
        deviations = np.concatenate((points.x - found.arguments, deviations))
    own = np.abs(deviations) / np.sqrt(np.diagonal(points.covariance))
    return found.chi_squared, float(np.max(own))
