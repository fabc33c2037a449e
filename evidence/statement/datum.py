"""An activity datum as it is published: its fields, its digest, its components read back."""

import hashlib
from collections.abc import Mapping

import msgspec

from calibration.basis import UncertaintyBasis
from calibration.indication import Quality
from calibration.measurand import Measurand
from calibration.uncertainty import Influence, UncertaintyComponent
from calibration.window import (
    SettingUsed,
    UnstatedStandard,
)
from evidence.statement.completeness import Completeness
from evidence.statement.doubt import Doubt
from evidence.statement.entered.people import Entered
from evidence.statement.under_plan import UnderPlan


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """[start, end) as RFC 3339 instants in UTC."""

    start: str
    end: str


class StatedComponent(msgspec.Struct, frozen=True, kw_only=True):
    """One influence's signed contribution to a stated value, in its unit."""

    influence: str
    contribution: float
    evaluation: str
    distribution: str
    degrees_of_freedom: float | None
    dof_source: str | None
    shared: bool


class Boundary(msgspec.Struct, frozen=True, kw_only=True):
    """A register's reading at an end of the period."""

    at: str
    value: float
    interpolated: bool


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something a register did that is not growth."""

    kind: str
    at: str
    before: float
    after: float


class ActivityData(msgspec.Struct, frozen=True, kw_only=True):
    """The amount of one channel in one period.

    The uncertainty fields are null when `u_basis` is "unknown": unknown is never zero.
    `effective_degrees_of_freedom` is null when it is infinite. `components` are those that
    contribute; `unstated_standards` are named by certificates without their share, and
    `assumed_correlations` says which r (0 or 1) gave the larger uncertainty where several
    certificates rest on one. `doubts` is there only where a later test put hours in doubt; value
    and uncertainty do not contain their corrections. `settings` is there only of a computed
    channel: the declared numbers that went in, and their papers. `double_count_groups` is there
    only of a channel that measures what another one measures too. `entered` is there only where
    people entered what the value is made of. `under_plan` is there only where it was asked for, of
    a channel with a monitoring plan: value and uncertainty are the measured ones all the same.
    `digest` is the SHA-256 of this object's canonical
    JSON without `digest` and `supersedes`.
    """

    channel: str
    measurand: Measurand
    unit: str
    period: Period
    value: float
    uncorrected_value: float
    opening: Boundary | None
    closing: Boundary | None
    standard_uncertainty: float | None = None
    expanded_uncertainty: float | None = None
    coverage_factor: float | None = None
    coverage_probability: float | None = None
    distribution: str | None = None
    effective_degrees_of_freedom: float | None = None
    assumed_correlations: Mapping[str, float] = {}
    u_basis: UncertaintyBasis
    components: tuple[StatedComponent, ...]
    completeness: Completeness
    quality: Quality
    qualities: Mapping[str, int]
    events: tuple[Event, ...]
    serials: tuple[str, ...]
    certificates: tuple[str, ...]
    confirmations: tuple[str, ...]
    unstated_standards: tuple[UnstatedStandard, ...] = ()
    settings: tuple[SettingUsed, ...] | msgspec.UnsetType = msgspec.UNSET
    double_count_groups: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    doubts: tuple[Doubt, ...] | msgspec.UnsetType = msgspec.UNSET
    entered: Entered | msgspec.UnsetType = msgspec.UNSET
    under_plan: UnderPlan | msgspec.UnsetType = msgspec.UNSET
    software: str
    digest: str = ""
    supersedes: str | None = None


def digest_of(datum: ActivityData) -> str:
    """SHA-256 of a datum's canonical JSON without `digest` and `supersedes`.

    Canonical: UTF-8, keys sorted, no white space, each number in the digits that are published.
    """
    bare = msgspec.to_builtins(datum)
    del bare["digest"], bare["supersedes"]
    return hashlib.sha256(msgspec.json.encode(bare, order="sorted")).hexdigest()


def state(part: UncertaintyComponent) -> StatedComponent:
    """A component in the form that is published."""
    influence = part.influence
    return StatedComponent(
        influence=influence.id,
        contribution=part.contribution,
        evaluation=influence.evaluation,
        distribution=influence.distribution.value,
        degrees_of_freedom=influence.degrees_of_freedom,
        dof_source=influence.dof_source,
        shared=influence.shared,
    )


def component_of(stated: StatedComponent) -> UncertaintyComponent:
    """The component that was published."""
    described = msgspec.to_builtins(stated)
    contribution = described.pop("contribution")
    described["id"] = described.pop("influence")
    return UncertaintyComponent(
        influence=msgspec.convert(described, Influence), contribution=contribution
    )
