"""Two versions of one statement: what changed, by how much, and how well that is known. Pure.

A late or corrected certificate, late readings, a corrected entry: each makes a new version. The
readings behind both are the same, so what they leave uncertain cancels in the difference; what is
left is what the two versions do not share.
"""

import math
from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from calibration.basis import UncertaintyBasis
from calibration.errors import UnitMismatchError
from calibration.unit import conversion_factor
from evidence.errors import PeriodError, Words
from evidence.statement.activity import combined
from evidence.statement.correlation import StatedUncertainty
from evidence.statement.datum import ActivityData, Period, StatedComponent
from evidence.statement.plan_changes import PLAN_CHANGES, compliance_of

COMMON_UNITS: Final = ("kW.h", "t")


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two statements, in short."""

    digest: str
    value: float
    standard_uncertainty: float | None
    expanded_uncertainty: float | None
    u_basis: UncertaintyBasis
    completeness_ratio: float


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is not as it was.

    Args:
        what: the field of the statement.
        removed, added: of lists, what is there no more and what is new; else before and after.
    """

    what: str
    removed: tuple[str, ...]
    added: tuple[str, ...]


class InUnit(msgspec.Struct, frozen=True, kw_only=True):
    """A difference in a unit that people sum by."""

    unit: str
    value: float
    standard_uncertainty: float | None
    expanded_uncertainty: float | None


class ComplianceDifference(msgspec.Struct, frozen=True, kw_only=True):
    """What two versions say of the compliance value under the plan.

    Rules give it no uncertainty, and neither has the difference any.

    Args:
        before, after: null where that version has no amount of the whole period, or knows nothing
            of it.
        difference: after less before; null where one of them is.
        in_common_unit: the same in kW.h, or in t; null where it is of neither.
    """

    unit: str
    before: float | None
    after: float | None
    difference: float | None
    in_common_unit: InUnit | None


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """What one version of a statement says otherwise than another.

    Args:
        difference: after less before, in `unit`.
        relative_difference: over the value before; None where that is 0.
        uncertainty: of `difference`: what both share cancels. Null where that of one of them is
            not known.
        in_common_unit: the difference in kW.h, or in t; null where it is of neither.
        compliance: the same of the value under the plan; null where neither version has one, or
            their units differ.
        changes: what else changed; whatever the statement says.
    """

    channel: str
    period: Period
    unit: str
    before: Version
    after: Version
    difference: float
    relative_difference: float | None
    uncertainty: StatedUncertainty | None
    in_common_unit: InUnit | None
    compliance: ComplianceDifference | None
    changes: tuple[Change, ...]


def difference(before: ActivityData, after: ActivityData) -> Difference:
    """What a version of a statement says otherwise than the one before.

    Where an influence is described otherwise than before (a corrected certificate states other
    degrees of freedom), it is still one deviation, and the later description counts.

    Raises:
        PeriodError: they are of two channels or periods.
        UnitMismatchError: their units differ.
    """
    _require_versions(before, after)
    moved = after.value - before.value
    stated = _uncertainty(before, after)
    return Difference(
        channel=after.channel,
        period=after.period,
        unit=after.unit,
        before=_version(before),
        after=_version(after),
        difference=moved,
        relative_difference=moved / before.value if before.value else None,
        uncertainty=stated,
        in_common_unit=in_common_unit(moved, stated, after.unit),
        compliance=_complied(before, after),
        changes=tuple(_changes(before, after)),
    )


def in_common_unit(value: float, stated: StatedUncertainty | None, unit: str) -> InUnit | None:
    """An amount of energy in kW.h, of mass in t; None of anything else."""
    for common in COMMON_UNITS:
        try:
            factor = conversion_factor(unit, common)
        except UnitMismatchError:
            continue
        u = None if stated is None else stated.standard_uncertainty * factor
        expanded = None if stated is None else stated.expanded_uncertainty * factor
        return InUnit(
            unit=common,
            value=value * factor,
            standard_uncertainty=u,
            expanded_uncertainty=expanded,
        )
    return None


