"""The value of a model and its sensitivities, by symbolic derivatives (pure)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Final

import numpy as np

from calibration.formula.grammar import parse_formula
from calibration.formula.tree import ZERO, Expression, derivative, worth
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
    expression: Expression
    slopes: tuple[Expression, ...]
    bends: tuple[tuple[Expression, ...], ...]


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
    arrays = {name: np.asarray(value) for name, value in values.items()}
    slopes = [
        _at(slope, arrays, f"df/d{name}")
        for slope, name in zip(prepared.slopes, inputs, strict=True)
    ]
    return Solved(
        value=_at(prepared.expression, arrays, "f"),
        sensitivities=dict(zip(inputs, slopes, strict=True)),
        findings=_findings(prepared, slopes, [u[name] for name in inputs], arrays),
    )


@lru_cache(maxsize=256)
def _prepare(formula: str, inputs: tuple[str, ...], names: tuple[str, ...]) -> _Prepared:
    expression = parse_formula(formula, names)
    slopes = tuple(derivative(expression, name) for name in inputs)
    bends = tuple(tuple(derivative(slope, name) for name in inputs) for slope in slopes)
    return _Prepared(expression, slopes, bends)


def _at(expression: Expression, values: Mapping[str, np.ndarray], name: str) -> float:
    with np.errstate(all="ignore"):
        found = float(worth(expression, values))
    if not math.isfinite(found):
        raise ModelValueError("model", found=name)
    return found


def _findings(
    prepared: _Prepared,
    slopes: Sequence[float],
    u: Sequence[float],
    values: Mapping[str, np.ndarray],
) -> tuple[str, ...]:
    """Whether second-order terms matter (GUM 5.1.2, note)."""
    first = math.fsum((slope * each) ** 2 for slope, each in zip(slopes, u, strict=True))
    second = 0.0
    for i, j in product(range(len(u)), repeat=2):
        bend = prepared.bends[i][j]
        if u[i] and u[j] and bend != ZERO:
            second += 0.5 * (_at(bend, values, "d2f") * u[i] * u[j]) ** 2
    return ("second_order_matters",) if second > BENT * first else ()
