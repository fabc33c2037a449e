"""Calibration functions: value, sensitivity and components at an argument (VIM 4.31).

A polynomial is kept in ascending powers of (x - centre); a piecewise linear function
by its values at knots. Both are linear in their coefficients, f(x) = basis(x) . c, so
u(f)^2 = basis V basis^T with V the coefficients' covariance. Ignoring V's off-diagonal
part is the classic mistake: in GUM H.3 it gives 0.0073 where 0.0041 is right.
"""

import math
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

from calibration.errors import CertificateError
from calibration.uncertainty import Influence, UncertaintyComponent

Floats = npt.NDArray[np.float64]


class CalibrationFunction(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True
):
    """A function fitted to a calibration's results, with its coefficients' covariance.

    Args:
        form: "polynomial" in powers of (x - centre), or "piecewise_linear" with values at knots.
        coefficients: ascending powers, or the values at the knots.
        covariance: of the coefficients, symmetric and positive semi-definite.
        measuring_interval: arguments for which the certificate holds (VIM 4.7).
        centre: of a polynomial.
        knots: of a piecewise linear function, strictly ascending.
        degrees_of_freedom: of the fit's scatter; None stands for infinite.

    Raises:
        CertificateError: lengths, order, symmetry or definiteness are wrong.
    """

    form: Literal["polynomial", "piecewise_linear"]
    coefficients: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    measuring_interval: tuple[float, float]
    centre: float = 0.0
    knots: tuple[float, ...] = ()
    degrees_of_freedom: float | None = None

    def __post_init__(self) -> None:
        _check_shape(self)
        _check_finite(self)
        _check_knots(self)
        _ = self.factor  # refuses a covariance that cannot be one

    @cached_property
    def factor(self) -> Floats:
        """A matrix L with L L^T = covariance, shape (p, p), columns in declared order."""
        return factor_of(np.array(self.covariance, dtype=np.float64))

    def basis(self, x: Floats) -> Floats:
        """Derivatives of f(x) by each coefficient, shape (n, p), for arguments of shape (n,)."""
        if self.form == "polynomial":
            return power_basis(x - self.centre, len(self.coefficients))
        return hat_basis(x, self._knots_for(x))[0]

    def value(self, x: Floats) -> Floats:
        """F at arguments of shape (n,)."""
        return np.asarray(self.basis(x) @ np.array(self.coefficients), dtype=np.float64)

    def sensitivity(self, x: Floats) -> Floats:
        """df/dx at arguments of shape (n,); of a piecewise linear function, of the piece."""
        if self.form == "polynomial":
            return np.asarray(power_basis(x - self.centre, len(self.slopes)) @ self.slopes)
        return np.asarray(hat_basis(x, self._knots_for(x))[1] @ self.slopes)

    @cached_property
    def slopes(self) -> Floats:
        """Coefficients of f' in powers of (x - centre), or the slope right of each knot."""
        coefficients = np.array(self.coefficients)
        if self.form == "polynomial":
            return np.append(coefficients[1:] * np.arange(1, len(coefficients)), 0.0)
        return np.append(np.diff(coefficients) / np.diff(np.array(self.knots)), 0.0)

    def _knots_for(self, x: Floats) -> Floats:
        return np.broadcast_to(np.array(self.knots), (len(x), len(self.knots)))

    def contributions(self, x: Floats) -> Floats:
        """Signed contributions c*u of the function's influences, shape (n, p)."""
        return np.asarray(self.basis(x) @ self.factor)

    def value_covariance(self, x: Floats) -> Floats:
        """Covariance of f at arguments of shape (n,) through the coefficients, shape (n, n)."""
        parts = self.contributions(x)
        return np.asarray(parts @ parts.T)

    def influences(self, certificate: str) -> tuple[Influence, ...]:
        """The influences `cert:<id>/<k>`, one for each column of `factor`."""
        return tuple(
            Influence(
                id=f"cert:{certificate}/{k}",
                evaluation="B" if self.degrees_of_freedom is None else "A",
                degrees_of_freedom=self.degrees_of_freedom,
                dof_source=f"cert:{certificate}",
            )
            for k in range(len(self.coefficients))
        )

    def components(self, x: float, certificate: str) -> tuple[UncertaintyComponent, ...]:
        """The components of f at one argument."""
        row = self.contributions(np.array([x], dtype=np.float64))[0]
        return tuple(
            UncertaintyComponent(influence=influence, contribution=float(part))
            for influence, part in zip(self.influences(certificate), row, strict=True)
        )


