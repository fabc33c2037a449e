"""Input quantities of a measurement model, as they are known (pure)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec
import numpy as np

from calibration.function import Floats
from calibration.propagation.errors import CorrelationError, QuantityError, QuantityNameError

LARGEST = 1e100
"""Of estimates and uncertainties: their squares are still numbers."""


class Knowledge(StrEnum):
    """The distribution that describes what is known of an input (JCGM 101:2008, 6.4)."""

    NORMAL = "normal"
    RECTANGULAR = "rectangular"
    TRIANGULAR = "triangular"
    TRAPEZOIDAL = "trapezoidal"
    ARCSINE = "arcsine"
    STUDENT = "t"
    CONSTANT = "constant"


class Quantity(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An input quantity.

    Args:
        name: as the formula has it.
        estimate: in its unit.
        standard_uncertainty: 0 to 1e100; 0 for a constant. Of a t distribution too it is the
            standard uncertainty, not the scale.
        distribution: what it was evaluated from.
        degrees_of_freedom: > 0, of the standard uncertainty; None stands for infinite. A t
            distribution needs more than 2.
        top_share: of a trapezoid, its top over its base, 0 to 1.
        unit: for people to read.
        evaluation: where it comes from, for people to read.
    """

    name: str
    estimate: float
    standard_uncertainty: float = 0.0
    distribution: Knowledge = Knowledge.NORMAL
    degrees_of_freedom: float | None = None
    top_share: float = 0.5
    unit: str = ""
    evaluation: str = ""

    def __post_init__(self) -> None:
        sound = abs(self.estimate) <= LARGEST
        self._require("estimate", self.estimate, f"|v| <= {LARGEST:g}", ok=sound)
        u, nu, top = self.standard_uncertainty, self.degrees_of_freedom, self.top_share
        self._require("standard_uncertainty", u, f"0 <= u <= {LARGEST:g}", ok=0.0 <= u <= LARGEST)
        self._require("degrees_of_freedom", nu, "> 0", ok=nu is None or nu > 0.0)
        self._require("top_share", top, "0 <= v <= 1", ok=0.0 <= top <= 1.0)
        if self.distribution == Knowledge.STUDENT:
            self._require("degrees_of_freedom", nu, "> 2", ok=nu is not None and nu > 2.0)

    def _require(self, name: str, value: object, limit: str, *, ok: bool) -> None:
        if not ok:
            raise QuantityError(self.name, name=name, value=value, limit=limit)

    @property
    def half_width(self) -> float:
        """Of a bounded distribution; infinite of the others."""
        top = self.top_share
        factors = {
            Knowledge.RECTANGULAR: math.sqrt(3.0),
            Knowledge.TRIANGULAR: math.sqrt(6.0),
            Knowledge.TRAPEZOIDAL: math.sqrt(6.0 / (1.0 + top * top)),
            Knowledge.ARCSINE: math.sqrt(2.0),
            Knowledge.CONSTANT: 0.0,
        }
        factor = factors.get(self.distribution)
        return math.inf if factor is None else self.standard_uncertainty * factor


@dataclass(frozen=True, slots=True)
class Inputs:
    """The inputs of a model; made by `inputs_of`.

    Attributes:
        quantities: n of them.
        correlation: Shape (n, n).
    """

    quantities: tuple[Quantity, ...]
    correlation: Floats

    @property
    def estimates(self) -> dict[str, Floats]:
        """By name."""
        return {each.name: np.asarray(each.estimate) for each in self.quantities}

    @property
    def u(self) -> Floats:
        """Standard uncertainties, shape (n,)."""
        return np.array([each.standard_uncertainty for each in self.quantities])

    @property
    def correlated(self) -> tuple[str, ...]:
        """The names of the quantities that are correlated with another one."""
        others = self.correlation - np.eye(len(self.quantities))
        return tuple(
            each.name for each, row in zip(self.quantities, others, strict=True) if np.any(row)
        )


def inputs_of(
    quantities: Sequence[Quantity], correlations: Sequence[tuple[str, str, float]] = ()
) -> Inputs:
    """The inputs of a model.

    Args:
        quantities: With names of their own.
        correlations: Pairs of names and their correlation coefficient, -1 to 1.

    Raises:
        QuantityNameError: a name stands twice, or a correlation names no quantity.
        CorrelationError: the coefficients fit no distribution.
    """
    names = [each.name for each in quantities]
    for name in names:
        if names.count(name) > 1:
            raise QuantityNameError("quantities", found=name, limit=f"{names.count(name)} > 1")
    matrix = np.eye(len(names))
    for first, second, coefficient in correlations:
        for name in (first, second):
            if name not in names:
                raise QuantityNameError("correlations", found=name, limit="0 < 1")
        if first == second or not -1.0 <= coefficient <= 1.0:
            found = f"r({first}, {second}) = {coefficient}"
            raise CorrelationError("correlations", found=found, limit="-1 <= r(a, b) <= 1, a != b")
        row, column = names.index(first), names.index(second)
        matrix[row, column] = matrix[column, row] = coefficient
    least = float(np.min(np.linalg.eigvalsh(matrix))) if names else 1.0
    if least < -1e-12:
        found = f"min eig(R) = {least:.3g}"
        raise CorrelationError("correlations", found=found, limit="min eig(R) >= 0")
    return Inputs(quantities=tuple(quantities), correlation=matrix)
