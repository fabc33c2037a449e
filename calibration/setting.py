"""Configuration that changes results, as a dated statement of a person: stack area, K_v, span.

Such numbers stand in no certificate of the instrument that they act on, and the easiest way to
another result is to change one. So each is a document of its own: what it was, what it is, from
when, who decided it and why, and on which source it rests. It is signed by travelling in a log.
"""

import datetime as dt
import math
from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from calibration.errors import SettingMissingError, SettingValueError, UnitMismatchError
from calibration.limits import with_zone
from calibration.unit import convert, unit

SettingKind = Literal[
    "stack_area",
    "velocity_coefficient",
    "analyser_span",
    "moisture",
    "reference_oxygen",
    "meter_factor",
]


class _Meaning(msgspec.Struct, frozen=True, kw_only=True):
    """What a kind of setting can be: its unit's dimension, and an interval in `unit`.

    Args:
        dimension: None for any.
        above, below: the open interval; zero is inside where `zero` says so.
        bound: whether it belongs to one instrument, and ends with its removal.
    """

    unit: str
    dimension: str | None
    above: float
    below: float
    zero: bool = False
    bound: bool = False


_MEANINGS: Final[Mapping[SettingKind, _Meaning]] = {
    "stack_area": _Meaning(unit="m2", dimension="area", above=0.0, below=math.inf),
    "velocity_coefficient": _Meaning(unit="1", dimension="ratio", above=0.0, below=math.inf),
    "analyser_span": _Meaning(unit="", dimension=None, above=0.0, below=math.inf, bound=True),
    "moisture": _Meaning(unit="1", dimension="ratio", above=0.0, below=1.0, zero=True),
    "reference_oxygen": _Meaning(unit="%", dimension="ratio", above=0.0, below=20.9, zero=True),
    "meter_factor": _Meaning(unit="1", dimension="ratio", above=0.0, below=math.inf, bound=True),
}


class SettingValue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number that was set.

    Args:
        value: in `unit`, finite.
        unit: UCUM code.
        standard_uncertainty: of it, in `unit`; None: not known, which is not 0. A convention, such
            as a reference oxygen content, states 0.
    """

    value: float
    unit: str
    standard_uncertainty: float | None = None

    def __post_init__(self) -> None:
        unit(self.unit, "value")
        u = self.standard_uncertainty
        if not math.isfinite(self.value):
            raise SettingValueError("value", name="value", value=self.value, limit="finite")
        if u is not None and not 0.0 <= u < math.inf:
            limit = "finite and >= 0"
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

    def __post_init__(self) -> None:
        where = f"setting {self.id[:80]}"
        self._require_said(where)
        with_zone(where, effective_from=self.effective_from, recorded_at=self.recorded_at)
        if self.effective_until is not None:
            with_zone(where, effective_until=self.effective_until)
            if self.effective_until <= self.effective_from:
                until, limit = self.effective_until, f"after {self.effective_from}"
                raise SettingValueError(where, name="effective_until", value=until, limit=limit)
        for name, value in (("after", self.after), ("before", self.before)):
            if value is not None:
                self._require_possible(f"{where} {name}", value)

    @property
    def is_bound(self) -> bool:
        """Whether it holds for one instrument only."""
        return bool(self.serial)

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
        value = convert(stated.value, stated.unit, meaning.unit or stated.unit)
        inside = meaning.above < value < meaning.below or (meaning.zero and value == 0.0)
        if not inside:
            least = ">=" if meaning.zero else ">"
            limit = f"{least} {meaning.above:g} and < {meaning.below:g} {meaning.unit}".rstrip()
            raise SettingValueError(where, name="value", value=value, limit=limit)
