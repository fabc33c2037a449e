"""The forms a calibration function is fitted in: value and derivatives (pure).

A form is told apart by what its parameters do, not by who uses it: ISO 6143 writes the analysis
function x = f(y), ISO/TS 28037 the calibration function y = f(x); here it is always value =
f(argument).
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from calibration.function import Floats, power_basis


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
    """b0 + b1*x + ... in ascending powers of x; degree 0 to 10 (ISO 6143, ISO/TS 28037)."""

    degree: int

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
        """Columns 1, x, x^2, ..."""
        return power_basis(x, self.size)

    def slope(self, x: Floats, parameters: Floats) -> Floats:
        """b1 + 2*b2*x + ..."""
        steps = parameters[1:] * np.arange(1, self.size)
        return np.asarray(power_basis(x, self.degree) @ steps)


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
        return np.asarray(parameters[0] + parameters[1] * _to_the(x, 1.0 + parameters[2]))

    def gradient(self, x: Floats, parameters: Floats) -> Floats:
        """1, x^(1+b2), b1*x^(1+b2)*ln x."""
        power = _to_the(x, 1.0 + parameters[2])
        logarithm = np.log(np.where(x > 0.0, x, 1.0))
        return np.stack((np.ones_like(x), power, parameters[1] * power * logarithm), axis=1)

    def slope(self, x: Floats, parameters: Floats) -> Floats:
        """b1*(1+b2)*x^b2."""
        return np.asarray(parameters[1] * (1.0 + parameters[2]) * _to_the(x, parameters[2]))


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
        return np.asarray(parameters[0] + parameters[1] * np.exp(parameters[2] * x))

    def gradient(self, x: Floats, parameters: Floats) -> Floats:
        """1, exp(b2*x), b1*x*exp(b2*x)."""
        growth = np.exp(parameters[2] * x)
        return np.stack((np.ones_like(x), growth, parameters[1] * x * growth), axis=1)

    def slope(self, x: Floats, parameters: Floats) -> Floats:
        """b1*b2*exp(b2*x)."""
        return np.asarray(parameters[1] * parameters[2] * np.exp(parameters[2] * x))


def _to_the(x: Floats, exponent: float) -> Floats:
    with np.errstate(divide="ignore"):
        return np.asarray(np.power(x, exponent))
