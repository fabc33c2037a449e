"""A stated quantity from a value and what its influences do to it (pure)."""

from collections.abc import Mapping

from calibration.measurand import ReferenceConditions
from calibration.model.stated import Stated
from calibration.uncertainty import Influence, UncertaintyComponent


def influenced(
    value: float,
    unit: str,
    parts: Mapping[str, float],
    conditions: ReferenceConditions | None = None,
) -> Stated:
    """A quantity with normal influences of infinite degrees of freedom.

    Args:
        value: In `unit`.
        unit: UCUM code.
        parts: Signed contributions in `unit`, by influence id; one that begins with "fresh:" is
            new in each reading, all others are shared by all that name them.
        conditions: Of a gas quantity.

    Raises:
        InfluenceError: an id does not follow the grammar.
        NotFiniteError, UnknownUnitError: a number or the unit cannot be.
    """
    components = tuple(
        UncertaintyComponent(
            influence=Influence(id=name, shared=not name.startswith("fresh:")), contribution=part
        )
        for name, part in parts.items()
    )
    return Stated(value=value, unit=unit, components=components, reference_conditions=conditions)
