"""A model's inputs as distributions, for the Monte Carlo check on first order (JCGM 101)."""

import math
from collections.abc import Mapping
from itertools import combinations

from calibration.distribution import Distribution
from calibration.formula.grammar import parse_formula
from calibration.formula.tree import Expression
from calibration.model.admit import admit
from calibration.model.catalogue import ConstantSet, MeasurementModel
from calibration.model.errors import ModelFormError
from calibration.model.load import constants_named
from calibration.model.stated import Stated
from calibration.propagation.quantity import Inputs, Knowledge, Quantity, inputs_of
from calibration.uncertainty import merge


def distributions(
    model: MeasurementModel, inputs: Mapping[str, Stated], constants: ConstantSet | None = None
) -> tuple[Expression, Inputs]:
    """The formula and its inputs as `propagation.montecarlo.sample` takes them.

    Inputs that share influences are correlated normal quantities; one of a single influence has
    that one's distribution; constants are constant.

    Raises:
        ModelFormError: the model is no formula.
        MeasurementModelError, UnitMismatchError: as `evaluate`.
    """
    if model.form != "formula":
        raise ModelFormError("model", found=model.id, limit="formula")
    chosen = constants or constants_named(model.constants)
    taken = admit(model, inputs)
    pairs = _correlations(taken)
    joined = {name for first, second, _ in pairs for name in (first, second)}
    quantities = [_quantity(n, each, alone=n not in joined) for n, each in taken.items()]
    quantities += [
        Quantity(name=each.name, estimate=each.value, distribution=Knowledge.CONSTANT)
        for each in chosen.used(model.constant_names)
    ]
    expression = parse_formula(model.formula, [each.name for each in quantities])
    return expression, inputs_of(quantities, pairs)


def _quantity(name: str, stated: Stated, *, alone: bool) -> Quantity:
    parts = merge(stated.components)
    own = parts[0].influence.distribution if alone and len(parts) == 1 else Distribution.NORMAL
    return Quantity(
        name=name,
        estimate=stated.value,
        standard_uncertainty=stated.standard_uncertainty,
        distribution=Knowledge(own.value),
        unit=stated.unit,
    )


def _correlations(taken: Mapping[str, Stated]) -> list[tuple[str, str, float]]:
    """Of the inputs that share influences (GUM F.1.2.3)."""
    found = []
    for first, second in combinations(taken, 2):
        shared = math.fsum(
            one.contribution * other.contribution
            for one in merge(taken[first].components)
            for other in merge(taken[second].components)
            if one.influence.shared and one.influence.id == other.influence.id
        )
        if shared:
            u = taken[first].standard_uncertainty * taken[second].standard_uncertainty
            found.append((first, second, max(-1.0, min(1.0, shared / u))))
    return found
