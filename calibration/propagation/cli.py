"""The command `carbonmeter calibration budget`."""

import argparse
import sys
from typing import Any, Final

import msgspec
import numpy as np

from calibration.model.load import models
from calibration.printing import print_fields, print_json, print_table
from calibration.propagation.budget import Budget, BudgetSheet, budget, first_order_holds, model_of
from calibration.propagation.errors import TrialsError, VanishingSensitivityError
from calibration.propagation.load import read_sheet
from calibration.propagation.montecarlo import MOST_TRIALS, Sampled, sample

OK, FINDING, USAGE = 0, 1, 2
LEAST_TRIALS: Final = 10_000
COLUMNS: Final = (
    "quantity",
    "estimate",
    "u",
    "distribution",
    "sensitivity",
    "contribution",
    "nu",
    "share",
)


def tell_budget(arguments: argparse.Namespace) -> int:
    """Exit code of the command: 0; 1 where first order alone tells too little; 2 usage.

    Raises:
        FormulaError, PropagationError: the file, the model or a quantity does not do.
    """
    if arguments.models or len(arguments.paths) != 1:
        return _tell_models(arguments)
    sheet = read_sheet(arguments.paths[0])
    sampled = _sampled(sheet, arguments.monte_carlo)
    try:
        told = budget(sheet)
    except VanishingSensitivityError:
        if sampled is None:
            raise
        told = None
    if arguments.json:
        print_json(_record(told, sampled))
    else:
        _show(told, sampled)
    return OK if told is not None and not told.findings else FINDING


def _tell_models(arguments: argparse.Namespace) -> int:
    """Exit code: 0 with the list; 2 where neither the list nor one file was asked for."""
    if not arguments.models:
        sys.stderr.write("give one FILE.toml, or --models\n")
        return USAGE
    known = [each for each in models() if each.formula]
    if arguments.json:
        print_json({"models": msgspec.to_builtins(known)})
        return OK
    for each in known:
        print_fields({each.id: each.formula, "": f"{each.title} ({each.clause}, {each.status})"})
    return OK


def _sampled(sheet: BudgetSheet, trials: int | None) -> Sampled | None:
    if trials is None:
        return None
    if trials and not LEAST_TRIALS <= trials <= MOST_TRIALS:
        limit = f"{LEAST_TRIALS} .. {MOST_TRIALS}"
        raise TrialsError("--monte-carlo", found=trials, limit=limit)
    model, inputs = model_of(sheet)
    rng, probability = np.random.default_rng(sheet.seed), sheet.coverage_probability
    return sample(model, inputs, rng, trials=trials or None, probability=probability)


def _record(told: Budget | None, sampled: Sampled | None) -> dict[str, Any]:
    record: dict[str, Any] = {"budget": None if told is None else msgspec.to_builtins(told)}
    if sampled is not None:
        record["monte_carlo"] = msgspec.to_builtins(sampled)
        record["first_order_holds"] = told is not None and first_order_holds(told, sampled)
    return record


def _show(told: Budget | None, sampled: Sampled | None) -> None:
    if told is not None:
        _show_budget(told)
    if sampled is not None:
        record = msgspec.to_builtins(sampled)
        record["first_order_holds"] = told is not None and first_order_holds(told, sampled)
        print("\nMonte Carlo")
        print_fields({name: _short(each) for name, each in record.items()})


def _show_budget(told: Budget) -> None:
    rows = [
        (
            each.quantity,
            f"{each.estimate:.10g} {each.unit}".rstrip(),
            f"{each.standard_uncertainty:.4g}",
            each.distribution,
            f"{each.sensitivity:.4g}",
            f"{each.contribution:.4g}",
            "inf" if each.degrees_of_freedom is None else f"{each.degrees_of_freedom:.4g}",
            f"{100.0 * each.share:.1f} %",
        )
        for each in told.rows
    ]
    print_table(COLUMNS, rows)
    print()
    expanded = msgspec.to_builtins(told.expanded)
    value = f"{told.value:.10g} {told.unit}".rstrip()
    print_fields({told.result: value, **{name: _short(each) for name, each in expanded.items()}})
    if told.second_order is not None:
        print_fields({"second_order_variance": _short(told.second_order)})
    for name in told.findings:
        print(name)


def _short(value: object) -> object:
    if isinstance(value, list | tuple):
        return [_short(each) for each in value]
    return float(f"{value:.10g}") if isinstance(value, float) else value
