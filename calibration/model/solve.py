"""The value of a model and its sensitivities, by symbolic derivatives (pure)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations_with_replacement
from typing import Final

from calibration.formula.grammar import parse_formula
from calibration.formula.scalar import Scalar, scalar
from calibration.formula.tree import ZERO, derivative
from calibration.model.errors import ModelValueError

BENT: Final = 0.1
"""Second-order terms beyond this share of first order are named as a finding (of variances)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """A model at its inputs.

    Attributes:
        value: Of the result.
        sensitivities: To each input, by name.
        findings: What a reader should know.
    """

    value: float
    sensitivities: Mapping[str, float]
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Prepared:
    value: Scalar
    slopes: tuple[Scalar, ...]
    bends: tuple[tuple[int, int, Scalar], ...]


def solve(
    formula: str,
    inputs: Sequence[str],
    values: Mapping[str, float],
    u: Mapping[str, float],
) -> Solved:
    """A formula at the estimates of its names.

    Args:
        formula: Of inputs and constants.
        inputs: The names that sensitivities are wanted for.
        values: Of inputs and constants.
        u: Standard uncertainties of the inputs; tell whether first order is enough.

    Raises:
        ModelValueError: the formula or a derivative is not finite there.
        FormulaError: the formula is none.
    """
    prepared = _prepare(formula, tuple(inputs), tuple(sorted(values)))
    value = _at(prepared.value, values, "f")
    slopes = [
        _at(slope, values, f"df/d{name}")
        for slope, name in zip(prepared.slopes, inputs, strict=True)
    ]
    return Solved(
        value=value,
        sensitivities=dict(zip(inputs, slopes, strict=True)),
        findings=_findings(prepared, slopes, [u[name] for name in inputs], values),
    )


@lru_cache(maxsize=256)
def _prepare(formula: str, inputs: tuple[str, ...], names: tuple[str, ...]) -> _Prepared:
    expression = parse_formula(formula, names)
    slopes = [derivative(expression, name) for name in inputs]
    pairs = combinations_with_replacement(range(len(inputs)), 2)
    bends = ((i, j, derivative(slopes[i], inputs[j])) for i, j in pairs)
    return _Prepared(
        scalar(expression),
        tuple(scalar(each) for each in slopes),
        tuple((i, j, scalar(bend)) for i, j, bend in bends if bend != ZERO),
    )


def _at(function: Scalar, values: Mapping[str, float], name: str) -> float:
    found = function(values)
    if not math.isfinite(found):
        raise ModelValueError("model", found=name)
    return found


def _findings(
    prepared: _Prepared,
    slopes: Sequence[float],
    u: Sequence[float],
    values: Mapping[str, float],
) -> tuple[str, ...]:
    """Whether second-order terms matter (GUM 5.1.2, note)."""
    first = math.fsum((slope * each) ** 2 for slope, each in zip(slopes, u, strict=True))
    second = 0.0
    for i, j, bend in prepared.bends:
        if u[i] and u[j]:
            times = 0.5 if i == j else 1.0
            second += times * (_at(bend, values, "d2f") * u[i] * u[j]) ** 2
    return ("second_order_matters",) if second > BENT * first else ()
