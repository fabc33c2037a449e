"""The command `carbonmeter cems model`."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
import numpy as np

from calibration.errors import CalibrationError
from calibration.model.arguments import EXAMPLE, rows_of
from calibration.model.budget import ModelBudget, budget
from calibration.model.catalogue import ConstantSet, MeasurementModel
from calibration.model.errors import InputTextError
from calibration.model.load import constant_sets, constants_named, factors, model_named, models
from calibration.model.reported import reported
from calibration.model.sampling import distributions
from calibration.model.stated import in_unit
from calibration.printing import print_fields, print_json, print_table
from calibration.propagation.montecarlo import MOST_TRIALS, sample

OK, REFUSED, USAGE = 0, 1, 2
LEAST_TRIALS: Final = 10_000
COLUMNS: Final = ("quantity", "estimate", "u", "sensitivity", "contribution", "share")


def model(argv: Sequence[str]) -> int:
    """The exit code of `carbonmeter cems model`: 0, 1 refused with a code, 2 usage."""
    arguments = _parser().parse_args(argv)
    if arguments.list == (arguments.name is not None):
        sys.stderr.write("give the name of one model, or --list\n")
        return USAGE
    try:
        return _tell_list(arguments) if arguments.list else _tell(arguments)
    except CalibrationError as wrong:
        sys.stderr.write(f"{wrong.say(arguments.language)}\n")
        return USAGE if isinstance(wrong, InputTextError) else REFUSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="carbonmeter cems model",
        description="a measurement model at stated inputs, with its uncertainty budget",
        epilog=f"an input is written like {EXAMPLE}; of a sum, values are separated by commas",
    )
    parser.add_argument("name", nargs="?", help="such as F-11 or HJ75-CO2")
    parser.add_argument("inputs", nargs="*", metavar="NAME=VALUE(u)")
    parser.add_argument("--list", action="store_true", help="all models, constants and factors")
    parser.add_argument("--constants", metavar="SET", help="in place of the model's own")
    parser.add_argument("--unit", metavar="CODE", help="of the result, UCUM; such as t/h")
    parser.add_argument("--probability", type=_probability, default=0.95, help="of coverage")
    parser.add_argument("--monte-carlo", type=_trials, metavar="TRIALS", help="beside it")
    parser.add_argument("--seed", type=int, default=1, help="of Monte Carlo")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    parser.add_argument("--language", choices=("en", "zh"), default="en", help="of messages")
    return parser


def _probability(text: str) -> float:
    value = float(text)
    if not 0.0 < value < 1.0:
        raise ValueError(text)
    return value


def _trials(text: str) -> int:
    value = int(text)
    if not LEAST_TRIALS <= value <= MOST_TRIALS:
        raise ValueError(text)
    return value


def _tell(arguments: argparse.Namespace) -> int:
    found = model_named(arguments.name)
    constants = constants_named(arguments.constants or found.constants)
    rows = rows_of(found, arguments.inputs)
    told = budget(found, rows, constants, probability=arguments.probability)
    record = _record(found, told, constants, arguments)
    if arguments.monte_carlo is not None:
        expression, inputs = distributions(found, rows[0], constants)
        drawn = sample(
            expression,
            inputs,
            np.random.default_rng(arguments.seed),
            trials=arguments.monte_carlo,
            probability=arguments.probability,
        )
        record["monte_carlo"] = msgspec.to_builtins(drawn)
    if arguments.json:
        print_json(record)
    else:
        _show(record)
    return OK


def _record(
    found: MeasurementModel,
    told: ModelBudget,
    constants: ConstantSet,
    arguments: argparse.Namespace,
) -> dict[str, Any]:
    """What is told, in full precision; the budget's rows are in the model's own unit.

    Where no input states an uncertainty the result's is None: unknown is never 0.
    """
    unit = arguments.unit or told.result.unit
    stated = in_unit(told.result, unit, found.result.name)
    used = constants.used(found.constant_names)
    conditions, rule = told.result.reference_conditions, found.reported
    k, u = told.expanded.coverage_factor, stated.standard_uncertainty
    known = bool(stated.components)
    return {
        "model": found.id,
        "version": found.version,
        "title": found.zh if arguments.language == "zh" else found.title,
        "clause": found.clause,
        "status": found.status,
        "constants": told.result.constants,
        "constants_digest": told.result.constants_digest,
        "recalled_constants": [each.name for each in used if each.status == "K"],
        "result": found.result.name,
        "value": stated.value,
        "unit": unit,
        "standard_uncertainty": u if known else None,
        "expanded_uncertainty": k * u if known else None,
        "coverage_factor": k if known else None,
        "coverage_probability": told.expanded.coverage_probability,
        "effective_degrees_of_freedom": told.expanded.effective_degrees_of_freedom,
        "distribution": told.expanded.distribution,
        "reference_conditions": None if conditions is None else msgspec.to_builtins(conditions),
        "reference_oxygen": told.result.reference_oxygen,
        "reported": None if rule is None else str(reported(found, told.result)),
        "reported_unit": None if rule is None else told.result.unit,
        "findings": list(told.result.findings),
        "budget": msgspec.to_builtins(told.rows),
        "influences": msgspec.to_builtins(told.influences),
    }


def _show(record: Mapping[str, Any]) -> None:
    rows = record["budget"]
    if rows:
        print_table(COLUMNS, [_row(each) for each in rows])
        print()
    if record["influences"]:
        names = [
            (each["influence"], f"{each['contribution']:.4g}", f"{100.0 * each['share']:.1f} %")
            for each in record["influences"]
        ]
        print_table(("influence", "contribution", "share"), names)
        print()
    print_fields(
        {
            name: float(f"{value:.10g}") if isinstance(value, float) else value
            for name, value in record.items()
            if name not in ("budget", "influences") and value is not None
        }
    )


def _row(row: Mapping[str, Any]) -> tuple[str, ...]:
    estimate, slope = f"{row['estimate']:.10g} {row['unit']}", f"{row['sensitivity']:.4g}"
    u, part, share = row["standard_uncertainty"], row["contribution"], row["share"]
    if u is None:
        return row["quantity"], estimate, "-", slope, "-", "-"
    whole = f"{100.0 * share:.1f} %"
    return row["quantity"], estimate, f"{u:.4g}", slope, f"{part + 0.0:.4g}", whole


def _tell_list(arguments: argparse.Namespace) -> int:
    if arguments.json:
        document = {"models": models(), "constants": constant_sets(), "factors": factors()}
        print_json(msgspec.to_builtins(document))
        return OK
    for each in models():
        inputs = ", ".join(f"{one.name} [{one.unit}]" for one in each.inputs)
        title = each.zh if arguments.language == "zh" else each.title
        print(f"{each.id}  {each.result.name} [{each.result.unit}]: {title}")
        print(f"    {each.formula or each.code}")
        print(f"    {inputs}")
        print(f"    {each.clause}; {each.status}; constants {each.constants}")
    for table in factors():
        values = ", ".join(f"{name} {value:g}" for name, value in table.values.items())
        print(f"{table.id}  {values} {table.unit} ({table.source}, {table.status})")
    return OK
