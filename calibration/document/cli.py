"""The commands `carbonmeter calibration check | show | in-force`."""

import argparse
import datetime as dt
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from calibration.basis import InstrumentCalibration, calibration_of
from calibration.certificate import CalibrationCertificate, CalibrationResult
from calibration.confirmation import MetrologicalConfirmation
from calibration.errors import CalibrationError
from calibration.load import (
    SourceFile,
    faults_of,
    kind_of,
    parse_certificate,
    parse_confirmation,
    parse_derivation,
    parse_event,
    parse_plan,
    parse_setting,
    parse_test,
    read_sources,
    register_of,
)
from calibration.measurand import KindOfQuantity
from calibration.printing import print_fields, print_json, print_table
from calibration.register import CalibrationRegister, InForce, NotConfirmed
from calibration.stacked import Applied, stack

OK, FINDING, USAGE = 0, 1, 2
_PARSERS: Final[Mapping[str, Callable[[bytes, str], msgspec.Struct]]] = {
    "confirmation": parse_confirmation,
    "event": parse_event,
    "setting": parse_setting,
    "derivation": parse_derivation,
    "plan": parse_plan,
    "test": parse_test,
}


def tell_findings(arguments: argparse.Namespace) -> int:
    """Exit code of `check`: 0 nothing is wrong, 1 something is."""
    files = read_sources(arguments.paths)
    found = list(_findings(files))
    if arguments.json:
        print_json({"files": len(files), "findings": [_record(each) for each in found]})
    else:
        for each in found:
            print(each.say(arguments.language))
        print(f"{len(files)} files, {len(found)} findings")
    return FINDING if found else OK


def _record(wrong: CalibrationError) -> dict[str, str]:
    return {
        "code": wrong.code,
        "where": wrong.where,
        "en": wrong.say("en"),
        "zh": wrong.say("zh"),
    }


def _findings(files: Sequence[SourceFile]) -> Iterator[CalibrationError]:
    """What is wrong within each file, then what is wrong between those that can be read."""
    found = [(file, faults_of(file)) for file in files]
    yield from (fault for _, faults in found for fault in faults)
    sound = [file for file, faults in found if not faults]
    stated = [
        (file.name, parse_certificate(file.data, file.name))
        for file in sound
        if kind_of(file.data, file.name) == "certificate"
    ]
    register = CalibrationRegister(certificates=tuple(each for _, each in stated))
    for name, certificate in stated:
        for result in certificate.results:
            yield from _tried(name, lambda c=certificate, r=result: _applied(c, r))
    for file in sound:
        if kind_of(file.data, file.name) == "confirmation":
            confirmation = parse_confirmation(file.data, file.name)
            yield from _tried(file.name, lambda c=confirmation: register.certificate(c))


def _tried(name: str, act: Any) -> Iterator[CalibrationError]:  # noqa: ANN401
    """What `act` finds wrong, placed in the file `name`."""
    try:
        act()
    except CalibrationError as wrong:
        yield type(wrong)(f"{name} {wrong.where}", **wrong.facts)


def _applied(
    certificate: CalibrationCertificate, result: CalibrationResult | None
) -> InstrumentCalibration:
    """What a certificate gives for one of its results, before the user declares anything."""
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


def tell_file(arguments: argparse.Namespace) -> int:
    """Exit code of `show`.

    Raises:
        CalibrationError: the file cannot be read.
    """
    (file,) = read_sources(arguments.paths)
    kind = kind_of(file.data, file.name)
    if kind == "certificate":
        return _show_certificate(file, as_json=arguments.json)
    found = _plain(_PARSERS[kind](file.data, file.name))
    if arguments.json:
        print_json({kind: found})
    else:
        print_fields(found)
    return OK


def _show_certificate(file: SourceFile, *, as_json: bool) -> int:
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


def _applied_record(found: InstrumentCalibration) -> dict[str, Any]:
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


def _print_result(result: CalibrationResult | None) -> None:
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


def tell_in_force(arguments: argparse.Namespace) -> int:
    """Exit code of `in-force`: 0 a confirmation is, 1 none is, 2 there is no such kind.

    Raises:
        CalibrationError: a file cannot be read, or a certificate is missing.
    """
    if arguments.kind not in set(KindOfQuantity):
        sys.stderr.write(f"--kind must be one of: {', '.join(KindOfQuantity)}\n")
        return USAGE
    register, kind = register_of(read_sources(arguments.paths)), KindOfQuantity(arguments.kind)
    found = register.in_force(
        arguments.serial, kind, arguments.at, arguments.known_at, arguments.channel
    )
    if isinstance(found, NotConfirmed):
        _tell_none(found, arguments)
        return FINDING
    record = _force_record(found, arguments.at)
    if arguments.json:
        print_json({"in_force": record})
    else:
        print_fields(record)
    return OK


def _tell_none(found: NotConfirmed, arguments: argparse.Namespace) -> None:
    because = None if found.because is None else _plain(found.because)
    if arguments.json:
        print_json({"in_force": None, "because": because})
        return
    print(f"no confirmation is in force for '{arguments.serial}' at {arguments.at}")
    if because is not None:
        print(f"the last one was ended by: {because['event']} at {because['at']}")


def _force_record(found: InForce, at: dt.datetime) -> dict[str, Any]:
    return {
        "serial": found.confirmation.serial,
        "confirmation": found.confirmation.id,
        "certificate": found.certificate.id,
        "laboratory": found.certificate.laboratory.name,
        "performed_on": found.certificate.performed_on.isoformat(),
        "effective_from": found.confirmation.effective_from.isoformat(),
        "due_on": found.confirmation.due_on.isoformat(),
        "overdue": found.overdue(at),
        "basis": calibration_of(found, None).basis.value,
    }


def _plain(struct: object) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(struct)
    return plain
