"""The commands `carbonmeter calibration check | show | in-force | fit | budget`."""

import argparse
import datetime as dt
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calibration.fit.options import add_fit
from calibration.printing import print_fields, print_json, print_table
from calibration.propagation.options import add_budget

if TYPE_CHECKING:
    from calibration.basis import InstrumentCalibration
    from calibration.certificate import CalibrationCertificate, CalibrationResult
    from calibration.errors import CalibrationError
    from calibration.load import SourceFile
    from calibration.register import CalibrationRegister

OK, FINDING, USAGE, BAD_CONFIGURATION = 0, 1, 2, 78


def calibration(argv: Sequence[str]) -> int:
    """The exit code of `carbonmeter calibration`: 0 ok, 1 findings, 2 usage, 78 bad file."""
    from calibration.errors import CalibrationError  # noqa: PLC0415

    arguments = _parser().parse_args(argv)
    commands = {
        "check": _check,
        "show": _show,
        "in-force": _in_force,
        "fit": _fit,
        "budget": _budget,
    }
    for path in arguments.paths:
        if not path.exists():
            sys.stderr.write(f"there is no file or folder '{path}'\n")
            return USAGE
    try:
        return commands[arguments.command](arguments)
    except CalibrationError as wrong:
        sys.stderr.write(f"{wrong.say(arguments.language)}\n")
        return BAD_CONFIGURATION


