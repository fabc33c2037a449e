"""Linear least squares to the last digit: QR, then refinement with exactly summed residuals (pure).

numpy's own `lstsq` loses half of the digits where columns are nearly dependent and residuals are
large (NIST StRD Longley, Wampler 5); refining the augmented system with residuals that are
rounded once gives them back (A. Björck, Iterative refinement of linear least squares solutions,
BIT 7 (1967) 257).
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy

from calibration.function import Floats

ROUNDS: Final = 6
_SPLIT: Final = 2.0**27 + 1.0


@dataclass(frozen=True, slots=True)
class Solution:
    """Of min |y - A c|.

    Attributes:
        coefficients: c, shape (p,).
        residuals: y - A c, shape (n,), each rounded once.
        inverse: (A^T A)^-1, shape (p, p).
        condition: 2-norm condition number of A with columns of unit length.
    """

    coefficients: Floats
    residuals: Floats
    inverse: Floats
    condition: float


def solve(design: Floats, values: Floats) -> Solution:
    """The least squares solution, for a design of full column rank.

    Args:
        design: A, shape (n, p), n >= p; finite.
        values: y, shape (n,); finite.

    Raises:
        numpy.linalg.LinAlgError: columns are dependent within rounding.
    """
    lengths = np.sqrt(np.sum(design**2, axis=0))
    if not np.all(lengths > 0.0):
        raise np.linalg.LinAlgError("a column is zero")
    scale = 2.0 ** np.round(np.log2(lengths))  # powers of 2 change no digit
    scaled = design / scale
    q, r = np.linalg.qr(scaled)
    condition = float(np.linalg.cond(r))
    if not condition < 1.0 / np.finfo(np.float64).eps:
        raise np.linalg.LinAlgError("columns are dependent")
    found, residuals = _refined(scaled, values, q, r)
    root = scipy.linalg.solve_triangular(r, np.eye(len(r)))
    return Solution(
        coefficients=found / scale,
        residuals=residuals,
        inverse=(root @ root.T) / scale[:, None] / scale,
        condition=condition,
    )


def _refined(design: Floats, values: Floats, q: Floats, r: Floats) -> tuple[Floats, Floats]:
    """Coefficients and residuals, refined until they stand."""
    coefficients = scipy.linalg.solve_triangular(r, q.T @ values)
    residuals = _less(values, design, coefficients)
    for _ in range(ROUNDS):
        short = _less(values - residuals, design, coefficients)
        slant = -_product(design.T, residuals)
        along = scipy.linalg.solve_triangular(r, slant, trans="T")
        step = scipy.linalg.solve_triangular(r, q.T @ short - along)
        residuals = residuals + short - q @ (q.T @ short) + q @ along
        coefficients = coefficients + step
        if np.all(np.abs(step) <= 1e-17 * np.abs(coefficients)):
            break
    return coefficients, _less(values, design, coefficients)


def _less(values: Floats, design: Floats, coefficients: Floats) -> Floats:
    """`values` - design @ coefficients, each rounded once."""
    high, low = _products(design, coefficients)
    return np.array(
        [
            math.fsum((value, *(-each for each in row), *(-each for each in rest)))
            for value, row, rest in zip(values.tolist(), high.tolist(), low.tolist(), strict=True)
        ]
    )


def _product(matrix: Floats, vector: Floats) -> Floats:
    """Matrix @ vector, each rounded once."""
    high, low = _products(matrix, vector)
    return np.array(
        [math.fsum((*row, *rest)) for row, rest in zip(high.tolist(), low.tolist(), strict=True)]
    )


def _products(matrix: Floats, vector: Floats) -> tuple[Floats, Floats]:
    """All products of `matrix` * `vector`, and what each of them was rounded by (Dekker 1971)."""
    product = matrix * vector
    left, rest = _halves(matrix)
    right, tail = _halves(vector)
    return product, ((left * right - product) + left * tail + rest * right) + rest * tail


def _halves(numbers: Floats) -> tuple[Floats, Floats]:
    spread = numbers * _SPLIT
    high = spread - (spread - numbers)
    return high, numbers - high
