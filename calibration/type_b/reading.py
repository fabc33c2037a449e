"""What a data sheet gives at one reading: a limit and an influence for each name (pure)."""

from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from calibration.basis import UncertaintyBasis
from calibration.type_b.errors import ClassPointError, NoLimitError
from calibration.type_b.evaluation import Aspect, TypeBEvaluation, instrument_influence
from calibration.type_b.limit import StatedLimit, arithmetic_sum, larger, root_sum_square
from calibration.type_b.number import bounded, shown
from calibration.type_b.sheet import DataSheet, Term
from calibration.type_b.signal import drift_half_width
from calibration.type_b.temperature import temperature_evaluations
from calibration.uncertainty import Influence, name_of

PLAIN: Final = {"class": "accuracy"}
"""Names of terms that are the instrument itself, where not the aspect's own name."""


def sheet_evaluations(
    sheet: DataSheet, at: float, serial: str, basis: UncertaintyBasis
) -> tuple[TypeBEvaluation, ...]:
    """One evaluation for each name of a data sheet; two where the ambient temperature counts.

    An evaluation is relative where all its terms are per cent of the reading, and for a
    register; otherwise it is in the sheet's unit and holds at this reading.

    Args:
        sheet: of the instrument.
        at: the reading, in the sheet's unit, within the measuring interval; of a register
            the rate, not 0.
        serial: of the instrument.
        basis: what stands behind the sheet.

    Raises:
        NoLimitError: the reading lies outside the measuring interval.
        ClassPointError: a figure depends on something that the sheet does not state.
    """
    bounded("--at", at=at)
    low, high = sheet.measuring_interval
    if not low <= at <= high:
        limit = f"{shown(low)} <= reading <= {shown(high)}"
        raise NoLimitError("sheet", name="reading", found=shown(at), limit=limit)
    if sheet.acts_on == "register" and at == 0.0:
        raise ClassPointError("sheet", name="at", value="0", limit="!= 0 for a register")
    return tuple(
        found
        for name, terms in sheet.groups.items()
        for found in _evaluations(sheet, name, terms, at, serial, basis)
    )


def _evaluations(
    sheet: DataSheet,
    name: str,
    terms: Sequence[Term],
    at: float,
    serial: str,
    basis: UncertaintyBasis,
) -> tuple[TypeBEvaluation, ...]:
    limit = _limit(sheet, name, terms, at)
    aspect = terms[0].aspect or _default_aspect(terms[0])
    part = "" if name == PLAIN.get(aspect, aspect) else name
    acts: Literal["relative", "absolute"] = "relative" if _is_relative(sheet, terms) else "absolute"
    if terms[0].per_K is not None:
        if sheet.ambient is None:
            raise ClassPointError(f"terms {name}", name="ambient", value="?", limit="[ambient]")
        return temperature_evaluations(limit, sheet.ambient, serial, basis, acts, part)
    if terms[0].scatter == "fresh":
        own = f"fresh:{name_of(serial)}/{name}"
        influence = Influence(id=own, distribution=limit.distribution, shared=False)
    else:
        influence = instrument_influence(serial, aspect, limit, part)
    return (TypeBEvaluation(limit=limit, influence=influence, basis=basis, acts=acts),)


def _limit(sheet: DataSheet, name: str, terms: Sequence[Term], at: float) -> StatedLimit:
    """The limit of all terms of a name; per kelvin where they are."""
    relative = _is_relative(sheet, terms)
    at = at or 1.0 if relative else at  # per cent of a reading of 0 is still that per cent
    scale, base = (abs(at), "1") if relative else (1.0, sheet.unit)
    limits = [
        StatedLimit(
            name=name,
            half_width=_half_width(sheet, term, at) / scale,
            unit=f"{base}/K" if term.per_K is not None else base,
            source=sheet.source,
            distribution=term.distribution,
            coverage_factor=term.coverage_factor,
        )
        for term in terms
    ]
    how = sheet.combination.get(name, "sum")
    if how == "larger":
        return larger(limits)
    return root_sum_square(limits, name) if how == "rss" else arithmetic_sum(limits, name)


def _half_width(sheet: DataSheet, term: Term, at: float) -> float:
    stated = _stated(sheet, term, at)
    if term.per_K is not None:
        return stated / term.per_K
    if term.per_year is not None:
        return drift_half_width(stated, term.per_year, sheet.years_since_calibration)
    return stated


def _stated(sheet: DataSheet, term: Term, at: float) -> float:
    """A figure in the sheet's unit, as it stands, per period where it has one."""
    if term.absolute is not None:
        return term.absolute
    if term.digits is not None:
        return term.digits * _needed(sheet.resolution, "resolution", term)
    return (term.percent or 0.0) / 100.0 * _whole(sheet, term, at)


def _whole(sheet: DataSheet, term: Term, at: float) -> float:
    """What the per cent of a term are of."""
    low, high = sheet.measuring_interval
    if term.of == "span":
        return high - low
    if term.of == "upper_range_limit":
        return _needed(sheet.upper_range_limit, "upper_range_limit", term)
    return abs(at)


def _needed(value: float | None, name: str, term: Term) -> float:
    if value is None:
        raise ClassPointError(f"terms {term.name}", name=name, value="?", limit="> 0")
    return value


def _is_relative(sheet: DataSheet, terms: Sequence[Term]) -> bool:
    """Whether a limit can be told relative to the reading, whatever the reading is."""
    return sheet.acts_on == "register" or all(term.of == "reading" for term in terms)


def _default_aspect(term: Term) -> Aspect:
    if term.per_K is not None:
        return "temperature"
    return "drift" if term.per_year is not None else "class"


def with_ambient(sheet: DataSheet, low_Cel: float, high_Cel: float) -> DataSheet:
    """The same sheet at another interval of ambient temperature.

    Raises:
        ClassPointError: the sheet states no reference temperature.
    """
    if sheet.ambient is None:
        raise ClassPointError("sheet", name="ambient", value="?", limit="[ambient] reference_Cel")
    ambient = msgspec.structs.replace(sheet.ambient, low_Cel=low_Cel, high_Cel=high_Cel)
    return msgspec.structs.replace(sheet, ambient=ambient)
