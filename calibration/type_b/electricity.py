"""Electricity meters: limits by current and power factor, influences, combined errors (pure)."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Final, Literal

import msgspec

from calibration.basis import UncertaintyBasis
from calibration.type_b.errors import NoLimitError, PowerFactorError
from calibration.type_b.evaluation import TypeBEvaluation, instrument_influence
from calibration.type_b.limit import StatedLimit, larger, root_sum_square
from calibration.type_b.lookup import conditions_of, limit_at
from calibration.type_b.point import OperatingPoint
from calibration.type_b.signal import Ambient
from calibration.type_b.table import ClassTable

LEAST_COSINE: Final = 0.01
_TEXT: Final = re.compile(r"(\d{1,2}(?:\.\d{1,12})?)([LC]?)")


class PowerFactor(msgspec.Struct, frozen=True, kw_only=True):
    """cos(phi) of a load, and its side.

    Args:
        cosine: 0.01 to 1.
        side: "inductive": the current lags; "capacitive": it leads.
    """

    cosine: float
    side: Literal["inductive", "capacitive"] = "inductive"

    def __post_init__(self) -> None:
        if not LEAST_COSINE <= self.cosine <= 1.0:
            limit = f"{LEAST_COSINE} .. 1"
            raise PowerFactorError("power factor", found=f"{self.cosine:.6g}", limit=limit)

    @property
    def tangent(self) -> float:
        """tan(phi), positive for an inductive load."""
        size = math.sqrt(1.0 - self.cosine**2) / self.cosine
        return size if self.side == "inductive" else -size

    @property
    def sine(self) -> float:
        """|sin(phi)|, by which limits of reactive energy are stated."""
        return math.sqrt(1.0 - self.cosine**2)


def power_factor(text: str) -> PowerFactor:
    """The power factor that a text names: "1", "0.8", "0.5L" (inductive) or "0.8C".

    Raises:
        PowerFactorError: it names none.
    """
    found = _TEXT.fullmatch(text)
    if found is None:
        limit = "1 | 0.8 | 0.5L | 0.8C"
        raise PowerFactorError("--power-factor", found=text[:40], limit=limit)
    side: Literal["inductive", "capacitive"] = "capacitive" if found[2] == "C" else "inductive"
    return PowerFactor(cosine=float(found[1]), side=side)


class MeterAtLoad(msgspec.Struct, frozen=True, kw_only=True):
    """A meter's class and the load that its limits are asked for.

    Args:
        table: of active meters, by power factor, or of reactive ones, by sin(phi).
        grade: the class.
        point: current, marks and conditions.
        phase: of the load.
        serial: of the meter.
        basis: what stands behind the class.
    """

    table: ClassTable
    grade: str
    point: OperatingPoint
    phase: PowerFactor
    serial: str
    basis: UncertaintyBasis


def meter_limit(meter: MeterAtLoad, of: str) -> StatedLimit:
    """The limit of a meter's class at a current and a power factor.

    Standards print limits at some power factors only, such as 1, 0.5 inductive and 0.8
    capacitive. Between two of them the larger of their limits is taken.

    Args:
        meter: at its load.
        of: the deviation, or the influence quantity.

    Raises:
        NoLimitError: none is stated at the current, or beyond the printed power factors.
        TypeBError: as `limit_at`.
    """
    table, grade, point = meter.table, meter.grade, meter.point
    for condition, stated, value in _phases(table, of, meter.phase):
        names = _neighbours(value, stated)
        if not names:
            where, found = f"{table.id}/{grade}", f"{condition} = {value:.4g} {meter.phase.side}"
            raise NoLimitError(where, name=of, found=found, limit=", ".join(stated))
        points = [point.with_conditions(**{condition: each}) for each in names]
        return larger([limit_at(table, grade, of, each) for each in points])
    return limit_at(table, grade, of, point)


def meter_evaluations(meter: MeterAtLoad) -> tuple[TypeBEvaluation, ...]:
    """The class of a meter as one deviation that all its readings share.

    Raises:
        TypeBError: as `meter_limit`.
    """
    limits = [meter_limit(meter, of) for of in meter.table.evaluates]
    return tuple(
        TypeBEvaluation(
            limit=limit,
            influence=instrument_influence(meter.serial, "class", limit),
            basis=meter.basis,
        )
        for limit in limits
    )


def influence_evaluations(
    meter: MeterAtLoad, quantities: Sequence[str]
) -> tuple[TypeBEvaluation, ...]:
    """Variations of the percentage error with influence quantities, each within its range.

    Args:
        meter: at its load.
        quantities: such as "voltage" and "frequency"; each varies within the range that the
            table remarks.

    Raises:
        TypeBError: as `meter_limit`.
    """
    limits = [meter_limit(meter, of) for of in quantities]
    return tuple(
        TypeBEvaluation(
            limit=limit,
            influence=instrument_influence(meter.serial, "bias", limit, limit.name),
            basis=meter.basis,
        )
        for limit in limits
    )


def temperature_coefficient(meter: MeterAtLoad) -> StatedLimit:
    """The limit of the class's mean temperature coefficient, per kelvin.

    Raises:
        TypeBError: as `meter_limit`.
    """
    return msgspec.structs.replace(meter_limit(meter, "temperature_coefficient"), unit="1/K")


def combined_maximum_error(
    base: StatedLimit,
    influences: Sequence[StatedLimit],
    coefficient: StatedLimit | None = None,
    ambient: Ambient | None = None,
) -> StatedLimit:
    """Root of the sum of squares of the base limit and the influences' (OIML R 46, MI-003).

    It is a limit, not an uncertainty: the parts themselves, each by its own influence, are
    what enters a budget.

    Args:
        base: of the class at the load.
        influences: variations with voltage, frequency ...
        coefficient: limit of the temperature coefficient, per kelvin.
        ambient: its farther end decides.
    """
    parts = [base, *influences]
    if coefficient is not None and ambient is not None:
        half_width = coefficient.half_width * ambient.largest_offset_K
        parts.append(msgspec.structs.replace(coefficient, half_width=half_width, unit="1"))
    return root_sum_square(parts, "combined_maximum_error")


def _phases(
    table: ClassTable, of: str, phase: PowerFactor
) -> Sequence[tuple[str, Mapping[str, float], float]]:
    """The condition by which a deviation's limits are printed, its texts, and our value."""
    factors = {text: power_factor(text) for text in conditions_of(table, "power_factor", of)}
    same = {t: f.cosine for t, f in factors.items() if f.side == phase.side or f.cosine == 1.0}
    sines = {text: float(text) for text in conditions_of(table, "sin_phi", of)}
    found = [("power_factor", same, phase.cosine)] if factors else []
    return found + ([("sin_phi", sines, phase.sine)] if sines else [])


def _neighbours(value: float, stated: Mapping[str, float]) -> tuple[str, ...]:
    """The printed texts on both sides of a value; one where it is printed; none beyond."""
    at = [text for text, each in stated.items() if math.isclose(each, value, rel_tol=1e-12)]
    low = [text for text, each in stated.items() if each < value]
    high = [text for text, each in stated.items() if each > value]
    if at or not (low and high):
        return tuple(at[:1])
    return max(low, key=lambda text: stated[text]), min(high, key=lambda text: stated[text])
