"""What the command's options ask for, as evaluations."""

import argparse
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from calibration.basis import UncertaintyBasis
from calibration.distribution import Distribution
from calibration.type_b.electricity import (
    MeterAtLoad,
    PowerFactor,
    combined_maximum_error,
    influence_evaluations,
    meter_evaluations,
    power_factor,
    temperature_coefficient,
)
from calibration.type_b.errors import ClassPointError, ClassUnknownError, TypeBUsageError
from calibration.type_b.evaluation import TypeBEvaluation, of_instruments
from calibration.type_b.heat import complete_evaluation, sub_assembly_evaluations
from calibration.type_b.limit import StatedLimit
from calibration.type_b.load import class_of, orifice_rule, read_data_sheet
from calibration.type_b.lookup import limit_at
from calibration.type_b.orifice import Orifice, orifice_evaluations
from calibration.type_b.point import OperatingPoint
from calibration.type_b.reading import sheet_evaluations, with_ambient
from calibration.type_b.signal import Ambient
from calibration.type_b.table import ClassTable
from calibration.type_b.temperature import temperature_evaluations
from calibration.type_b.transformer import Transformers, transformer_evaluations

QUANTITIES: Final = ("current", "flow", "temperature", "temperature_difference")


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the command tells.

    Args:
        evaluations: by influence.
        serial: of the instrument whose files the entries are for.
        at: the reading, where contributions are absolute.
        unit: of absolute contributions.
        combined: a limit that a document forms of several, to compare with.
    """

    evaluations: tuple[TypeBEvaluation, ...]
    serial: str
    at: float = 1.0
    unit: str = ""
    combined: StatedLimit | None = None


def answer(arguments: argparse.Namespace) -> Answer:
    """The evaluations that the options ask for.

    Raises:
        TypeBUsageError: the options do not belong together.
        TypeBError, CalibrationError: as the evaluations.
    """
    asked = [bool(arguments.paths), arguments.grade is not None]
    transformers = arguments.ct is not None or arguments.vt is not None
    if asked == [True, True] or len(arguments.paths) > 1 or (asked[0] and transformers):
        raise TypeBUsageError("type-b", found="several things are asked for", limit=_ONE)
    if asked[0]:
        return _of_sheet(arguments)
    if not asked[1] and not transformers:
        raise TypeBUsageError("type-b", found="nothing is asked for", limit=_ONE)
    found = _of_class(arguments) if asked[1] else Answer(evaluations=(), serial=arguments.serial)
    added = _of_transformers(arguments) if transformers else ()
    return msgspec.structs.replace(found, evaluations=(*found.evaluations, *added))


_ONE: Final = "one SHEET.toml, or --class with or without --ct and --vt"


def _of_sheet(arguments: argparse.Namespace) -> Answer:
    if arguments.at is None:
        raise TypeBUsageError("type-b", found="no reading is stated", limit="--at READING")
    sheet = read_data_sheet(arguments.paths[0])
    if arguments.ambient is not None:
        sheet = with_ambient(sheet, *arguments.ambient)
    if arguments.years is not None:
        sheet = msgspec.structs.replace(sheet, years_since_calibration=arguments.years)
    found = sheet_evaluations(sheet, arguments.at, arguments.serial, _basis(arguments))
    return Answer(evaluations=found, serial=arguments.serial, at=arguments.at, unit=sheet.unit)


def _of_class(arguments: argparse.Namespace) -> Answer:
    rule = orifice_rule()
    if arguments.grade in {f"{rule.id}/{each}" for each in rule.classes}:
        return _of_orifice(arguments)
    table, grade = class_of(arguments.grade)
    return _KINDS[table.kind](arguments, table, grade)


def _of_meter(arguments: argparse.Namespace, table: ClassTable, grade: str) -> Answer:
    meter = MeterAtLoad(
        table=table,
        grade=grade,
        point=_point(arguments),
        phase=_phase(arguments),
        serial=arguments.serial,
        basis=_basis(arguments),
    )
    base = meter_evaluations(meter)
    influences = influence_evaluations(meter, arguments.influence)
    coefficient, ambient = None, _ambient(arguments, table)
    warmth: tuple[TypeBEvaluation, ...] = ()
    if ambient is not None:
        coefficient = temperature_coefficient(meter)
        warmth = temperature_evaluations(coefficient, ambient, meter.serial, meter.basis)
    limits = [each.limit for each in influences]
    combined = combined_maximum_error(base[0].limit, limits, coefficient, ambient)
    return Answer(
        evaluations=(*base, *influences, *warmth),
        serial=arguments.serial,
        combined=combined if influences or ambient else None,
    )


def _of_heat_meter(arguments: argparse.Namespace, table: ClassTable, grade: str) -> Answer:
    evaluate = complete_evaluation if arguments.complete else sub_assembly_evaluations
    found = evaluate(table, grade, _point(arguments), arguments.serial, _basis(arguments))
    return Answer(evaluations=found, serial=arguments.serial)


def _of_instrument(arguments: argparse.Namespace, table: ClassTable, grade: str) -> Answer:
    """A class of one deviation, such as of a gas meter or a thermometer."""
    point, basis = _point(arguments), _basis(arguments)
    limits = [limit_at(table, grade, of, point) for of in table.evaluates]
    found = [each for lim in limits for each in of_instruments(lim, (arguments.serial,), basis)]
    unit = limits[0].unit if limits[0].unit != "1" else ""
    return Answer(evaluations=tuple(found), serial=arguments.serial, unit=unit)


def _of_transformer(arguments: argparse.Namespace, table: ClassTable, grade: str) -> Answer:
    found, limit = f"{table.id}/{grade} is a transformer's class", "--ct NAME or --vt NAME"
    raise TypeBUsageError(str(arguments.grade)[:80], found=found, limit=limit)


_KINDS: Final[Mapping[str, Callable[[argparse.Namespace, ClassTable, str], Answer]]] = {
    "electricity_meter": _of_meter,
    "heat_meter": _of_heat_meter,
    "meter": _of_instrument,
    "sensor": _of_instrument,
    "transformer": _of_transformer,
}


def _of_orifice(arguments: argparse.Namespace) -> Answer:
    stated = dict(arguments.quantity)
    known = msgspec.structs.fields(Orifice)
    for name in stated:
        if name not in {field.name for field in known}:
            limit = ", ".join(field.name for field in known)
            raise ClassUnknownError("--quantity", found=name[:40], limit=limit)
    for field in known:
        if field.required and field.name not in stated:
            raise ClassPointError("iso5167-2", name=field.name, value="?", limit="> 0")
    plate = Orifice(**stated)
    found = orifice_evaluations(orifice_rule(), plate, arguments.serial, _basis(arguments))
    return Answer(evaluations=found, serial=arguments.serial)


def _of_transformers(arguments: argparse.Namespace) -> tuple[TypeBEvaluation, ...]:
    phase, basis = _phase(arguments), _basis(arguments)
    found: tuple[TypeBEvaluation, ...] = ()
    for sets in _transformers(arguments):
        found += transformer_evaluations(sets, phase, basis)
    return found


def _transformers(arguments: argparse.Namespace) -> list[Transformers]:
    found = []
    if arguments.ct is not None:
        table, grade = class_of(arguments.ct)
        serials = tuple(arguments.ct_serial) or ("CT",)
        load = _current_load(arguments)
        found.append(
            Transformers(table=table, grade=grade, measures="current", load=load, serials=serials)
        )
    if arguments.vt is not None:
        table, grade = class_of(arguments.vt)
        serials = tuple(arguments.vt_serial) or ("VT",)
        load = arguments.vt_load
        found.append(
            Transformers(table=table, grade=grade, measures="voltage", load=load, serials=serials)
        )
    return found


def _current_load(arguments: argparse.Namespace) -> float:
    """Primary current over the rated one: as stated, or as the meter's over its In."""
    if arguments.ct_load is not None:
        return float(arguments.ct_load)
    marks = dict(arguments.mark)
    if arguments.current is None or not ("In" in marks or _counts_in_In(arguments)):
        limit = "--ct-load, or --current with --mark In=..."
        raise ClassPointError("--ct", name="current", value="?", limit=limit)
    return float(arguments.current) / float(marks.get("In", 1.0))


