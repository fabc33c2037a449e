"""Functions through points whose arguments are uncertain too (ISO/TS 28037, 7 and 10; ISO 6143).

Not the parameters alone are sought, but also where the arguments truly lay: n adjusted arguments
and p parameters, so that what 2n stated numbers are off by, weighted with their covariance, is
least. scipy.odr minimises the same sum, but takes no covariance between points, reports one
convention of the parameters' covariance only, stops at half of the digits, and leaves SciPy with
version 1.19.
"""

from dataclasses import dataclass

import numpy as np

from calibration.fit.minimum import Minimum, least_squares
from calibration.fit.points import Points
from calibration.fit.pointwise import Pointwise, is_pointwise, pointwise
from calibration.form import Form
from calibration.function import Floats

_STEP = 6e-6  # of a central difference: the cube root of a double's rounding


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A function fitted to points, and what was found with it.

    Attributes:
        parameters: Shape (p,).
        covariance: Gauss-Newton's, at the minimum, for weights that are the inverse covariance
            of the points; shape (p, p).
        implicit: Exact to first order in the points, shape (p, p); None where arguments are exact.
        chi_squared: At the minimum.
        arguments: The adjusted ones, shape (n,).
        condition: Of the Jacobian.
    """

    parameters: Floats
    covariance: Floats
    implicit: Floats | None
    chi_squared: float
    arguments: Floats
    condition: float


def adjust(points: Points, form: Form, start: Floats) -> Adjustment:
    """The function of a form that comes nearest to the points.

    Args:
        points: n of them, at least as many as the form has parameters.
        form: A family of functions.
        start: Parameters from which the minimum lies downhill, shape (p,).

    Raises:
        FitConvergenceError, FitRankError: as `least_squares`.
        FitCovarianceError: the points' covariance is not positive definite.
    """
    if is_pointwise(points):
        return _apart(pointwise(points, form), start)
    problem = _Problem(points, form)
    minimum = least_squares(problem.residuals, problem.jacobian, problem.start(start))
    own = slice(len(minimum.parameters) - form.size, None)
    both = points.has_uncertain_arguments
    return Adjustment(
        parameters=minimum.parameters[own],
        covariance=minimum.inverse[own, own],
        implicit=problem.implicit(minimum)[own, own] if both else None,
        chi_squared=float(np.sum(minimum.residuals**2)),
        arguments=problem.arguments(minimum.parameters),
        condition=minimum.condition,
    )


def _apart(points: Pointwise, start: Floats) -> Adjustment:
    minimum = least_squares(points.residuals, points.jacobian, start)
    return Adjustment(
        parameters=minimum.parameters,
        covariance=minimum.inverse,
        implicit=points.implicit(minimum.parameters),
        chi_squared=float(np.sum(minimum.residuals**2)),
        arguments=points.arguments(minimum.parameters),
        condition=minimum.condition,
    )


@dataclass(frozen=True, slots=True)
class _Problem:
    """Whitened deviations of points from a function; unknowns are arguments, then parameters."""

    points: Points
    form: Form

    def start(self, parameters: Floats) -> Floats:
        """Where to begin: at the stated arguments."""
        if not self.points.has_uncertain_arguments:
            return parameters
        return np.concatenate((self.points.x, parameters))

    def arguments(self, unknowns: Floats) -> Floats:
        """The adjusted arguments; the stated ones where these are exact."""
        both = self.points.has_uncertain_arguments
        return unknowns[: self.points.size] if both else self.points.x

    def residuals(self, unknowns: Floats) -> Floats:
        """Deviations of the stated numbers, made independent and of unit variance."""
        return np.asarray(self.points.whitening @ self._deviations(unknowns))

    def jacobian(self, unknowns: Floats) -> Floats:
        """Of the residuals by the unknowns."""
        return np.asarray(-self.points.whitening @ self._model_jacobian(unknowns))

    def implicit(self, minimum: Minimum) -> Floats:
        """Covariance of the unknowns by propagating that of the points through the minimum.

        The gradient of half of chi-squared vanishes at the minimum for any points; from its
        derivatives by unknowns, H, and by points, the unknowns' own follow.
        """
        curvature = np.linalg.inv(self._hessian(minimum.parameters))
        information = minimum.jacobian.T @ minimum.jacobian
        return np.asarray(curvature @ information @ curvature.T)

    def _hessian(self, unknowns: Floats) -> Floats:
        """Second derivatives of half of chi-squared, by central differences of its gradient."""
        columns = []
        for place, number in enumerate(unknowns):
            step = np.zeros(len(unknowns))
            step[place] = _STEP * max(abs(float(number)), 1.0)
            upper, lower = self._gradient(unknowns + step), self._gradient(unknowns - step)
            columns.append((upper - lower) / (2.0 * step[place]))
        found = np.stack(columns, axis=1)
        return np.asarray((found + found.T) / 2.0)

    def _gradient(self, unknowns: Floats) -> Floats:
        return np.asarray(self.jacobian(unknowns).T @ self.residuals(unknowns))

    def _deviations(self, unknowns: Floats) -> Floats:
        arguments, parameters = self._parted(unknowns)
        of_values = self.points.y - self.form.value(arguments, parameters)
        if not self.points.has_uncertain_arguments:
            return of_values
        return np.concatenate((self.points.x - arguments, of_values))

    def _model_jacobian(self, unknowns: Floats) -> Floats:
        """Of the numbers that the unknowns say should have been stated."""
        arguments, parameters = self._parted(unknowns)
        gradient = self.form.gradient(arguments, parameters)
        if not self.points.has_uncertain_arguments:
            return gradient
        size, slope = self.points.size, self.form.slope(arguments, parameters)
        above = np.hstack((np.eye(size), np.zeros((size, self.form.size))))
        return np.vstack((above, np.hstack((np.diag(slope), gradient))))

    def _parted(self, unknowns: Floats) -> tuple[Floats, Floats]:
        return self.arguments(unknowns), unknowns[len(unknowns) - self.form.size :]