def _parser() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--json", action="store_true", help="one JSON document on stdout")
    shared.add_argument("--language", choices=("en", "zh"), default="en", help="of messages")
    parser = argparse.ArgumentParser(
        prog="carbonmeter calibration", description="certificates and confirmations"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", parents=[shared], help="every finding in the files")
    check.add_argument("paths", metavar="FOLDER|FILE", nargs="+", type=Path)
    show = commands.add_parser("show", parents=[shared], help="what one file states")
    show.add_argument("paths", metavar="FILE", nargs=1, type=Path)
    force = commands.add_parser("in-force", parents=[shared], help="what was applied, and when")
    force.add_argument("paths", metavar="FOLDER", nargs=1, type=Path)
    force.add_argument("--serial", required=True, help="of the instrument")
    force.add_argument("--at", required=True, type=_instant, help="such as 2026-03-01T00:00Z")
    force.add_argument("--known-at", type=_instant, help="only what was recorded by then")
    force.add_argument("--kind", required=True, help="of quantity, such as active_energy")
    add_fit(commands, shared)
    add_budget(commands, shared)
    return parser


def _instant(text: str) -> dt.datetime:
    try:
        instant = dt.datetime.fromisoformat(text)
    except ValueError as cause:
        raise argparse.ArgumentTypeError(f"'{text}' is not an ISO 8601 instant") from cause
    if instant.tzinfo is None:
        raise argparse.ArgumentTypeError(f"'{text}' has no time zone; end it in Z")
    return instant


def _sources(paths: Sequence[Path]) -> tuple["SourceFile", ...]:
    from calibration.load import read_file, read_folder  # noqa: PLC0415

    return tuple(
        file
        for path in paths
        for file in (read_folder(path) if path.is_dir() else (read_file(path),))
    )


def _check(arguments: argparse.Namespace) -> int:
    files = _sources(arguments.paths)
    found = list(_findings(files))
    if arguments.json:
        print_json({"files": len(files), "findings": [_record(each) for each in found]})
    else:
        for each in found:
            print(each.say(arguments.language))
        print(f"{len(files)} files, {len(found)} findings")
    return FINDING if found else OK


def _record(wrong: "CalibrationError") -> dict[str, str]:
    return {
        "code": wrong.code,
        "where": wrong.where,
        "en": wrong.say("en"),
        "zh": wrong.say("zh"),
    }


def _findings(files: Sequence["SourceFile"]) -> Iterator["CalibrationError"]:
    """What is wrong within each file, then what is wrong between those that can be read."""
    from calibration.load import (  # noqa: PLC0415
        faults_of,
        is_confirmation,
        parse_certificate,
        parse_confirmation,
    )
    from calibration.register import CalibrationRegister  # noqa: PLC0415

    found = [(file, faults_of(file)) for file in files]
    yield from (fault for _, faults in found for fault in faults)
    sound = [file for file, faults in found if not faults]
    cited = [file for file in sound if is_confirmation(file.data, file.name)]
    stated = [file for file in sound if file not in cited]
    register = CalibrationRegister(
        certificates=tuple(parse_certificate(file.data, file.name) for file in stated),
        confirmations=tuple(parse_confirmation(file.data, file.name) for file in cited),
    )
    for file, certificate in zip(stated, register.certificates, strict=True):
        for result in certificate.results:
            yield from _tried(file.name, lambda c=certificate, r=result: _applied(c, r))
    for file, confirmation in zip(cited, register.confirmations, strict=True):
        yield from _tried(file.name, lambda c=confirmation: register.certificate(c))


def _tried(name: str, act: Any) -> Iterator["CalibrationError"]:  # noqa: ANN401
    """What `act` finds wrong, placed in the file `name`."""
    from calibration.errors import CalibrationError  # noqa: PLC0415

    try:
        act()
    except CalibrationError as wrong:
        yield type(wrong)(f"{name} {wrong.where}", **wrong.facts)


def _applied(
    certificate: "CalibrationCertificate", result: "CalibrationResult | None"
) -> "InstrumentCalibration":
    """What a certificate gives for one of its results, before the user declares anything."""
    from calibration.apply import Applied, stack  # noqa: PLC0415
    from calibration.basis import calibration_of  # noqa: PLC0415
    from calibration.certificate import MetrologicalConfirmation  # noqa: PLC0415
    from calibration.register import InForce  # noqa: PLC0415

    confirmation = MetrologicalConfirmation(
        schema=1,
        id=f"{certificate.id}-as-issued",
        certificate=certificate.id,
        serial=certificate.instrument.serial,
        requirement="",
        decision="pass",
        rule="",
        fitted_by="",
        effective_from=certificate.recorded_at,
        due_on=certificate.performed_on,
        confirmed_by="",
        recorded_at=certificate.recorded_at,
    )
    found = calibration_of(
        InForce(confirmation=confirmation, certificate=certificate, result=result), None
    )
    if result is not None:
        stack([Applied(calibration=found, unit=result.unit)])
    return found


def _show(arguments: argparse.Namespace) -> int:
    from calibration.load import is_confirmation, parse_confirmation  # noqa: PLC0415

    (file,) = _sources(arguments.paths)
    if not is_confirmation(file.data, file.name):
        return _show_certificate(file, as_json=arguments.json)
    confirmation = parse_confirmation(file.data, file.name)
    if arguments.json:
        print_json({"confirmation": _plain(confirmation)})
    else:
        print_fields(_plain(confirmation))
    return OK


def _show_certificate(file: "SourceFile", *, as_json: bool) -> int:
    from calibration.load import parse_certificate  # noqa: PLC0415

    certificate = parse_certificate(file.data, file.name)
    results = certificate.results or (None,)
    applied = [_applied_record(_applied(certificate, result)) for result in results]
    if as_json:
        print_json({"certificate": _plain(certificate), "applied": applied})
        return OK
    print_fields({**_plain(certificate), "results": len(certificate.results)})
    for result, record in zip(results, applied, strict=True):
        print()
        _print_result(result)
        print_fields(record)
    return OK


def _applied_record(found: "InstrumentCalibration") -> dict[str, Any]:
    """The rung of the ladder, the function with the u of its coefficients, the influences."""
    record: dict[str, Any] = {"basis": found.basis.value}
    if found.function is not None:
        record["form"] = found.function.form
        record["measuring_interval"] = list(found.function.measuring_interval)
        record["knots"] = list(found.function.knots)
        record["centre"] = found.function.centre
        record["coefficients"] = list(found.function.coefficients)
        record["standard_uncertainties"] = [
            found.function.covariance[k][k] ** 0.5 for k in range(len(found.function.coefficients))
        ]
        used = (found.function.factor != 0.0).any(axis=0).tolist()
        named = found.function.influences(found.certificate)
        record["certificate_influences"] = [
            each.id for each, has in zip(named, used, strict=True) if has
        ]
    record["influences"] = {share.influence.id: share.relative for share in found.shares}
    record["repeatability"] = found.repeatability
    return record


def _print_result(result: "CalibrationResult | None") -> None:
    if result is None:
        return
    print(f"{result.kind_of_quantity}: {result.result} against {result.argument}")
    if result.points:
        columns = (f"at {result.argument_unit}", "value", "U", "k")
        rows = [
            (point.at, point.value, point.expanded_uncertainty, point.coverage_factor)
            for point in result.points
        ]
        print_table(columns, [[f"{number:g}" for number in row] for row in rows])


def _in_force(arguments: argparse.Namespace) -> int:
    from calibration.load import register_of  # noqa: PLC0415
    from calibration.measurand import KindOfQuantity  # noqa: PLC0415

    if arguments.kind not in set(KindOfQuantity):
        sys.stderr.write(f"--kind must be one of: {', '.join(KindOfQuantity)}\n")
        return USAGE
    record = _force_record(register_of(_sources(arguments.paths)), arguments)
    if arguments.json:
        print_json({"in_force": record})
    elif record is None:
        print(f"no confirmation is in force for '{arguments.serial}' at {arguments.at}")
    else:
        print_fields(record)
    return FINDING if record is None else OK


def _force_record(
    register: "CalibrationRegister", arguments: argparse.Namespace
) -> dict[str, Any] | None:
    from calibration.basis import calibration_of  # noqa: PLC0415
    from calibration.measurand import KindOfQuantity  # noqa: PLC0415
    from calibration.register import NotConfirmed  # noqa: PLC0415

    kind = KindOfQuantity(arguments.kind)
    found = register.in_force(arguments.serial, kind, arguments.at, arguments.known_at)
    if isinstance(found, NotConfirmed):
        return None
    return {
        "serial": arguments.serial,
        "confirmation": found.confirmation.id,
        "certificate": found.certificate.id,
        "laboratory": found.certificate.laboratory.name,
        "performed_on": found.certificate.performed_on.isoformat(),
        "effective_from": found.confirmation.effective_from.isoformat(),
        "due_on": found.confirmation.due_on.isoformat(),
        "overdue": found.overdue(arguments.at),
        "basis": calibration_of(found, None).basis.value,
    }


def _plain(struct: object) -> dict[str, Any]:
    import msgspec  # noqa: PLC0415

    plain: dict[str, Any] = msgspec.to_builtins(struct)
    return plain


def _fit(arguments: argparse.Namespace) -> int:
    from calibration.fit.cli import fit_points  # noqa: PLC0415 - it needs scipy

    return fit_points(arguments)


def _budget(arguments: argparse.Namespace) -> int:
    from calibration.propagation.cli import tell_budget  # noqa: PLC0415 - it needs scipy

    return tell_budget(arguments)
