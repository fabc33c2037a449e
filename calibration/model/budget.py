"""The budget of a model at stated inputs: which input, and which influence, brings what (pure)."""

from collections.abc import Mapping, Sequence

import msgspec

from calibration.coverage import ExpandedUncertainty, expand
from calibration.model.admit import admit
from calibration.model.catalogue import ConstantSet, MeasurementModel
from calibration.model.evaluate import evaluate, evaluate_each, solved_at
from calibration.model.load import constants_named
from calibration.model.stated import Modelled, Stated


class InputRow(msgspec.Struct, frozen=True, kw_only=True):
    """One input's line.

    Args:
        quantity, estimate, unit, standard_uncertainty: as the model takes it. Of an input that
            states no uncertainty it is None, and so is what follows from it: unknown is not 0.
        sensitivity: of the result to it.
        contribution: sensitivity times standard uncertainty, signed.
        share: of the result's variance; of inputs that share influences shares do not add up to 1.
    """

    quantity: str
    estimate: float
    unit: str
    standard_uncertainty: float | None
    sensitivity: float
    contribution: float | None
    share: float | None


class InfluenceRow(msgspec.Struct, frozen=True, kw_only=True):
    """One influence's line: its signed contribution to the result, its share of the variance."""

    influence: str
    contribution: float
    share: float


class ModelBudget(msgspec.Struct, frozen=True, kw_only=True):
    """A model's result with its uncertainty and where that comes from.

    Args:
        result: of the model.
        expanded: standard and expanded uncertainty, k, and what k follows from.
        rows: of the inputs, in order; none of a sum.
        influences: of the result, the largest first; their shares add up to 1.
    """

    result: Modelled
    expanded: ExpandedUncertainty
    rows: tuple[InputRow, ...]
    influences: tuple[InfluenceRow, ...]


def budget(
    model: MeasurementModel,
    rows: Sequence[Mapping[str, Stated]],
    constants: ConstantSet | None = None,
    *,
    probability: float = 0.95,
) -> ModelBudget:
    """The budget of a model.

    Args:
        model: Of any form.
        rows: Its inputs; several only of a sum or a sample.
        constants: In place of the model's own.
        probability: Of coverage, between 0 and 1.

    Raises:
        MeasurementModelError, UnitMismatchError: as `evaluate` and `evaluate_each`.
    """
    alone = model.form in ("formula", "code") and len(rows) == 1
    found = evaluate(model, rows[0], constants) if alone else evaluate_each(model, rows, constants)
    expanded = expand(found.components, probability)
    return ModelBudget(
        result=found,
        expanded=expanded,
        rows=_rows(model, rows[0], constants, expanded) if alone else (),
        influences=_influences(found, expanded),
    )


def _rows(
    model: MeasurementModel,
    inputs: Mapping[str, Stated],
    constants: ConstantSet | None,
    expanded: ExpandedUncertainty,
) -> tuple[InputRow, ...]:
    taken = admit(model, inputs)
    solved = solved_at(model, taken, constants or constants_named(model.constants))
    variance = expanded.standard_uncertainty**2
    return tuple(
        _row(name, each, solved.sensitivities[name], variance) for name, each in taken.items()
    )


def _row(name: str, stated: Stated, sensitivity: float, variance: float) -> InputRow:
    u = stated.standard_uncertainty if stated.components else None
    part = None if u is None else sensitivity * u
    return InputRow(
        quantity=name,
        estimate=stated.value,
        unit=stated.unit,
        standard_uncertainty=u,
        sensitivity=sensitivity,
        contribution=part,
        share=part if part is None else part * part / (variance or 1.0),
    )


def _influences(found: Modelled, expanded: ExpandedUncertainty) -> tuple[InfluenceRow, ...]:
    variance = expanded.standard_uncertainty**2
    rows = [
        InfluenceRow(
            influence=each.influence.id,
            contribution=each.contribution,
            share=each.contribution**2 / variance if variance else 0.0,
        )
        for each in found.components
    ]
    return tuple(sorted(rows, key=lambda row: (-row.share, row.influence)))