def _complied(before: ActivityData, after: ActivityData) -> ComplianceDifference | None:
    (one, unit), (other, other_unit) = compliance_of(before), compliance_of(after)
    units = {unit, other_unit} - {None}
    if len(units) != 1 or (one is None and other is None):
        return None
    named = str(next(iter(units)))
    moved = None if one is None or other is None else other - one
    return ComplianceDifference(
        unit=named,
        before=one,
        after=other,
        difference=moved,
        in_common_unit=None if moved is None else in_common_unit(moved, None, named),
    )


def _require_versions(before: ActivityData, after: ActivityData) -> None:
    if (before.channel, before.period) != (after.channel, after.period):
        what = Words("these are no versions of one statement", "不是同一陈述的不同版本")
        limit = f"{before.channel} {before.period.start} .. {before.period.end}"
        raise PeriodError(after.channel, what=what, limit=limit)
    if before.unit != after.unit:
        raise UnitMismatchError(after.channel, found=after.unit, expected=before.unit)


def _uncertainty(before: ActivityData, after: ActivityData) -> StatedUncertainty | None:
    if UncertaintyBasis.UNKNOWN in (before.u_basis, after.u_basis):
        return None
    same = before.uncorrected_value == after.uncorrected_value
    return combined(
        (_as_read(after, before, same=same), _as_read(before, after, same=same, described=after)),
        (1.0, -1.0),
    )


def _as_read(
    datum: ActivityData,
    other: ActivityData,
    *,
    same: bool,
    described: ActivityData | None = None,
) -> ActivityData:
    """A version with its components as they act in the difference to the other version.

    What is new in each reading is the same deviation in both versions, where the readings are the
    same. Where more came, or some were left out, only what is not in both is left.

    Args:
        datum: one version.
        other: the other one.
        same: whether the readings are the same.
        described: whose descriptions of influences count; None for its own.
    """
    known = {each.influence: each for each in (described or datum).components}
    opposite = {each.influence: each.contribution for each in other.components}

    def acting(part: StatedComponent) -> StatedComponent:
        u, beside = part.contribution, opposite.get(part.influence, 0.0)
        if not part.shared and not same:
            u = math.sqrt(max(u * u - beside * beside, 0.0))
        alike = known.get(part.influence, part)
        return msgspec.structs.replace(alike, contribution=u, shared=True)

    return msgspec.structs.replace(datum, components=tuple(map(acting, datum.components)))


def _version(datum: ActivityData) -> Version:
    return Version(
        digest=datum.digest,
        value=datum.value,
        standard_uncertainty=datum.standard_uncertainty,
        expanded_uncertainty=datum.expanded_uncertainty,
        u_basis=datum.u_basis,
        completeness_ratio=datum.completeness.ratio,
    )


def _names(field: str) -> Callable[[ActivityData], list[str]]:
    """What a field lists, as plain texts."""

    def texts(datum: ActivityData) -> list[str]:
        found = getattr(datum, field)
        parts = () if found is msgspec.UNSET else found
        return [p if isinstance(p, str) else msgspec.json.encode(p).decode() for p in parts]

    return texts


_LISTS: Final[dict[str, Callable[[ActivityData], list[str]]]] = (
    {
        name: _names(name)
        for name in (
            "certificates",
            "confirmations",
            "serials",
            "unstated_standards",
            "settings",
            "double_count_groups",
            "events",
            "doubts",
        )
    }
    | {
        "entered": lambda datum: (
            []
            if datum.entered is msgspec.UNSET
            else [str(entry) for entry in datum.entered.entries]
        )
    }
    | PLAN_CHANGES
)
_SINGLE: Final[dict[str, Callable[[ActivityData], str]]] = {
    "uncorrected_value": lambda datum: repr(datum.uncorrected_value),
    "u_basis": lambda datum: datum.u_basis.value,
    "quality": lambda datum: datum.quality.value,
    "completeness": lambda datum: f"{datum.completeness.present}/{datum.completeness.expected}",
    "software": lambda datum: datum.software,
}


def _changes(before: ActivityData, after: ActivityData) -> Iterator[Change]:
    """What changed beside value and uncertainty, by field."""
    for name, listed in _LISTS.items():
        one, other = listed(before), listed(after)
        removed = tuple(each for each in one if each not in other)
        added = tuple(each for each in other if each not in one)
        if removed or added:
            yield Change(what=name, removed=removed, added=added)
    for name, said in _SINGLE.items():
        if said(before) != said(after):
            yield Change(what=name, removed=(said(before),), added=(said(after),))