def _counts_in_In(arguments: argparse.Namespace) -> bool:
    """Whether a current without marks is in multiples of the rated current."""
    if arguments.grade is None:
        return True
    table, _ = class_of(arguments.grade)
    return "In" in (table.reference, *table.assumed)


def _point(arguments: argparse.Namespace) -> OperatingPoint:
    stated = {name: getattr(arguments, name) for name in QUANTITIES}
    given = {name: value for name, value in stated.items() if value is not None}
    return OperatingPoint(
        quantities={**given, **dict(arguments.quantity)},
        marks=dict(arguments.mark),
        conditions=dict(arguments.where),
    )


def _phase(arguments: argparse.Namespace) -> PowerFactor:
    if arguments.power_factor is None:
        limit = "1 | 0.8 | 0.5L | 0.8C"
        raise ClassPointError("--power-factor", name="power_factor", value="?", limit=limit)
    return power_factor(arguments.power_factor)


def _ambient(arguments: argparse.Namespace, table: ClassTable) -> Ambient | None:
    if arguments.ambient is None:
        return None
    low, high = arguments.ambient
    return Ambient(
        reference_Cel=table.reference_Cel,
        low_Cel=low,
        high_Cel=high,
        distribution=Distribution(arguments.swing),
    )


def _basis(arguments: argparse.Namespace) -> UncertaintyBasis:
    return UncertaintyBasis(arguments.basis)
