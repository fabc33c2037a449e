"""Activity data: a period's amount with its uncertainty, completeness and trace.

The fields serve ISO 14064-1 and the EU monitoring rules; the uncertainty is a GUM one.
The components travel with the value, so that whoever adds or subtracts activity data
of meters that share a standard still gets the right uncertainty.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from calibration.basis import UncertaintyBasis
from calibration.history.suspect import SuspectPeriod
from calibration.increment import Finding
from calibration.indication import WORST_FIRST, Quality
from calibration.measurand import Measurand
from calibration.uncertainty import Influence, UncertaintyComponent, scaled
from calibration.window import (
    RegisterWindow,
    SettingUsed,
    UnstatedStandard,
    Window,
    components_of,
)
from evidence.clock import utc_text
from evidence.errors import PeriodError, Words
from evidence.statement.completeness import Completeness, covered
from evidence.statement.correlation import StatedUncertainty, Summand, expand_sum
from evidence.statement.day import Day, days_of
from evidence.statement.doubt import Doubt, doubts
from evidence.statement.entered.people import Entered
from evidence.statement.hourly import merged, require_hours


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
    people entered what the value is made of. `digest` is the SHA-256 of this object's canonical
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
    software: str
    digest: str = ""
    supersedes: str | None = None


def activity_data(
    windows: Sequence[Window],
    measurand: Measurand,
    period: tuple[int, int],
    *,
    expected_per_hour: int,
    software: str,
    suspects: Sequence[SuspectPeriod] = (),
    double_count_groups: Iterable[str] = (),
) -> ActivityData:
    """The activity datum of a period from its hourly windows; at least one.

    Args:
        windows: of one channel, inside the period.
        measurand: of the channel.
        period: start and end in UTC ns, both at full hours.
        expected_per_hour: polls due in an hour of which nothing came.
        software: name and version that computed this.
        suspects: times in which the channel's instruments are in doubt.
        double_count_groups: that documents put the channel into, besides those of its windows.

    Raises:
        PeriodError: no windows, an empty period, ends that are not at full hours, or hours
            of a register among those of a rate.
        WindowMergeError: windows of two channels, or that overlap or do not join.
    """
    require_hours(windows, period)
    return activity_of_days(
        days_of(windows),
        measurand,
        period,
        expected_per_hour=expected_per_hour,
        software=software,
        doubts=doubts(windows, suspects),
        double_count_groups=double_count_groups,
    )


def activity_of_days(
    days: Sequence[Day],
    measurand: Measurand,
    period: tuple[int, int],
    *,
    expected_per_hour: int,
    software: str,
    doubts: tuple[Doubt, ...] = (),
    double_count_groups: Iterable[str] = (),
) -> ActivityData:
    """The activity datum of a period from its hours as they were summed day by day.

    Args:
        days: of one channel, inside the period; at least one.
        measurand: of the channel.
        period: start and end in UTC ns, both at full hours.
        expected_per_hour: polls due in an hour of which nothing came.
        software: name and version that computed this.
        doubts: about hours of the period.
        double_count_groups: as for `activity_data`.

    Raises:
        PeriodError, WindowMergeError: as for `activity_data`.
    """
    windows = [each.window for each in days]
    require_hours(windows, period)
    whole = merged(windows)
    groups = {*double_count_groups, *whole.grounds.double_count_groups}
    counts = [each.counted for each in days]
    told = Told(
        measurand=measurand,
        period=period,
        completeness=covered(counts, period, expected_per_hour),
        software=software,
        double_count_groups=tuple(sorted(groups)),
        doubts=doubts,
    )
    return datum_of(whole, told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is said beside a window's amount.

    Attributes:
        measurand: Of the channel.
        period: Start and end, UTC ns.
        completeness: Of the period.
        software: Name and version that computed this.
        double_count_groups: That the channel is of.
        doubts: About its hours.
        entered: Of what people entered; None where an instrument was read.
    """

    measurand: Measurand
    period: tuple[int, int]
    completeness: Completeness
    software: str
    double_count_groups: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    entered: Entered | None = None


