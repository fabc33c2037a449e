"""Certificates and confirmations as TOML documents, in the form that the factory reads."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias

import msgspec

from simulators.certificate import (
    CalibrationCertificate,
    CalibrationPoint,
    CalibrationResult,
    Confirmation,
    DeclaredSetting,
    Laboratory,
    PiecewiseLinearFunction,
    PolynomialFunction,
    StandardUsed,
)
from simulators.stack.cylinder import Cylinder

SCHEMA = 1
Rows: TypeAlias = "Sequence[Sequence[float]]"
Value: TypeAlias = "str | int | float | date | Sequence[float] | Rows"


def issue(certificate: CalibrationCertificate) -> str:
    """The certificate as a TOML document, one key a line, ending in a line feed."""
    lines = [
        *_pairs(
            schema=SCHEMA,
            id=certificate.id,
            kind=certificate.kind,
            performed_on=certificate.performed_on,
            recorded_at=certificate.recorded_at,
        ),
        *(() if certificate.valid_until is None else _pairs(valid_until=certificate.valid_until)),
        *_table("[instrument]", certificate.instrument),
        *_table("[laboratory]", certificate.laboratory),
    ]
    for standard in certificate.standards:
        lines += _standard(standard)
    for result in certificate.results:
        lines += _result(result)
    if certificate.conformity is not None:
        lines += _table("[conformity]", certificate.conformity)
    return "\n".join(lines) + "\n"


def issue_reference_material(cylinder: Cylinder, laboratory: Laboratory) -> str:
    """The certificate of a cylinder as a TOML document; what is truly in it stays unsaid."""
    received = datetime.combine(cylinder.certified_on + timedelta(days=1), time(0), UTC)
    lines = [
        *_pairs(
            schema=SCHEMA,
            id=cylinder.certificate,
            kind="reference_material",
            performed_on=cylinder.certified_on,
            recorded_at=received,
            valid_until=cylinder.expires_on,
        ),
        "[instrument]",
        *_pairs(maker=laboratory.name, model=cylinder.code, serial=cylinder.serial),
        *_table("[laboratory]", laboratory),
        "[[certified]]",
        *_pairs(
            name=cylinder.component.upper(),
            kind_of_quantity="amount_fraction",
            unit=cylinder.unit,
            value=cylinder.value,
            expanded_uncertainty=cylinder.expanded_uncertainty,
            coverage_factor=2.0,
        ),
    ]
    return "\n".join(lines) + "\n"


def issue_confirmation(confirmation: Confirmation) -> str:
    """The confirmation as a TOML document, one key a line, ending in a line feed."""
    head = (
        "id",
        "certificate",
        "serial",
        "requirement",
        "mpe_relative",
        "decision",
        "rule",
        "fitted_by",
        "effective_from",
        "due_on",
        "due_reason",
        "confirmed_by",
        "recorded_at",
    )
    lines = [
        *_pairs(schema=SCHEMA, **{name: getattr(confirmation, name) for name in head}),
        "[drift]",
        *_pairs(relative_standard_uncertainty_per_year=confirmation.drift_per_year),
        "[temperature]",
        *_pairs(
            relative_standard_uncertainty_per_K=confirmation.temperature_per_K,
            reference_Cel=confirmation.reference_Cel,
            operating_Cel=confirmation.operating_Cel,
        ),
    ]
    return "\n".join(lines) + "\n"


def issue_setting(declared: DeclaredSetting) -> str:
    """The setting as a TOML document, one key a line, ending in a line feed."""
    said = msgspec.structs.asdict(declared)
    held = {name: said.pop(name) for name in ("value", "unit", "standard_uncertainty")}
    lines = [*_pairs(schema=SCHEMA, **said), "[after]", *_pairs(**held)]
    return "\n".join(lines) + "\n"


def _standard(standard: StandardUsed) -> list[str]:
    lines = [
        "[[standards]]",
        *_pairs(influence=standard.influence, certificate=standard.certificate),
    ]
    if standard.relative_standard_uncertainty is not None:
        lines += _pairs(relative_standard_uncertainty=standard.relative_standard_uncertainty)
    return lines


def _result(result: CalibrationResult) -> list[str]:
    lines = [
        "[[results]]",
        *_pairs(
            kind_of_quantity=result.kind_of_quantity,
            unit=result.unit,
            result=result.result,
            argument="load" if result.result == "relative_error" else "indication",
            argument_unit=result.argument_unit,
            condition=result.condition,
            measuring_interval=result.measuring_interval,
        ),
    ]
    for point in result.points:
        lines += _table("[[results.points]]", point)
    return lines + _function(result.function)


def _function(function: PolynomialFunction | PiecewiseLinearFunction) -> list[str]:
    polynomial = isinstance(function, PolynomialFunction)
    form = _pairs(form="polynomial" if polynomial else "piecewise_linear")
    return ["[results.function]", *form, *_table("", function)[1:]]


def _table(heading: str, struct: msgspec.Struct | CalibrationPoint) -> list[str]:
    return [heading, *_pairs(**msgspec.structs.asdict(struct))]


def _pairs(**values: Value) -> Iterable[str]:
    return [f"{name} = {_toml(value)}" for name, value in values.items()]


def _toml(value: Value) -> str:
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return repr(value)
    return f"[{', '.join(_toml(part) for part in value)}]"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(_escaped(character) for character in escaped) + '"'


def _escaped(character: str) -> str:
    if ord(character) < 0x20 or ord(character) == 0x7F:
        return f"\\u{ord(character):04X}"
    return character
