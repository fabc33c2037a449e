"""The command `carbonmeter calibration evaluate`."""

import argparse

import msgspec

from calibration.evaluation.evaluate import Evaluated, argument_of, chosen, value_at
from calibration.load import parse_certificate, read_file
from calibration.printing import print_fields, print_json, print_table

OK, FINDING = 0, 1


def evaluate(arguments: argparse.Namespace) -> int:
    """Exit code of the command: 0; 1 outside of the measuring interval.

    Raises:
        CalibrationError: the file, the choice of a result, or the number does not do.
    """
    (path,) = arguments.paths
    file = read_file(path)
    certificate = parse_certificate(file.data, file.name)
    result = chosen(certificate, arguments.kind, arguments.channel, arguments.condition)
    if arguments.at is not None:
        found = value_at(certificate, result, arguments.at)
    else:
        found = argument_of(certificate, result, arguments.inverse)
    if arguments.json:
        print_json({"evaluated": msgspec.to_builtins(found)})
    else:
        _show(found)
    return OK if found.is_inside else FINDING


def _show(found: Evaluated) -> None:
    told: dict[str, object] = {
        "certificate": found.certificate,
        "result": f"{found.kind_of_quantity} {found.result} {found.condition}",
        "argument": f"{found.argument:.10g} {found.argument_unit}",
        "value": f"{found.value:.10g} {found.unit}",
        "u": f"{found.standard_uncertainty:.4g}",
        "U": f"{found.expanded.expanded_uncertainty:.4g} (k = "
        f"{found.expanded.coverage_factor:.3g}, p = {found.expanded.coverage_probability:g})",
        "inside the measuring interval": found.is_inside,
    }
    if found.result == "relative_error":
        told["an indication is multiplied by"] = f"{1.0 / (1.0 + found.value):.10g}"
    if found.covariance_assumed:
        told["assumed"] = "points with U only: their deviations are common along the curve"
    print_fields(told)
    print()
    print_table(
        ("influence", "contribution"),
        [(part.influence.id, f"{part.contribution:.4g}") for part in found.components],
    )