def datum_of(whole: Window, told: Told) -> ActivityData:
    """The activity datum of one window over all of a period, with its digest."""
    known = whole.grounds.basis != UncertaintyBasis.UNKNOWN
    components = contributing(whole) if known else ()
    datum = ActivityData(
        channel=whole.channel,
        measurand=told.measurand,
        unit=whole.unit,
        period=Period(start=utc_text(told.period[0]), end=utc_text(told.period[1])),
        value=whole.value,
        uncorrected_value=whole.uncorrected,
        opening=_boundary(whole, opening=True),
        closing=_boundary(whole, opening=False),
        u_basis=whole.grounds.basis,
        components=tuple(state(part) for part in components),
        completeness=told.completeness,
        quality=_worst(whole.tally.qualities),
        qualities=dict(whole.tally.qualities),
        events=_events(whole),
        serials=whole.grounds.serials,
        certificates=whole.grounds.certificates,
        confirmations=whole.grounds.confirmations,
        unstated_standards=whole.grounds.unstated_standards,
        settings=whole.grounds.settings or msgspec.UNSET,
        double_count_groups=told.double_count_groups or msgspec.UNSET,
        doubts=told.doubts or msgspec.UNSET,
        entered=told.entered or msgspec.UNSET,
        software=told.software,
    )
    if known:
        stated = expand_sum([_summand(datum)])
        datum = msgspec.structs.replace(datum, **msgspec.structs.asdict(stated))
    return msgspec.structs.replace(datum, digest=digest_of(datum))


def contributing(whole: Window) -> tuple[UncertaintyComponent, ...]:
    """The components of a window's value without those that contribute nothing."""
    return tuple(part for part in components_of(whole) if part.contribution != 0.0)


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


def combined(data: Sequence[ActivityData], factors: Sequence[float]) -> StatedUncertainty:
    """Uncertainty of sum of factor*value over activity data, common influences included.

    Where certificates name one standard without its share, r = 0 and r = 1 are both
    evaluated; the larger u is returned, with its r in `assumed_correlations`.

    Args:
        data: with a known uncertainty each; units are the caller's concern.
        factors: exact numbers, such as 1 and -1 for a difference.

    Raises:
        PeriodError: the uncertainty of one of them is unknown.
    """
    for each in data:
        if each.u_basis == UncertaintyBasis.UNKNOWN:
            what = Words("its uncertainty is unknown", "其不确定度未知")
            raise PeriodError(each.channel, what=what, limit=Words("a known one", "已知的不确定度"))
    pairs = zip(data, factors, strict=True)
    return expand_sum([_summand(each, factor) for each, factor in pairs])


def _summand(datum: ActivityData, factor: float = 1.0) -> Summand:
    components = (component_of(part) for part in datum.components)
    return Summand(
        value=factor * datum.value,
        components=scaled(components, factor),
        unstated_standards=datum.unstated_standards,
    )


def _boundary(whole: Window, *, opening: bool) -> Boundary | None:
    if not isinstance(whole, RegisterWindow):
        return None
    reading = whole.opening if opening else whole.closing
    return Boundary(
        at=utc_text(reading.at_ns),
        value=reading.value,
        interpolated=reading.quality == Quality.INTERPOLATED,
    )


def _events(whole: Window) -> tuple[Event, ...]:
    findings: tuple[Finding, ...] = getattr(whole, "findings", ())
    return tuple(
        Event(kind=each.kind, at=utc_text(each.at_ns), before=each.before, after=each.after)
        for each in findings
    )


def _worst(qualities: Mapping[str, int]) -> Quality:
    found = Counter(qualities)
    return next((quality for quality in WORST_FIRST if found[quality.value]), Quality.GOOD)
