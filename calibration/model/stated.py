"""A quantity as it enters or leaves a model, with its influences and its conditions (pure)."""

import math

import msgspec

from calibration.errors import NotFiniteError, UnitMismatchError
from calibration.measurand import ReferenceConditions
from calibration.model.errors import InputRangeError
from calibration.uncertainty import UncertaintyComponent, combine, merge, scaled
from calibration.unit import convert, unit


class Stated(msgspec.Struct, frozen=True, kw_only=True):
    """A quantity value that knows its influences and the gas it is stated for.

    Args:
        value: in `unit`, finite.
        unit: UCUM code.
        components: signed, in `unit`; none means that no uncertainty is stated, not that it is 0.
        reference_conditions: of gas quantities; of a fraction only wet or dry counts.
        reference_oxygen: % O2 to which a concentration was converted; for limits only.

    Raises:
        NotFiniteError, UnknownUnitError, InputRangeError: a field cannot be.
    """

    value: float
    unit: str
    components: tuple[UncertaintyComponent, ...] = ()
    reference_conditions: ReferenceConditions | None = None
    reference_oxygen: float | None = None

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise NotFiniteError("stated", name="value", value=self.value)
        unit(self.unit, "stated")
        oxygen = self.reference_oxygen
        if oxygen is not None and not 0.0 <= oxygen <= 21.0:
            raise InputRangeError(
                "stated", name="reference_oxygen", value=oxygen, unit=" %", limit="0 <= v <= 21 %"
            )

    @property
    def standard_uncertainty(self) -> float:
        """Combined, in `unit`."""
        return combine(self.components)


class Modelled(Stated, frozen=True, kw_only=True):
    """What a model gives; may enter the next one.

    Args:
        model, model_version: that gave it.
        constants: the set of constants.
        constants_digest: SHA-256 of the constants that took part.
        findings: what a reader should know, by name and place.
    """

    model: str
    model_version: int
    constants: str
    constants_digest: str
    findings: tuple[str, ...] = ()


def in_unit(stated: Stated, code: str, name: str) -> Stated:
    """The same quantity in another unit; components are scaled, never shifted.

    Raises:
        UnitMismatchError: the units are of different kinds; it says of which input.
    """
    source, target = unit(stated.unit), unit(code, name)
    if source.dimension != target.dimension:
        raise UnitMismatchError(name, found=stated.unit, expected=code)
    if source.code == target.code:
        return stated
    return msgspec.structs.replace(
        stated,
        value=convert(stated.value, stated.unit, code),
        unit=code,
        components=scaled(stated.components, source.factor / target.factor),
    )


def added(first: Stated, *others: Stated) -> Stated:
    """The sum of quantities of one kind and one state, in the first one's unit.

    Raises:
        UnitMismatchError: kinds, reference conditions or reference O2 differ.
    """
    alike = [first, *(in_unit(each, first.unit, "sum") for each in others)]
    for each in alike:
        found, expected = (
            (one.reference_conditions, one.reference_oxygen) for one in (each, first)
        )
        if found != expected:
            raise UnitMismatchError("sum", found=found, expected=expected)
    return Stated(
        value=math.fsum(each.value for each in alike),
        unit=first.unit,
        components=merge(*(each.components for each in alike)),
        reference_conditions=first.reference_conditions,
        reference_oxygen=first.reference_oxygen,
    )


def times_number(stated: Stated, number: float) -> Stated:
    """A quantity times an exact number."""
    return msgspec.structs.replace(
        stated, value=stated.value * number, components=scaled(stated.components, number)
    )
