"""Thermal energy meters: sub-assemblies, and the meter as a whole (pure)."""

from calibration.basis import UncertaintyBasis
from calibration.type_b.evaluation import TypeBEvaluation, of_instruments
from calibration.type_b.limit import StatedLimit, arithmetic_sum
from calibration.type_b.lookup import limit_at
from calibration.type_b.point import OperatingPoint
from calibration.type_b.table import ClassTable


def sub_assembly_limits(
    table: ClassTable, grade: str, point: OperatingPoint
) -> tuple[StatedLimit, ...]:
    """The limits of flow sensor, temperature pair and calculator.

    Args:
        table: such as EN 1434.
        grade: the class.
        point: flow and temperature_difference, with the marks qi, qp, qs, dTmin and dTmax.

    Raises:
        TypeBError: as `limit_at`.
    """
    return tuple(limit_at(table, grade, of, point) for of in table.evaluates)


def sub_assembly_evaluations(
    table: ClassTable, grade: str, point: OperatingPoint, serial: str, basis: UncertaintyBasis
) -> tuple[TypeBEvaluation, ...]:
    """Three evaluations of a meter whose sub-assemblies were each verified by themselves.

    Raises:
        TypeBError: as `limit_at`.
    """
    limits = sub_assembly_limits(table, grade, point)
    return tuple(
        found
        for limit in limits
        for found in of_instruments(limit, (serial,), basis, part=limit.name)
    )


def complete_evaluation(
    table: ClassTable, grade: str, point: OperatingPoint, serial: str, basis: UncertaintyBasis
) -> tuple[TypeBEvaluation, ...]:
    """One evaluation of a complete meter, whose limit is the arithmetic sum of the three.

    Raises:
        TypeBError: as `limit_at`.
    """
    whole = arithmetic_sum(sub_assembly_limits(table, grade, point), "relative_error")
    return of_instruments(whole, (serial,), basis)