def power_basis(x: Floats, terms: int) -> Floats:
    """Columns 1, x, x^2, ..., shape (n, terms)."""
    columns = np.ones((len(x), terms))
    for k in range(1, terms):
        columns[:, k] = columns[:, k - 1] * x
    return columns


def hat_basis(x: Floats, knots: Floats) -> tuple[Floats, Floats]:
    """Weights of the knots' values at x, and which piece x lies in, each of shape (n, p).

    Args:
        x: shape (n,).
        knots: of each x, shape (n, p), ascending; a row may be padded with +inf.

    Beyond the ends the end value holds, and x lies in no piece.
    """
    count = np.maximum(np.isfinite(knots).sum(axis=1), 2)
    lines = np.arange(len(x))
    left = np.clip((x[:, None] >= knots).sum(axis=1) - 1, 0, count - 2)
    low, high = knots[lines, left], knots[lines, left + 1]
    with np.errstate(invalid="ignore"):  # a row without knots belongs to a polynomial
        share = np.clip((x - low) / (high - low), 0.0, 1.0)
    weights, piece = np.zeros_like(knots), np.zeros_like(knots)
    weights[lines, left] = 1.0 - share
    weights[lines, left + 1] = share
    piece[lines, left] = (x >= knots[:, 0]) & (x <= knots[lines, count - 1])
    return weights, piece


def factor_of(covariance: Floats) -> Floats:
    """Lower triangular L with L L^T = covariance, also for a semi-definite one, shape (p, p).

    Cholesky's method; a pivot that vanishes within rounding leaves a column of zeros.

    Raises:
        CertificateError: the matrix is not symmetric, or not positive semi-definite.
    """
    if not np.allclose(covariance, covariance.T, rtol=1e-9, atol=0.0):
        _refuse("the covariance is not symmetric")
    if not _is_semi_definite(covariance):
        _refuse("the covariance is not positive semi-definite")
    size = len(covariance)
    lower = np.zeros((size, size))
    for k in range(size):
        pivot = float(covariance[k, k] - lower[k, :k] @ lower[k, :k])
        if pivot <= 1e-14 * float(covariance[k, k]):
            continue
        lower[k, k] = math.sqrt(pivot)
        rest = covariance[k + 1 :, k] - lower[k + 1 :, :k] @ lower[k, :k]
        lower[k + 1 :, k] = rest / lower[k, k]
    return lower


def _is_semi_definite(covariance: Floats) -> bool:
    """Whether no combination of the coefficients has a negative variance, within rounding.

    Judged on the correlations, since coefficients differ by many orders of magnitude.
    """
    variance = np.diagonal(covariance)
    if np.any(variance < 0.0) or np.any(covariance[variance == 0.0] != 0.0):
        return False
    u = np.sqrt(np.where(variance > 0.0, variance, 1.0))
    return bool(np.all(np.linalg.eigvalsh(covariance / u[:, None] / u) > -1e-9))


def _check_shape(function: CalibrationFunction) -> None:
    size = len(function.coefficients)
    low, high = function.measuring_interval
    if size == 0 or not low < high:
        _refuse("a function needs coefficients and an ascending measuring interval")
    if len(function.covariance) != size or any(len(row) != size for row in function.covariance):
        _refuse(f"the covariance of {size} coefficients must be {size} by {size}")
    nu = function.degrees_of_freedom
    if nu is not None and not nu > 0.0:
        _refuse(f"degrees of freedom are {nu}, and must be > 0")


def _check_finite(function: CalibrationFunction) -> None:
    rows: Sequence[Sequence[float]] = (
        function.coefficients,
        function.knots,
        function.measuring_interval,
        (function.centre,),
        *function.covariance,
    )
    if not all(math.isfinite(number) for row in rows for number in row):
        _refuse("every number of a calibration function must be finite")


def _check_knots(function: CalibrationFunction) -> None:
    if function.form == "polynomial":
        if function.knots:
            _refuse("a polynomial has no knots")
        return
    ascending = all(a < b for a, b in pairwise(function.knots))
    if len(function.knots) != len(function.coefficients) or len(function.knots) < 2:
        _refuse("a piecewise linear function needs one value per knot, and two knots or more")
    if not ascending:
        _refuse("knots must ascend strictly")


def _refuse(what: str) -> None:
    raise CertificateError(
        "function",
        what=what,
        remedy="compare the function with the certificate it was taken from",
    )
