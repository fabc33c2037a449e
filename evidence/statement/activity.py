"""Activity data: a period's amount with its uncertainty, completeness and trace.

The fields serve ISO 14064-1 and the EU monitoring rules; the uncertainty is a GUM one.
The components travel with the value, so that whoever adds or subtracts activity data
of meters that share a standard still gets the right uncertainty.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from calibration.basis import UncertaintyBasis
from calibration.history.suspect import SuspectPeriod
from calibration.increment import Finding
from calibration.indication import WORST_FIRST, Quality
from calibration.measurand import Measurand
from calibration.uncertainty import UncertaintyComponent, scaled
from calibration.window import (
    RegisterWindow,
    Window,
    components_of,
)
from evidence.clock import utc_text
from evidence.errors import PeriodError, Words
from evidence.statement.completeness import Completeness
from evidence.statement.correlation import StatedUncertainty, Summand, expand_sum
from evidence.statement.datum import (
    ActivityData,
    Boundary,
    Event,
    Period,
    component_of,
    digest_of,
    state,
)
from evidence.statement.day import Day, completeness_of, days_of
from evidence.statement.doubt import Doubt, doubts
from evidence.statement.entered.people import Entered
from evidence.statement.hourly import merged, require_hours


def activity_data(
    windows: Sequence[Window],
    measurand: Measurand,
    period: tuple[int, int],
    *,
    software: str,
    suspects: Sequence[SuspectPeriod] = (),
    double_count_groups: Iterable[str] = (),
) -> ActivityData:
    """The activity datum of a period from its hourly windows; at least one.

    Args:
        windows: of one channel, inside the period.
        measurand: of the channel.
        period: start and end in UTC ns; full hours from a full quarter of an hour on.
        software: name and version that computed this.
        suspects: times in which the channel's instruments are in doubt.
        double_count_groups: that documents put the channel into, besides those of its windows.

    Raises:
        PeriodError: no windows, an empty period, one that is not of full hours, or hours of a
            register among those of a rate.
        WindowMergeError: windows of two channels, or that overlap or do not join.
    """
    require_hours(windows, period)
    return activity_of_days(
        days_of(windows),
        measurand,
        period,
        software=software,
        doubts=doubts(windows, suspects),
        double_count_groups=double_count_groups,
    )


def activity_of_days(
    days: Sequence[Day],
    measurand: Measurand,
    period: tuple[int, int],
    *,
    software: str,
    doubts: tuple[Doubt, ...] = (),
    double_count_groups: Iterable[str] = (),
) -> ActivityData:
    """The activity datum of a period from its hours as they were summed day by day.

    Args:
        days: of one channel, inside the period; at least one.
        measurand: of the channel.
        period: start and end in UTC ns; full hours from a full quarter of an hour on.
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
    told = Told(
        measurand=measurand,
        period=period,
        completeness=completeness_of(days, period),
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


def combined(data: Sequence[ActivityData], factors: Sequence[float]) -> StatedUncertainty:
    """Uncertainty of sum of factor*value over activity data, common influences included.

    A statement that stands twice, as in A/(A + B), is one quantity: its factors add up.

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
    return expand_sum([_summand(each, factor) for each, factor in netted(data, factors)])


def netted(
    data: Sequence[ActivityData], factors: Sequence[float]
) -> list[tuple[ActivityData, float]]:
    """Each statement once, with the sum of its factors: what is new in it is so in both places."""
    found: dict[str, tuple[ActivityData, float]] = {}
    for each, factor in zip(data, factors, strict=True):
        _, before = found.get(each.digest, (each, 0.0))
        found[each.digest] = each, before + factor
    return list(found.values())


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
