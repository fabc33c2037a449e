"""The forms of a calibration function: value and derivatives at arguments and parameters (pure).

A form is told apart by what its parameters do, not by who uses it: ISO 6143 writes the analysis
function x = f(y), ISO/TS 28037 the calibration function y = f(x); here it is always value =
f(argument).
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


class Form(Protocol):
    """A family of functions with p parameters.

    Attributes:
        name: As a certificate or a command names it.
        size: p.
    """

    @property
    def name(self) -> str:
        """As a certificate or a command names it."""

    @property
    def size(self) -> int:
        """Number of parameters, p."""

    def value(self, x: Floats, parameters: Floats) -> Floats:
        """F at n arguments, shape (n,)."""

    def gradient(self, x: Floats, parameters: Floats) -> Floats:
        """Derivatives of f by each parameter, shape (n, p)."""

    def slope(self, x: Floats, parameters: Floats) -> Floats:
        """df/dx at n arguments, shape (n,)."""


@dataclass(frozen=True, slots=True)
class Polynomial:
    """b0 + b1*(x - centre) + ... in ascending powers (ISO 6143, ISO/TS 28037)."""

    degree: int
    centre: float = 0.0

    @property
    def name(self) -> str:
        """As a certificate names it."""
        return "polynomial"

    @property
    def size(self) -> int:
        """Number of coefficients."""
        return self.degree + 1

    def value(self, x: Floats, parameters: Floats) -> Floats:
        """Horner would be as good; the powers are needed for the gradient anyway."""
        return np.asarray(self.gradient(x, parameters) @ parameters)

    def gradient(self, x: Floats, parameters: Floats) -> Floats:  # noqa: ARG002 - it is linear
        """Columns 1, x - centre, (x - centre)^2, ..."""
        return power_basis(x - self.centre, self.size)

    def slope(self, x: Floats, parameters: Floats) -> Floats:
        """b1 + 2*b2*(x - centre) + ..."""
        steps = parameters[1:] * np.arange(1, self.size)
        return np.asarray(power_basis(x - self.centre, self.degree) @ steps)


@dataclass(frozen=True, slots=True)
class PiecewiseLinear:
    """Straight lines between values at knots; beyond the ends the end value holds.

    Args:
        knots: strictly ascending, two or more.
    """

    knots: tuple[float, ...]

    @property
    def name(self) -> str:
        """As a certificate names it."""
        return "piecewise_linear"

    @property
    def size(self) -> int:
        """Number of knots."""
        return len(self.knots)

    def value(self, x: Floats, parameters: Floats) -> Floats:
        """Interpolated."""
        return np.asarray(self.gradient(x, parameters) @ parameters)

    def gradient(self, x: Floats, parameters: Floats) -> Floats:  # noqa: ARG002 - it is linear
        """Weights of the knots' values."""
        piece, weights, at = self._pieces(x), np.zeros((len(x), self.size)), np.arange(len(x))
        weights[at, piece.left] = 1.0 - piece.share
        weights[at, piece.left + 1] = piece.share
        return weights

    def slope(self, x: Floats, parameters: Floats) -> Floats:
        """Of the piece right of its left knot; 0 beyond the ends."""
        piece = self._pieces(x)
        slopes = np.diff(parameters) / np.diff(np.array(self.knots))
        return np.where(piece.is_within, slopes[piece.left], 0.0)

    def _pieces(self, x: Floats) -> "Pieces":
        return pieces(x, np.array(self.knots)[None, :])


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """Where arguments lie among knots.

    Attributes:
        left: the knot below, shape (n,); the last but one at most.
        share: how far on the way to the next knot, 0 to 1, shape (n,).
        is_within: whether the knots enclose the argument, shape (n,).
    """

    left: npt.NDArray[np.int64]
    share: Floats
    is_within: npt.NDArray[np.bool_]


def pieces(x: Floats, knots: Floats) -> Pieces:
    """Where arguments lie among knots.

    Args:
        x: shape (n,).
        knots: of each argument, shape (n, p), or (1, p) for all; ascending, two at least; a row
            may be padded with +inf.
    """
    count = np.isfinite(knots).sum(axis=1)
    left = np.clip((x[:, None] >= knots).sum(axis=1) - 1, 0, count - 2)
    lines = np.arange(len(x)) if len(knots) > 1 else np.zeros(len(x), dtype=np.int64)
    low, high = knots[lines, left], knots[lines, left + 1]
    return Pieces(
        left=left,
        share=np.clip((x - low) / (high - low), 0.0, 1.0),
        is_within=(x >= knots[:, 0]) & (x <= knots[lines, count - 1]),
    )


def power_basis(x: Floats, terms: int) -> Floats:
    """Columns 1, x, x^2, ..., shape (n, terms)."""
    columns = np.ones((len(x), terms))
    for k in range(1, terms):
        columns[:, k] = columns[:, k - 1] * x
    return columns
