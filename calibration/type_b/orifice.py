"""Orifice plates: the uncertainty of a mass flow by ISO 5167-1 and -2 (pure)."""

from typing import Literal

import msgspec

from calibration.basis import UncertaintyBasis
from calibration.distribution import Distribution
from calibration.type_b.errors import NoLimitError
from calibration.type_b.evaluation import TypeBEvaluation, instrument_influence
from calibration.type_b.limit import StatedLimit
from calibration.type_b.number import not_negative, positive, shown
from calibration.type_b.source import Source, Status


class DischargePiece(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Relative uncertainty of C in per cent, constant + rate*ratio, up to a diameter ratio."""

    status: Status
    constant: float
    rate: float
    up_to: float | None = None
    below: float | None = None

    def reaches(self, ratio: float) -> bool:
        """Whether the piece holds at a ratio that the pieces before it do not reach."""
        return (self.up_to is not None and ratio <= self.up_to) or (
            self.below is not None and ratio < self.below
        )


class SmallPipe(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Added for pipes below a diameter: percent*(ratio - d/D)*(inch - D/25.4 mm)."""

    below_mm: float
    percent: float
    ratio: float
    inch: float


class LowReynolds(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Added above a diameter ratio and below a Reynolds number."""

    above_ratio: float
    below_reynolds: float
    percent: float


class Expansibility(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Per cent of the expansibility factor for each dp/(kappa*p1), up to a ratio dp/p1."""

    percent_of_pressure_ratio: float
    up_to_pressure_ratio: float


class OrificeRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What ISO 5167-2 states; its uncertainties are expanded, by `coverage_factor`."""

    schema: Literal[1]
    id: str
    standard: str
    edition: str
    title: str
    status: Status
    seen_as: Literal["", "text", "restatement"]
    seen_in: str
    confidence: str
    omitted: tuple[str, ...]
    discharge_clause: str
    expansibility_clause: str
    coverage_factor: float
    diameter_ratio: tuple[float, float]
    pipe_diameter_mm: tuple[float, float]
    discharge: tuple[DischargePiece, ...]
    small_pipe: SmallPipe
    low_reynolds: LowReynolds
    expansibility: Expansibility

    @property
    def classes(self) -> tuple[str, ...]:
        """The one class of plates made and mounted as the standard says."""
        return ("orifice",)


class Orifice(msgspec.Struct, frozen=True, kw_only=True):
    """An orifice plate at an operating point.

    Args:
        ratio: of the diameters, beta = d/D.
        pipe_diameter_mm: D.
        reynolds: Reynolds number by D, > 0.
        pressure_ratio: dp/p1, 0 to 1; 0 for a liquid.
        isentropic_exponent: kappa, > 0; of no effect for a liquid.
    """

    ratio: float
    pipe_diameter_mm: float
    reynolds: float
    pressure_ratio: float = 0.0
    isentropic_exponent: float = 1.0

    def __post_init__(self) -> None:
        positive("orifice", ratio=self.ratio, pipe_diameter_mm=self.pipe_diameter_mm)
        positive("orifice", reynolds=self.reynolds, isentropic_exponent=self.isentropic_exponent)
        not_negative("orifice", pressure_ratio=self.pressure_ratio)


def discharge_coefficient_limit(rule: OrificeRule, orifice: Orifice) -> StatedLimit:
    """The relative expanded uncertainty of C, beta, D, Re and roughness taken as exact.

    Raises:
        NoLimitError: the plate or the pipe lies outside the standard's limits of use.
    """
    _within(rule, orifice)
    ratio, diameter = orifice.ratio, orifice.pipe_diameter_mm
    piece = next(each for each in rule.discharge if each.reaches(ratio))
    percent = piece.constant + piece.rate * ratio
    small, low = rule.small_pipe, rule.low_reynolds
    if diameter < small.below_mm:
        percent += small.percent * (small.ratio - ratio) * (small.inch - diameter / 25.4)
    if ratio > low.above_ratio and orifice.reynolds < low.below_reynolds:
        percent += low.percent
    return _expanded(rule, "discharge_coefficient", percent, rule.discharge_clause, piece.status)


def expansibility_limit(rule: OrificeRule, orifice: Orifice) -> StatedLimit:
    """The relative expanded uncertainty of the expansibility factor; 0 for a liquid.

    Raises:
        NoLimitError: as `discharge_coefficient_limit`.
    """
    _within(rule, orifice)
    share = orifice.pressure_ratio / orifice.isentropic_exponent
    percent = rule.expansibility.percent_of_pressure_ratio * share
    return _expanded(rule, "expansibility", percent, rule.expansibility_clause, rule.status)


def mass_flow_sensitivities(ratio: float) -> dict[str, float]:
    """Relative sensitivities of a mass flow to what it is computed from (ISO 5167-1, 8).

    Args:
        ratio: of the diameters, above 0 and below 1.
    """
    fourth = ratio**4
    return {
        "discharge_coefficient": 1.0,
        "expansibility": 1.0,
        "pipe_diameter": -2.0 * fourth / (1.0 - fourth),
        "orifice_diameter": 2.0 / (1.0 - fourth),
        "differential_pressure": 0.5,
        "density": 0.5,
    }


def orifice_evaluations(
    rule: OrificeRule, orifice: Orifice, serial: str, basis: UncertaintyBasis
) -> tuple[TypeBEvaluation, ...]:
    """What the standard's own coefficients add to a mass flow, relative.

    Diameters, differential pressure and density have certificates or sheets of their own and
    enter by `mass_flow_sensitivities`.

    Raises:
        NoLimitError: as `discharge_coefficient_limit`.
    """
    limits = (discharge_coefficient_limit(rule, orifice), expansibility_limit(rule, orifice))
    return tuple(
        TypeBEvaluation(
            limit=limit,
            influence=instrument_influence(serial, "class", limit, limit.name),
            basis=basis,
        )
        for limit in limits
        if limit.half_width
    )


def _within(rule: OrificeRule, orifice: Orifice) -> None:
    uses = (
        ("d/D", orifice.ratio, rule.diameter_ratio),
        ("D/mm", orifice.pipe_diameter_mm, rule.pipe_diameter_mm),
        ("dp/p1", orifice.pressure_ratio, (0.0, rule.expansibility.up_to_pressure_ratio)),
    )
    for name, value, (low, high) in uses:
        if not low <= value <= high:
            found, limit = f"{name} = {shown(value)}", f"{low:g} .. {high:g}"
            raise NoLimitError(rule.id, name=name, found=found, limit=limit)


def _expanded(
    rule: OrificeRule, name: str, percent: float, clause: str, status: Status
) -> StatedLimit:
    source = Source(
        standard=rule.standard,
        edition=rule.edition,
        clause=clause,
        status=status,
        seen_as=rule.seen_as if status == Status.SEEN else "",
        seen_in=rule.seen_in if status == Status.SEEN else "",
    )
    return StatedLimit(
        name=name,
        half_width=percent / 100.0,
        unit="1",
        source=source,
        distribution=Distribution.NORMAL,
        coverage_factor=rule.coverage_factor,
    )
