"""Instrument transformers: what their classes add to active energy (pure).

With ratio errors e and phase displacements d (positive where the secondary leads), a load of
power factor cos(phi) is shown with the relative deviation, to first order,

    e_I + e_U + (d_I - d_U)*tan(phi),

phi positive for an inductive load. It holds for one phase, and for three equally loaded ones
measured by three elements; two-element metering weighs its phases at phi +- 30 degrees, which
this does not cover.
"""

from typing import Literal

import msgspec

from calibration.basis import UncertaintyBasis
from calibration.type_b.electricity import PowerFactor
from calibration.type_b.evaluation import TypeBEvaluation, of_instruments
from calibration.type_b.lookup import limit_at
from calibration.type_b.point import OperatingPoint
from calibration.type_b.table import ClassTable


class Transformers(msgspec.Struct, frozen=True, kw_only=True):
    """One transformer, or the equal ones of a three-phase set.

    Args:
        table, grade: the class.
        measures: "current" or "voltage".
        load: primary quantity in multiples of the rated one, > 0.
        serials: one stands for all, as if their deviations were the same; three stand for
            transformers whose deviations are independent.
    """

    table: ClassTable
    grade: str
    measures: Literal["current", "voltage"]
    load: float
    serials: tuple[str, ...]

    @property
    def point(self) -> OperatingPoint:
        """Where the class is asked for its limits."""
        return OperatingPoint(quantities={self.measures: self.load})


def transformer_evaluations(
    transformers: Transformers, phase: PowerFactor, basis: UncertaintyBasis
) -> tuple[TypeBEvaluation, ...]:
    """Ratio error and phase displacement, each its own influence, in active energy.

    Args:
        transformers: of current or of voltage.
        phase: of the load.
        basis: what stands behind the class.

    Raises:
        NoLimitError: the class limits no phase displacement and the power factor is not 1, so
            that its effect is unknown.
        TypeBError: as `limit_at`.
    """
    table, grade, point = transformers.table, transformers.grade, transformers.point
    serials, measures = transformers.serials, transformers.measures
    ratio = limit_at(table, grade, "ratio_error", point)
    found = of_instruments(ratio, serials, basis, 1.0, f"{measures}_ratio")
    tangent = phase.tangent if measures == "current" else -phase.tangent
    if tangent:
        angle = limit_at(table, grade, "phase_displacement", point)
        found += of_instruments(angle, serials, basis, tangent, f"{measures}_displacement")
    return found
