"""Forms whose derivatives depend on their parameters: powers and exponentials (pure)."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from calibration.form import Floats, Form


class Curve(Form, Protocol):
    """A form whose derivatives depend on its parameters; each argument may have its own.

    Parameters are then of shape (n, p) instead of (p,).
    """

    def slope_gradient(self, x: Floats, parameters: Floats) -> Floats:
        """Derivatives of df/dx by each parameter, shape (n, p)."""


@dataclass(frozen=True, slots=True)
class Power:
    """b0 + b1*x^(1 + b2) for x >= 0 (ISO 6143:2001, annex A)."""

    @property
    def name(self) -> str:
        """As a certificate names it."""
        return "power"

    @property
    def size(self) -> int:
        """Three parameters."""
        return 3

    def value(self, x: Floats, parameters: Floats) -> Floats:
        """F at arguments >= 0."""
        b0, b1, b2 = parameters.T
        return np.asarray(b0 + b1 * _to_the(x, 1.0 + b2))

    def gradient(self, x: Floats, parameters: Floats) -> Floats:
        """1, x^(1+b2), b1*x^(1+b2)*ln x."""
        _, b1, b2 = parameters.T
        power = _to_the(x, 1.0 + b2)
        return np.stack((np.ones_like(x), power, b1 * power * _logarithm(x)), axis=1)

    def slope(self, x: Floats, parameters: Floats) -> Floats:
        """b1*(1+b2)*x^b2."""
        _, b1, b2 = parameters.T
        return np.asarray(b1 * (1.0 + b2) * _to_the(x, b2))

    def slope_gradient(self, x: Floats, parameters: Floats) -> Floats:
        """0, (1+b2)*x^b2, b1*x^b2*(1 + (1+b2)*ln x)."""
        _, b1, b2 = parameters.T
        power = _to_the(x, b2)
        by_b2 = b1 * power * (1.0 + (1.0 + b2) * _logarithm(x))
        return np.stack((np.zeros_like(x), (1.0 + b2) * power, by_b2), axis=1)


@dataclass(frozen=True, slots=True)
class Exponential:
    """b0 + b1*exp(b2*x) (ISO 6143:2001, annex A)."""

    @property
    def name(self) -> str:
        """As a certificate names it."""
        return "exponential"

    @property
    def size(self) -> int:
        """Three parameters."""
        return 3

    def value(self, x: Floats, parameters: Floats) -> Floats:
        """F at any arguments."""
        b0, b1, b2 = parameters.T
        return np.asarray(b0 + b1 * np.exp(b2 * x))

    def gradient(self, x: Floats, parameters: Floats) -> Floats:
        """1, exp(b2*x), b1*x*exp(b2*x)."""
        _, b1, b2 = parameters.T
        growth = np.exp(b2 * x)
        return np.stack((np.ones_like(x), growth, b1 * x * growth), axis=1)

    def slope(self, x: Floats, parameters: Floats) -> Floats:
        """b1*b2*exp(b2*x)."""
        _, b1, b2 = parameters.T
        return np.asarray(b1 * b2 * np.exp(b2 * x))

    def slope_gradient(self, x: Floats, parameters: Floats) -> Floats:
        """0, b2*exp(b2*x), b1*exp(b2*x)*(1 + b2*x)."""
        _, b1, b2 = parameters.T
        growth = np.exp(b2 * x)
        by_b2 = b1 * growth * (1.0 + b2 * x)
        return np.stack((np.zeros_like(x), b2 * growth, by_b2), axis=1)


@dataclass(frozen=True, slots=True)
class Carried:
    """A curve within an interval, and its tangents at the ends beyond it.

    Out there a power of a negative number or an exponential of a large one is no number; the
    tangent is, and its uncertainty is that of the end's value and slope.

    Args:
        curve: a power or an exponential.
        low, high: of the interval; numbers, or of each argument, shape (n,).
    """

    curve: Curve
    low: float | Floats
    high: float | Floats

    @property
    def name(self) -> str:
        """As a certificate names it."""
        return self.curve.name

    @property
    def size(self) -> int:
        """Number of parameters."""
        return self.curve.size

    def value(self, x: Floats, parameters: Floats) -> Floats:
        """F at any arguments."""
        near = np.clip(x, self.low, self.high)
        beyond = (x - near) * self.curve.slope(near, parameters)
        return np.asarray(self.curve.value(near, parameters) + beyond)

    def gradient(self, x: Floats, parameters: Floats) -> Floats:
        """The end's, and the distance times that of the end's slope."""
        near = np.clip(x, self.low, self.high)
        beyond = (x - near)[:, None] * self.curve.slope_gradient(near, parameters)
        return np.asarray(self.curve.gradient(near, parameters) + beyond)

    def slope(self, x: Floats, parameters: Floats) -> Floats:
        """That of the end, beyond it."""
        return self.curve.slope(np.clip(x, self.low, self.high), parameters)


def _to_the(x: Floats, exponent: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.power(x, exponent))


def _logarithm(x: Floats) -> Floats:
    """Ln x; 0 at 0, where the power that it multiplies is 0."""
    return np.log(np.where(x > 0.0, x, 1.0))
