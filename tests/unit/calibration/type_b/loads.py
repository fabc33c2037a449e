"""Meters and transformers at a load, by the names of their classes."""

from calibration.basis import UncertaintyBasis
from calibration.type_b.electricity import MeterAtLoad, power_factor
from calibration.type_b.evaluation import TypeBEvaluation
from calibration.type_b.load import class_of
from calibration.type_b.point import OperatingPoint
from calibration.type_b.transformer import Transformers, transformer_evaluations

NAMEPLATE = UncertaintyBasis.NAMEPLATE


def meter(name: str, current: float, phase: str) -> MeterAtLoad:
    table, grade = class_of(name)
    return MeterAtLoad(
        table=table,
        grade=grade,
        point=OperatingPoint(quantities={"current": current}),
        phase=power_factor(phase),
        serial="S1",
        basis=NAMEPLATE,
    )


def transformers(name: str, load: float, phase: str, *serials: str) -> tuple[TypeBEvaluation, ...]:
    table, grade = class_of(name)
    sets = Transformers(
        table=table,
        grade=grade,
        measures="current" if name.startswith("iec61869-2") else "voltage",
        load=load,
        serials=serials or ("T1",),
    )
    return transformer_evaluations(sets, power_factor(phase), NAMEPLATE)
