"""Commands `carbonmeter calibration rata`, `drift`, `linearity`, `velocity-field`, `qal2` ..."""

import argparse
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import msgspec

from calibration.performance.criterion import Rule
from calibration.performance.drift import drift
from calibration.performance.errors import PerformanceOptionError
from calibration.performance.limits import needed
from calibration.performance.linearity import linearity
from calibration.performance.load import (
    read_chart,
    read_checks,
    read_injections,
    read_limits,
    read_pairs,
    read_runs,
    read_samples,
    read_velocities,
)
from calibration.performance.pairs import Requirement, ZeroReading
from calibration.performance.qal2 import qal2
from calibration.performance.qal3 import qal3
from calibration.performance.rata import rata
from calibration.performance.response import response_time
from calibration.performance.rows import Point, decimal_of_text
from calibration.performance.surveillance import surveillance
from calibration.performance.velocity_field import velocity_field
from calibration.performance.words import SAID
from calibration.printing import print_fields, print_json, print_table

OK, FINDING = 0, 1
LIMITS: Final = "criteria"
GOOD: Final = {"pass", "not_judged", "in_control", "warning"}


def tell_rata(arguments: argparse.Namespace) -> int:
    """Exit code of the command: 0 the limits are met, or none was named; 1 they are not.

    Raises:
        PerformanceError: the file, the limits or a number does not do.
    """
    (path,) = arguments.paths
    limits, used = read_limits(arguments.limits)
    test = needed(limits.paired_test, limits, "paired_test")
    named = arguments.pollutant
    found = rata(
        read_runs(path),
        test,
        None if named is None else limits.rule("accuracy", named.lower(), arguments.unit),
        used,
        low_emitter=arguments.aps,
        level=arguments.level,
        on=arguments.on,
    )
    return _tell(arguments, found, ("bias_found",) if found.bias_test == "failed" else ())


def tell_drift(arguments: argparse.Namespace) -> int:
    """Exit code of the command: 0 all checks within the specification, 1 one is not.

    Raises:
        PerformanceError: the file, the limits or a number does not do.
    """
    (path,) = arguments.paths
    limits, used = read_limits(arguments.limits)
    checks = read_checks(path)
    named, unit = arguments.pollutant.lower(), arguments.unit
    points: set[Point] = {each.point for each in checks}
    rules: dict[Point, Rule] = {
        point: limits.rule("drift", named, unit, point) for point in sorted(points)
    }
    full_scale = _optional("--full-scale", arguments.full_scale)
    return _tell(arguments, drift(checks, rules, full_scale, used))


def tell_linearity(arguments: argparse.Namespace) -> int:
    """Exit code of the command: 0 all levels within the limits, 1 one is not, or is missing.

    Raises:
        PerformanceError: the file, the limits or a number does not do.
    """
    (path,) = arguments.paths
    limits, used = read_limits(arguments.limits)
    rule = limits.rule("linearity", arguments.pollutant.lower(), arguments.unit)
    test = needed(limits.linearity_test, limits, "linearity_test")
    full_scale = _optional("--full-scale", arguments.full_scale)
    return _tell(arguments, linearity(read_injections(path), test, rule, full_scale, used))


def tell_response_time(arguments: argparse.Namespace) -> int:
    """Exit code of the command: 0 within the limit, 1 not, or not reached.

    Raises:
        PerformanceError: the file, the limits or a number does not do.
    """
    (path,) = arguments.paths
    limits, used = read_limits(arguments.limits)
    rule = limits.rule("response_time", arguments.pollutant.lower(), arguments.unit)
    test = needed(limits.response_test, limits, "response_test")
    final = _optional("--final", arguments.final)
    last = None if final is None else float(final)
    return _tell(arguments, response_time(read_samples(path), test, rule, used, last))


def tell_velocity_field(arguments: argparse.Namespace) -> int:
    """Exit code of the command: 0 the coefficient stands within the limit, 1 it does not.

    Raises:
        PerformanceError: the file, the limits or a number does not do.
    """
    (path,) = arguments.paths
    limits, used = read_limits(arguments.limits)
    rule = limits.rule("velocity_field", "velocity", None)
    return _tell(arguments, velocity_field(read_velocities(path), rule, used))


def tell_qal2(arguments: argparse.Namespace) -> int:
    """Exit code of the command: 0 the variability is permitted, 1 it is not.

    Raises:
        PerformanceError, FitError: the file, the limits or a number does not do.
    """
    (path,) = arguments.paths
    limits, used = read_limits(arguments.limits)
    test = needed(limits.qal2, limits, "qal2")
    requirement, zero = _requirement(arguments), _zero(arguments)
    found = qal2(read_pairs(path), requirement, test, used, zero=zero, method=arguments.method)
    return _tell(arguments, found)


