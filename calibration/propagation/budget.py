"""An uncertainty budget: what each input contributes, and the result with its coverage (pure)."""

import math
from typing import Final

import msgspec
import numpy as np

from calibration.coverage import ExpandedUncertainty, expand
from calibration.distribution import Distribution
from calibration.formula.grammar import parse_formula
from calibration.formula.tree import Expression
from calibration.propagation.linear import Propagated, propagate
from calibration.propagation.montecarlo import DIGITS, Sampled, tolerance
from calibration.propagation.quantity import Inputs, Knowledge, Quantity, inputs_of
from calibration.uncertainty import Influence, UncertaintyComponent, name_of

_OWN: Final = {
    Knowledge.RECTANGULAR: Distribution.RECTANGULAR,
    Knowledge.TRIANGULAR: Distribution.TRIANGULAR,
    Knowledge.ARCSINE: Distribution.ARCSINE,
}


class Correlation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A correlation coefficient of two inputs."""

    between: tuple[str, str]
    coefficient: float


class BudgetSheet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a budget file says.

    Args:
        schema: 1.
        result: name of the output quantity.
        formula: of the quantities' names; see `formula.grammar`.
        model: the named one that the formula is of; "" for one's own.
        quantities: the inputs.
        correlations: of inputs that are not independent.
        unit: of the result, for people to read.
        coverage_probability: between 0 and 1.
        second_order: whether second-order terms are added.
        seed: of Monte Carlo.
    """

    schema: int
    result: str
    formula: str
    quantities: tuple[Quantity, ...]
    correlations: tuple[Correlation, ...] = ()
    model: str = ""
    unit: str = ""
    coverage_probability: float = 0.95
    second_order: bool = False
    seed: int = 1


class BudgetRow(msgspec.Struct, frozen=True, kw_only=True):
    """One input's line.

    Args:
        quantity, estimate, standard_uncertainty, distribution, unit: as the file has them.
        sensitivity: of the result to it.
        contribution: signed, sensitivity times standard uncertainty.
        degrees_of_freedom: None stands for infinite.
        share: of the result's variance; shares of correlated inputs do not add up to 1.
    """

    quantity: str
    estimate: float
    unit: str
    standard_uncertainty: float
    distribution: str
    sensitivity: float
    contribution: float
    degrees_of_freedom: float | None
    share: float


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """A result with its uncertainty and where that comes from.

    Args:
        result, unit: as the file has them.
        value: of the model; with second-order terms its expectation.
        expanded: standard and expanded uncertainty, k, and what k follows from.
        rows: of the inputs, in the file's order.
        second_order: what second-order terms add to the variance; None where not asked for.
        findings: "second_order_matters" where first order alone tells too little.
    """

    result: str
    unit: str
    value: float
    expanded: ExpandedUncertainty
    rows: tuple[BudgetRow, ...]
    second_order: float | None
    findings: tuple[str, ...]


def model_of(sheet: BudgetSheet) -> tuple[Expression, Inputs]:
    """The model and the inputs that a sheet states.

    Raises:
        FormulaError: the formula is none.
        PropagationError: a quantity or a correlation is none.
    """
    pairs = [(*each.between, each.coefficient) for each in sheet.correlations]
    model = parse_formula(sheet.formula, [each.name for each in sheet.quantities])
    return model, inputs_of(sheet.quantities, pairs)


def budget(sheet: BudgetSheet) -> Budget:
    """The budget of a sheet.

    Raises:
        FormulaError, PropagationError: as `model_of` and `propagate`.
    """
    model, inputs = model_of(sheet)
    found = propagate(model, inputs, second_order=sheet.second_order)
    variance = found.standard_uncertainty**2
    return Budget(
        result=sheet.result,
        unit=sheet.unit,
        value=found.value,
        expanded=expand(_components(found, inputs), sheet.coverage_probability),
        rows=tuple(
            _row(each, float(c), float(part), variance)
            for each, c, part in zip(
                inputs.quantities, found.sensitivities, found.contributions, strict=True
            )
        ),
        second_order=found.second_order,
        findings=found.findings,
    )


def first_order_holds(told: Budget, sampled: Sampled) -> bool:
    """Whether both ends of the interval agree with Monte Carlo's (JCGM 101:2008, 8.1)."""
    half, allowed = (
        told.expanded.expanded_uncertainty,
        tolerance(sampled.standard_uncertainty, DIGITS),
    )
    low, high = sampled.symmetric
    return abs(told.value - half - low) <= allowed and abs(told.value + half - high) <= allowed


def _row(quantity: Quantity, sensitivity: float, part: float, variance: float) -> BudgetRow:
    return BudgetRow(
        quantity=quantity.name,
        estimate=quantity.estimate,
        unit=quantity.unit,
        standard_uncertainty=quantity.standard_uncertainty,
        distribution=quantity.distribution.value,
        sensitivity=sensitivity,
        contribution=part,
        degrees_of_freedom=quantity.degrees_of_freedom,
        share=part * part / variance if variance else 0.0,
    )


def _components(found: Propagated, inputs: Inputs) -> list[UncertaintyComponent]:
    """What the coverage factor follows from; correlated inputs are one normal component."""
    together = inputs.correlated
    made: list[UncertaintyComponent] = []
    for each, part in zip(inputs.quantities, found.contributions.tolist(), strict=True):
        if each.name not in together and part:
            made += _of_one(each, part)
    places = [k for k, each in enumerate(inputs.quantities) if each.name in together]
    joint = found.contributions[places]
    variance = float(joint @ inputs.correlation[np.ix_(places, places)] @ joint)
    made += [_component("correlated inputs", math.sqrt(max(variance, 0.0)))] if places else []
    second = found.second_order
    return made if not second else [*made, _component("second order", math.sqrt(second))]


def _of_one(quantity: Quantity, part: float) -> list[UncertaintyComponent]:
    nu, name = quantity.degrees_of_freedom, quantity.name
    if quantity.distribution != Knowledge.TRAPEZOIDAL:
        own = _OWN.get(quantity.distribution, Distribution.NORMAL)
        return [_component(name, part, own, nu)]
    top = quantity.top_share  # a trapezoid is the sum of two rectangles
    widths = [(1.0 + top) / 2.0, (1.0 - top) / 2.0]
    whole = math.hypot(*widths)
    return [
        _component(f"{name}.{k}", part * width / whole, Distribution.RECTANGULAR, nu)
        for k, width in enumerate(widths)
        if width
    ]


def _component(
    name: str,
    part: float,
    distribution: Distribution = Distribution.NORMAL,
    degrees_of_freedom: float | None = None,
) -> UncertaintyComponent:
    influence = Influence(
        id=f"factor:{name_of(name)}",
        distribution=distribution,
        degrees_of_freedom=degrees_of_freedom,
    )
    return UncertaintyComponent(influence=influence, contribution=part)
