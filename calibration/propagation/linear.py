"""The law of propagation of uncertainty, to first and on demand to second order (GUM 5.1, 5.2)."""

import math
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np

from calibration.formula.errors import FormulaSizeError
from calibration.formula.tree import ZERO, Expression, derivative, worth
from calibration.function import Floats
from calibration.propagation.errors import (
    ModelError,
    SecondOrderError,
    VanishingSensitivityError,
)
from calibration.propagation.quantity import Inputs

VANISHES: Final = 1e-6
"""First order that is less than this share of second order counts as nothing (of variances)."""
BENT: Final = 0.1
"""Second order beyond this share of first order is named as a finding (of variances)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Propagated:
    """What a model and its inputs give.

    Attributes:
        value: Of the model at the estimates; with second order, its expectation.
        standard_uncertainty: Combined.
        sensitivities: Of the inputs, shape (n,).
        contributions: Signed c*u of each input, shape (n,).
        second_order: The variance that second-order terms add; None where not asked for.
        effective_degrees_of_freedom: By Welch and Satterthwaite; None stands for infinite, and
            for inputs whose correlation leaves it undefined.
        findings: "second_order_matters" where first order alone tells too little.
    """

    value: float
    standard_uncertainty: float
    sensitivities: Floats
    contributions: Floats
    second_order: float | None
    effective_degrees_of_freedom: float | None
    findings: tuple[str, ...] = ()


def propagate(model: Expression, inputs: Inputs, *, second_order: bool = False) -> Propagated:
    """The value of a model and its combined standard uncertainty.

    Args:
        model: Of the inputs' names alone.
        inputs: With their correlations.
        second_order: Whether to add the terms of GUM 5.1.2, note, and the shift of the
            expectation; for independent inputs only. They are those of normal inputs.

    Raises:
        ModelError: the model, or a derivative, is not finite at the estimates.
        VanishingSensitivityError: first order sees no change; u = 0 is never stated for that.
        SecondOrderError: second order is asked for and inputs are correlated.
        FormulaSizeError: a derivative is too long.
    """
    value = _at(model, inputs, "f")
    slopes = [derivative(model, each.name) for each in inputs.quantities]
    sensitivities = np.array(
        [
            _at(slope, inputs, f"df/d{each.name}")
            for slope, each in zip(slopes, inputs.quantities, strict=True)
        ]
    )
    contributions = sensitivities * inputs.u
    with np.errstate(all="ignore"):
        variance = float(contributions @ inputs.correlation @ contributions)
    if not math.isfinite(variance):
        raise ModelError("model", found="u^2")
    shift, more = _second(slopes, inputs) if second_order else (0.0, 0.0)
    bent = 0.0 if second_order else _bent(slopes, inputs)
    level = variance <= VANISHES * bent if not second_order else variance + more <= 0.0
    if level and np.any(inputs.u > 0.0):
        raise VanishingSensitivityError("model")
    return Propagated(
        value=value + shift,
        standard_uncertainty=math.sqrt(max(variance, 0.0) + more),
        sensitivities=sensitivities,
        contributions=contributions,
        second_order=more if second_order else None,
        effective_degrees_of_freedom=_effective(contributions, inputs),
        findings=("second_order_matters",) if bent > BENT * variance else (),
    )


def _at(expression: Expression, inputs: Inputs, name: str) -> float:
    with np.errstate(all="ignore"):
        found = float(worth(expression, inputs.estimates))
    if not math.isfinite(found):
        raise ModelError("model", found=name)
    return found


def _bent(slopes: list[Expression], inputs: Inputs) -> float:
    """The variance that the second derivatives alone would add; 0 where they are not known."""
    u2, found = inputs.u**2, 0.0
    try:
        for (i, slope), (j, each) in product(enumerate(slopes), enumerate(inputs.quantities)):
            if u2[i] * u2[j]:
                bent = derivative(slope, each.name)
                found += 0.5 * float(_at(bent, inputs, "d2f") ** 2 * u2[i] * u2[j])
    except (ModelError, FormulaSizeError):
        return 0.0
    return found


def _second(slopes: list[Expression], inputs: Inputs) -> tuple[float, float]:
    """The shift of the expectation, and the variance to be added (GUM 5.1.2, note)."""
    if inputs.correlated:
        raise SecondOrderError("model", found=", ".join(inputs.correlated))
    u2 = inputs.u**2
    names = [each.name for each in inputs.quantities]
    shift, more = 0.0, 0.0
    for (i, slope), (j, name) in product(enumerate(slopes), enumerate(names)):
        bent = derivative(slope, name)
        if bent == ZERO or not u2[i] * u2[j]:
            continue
        here = _at(bent, inputs, f"d2f/d{names[i]}d{name}")
        third = _at(derivative(bent, name), inputs, f"d3f/d{names[i]}d{name}2")
        own = _at(slope, inputs, f"df/d{names[i]}")
        more += float((0.5 * here * here + own * third) * u2[i] * u2[j])
        shift += float(0.5 * here * u2[i]) if i == j else 0.0
    return shift, more


def _effective(contributions: Floats, inputs: Inputs) -> float | None:
    """Of independent inputs (GUM G.4.1)."""
    finite = [
        (float(part) ** 4, each.degrees_of_freedom)
        for part, each in zip(contributions, inputs.quantities, strict=True)
        if each.degrees_of_freedom is not None and part
    ]
    if not finite or inputs.correlated:
        return None
    spread = math.fsum(fourth / nu for fourth, nu in finite)
    return float(np.sum(contributions**2)) ** 2 / spread
