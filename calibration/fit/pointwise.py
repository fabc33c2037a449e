"""Functions through points that are uncertain in both variables, each for itself (pure).

Where no point's errors are those of another, each adjusted argument follows from the parameters
alone, and what is left of a point is one number: its distance from the curve, measured in its own
uncertainties. So only the p parameters are sought, however many points there are (variable
projection: G. Golub, V. Pereyra, SIAM J. Numer. Anal. 10 (1973) 413).
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from calibration.errors import Words
from calibration.fit.errors import FitCovarianceError
from calibration.fit.points import Points
from calibration.form import Form
from calibration.function import Floats

_STEPS: Final = 60
_STANDS: Final = 1e-15
_LITTLE: Final = 1e-4
"""Steps of central differences, as a share of the uncertainty of what is moved."""


def is_pointwise(points: Points) -> bool:
    """Whether both variables are uncertain, and no point's errors are another's."""
    if not points.has_uncertain_arguments:
        return False
    size, covariance = points.size, np.asarray(points.covariance)
    own = np.tile(np.eye(size, dtype=bool), (2, 2))
    return not np.any(covariance[~own])


@dataclass(frozen=True, slots=True)
class _Bent:
    """What there is at the adjusted arguments; a column each, shape (n,).

    Attributes:
        arguments: Adjusted.
        across, along: Whitened deviations of argument and value.
        lean, rise: Their derivatives by the adjusted argument.
    """

    arguments: Floats
    across: Floats
    along: Floats
    lean: Floats
    rise: Floats

    @property
    def length(self) -> Floats:
        """Of the derivative."""
        return np.hypot(self.lean, self.rise)


@dataclass(frozen=True, slots=True)
class Pointwise:
    """Distances of points from a function, by its parameters alone.

    Args:
        form: A family of functions.
        x: Arguments, shape (n,).
        y: Values, shape (n,).
        root: Of each point's covariance: l11, l21, l22 of its Cholesky factor, shape (3, n).
    """

    form: Form
    x: Floats
    y: Floats
    root: Floats
    _near: list[Floats] = field(default_factory=list)

    def residuals(self, parameters: Floats) -> Floats:
        """Distances in units of the points' own uncertainty, shape (n,)."""
        bent = self._bent(parameters)
        return np.asarray((bent.lean * bent.along - bent.rise * bent.across) / bent.length)

    def jacobian(self, parameters: Floats) -> Floats:
        """Of the distances by the parameters, as Gauss-Newton takes it, shape (n, p)."""
        bent = self._bent(parameters)
        gradient = self.form.gradient(bent.arguments, parameters)
        return np.asarray(-(bent.lean / bent.length / self.root[2])[:, None] * gradient)

    def arguments(self, parameters: Floats) -> Floats:
        """The adjusted ones."""
        return self._bent(parameters).arguments

    def implicit(self, parameters: Floats) -> Floats:
        """Covariance of the parameters by propagating that of the points, shape (p, p).

        The gradient of half of chi-squared vanishes at the minimum for any points; its derivatives
        by parameters and by points give how the parameters follow the points.
        """
        by_parameters = np.linalg.inv(self._hessian(parameters))
        nothing, little = np.zeros_like(self.x), _LITTLE * self.root
        by_x = self._followed(parameters, little[0], nothing)
        by_y = self._followed(parameters, nothing, np.hypot(little[1], little[2]))
        first = self.root[0][:, None] * by_x + self.root[1][:, None] * by_y
        second = self.root[2][:, None] * by_y
        follows = by_parameters @ np.vstack((first, second)).T
        return np.asarray(follows @ follows.T)

    def _followed(self, parameters: Floats, of_x: Floats, of_y: Floats) -> Floats:
        """How each point's gradient follows its argument or its value, shape (n, p).

        By a central difference, of steps that are 0 for one of the two.
        """
        upper, lower = self._at(of_x, of_y), self._at(-of_x, -of_y)
        change = upper.gradients(parameters) - lower.gradients(parameters)
        return np.asarray(change / (2.0 * (of_x + of_y))[:, None])

    def _at(self, shift_x: Floats, shift_y: Floats) -> "Pointwise":
        return Pointwise(self.form, self.x + shift_x, self.y + shift_y, self.root)

    def _hessian(self, parameters: Floats) -> Floats:
        columns, jacobian = [], self.jacobian(parameters)
        u = np.sqrt(np.diagonal(np.linalg.inv(jacobian.T @ jacobian)))
        for place in range(len(parameters)):
            step = np.zeros(len(parameters))
            step[place] = _LITTLE * u[place]
            upper = self.gradients(parameters + step).sum(axis=0)
            lower = self.gradients(parameters - step).sum(axis=0)
            columns.append((upper - lower) / (2.0 * step[place]))
        found = np.stack(columns, axis=1)
        return np.asarray((found + found.T) / 2.0)

    def gradients(self, parameters: Floats) -> Floats:
        """Each point's part of the gradient of half of chi-squared, shape (n, p)."""
        bent = self._bent(parameters)
        gradient = self.form.gradient(bent.arguments, parameters)
        return np.asarray(-(bent.along / self.root[2])[:, None] * gradient)

    def _bent(self, parameters: Floats) -> _Bent:
        """The adjusted arguments, by Gauss-Newton steps of each point for itself."""
        bent = self._seen(self._near[-1] if self._near else self.x, parameters)
        for _ in range(_STEPS):
            step = -(bent.lean * bent.across + bent.rise * bent.along) / bent.length**2
            bent = self._shorter(bent, step, parameters)
            if np.all(np.abs(step) <= _STANDS * np.maximum(np.abs(bent.arguments), self.root[0])):
                break
        self._near[:] = [bent.arguments]
        return bent

    def _shorter(self, bent: _Bent, step: Floats, parameters: Floats) -> _Bent:
        """After a step, which is halved at points that it takes further from the curve."""
        before = bent.across**2 + bent.along**2
        for _ in range(8):
            after = self._seen(bent.arguments + step, parameters)
            worse = after.across**2 + after.along**2 > before * (1.0 + 1e-12)
            if not np.any(worse):
                break
            step = np.where(worse, step / 2.0, step)
        return after

    def _seen(self, arguments: Floats, parameters: Floats) -> _Bent:
        l11, l21, l22 = self.root
        across = (self.x - arguments) / l11
        along = (self.y - self.form.value(arguments, parameters) - l21 * across) / l22
        slope = self.form.slope(arguments, parameters)
        return _Bent(
            arguments=arguments,
            across=across,
            along=along,
            lean=-1.0 / l11,
            rise=(l21 / l11 - slope) / l22,
        )


def pointwise(points: Points, form: Form) -> Pointwise:
    """The distances of points, for which `is_pointwise` holds, from functions of a form.

    Raises:
        FitCovarianceError: an argument and its value are fully correlated.
    """
    covariance = np.asarray(points.covariance)
    places = np.arange(points.size)
    variances = np.diagonal(covariance)
    l11 = np.sqrt(variances[: points.size])
    l21 = covariance[places, places + points.size] / l11
    rest = variances[points.size :] - l21**2
    if not np.all(rest > 0.0):
        place = int(np.argmin(rest))
        told = "u(x) u(y) <= |u(x, y)|"
        found = Words(f"{told} at point {place + 1}", f"第 {place + 1} 点 {told}")
        raise FitCovarianceError("points", found=found, limit="|r(x, y)| < 1")
    return Pointwise(form, points.x, points.y, np.stack((l11, l21, np.sqrt(rest))))
