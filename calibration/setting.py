"""Configuration that changes results, as a dated statement of a person: stack area, K_v, factors.

Such numbers stand in no certificate of the instrument that they act on, and the easiest way to
another result is to change one. So each is a document of its own: what it was, what it is, from
when, who decided it and why, and on which source it rests. It is signed by travelling in a log.
"""

import datetime as dt
import math
from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from calibration.errors import SettingMissingError, SettingValueError, UnitMismatchError, Words
from calibration.laboratory import StandardUsed
from calibration.limits import FINITE, NOT_NEGATIVE, with_zone
from calibration.measurand import ReferenceConditions
from calibration.unit import convert, unit

SettingKind = Literal[
    "stack_area",
    "velocity_coefficient",
    "analyser_span",
    "moisture",
    "reference_oxygen",
    "meter_factor",
    "net_calorific_value",
    "net_calorific_value_by_volume",
    "carbon_content",
    "carbon_content_by_heat",
    "oxidation_factor",
    "fuel_moisture",
    "emission_factor_by_mass",
    "emission_factor_by_volume",
    "emission_factor_by_heat",
    "emission_factor_of_electricity",
    "f_factor_of_carbon",
    "f_factor_dry",
    "density",
    "specific_enthalpy",
    "steam_dryness",
    "reference_temperature",
    "reference_pressure",
    "compressibility",
    "compressibility_at_reference",
]


class _Meaning(msgspec.Struct, frozen=True, kw_only=True):
    """What a kind of setting can be: its unit's dimension, and an interval in `unit`.

    Args:
        dimension: None for any.
        above, below: the open interval; zero is inside where `zero` says so, and `below` itself
            where `full` does.
        bound: whether it belongs to one instrument, and ends with its removal.
        gas: whether it is of a volume of gas, and so must say of which state.
        sampled: whether it is found by analysis of a fuel, or looked up: what rests on one document
            deviates alike wherever it is used, and the next document is another deviation.
    """

    unit: str
    dimension: str | None
    above: float = 0.0
    below: float = math.inf
    zero: bool = False
    full: bool = False
    bound: bool = False
    gas: bool = False
    sampled: bool = False

    @property
    def limit(self) -> str:
        """The interval in words."""
        least, most = ">=" if self.zero else ">", "<=" if self.full else "<"
        return f"{least} {self.above:g} and {most} {self.below:g} {self.unit}".rstrip()

    def admits(self, value: float) -> bool:
        """Whether a value in `unit` can be."""
        inside = self.above < value < self.below
        return inside or (self.zero and value == 0.0) or (self.full and value == self.below)


_MEANINGS: Final[Mapping[SettingKind, _Meaning]] = {
    "stack_area": _Meaning(unit="m2", dimension="area"),
    "velocity_coefficient": _Meaning(unit="1", dimension="ratio"),
    "analyser_span": _Meaning(unit="", dimension=None, bound=True),
    "moisture": _Meaning(unit="1", dimension="ratio", below=1.0, zero=True),
    "reference_oxygen": _Meaning(unit="%", dimension="ratio", below=20.9, zero=True),
    "meter_factor": _Meaning(unit="1", dimension="ratio", bound=True),
    "net_calorific_value": _Meaning(unit="GJ/t", dimension="specific energy", sampled=True),
    "net_calorific_value_by_volume": _Meaning(
        unit="MJ/m3", dimension="energy per volume", gas=True, sampled=True
    ),
    "carbon_content": _Meaning(unit="1", dimension="ratio", below=1.0, full=True, sampled=True),
    "carbon_content_by_heat": _Meaning(unit="t/GJ", dimension="mass per energy", sampled=True),
    "oxidation_factor": _Meaning(unit="1", dimension="ratio", below=1.0, full=True, sampled=True),
    "fuel_moisture": _Meaning(unit="1", dimension="ratio", below=1.0, zero=True, sampled=True),
    "emission_factor_by_mass": _Meaning(unit="1", dimension="ratio", zero=True, sampled=True),
    "emission_factor_by_volume": _Meaning(
        unit="kg/m3", dimension="mass concentration", zero=True, gas=True, sampled=True
    ),
    "emission_factor_by_heat": _Meaning(
        unit="t/GJ", dimension="mass per energy", zero=True, sampled=True
    ),
    "emission_factor_of_electricity": _Meaning(
        unit="t/(MW.h)", dimension="mass per energy", zero=True, sampled=True
    ),
    "f_factor_of_carbon": _Meaning(
        unit="[cft_i]/(10*6.[Btu_IT])", dimension="volume per energy", sampled=True
    ),
    "f_factor_dry": _Meaning(
        unit="[cft_i]/(10*6.[Btu_IT])", dimension="volume per energy", sampled=True
    ),
    "density": _Meaning(unit="kg/m3", dimension="mass concentration", sampled=True),
    "specific_enthalpy": _Meaning(unit="kJ/kg", dimension="specific energy"),
    "steam_dryness": _Meaning(unit="1", dimension="ratio", below=1.0, zero=True, full=True),
    "reference_temperature": _Meaning(unit="K", dimension="temperature"),
    "reference_pressure": _Meaning(unit="Pa", dimension="pressure"),
    "compressibility": _Meaning(unit="1", dimension="ratio", sampled=True),
    "compressibility_at_reference": _Meaning(unit="1", dimension="ratio", sampled=True),
}


