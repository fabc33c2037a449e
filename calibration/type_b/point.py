"""The operating point at which a limit is asked for (pure)."""

import re
from typing import Final

import msgspec

from calibration.type_b.errors import ClassMarkError, ClassPointError
from calibration.type_b.number import LARGEST, bounded, positive, shown

Bound = str | float
"""A number, a mark of the name-plate ("Q2"), or a multiple of one ("0.05 In")."""

_BOUND: Final = re.compile(r"(?:(\d+(?:\.\d+)?) )?([A-Za-z]\w*)")


class OperatingPoint(msgspec.Struct, frozen=True, kw_only=True):
    """What decides on the limits of a class.

    Args:
        quantities: such as current, flow or temperature, by name; a current or a flow in the
            unit of the marks, a temperature in degrees Celsius.
        marks: of the name-plate, > 0, such as In, Imax, Q1 or qp.
        conditions: such as load = "balanced", stage = "in_service".
    """

    quantities: dict[str, float] = {}
    marks: dict[str, float] = {}
    conditions: dict[str, str] = {}

    def __post_init__(self) -> None:
        bounded("point", **self.quantities)
        positive("name-plate", **self.marks)

    def quantity(self, name: str, where: str) -> float:
        """The value of a quantity.

        Raises:
            ClassPointError: it is not stated.
        """
        if name not in self.quantities:
            limit = f"-{LARGEST:g} .. {LARGEST:g}"
            raise ClassPointError(where, name=name, value="?", limit=limit)
        return self.quantities[name]

    def with_conditions(self, **conditions: str) -> "OperatingPoint":
        """The same point under further conditions."""
        return msgspec.structs.replace(self, conditions={**self.conditions, **conditions})

    @property
    def text(self) -> str:
        """All of it in one line, for messages."""
        numbers = {**self.quantities, **self.marks}.items()
        stated = [f"{name} = {shown(value)}" for name, value in numbers]
        return ", ".join([*stated, *(f"{n} = {c}" for n, c in self.conditions.items())]) or "?"


class Marks(msgspec.Struct, frozen=True, kw_only=True):
    """The values of the name-plate that bounds are multiples of.

    Args:
        stated: by the user.
        reference: the mark in whose multiples a quantity is given when it is not stated.
        assumed: what others are when they are not stated.
        where: names the class in messages.
    """

    stated: dict[str, float]
    reference: str
    assumed: dict[str, Bound]
    where: str

    def value(self, bound: Bound) -> float:
        """A bound as a number.

        Raises:
            ClassMarkError: it is a multiple of a mark that is not stated.
        """
        if isinstance(bound, float | int):
            return float(bound)
        factor, name = bound_parts(bound)
        return factor * self._mark(name)

    def knows(self, bound: Bound) -> bool:
        """Whether a bound can be told as a number."""
        if isinstance(bound, float | int):
            return True
        name = bound_parts(bound)[1]
        return name in self.stated or name == self.reference or name in self.assumed

    def _mark(self, name: str) -> float:
        if name in self.stated:
            return self.stated[name]
        if name == self.reference:
            return 1.0
        if name in self.assumed:
            return self.value(self.assumed[name])
        raise ClassMarkError(self.where, name=name)


def bound_parts(bound: str) -> tuple[float, str]:
    """Factor and mark of a bound such as "0.05 In".

    Raises:
        ValueError: it is none.
    """
    found = _BOUND.fullmatch(bound)
    if found is None:
        raise ValueError(bound)
    return float(found[1] or 1.0), found[2]
