"""The least sum of squares of functions that are not linear in their parameters (pure).

scipy's Levenberg-Marquardt finds the valley; it stops where the sum no longer falls, which leaves
parameters with half of their digits. Gauss-Newton steps from there, whose sums may rise by
rounding, give them the rest.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy

from calibration.fit.errors import FitConvergenceError, FitRankError
from calibration.function import Floats

MOST_STEPS: Final = 2_000
POLISH: Final = 60
_STANDS: Final = 1e-14
_ROUNDING: Final = 1e-9

Residuals = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True)
class Minimum:
    """Where the sum of squares is least.

    Attributes:
        parameters: Shape (p,).
        residuals: There, shape (m,).
        jacobian: Of the residuals there, shape (m, p).
        condition: Condition number of the Jacobian, its columns of unit length.
    """

    parameters: Floats
    residuals: Floats
    jacobian: Floats
    condition: float

    @property
    def inverse(self) -> Floats:
        """(J^T J)^-1, shape (p, p)."""
        lengths = np.linalg.norm(self.jacobian, axis=0)
        root = np.linalg.inv(np.linalg.qr(self.jacobian / lengths, mode="r"))
        return np.asarray((root @ root.T) / lengths[:, None] / lengths)


def least_squares(residuals: Residuals, jacobian: Residuals, start: Floats) -> Minimum:
    """The minimum of |residuals|^2 nearest downhill from `start`.

    Raises:
        FitConvergenceError: none was found.
        FitRankError: there it does not depend on all parameters.
    """
    parameters = _polished(residuals, jacobian, _downhill(residuals, jacobian, start))
    found = jacobian(parameters)
    if not np.all(np.isfinite(found)):
        raise FitConvergenceError("points", limit=MOST_STEPS)
    lengths = np.linalg.norm(found, axis=0)
    condition = float(np.linalg.cond(found / lengths)) if np.all(lengths > 0.0) else np.inf
    if not condition < 1.0 / np.finfo(np.float64).eps:
        raise FitRankError("points", limit=len(start))
    return Minimum(
        parameters=parameters, residuals=residuals(parameters), jacobian=found, condition=condition
    )


def _downhill(residuals: Residuals, jacobian: Residuals, start: Floats) -> Floats:
    tolerance = 4.0 * np.finfo(np.float64).eps
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            found = scipy.optimize.least_squares(
                residuals,
                start,
                jac=jacobian,
                method="lm",
                x_scale="jac",
                ftol=tolerance,
                xtol=tolerance,
                gtol=tolerance,
                max_nfev=MOST_STEPS,
            )
    except ValueError as cause:  # residuals that are no numbers
        raise FitConvergenceError("points", limit=MOST_STEPS) from cause
    if found.status == 0 or not np.all(np.isfinite(found.x)):
        raise FitConvergenceError("points", limit=MOST_STEPS)
    return np.asarray(found.x)


def _polished(residuals: Residuals, jacobian: Residuals, parameters: Floats) -> Floats:
    """The parameters after Gauss-Newton steps, as long as these shrink."""
    sum_of_squares, before = _sum(residuals, parameters), np.inf
    for _ in range(POLISH):
        step = np.linalg.lstsq(jacobian(parameters), -residuals(parameters), rcond=None)[0]
        size = float(np.max(np.abs(step) / np.maximum(np.abs(parameters), 1e-300)))
        moved = parameters + step
        after = _sum(residuals, moved)
        if not size < before or not after <= sum_of_squares * (1.0 + _ROUNDING) + 1e-300:
            break
        parameters, sum_of_squares, before = moved, min(after, sum_of_squares), size
        if size < _STANDS:
            break
    return parameters


def _sum(residuals: Residuals, parameters: Floats) -> float:
    return float(np.sum(residuals(parameters) ** 2))