class SettingValue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number that was set.

    Args:
        value: in `unit`, finite.
        unit: UCUM code.
        standard_uncertainty: of it, in `unit`; None: not known, which is not 0. A convention, such
            as a reference oxygen content, states 0.
        reference_conditions: of a number that is of a volume of gas.
    """

    value: float
    unit: str
    standard_uncertainty: float | None = None
    reference_conditions: ReferenceConditions | None = None

    def __post_init__(self) -> None:
        unit(self.unit, "value")
        u = self.standard_uncertainty
        if not math.isfinite(self.value):
            raise SettingValueError("value", name="value", value=self.value, limit=FINITE)
        if u is not None and not 0.0 <= u < math.inf:
            limit = NOT_NEGATIVE
            raise SettingValueError("value", name="standard_uncertainty", value=u, limit=limit)


class Setting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number that changes results, from an instant on.

    Args:
        id: of the decision; a later version of it stands in its place.
        setting: which number.
        subject: the channel, or the stack, that it acts on, as the results name it.
        effective_from: instant from which it is applied.
        effective_until: the first instant at which it is not, where that was decided too; None:
            until another one of its kind begins, or the instrument is exchanged.
        recorded_at: when this house learnt of it.
        decided_by: a person.
        reason: in words.
        after, before: what it is, and what it was; None before the first one.
        serial: of the instrument that it belongs to. A meter's factor and an analyser's span need
            one: they do not hold for the instrument that comes in its place.
        document, document_sha256: on which it rests: a report, a drawing, a certificate.
        standards: behind the number, each with its share, which `standard_uncertainty` does not
            contain; what else was measured against the same one deviates together with it.

    Raises:
        SettingMissingError, SettingValueError, UnitMismatchError: it does not say what it must.
    """

    schema: Literal[1]
    id: str
    setting: SettingKind
    subject: str
    effective_from: dt.datetime
    recorded_at: dt.datetime
    decided_by: str
    reason: str
    after: SettingValue
    document: str
    before: SettingValue | None = None
    effective_until: dt.datetime | None = None
    serial: str = ""
    document_sha256: str = ""
    standards: tuple[StandardUsed, ...] = ()

    def __post_init__(self) -> None:
        where = f"setting {self.id[:80]}"
        self._require_said(where)
        with_zone(where, effective_from=self.effective_from, recorded_at=self.recorded_at)
        if self.effective_until is not None:
            with_zone(where, effective_until=self.effective_until)
            if self.effective_until <= self.effective_from:
                until, begins = self.effective_until, self.effective_from
                limit = Words(f"after {begins}", f"晚于 {begins}")
                raise SettingValueError(where, name="effective_until", value=until, limit=limit)
        for name, value in (("after", self.after), ("before", self.before)):
            if value is not None:
                self._require_possible(f"{where} {name}", value)

    @property
    def is_bound(self) -> bool:
        """Whether it holds for one instrument only."""
        return bool(self.serial)

    @property
    def is_sampled(self) -> bool:
        """Whether its deviation is that of the document, wherever it is used."""
        return _MEANINGS[self.setting].sampled

    def holds_at(self, at: dt.datetime) -> bool:
        """Whether it was decided for an instant."""
        until = self.effective_until
        return self.effective_from <= at and (until is None or at < until)

    def _require_said(self, where: str) -> None:
        names = ["id", "subject", "decided_by", "reason", "document"]
        if _MEANINGS[self.setting].bound:
            names.append("serial")
        for name in names:
            if not getattr(self, name).strip():
                raise SettingMissingError(where, name=name, setting=self.setting)

    def _require_possible(self, where: str, stated: SettingValue) -> None:
        """Refuses another dimension, and a number that cannot be."""
        meaning, found = _MEANINGS[self.setting], unit(stated.unit, where)
        if meaning.dimension is not None and found.dimension != meaning.dimension:
            raise UnitMismatchError(where, found=stated.unit, expected=meaning.dimension)
        if meaning.gas and stated.reference_conditions is None:
            raise SettingMissingError(where, name="reference_conditions", setting=self.setting)
        value = convert(stated.value, stated.unit, meaning.unit or stated.unit)
        if not meaning.admits(value):
            raise SettingValueError(where, name="value", value=value, limit=meaning.limit)
