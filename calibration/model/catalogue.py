"""What a model is, and what it is made of: quantities, constants, factors (pure)."""

import hashlib
import json
from collections.abc import Iterable
from typing import Literal

import msgspec

from calibration.model.errors import ConstantMissingError

Status = Literal["S", "K", "D"]
Form = Literal["formula", "sum", "sample", "code"]


class InputQuantity(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An input of models.

    Args:
        name: as formulas have it.
        means: in words.
        unit: UCUM code in which formulas take it; "any", or "as <input>".
        state: what its reference conditions must be: "" is not asked, "actual" means none may be
            stated, "wet" and "dry", "normal", "epa-wet" and the like, "any" but stated, or
            "as <input>".
        at_least, at_most, above, below: what values it can have, in `unit`.
    """

    name: str
    means: str
    unit: str
    state: str = ""
    at_least: float | None = None
    at_most: float | None = None
    above: float | None = None
    below: float | None = None

    @property
    def limit(self) -> str:
        """The values it can have, in words."""
        rules = ((">=", self.at_least), (">", self.above), ("<=", self.at_most), ("<", self.below))
        return " and ".join(f"{sign} {each:g}" for sign, each in rules if each is not None)

    def admits(self, value: float) -> bool:
        """Whether it can have a value."""
        return (
            (self.at_least is None or value >= self.at_least)
            and (self.at_most is None or value <= self.at_most)
            and (self.above is None or value > self.above)
            and (self.below is None or value < self.below)
        )


class Result(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a model gives.

    Args:
        name: of the output quantity.
        unit: UCUM code, or "as <input>".
        state: its reference conditions, such as "normal-dry", or "as <input>".
        state_of: inputs that are its reference temperature in K and pressure in Pa.
        reference_oxygen: the input to whose O2 it was converted.
    """

    name: str
    unit: str
    state: str = ""
    state_of: tuple[str, ...] = ()
    reference_oxygen: str = ""


class ReportingRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a regulation has a value reported: half away from zero, then not below a bound."""

    decimals: int
    at_least: float | None = None


class Constant(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number that a rule prescribes; its unit is for people to read."""

    name: str
    value: float
    unit: str
    status: Status
    source: str


class ConstantSet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Constants that belong together.

    Args:
        id, version, title: of the set.
        values: its constants.
    """

    id: str
    version: int
    title: str
    values: tuple[Constant, ...]

    def used(self, names: Iterable[str]) -> tuple[Constant, ...]:
        """The constants of these names, in the set's order.

        Raises:
            ConstantMissingError: the set lacks one.
        """
        asked = frozenset(names)
        for name in sorted(asked - {each.name for each in self.values}):
            raise ConstantMissingError(
                "constants", found=self.id, name=name, limit=", ".join(sorted(asked))
            )
        return tuple(each for each in self.values if each.name in asked)


class Factor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Input values from a table, by the input's name; they state no uncertainty."""

    id: str
    source: str
    status: Status
    unit: str
    values: dict[str, float]


class MeasurementModel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A measurement model (VIM 2.48).

    Args:
        id, version: by which results cite it.
        title, zh: what it gives, in English and Chinese.
        form: "formula"; "sum" of the formula over hours or parts; "sample" and "code" are
            computed by the function that `code` names.
        formula: of the names of inputs and constants; see `formula.grammar`.
        inputs: in order.
        result: what it gives.
        constants: the set that holds unless another is asked for.
        constant_names: of the formula.
        reported: how a regulation has it rounded.
        clause, status: where it stands, and "S" seen, "K" recalled, "D" by definition.
    """

    id: str
    version: int
    title: str
    zh: str
    inputs: tuple[InputQuantity, ...]
    result: Result
    constants: str
    clause: str
    status: Status
    form: Form = "formula"
    formula: str = ""
    code: str = ""
    constant_names: tuple[str, ...] = ()
    reported: ReportingRule | None = None

    @property
    def input_names(self) -> tuple[str, ...]:
        """In order."""
        return tuple(each.name for each in self.inputs)


def digest(constants: ConstantSet, names: Iterable[str]) -> str:
    """SHA-256, in hex, of the constants that take part; canonical JSON with sorted keys."""
    record = {
        "id": constants.id,
        "version": constants.version,
        "values": {
            each.name: [each.value.hex(), each.unit, each.status] for each in constants.used(names)
        },
    }
    text = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
