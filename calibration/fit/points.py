"""The points of a calibration and what is known of their uncertainty (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from calibration.fit.errors import FitCovarianceError, FitLengthError, FitNumberError
from calibration.function import Floats

_SYMMETRIC = 1e-9
LARGEST = 1e30
"""Of arguments, values and uncertainties, and 1 over the smallest uncertainty: squares of their
ratios are still numbers."""


@dataclass(frozen=True, kw_only=True)
class Points:
    """n pairs of an argument and a value; made by `points_of`.

    Attributes:
        x: Arguments, shape (n,).
        y: Values, shape (n,).
        covariance: Of all arguments and then all values, shape (2n, 2n), where arguments are
            uncertain; of the values alone, shape (n, n), where they are not; None where nothing
            is known and the scatter about the function tells.
    """

    x: Floats
    y: Floats
    covariance: Floats | None = None

    @property
    def size(self) -> int:
        """How many points."""
        return len(self.x)

    @property
    def has_uncertain_arguments(self) -> bool:
        """Whether both variables have errors."""
        return self.covariance is not None and len(self.covariance) == 2 * self.size

    @cached_property
    def whitening(self) -> Floats:
        """L^-1 with L L^T = covariance; the identity where nothing is known.

        Raises:
            FitCovarianceError: the covariance is not positive definite.
        """
        if self.covariance is None:
            return np.eye(self.size)
        u = np.sqrt(np.diagonal(self.covariance))
        try:
            root = np.linalg.cholesky(self.covariance / u[:, None] / u)
        except np.linalg.LinAlgError as cause:
            least = float(np.min(np.linalg.eigvalsh(self.covariance / u[:, None] / u)))
            raise FitCovarianceError(
                "points", found=f"min eig(V / (u u^T)) = {least:.3g}", limit="> 0"
            ) from cause
        return np.asarray(np.linalg.solve(root, np.diag(1.0 / u)))


def points_of(
    x: Sequence[float],
    y: Sequence[float],
    *,
    ux: Sequence[float] | None = None,
    uy: Sequence[float] | None = None,
    covariance: Sequence[Sequence[float]] | None = None,
) -> Points:
    """Points with what is known of their uncertainty.

    Args:
        x: Arguments.
        y: Values, as many.
        ux: Standard uncertainties of the arguments, > 0; `uy` is needed with it.
        uy: Standard uncertainties of the values, > 0.
        covariance: In place of both: of the values (n by n), or of arguments and values (2n by 2n).

    Raises:
        FitLengthError: lengths differ, or there is no point.
        FitNumberError: a number is not finite, or an uncertainty is not > 0.
        FitCovarianceError: the covariance has another shape, or is not symmetric.
    """
    arguments, values = _column("x", x, len(x)), _column("y", y, len(x))
    if covariance is not None:
        return Points(x=arguments, y=values, covariance=_covariance(covariance, len(x)))
    if uy is None:
        if ux is not None:
            raise FitLengthError("points", name="uy", found=0, limit=len(x))
        return Points(x=arguments, y=values)
    stated = [*([] if ux is None else [_spread("ux", ux, len(x))]), _spread("uy", uy, len(x))]
    return Points(x=arguments, y=values, covariance=np.diag(np.concatenate(stated) ** 2))


def _column(name: str, numbers: Sequence[float], size: int) -> Floats:
    if len(numbers) != size or size == 0:
        raise FitLengthError("points", name=name, found=len(numbers), limit=max(size, 1))
    for place, number in enumerate(numbers, start=1):
        if not abs(number) <= LARGEST:
            limit = f"|v| <= {LARGEST:g}"
            raise FitNumberError("points", name=name, place=place, value=number, limit=limit)
    return np.array(numbers, dtype=np.float64)


def _spread(name: str, numbers: Sequence[float], size: int) -> Floats:
    column = _column(name, numbers, size)
    for place, number in enumerate(column.tolist(), start=1):
        if not number >= 1.0 / LARGEST:
            limit = f">= {1.0 / LARGEST:g}"
            raise FitNumberError("points", name=name, place=place, value=number, limit=limit)
    return column


def _covariance(rows: Sequence[Sequence[float]], size: int) -> Floats:
    columns = sorted({len(row) for row in rows})
    if columns != [len(rows)] or len(rows) not in {size, 2 * size}:
        limit = f"{size} x {size} | {2 * size} x {2 * size}"
        raise FitCovarianceError("points", found=f"{len(rows)} x {columns}", limit=limit)
    matrix = np.array(rows, dtype=np.float64)
    variances = np.diagonal(matrix)
    if not np.all(np.abs(matrix) <= LARGEST**2) or not np.all(variances >= LARGEST**-2):
        found = f"V_ii = {float(np.min(variances)):g} .. {float(np.max(variances)):g}"
        limit = f"{LARGEST**-2:g} <= V_ii <= {LARGEST**2:g}"
        raise FitCovarianceError("points", found=found, limit=limit)
    u = np.sqrt(variances)
    slant = float(np.max(np.abs(matrix - matrix.T) / u[:, None] / u))
    if slant > _SYMMETRIC:
        raise FitCovarianceError(
            "points", found=f"|V - V^T| / (u u^T) = {slant:g}", limit="V = V^T"
        )
    return (matrix + matrix.T) / 2.0