def tell_ast(arguments: argparse.Namespace) -> int:
    """Exit code of the command: 0 the calibration function holds, 1 it does not.

    Raises:
        PerformanceError: the file, the limits or a number does not do.
    """
    (path,) = arguments.paths
    limits, used = read_limits(arguments.limits)
    tests = (
        needed(limits.qal2, limits, "qal2"),
        needed(limits.surveillance, limits, "surveillance"),
    )
    line = [_number("--function", each) for each in arguments.function.split(",")]
    if len(line) != 2:
        raise PerformanceOptionError("ast", name="--function", value=len(line), limit="A,B")
    requirement = _requirement(arguments)
    return _tell(
        arguments,
        surveillance(read_pairs(path), (line[0], line[1]), requirement, tests, used),
    )


def tell_qal3(arguments: argparse.Namespace) -> int:
    """Exit code of the command: 0 the latest readings are in control, 1 one is not.

    Raises:
        PerformanceError: the file, the limits or a number does not do.
    """
    (path,) = arguments.paths
    limits, used = read_limits(arguments.limits)
    given = {"zero": arguments.s_zero, "span": arguments.s_span}
    deviations = {
        point: None if text is None else _number(f"--s-{point}", text)
        for point, text in given.items()
    }
    return _tell(arguments, qal3(read_chart(path), arguments.chart, deviations, limits, used))


def _optional(name: str, text: str | None) -> Decimal | None:
    """A number with all its digits, where it was given."""
    if text is None:
        return None
    found = decimal_of_text(text)
    if found is None:
        raise PerformanceOptionError("command", name=name, value=f"'{text[:40]}'", limit="a number")
    return found


def _number(name: str, text: str) -> float:
    found = _optional(name, text.strip())
    return 0.0 if found is None else float(found)


def _requirement(arguments: argparse.Namespace) -> Requirement:
    return Requirement(
        emission_limit=_number("--elv", arguments.elv),
        uncertainty_percent=_number("--uncertainty-percent", arguments.uncertainty_percent),
    )


def _zero(arguments: argparse.Namespace) -> ZeroReading | None:
    if arguments.zero is None:
        return None
    return ZeroReading(
        reading=_number("--zero", arguments.zero),
        standard_uncertainty=_number("--zero-uncertainty", arguments.zero_uncertainty),
    )


def _tell(arguments: argparse.Namespace, found: msgspec.Struct, more: Sequence[str] = ()) -> int:
    """Shows a result, and says whether it is a finding."""
    record: dict[str, Any] = msgspec.to_builtins(found)
    if arguments.json:
        print_json(record)
    else:
        _show(record, more, arguments.language)
    return OK if record["outcome"] in GOOD else FINDING


def _show(record: Mapping[str, Any], more: Sequence[str], language: str) -> None:
    fields, tables = _parts(record)
    print_fields({name: _short(value) for name, value in fields.items()})
    for name, rows in tables.items():
        print(f"\n{name}")
        columns = list(dict.fromkeys(column for row in rows for column in row))
        print_table(columns, [[_cell(row.get(column)) for column in columns] for row in rows])
    unconfirmed = ("unconfirmed",) if '"status":"K"' in msgspec.json.encode(record).decode() else ()
    for name in (record["outcome"], *record.get("findings", ()), *more, *unconfirmed):
        print(f"\n{name}: {SAID[name][language]}")


def _parts(
    record: Mapping[str, Any], lead: str = ""
) -> tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]:
    """A document as fields with dotted names, and its tables; the limits of a row are left out."""
    fields: dict[str, Any] = {}
    tables: dict[str, list[dict[str, Any]]] = {}
    for name, value in record.items():
        if isinstance(value, dict):
            inner, below = _parts(value, f"{lead}{name}.")
            fields |= inner
            tables |= below
        elif isinstance(value, list | tuple) and value and isinstance(value[0], dict):
            rows = [_parts(row) for row in value]
            tables[f"{lead}{name}"] = [own for own, _ in rows]
            for k, (_, below) in enumerate(rows):
                tables |= {
                    f"{lead}{name}[{k}].{each}": below[each] for each in below if each != LIMITS
                }
        else:
            fields[f"{lead}{name}"] = value
    return fields, tables


def _short(value: object) -> object:
    """As people read it; the JSON document has all digits."""
    if isinstance(value, list | tuple):
        return [_short(each) for each in value]
    return float(f"{value:.8g}") if isinstance(value, float) else value


def _cell(value: object) -> str:
    short = _short(value)
    return "" if short is None else str(short)
