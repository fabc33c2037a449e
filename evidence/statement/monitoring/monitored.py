"""A period of a channel under its plan: the compliance value beside the best estimate (pure)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from msgspec.structs import replace

from calibration.coverage import expand
from calibration.increment import NS_PER_HOUR
from calibration.mean import MeanWindow
from calibration.monitoring.plan import MonitoringPlan
from calibration.unit import rate_of
from calibration.window import FlowWindow
from evidence.clock import NS_PER_S, utc_text
from evidence.statement.doubt import Doubt
from evidence.statement.hours.determination import Determination
from evidence.statement.hours.determination import digest_of as determination_digest
from evidence.statement.hours.determine import determine
from evidence.statement.hours.lost_parts import with_lost_parts
from evidence.statement.hours.lost_points import LostPointsOfHours
from evidence.statement.hours.observed import ObservedHour
from evidence.statement.hours.of_windows import observed_hours
from evidence.statement.hours.pack import LoadedPack
from evidence.statement.hours.settings import Settings
from evidence.statement.hours.totals import totals
from evidence.statement.monitoring.analyser import (
    AnalyserQuality,
    TestedAnalyser,
    quality_of,
    standings_of,
)
from evidence.statement.monitoring.corrected import corrected_hours
from evidence.statement.monitoring.counted import combined, operation_in
from evidence.statement.monitoring.doubted import doubts_in, unsized


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a period is told from; history before it included, since rules look back.

    Attributes:
        windows: Hours of the plan's channel, all amounts or all means, in order of time, 1 at
            least.
        signs: Hours of the channel that tells whether the plant runs; empty: it always runs.
        analysers: Of the plan, with their tests.
        pack: Rule pack that the plan names.
        as_known_at_ns: Only tests recorded by then count; None for all.
        closed: Whether nothing can come any more that substitutes rest on, so that they are final.
        now_ns: UTC; what rests on a quarter or a year that is over by then is final too.
        until_ns: End of what is looked at, UTC: rules look behind the period, at the rest of a
            quarter, a year or a gap; None for the period's own end. No window ends later.
    """

    windows: Sequence[FlowWindow] | Sequence[MeanWindow]
    signs: Sequence[MeanWindow]
    analysers: Sequence[TestedAnalyser]
    pack: LoadedPack
    as_known_at_ns: int | None = None
    closed: bool = False
    now_ns: int | None = None
    until_ns: int | None = None


class Monitored(msgspec.Struct, frozen=True, kw_only=True):
    """A period of a channel under its monitoring plan.

    Args:
        plan_effective_from: of the plan that was applied, RFC 3339.
        determination: hours with one method code each, and the totals: compliance value and best
            estimate, which are never mixed.
        analysers: quality assurance of each.
        standard_uncertainty, expanded_uncertainty: of the best estimate's sum (95 %); None where
            that of an hour in it is unknown, which is not 0, or the sum is.
        doubts: hours between a good test and the one that failed, with their effect on the
            amount; neither value contains it.
        known_at: only tests recorded by then were counted, RFC 3339; None for all.
        digest: SHA-256 of canonical JSON of all this without the digest.
    """

    channel: str
    plan_effective_from: str
    determination: Determination
    analysers: tuple[AnalyserQuality, ...]
    standard_uncertainty: float | None
    expanded_uncertainty: float | None
    doubts: tuple[Doubt, ...]
    known_at: str | None = None
    digest: str = ""


def monitored(plan: MonitoringPlan, material: Material, span: tuple[int, int]) -> Monitored:
    """What a period comes to.

    Args:
        plan: In force.
        material: Hours and tests.
        span: [start, end) in UTC ns, at full hours.

    Raises:
        RuleMissingError: the scheme has no rule for the quantity or for a gap.
        HoursOptionError: no hour lies in the period.
        AnalyserError, HoursError, RecordConflictError: the tests contradict each other.
    """
    first, until_ns = material.windows[0].start_ns, max(span[1], material.until_ns or 0)
    hours = range(min(first, span[0]), until_ns, NS_PER_HOUR)
    operation = operation_in(plan, material.signs)
    known_at_ns = material.as_known_at_ns
    found = [standings_of(each, hours, operation, known_at_ns) for each in material.analysers]
    observed = observed_hours(
        material.windows,
        material.pack.pack.valid_hour,
        combined(material.analysers, found),
        {hour for hour in hours if not operation.operates(hour)},
        (hours[0], until_ns),
    )
    settings = _settings(plan, material, span)
    lost = _lost_parts(observed, material, plan.plan, span)
    told = determine(observed, material.pack, settings, lost)
    corrected = _corrected(observed, plan, material)
    if corrected != observed:
        told = with_best_estimate(told, determine(corrected, material.pack, settings, lost))
    is_mean = settings.kind == "concentration"
    doubts = doubts_in(material.analysers, operation, told.hours, known_at_ns)
    u, expanded = uncertainty_of(told)
    whole = Monitored(
        channel=plan.plan,
        plan_effective_from=plan.effective_from.isoformat(),
        determination=told,
        analysers=tuple(
            quality_of(each, one, span) for each, one in zip(material.analysers, found, strict=True)
        ),
        standard_uncertainty=u,
        expanded_uncertainty=expanded,
        doubts=tuple(map(unsized, doubts)) if is_mean else doubts,
        known_at=None if known_at_ns is None else utc_text(known_at_ns),
    )
    return replace(whole, digest=digest_of(whole))


def _lost_parts(
    observed: tuple[ObservedHour, ...], material: Material, series: str, span: tuple[int, int]
) -> LostPointsOfHours:
    """The lost slots of the period's hours, as these and those before them teach."""
    own = [each for each in observed if each.start_ns < span[1]]
    return with_lost_parts(own, material.windows, series, span[0])


def _corrected(
    observed: tuple[ObservedHour, ...], plan: MonitoringPlan, material: Material
) -> tuple[ObservedHour, ...]:
    """The hours as their analyser's checks correct them, where the plan says so."""
    own = (each for each in material.analysers if each.planned.channel == plan.plan)
    analyser = next((each for each in own if each.planned.corrected), None)
    first = material.windows[0]
    if analyser is None or not isinstance(first, MeanWindow):
        return observed
    return corrected_hours(observed, analyser, first.unit)


def with_best_estimate(complied: Determination, best: Determination) -> Determination:
    """The compliance values of one determination beside the best estimates of another one."""
    pairs = zip(complied.hours, best.hours, strict=True)
    hours = tuple(
        replace(one, best_estimate=other.best_estimate, components=other.components)
        for one, other in pairs
    )
    whole = replace(complied, hours=hours, gaps=best.gaps, totals=totals(hours, complied.kind))
    return replace(whole, digest=determination_digest(whole))


def uncertainty_of(told: Determination) -> tuple[float | None, float | None]:
    """Standard and expanded uncertainty of the best estimate's sum.

    None where nothing is known of it, or an hour states a value without any.
    """
    if told.totals.best_estimate.value is None:
        return None, None
    if any(each.best_estimate is not None and not each.components for each in told.hours):
        return None, None
    found = expand(told.totals.components)
    return found.standard_uncertainty, found.expanded_uncertainty


def digest_of(told: Monitored) -> str:
    """SHA-256 of a monitored period's canonical JSON without `digest`."""
    bare = {key: each for key, each in msgspec.structs.asdict(told).items() if key != "digest"}
    return hashlib.sha256(msgspec.json.encode(bare, order="sorted")).hexdigest()


def canonical(told: Monitored) -> bytes:
    """A monitored period's canonical JSON, with its digest."""
    return msgspec.json.encode(told, order="sorted")


def _settings(plan: MonitoringPlan, material: Material, span: tuple[int, int]) -> Settings:
    certified, first = plan.certified_from, material.windows[0]
    is_mean = isinstance(first, MeanWindow)
    return Settings(
        series=plan.plan,
        quantity=plan.quantity or "",
        unit=first.unit if is_mean else rate_of(first.unit),
        kind="concentration" if is_mean else "rate",
        offset_s=plan.utc_offset_s,
        from_ns=span[0],
        until_ns=span[1],
        certified_ns=None if certified is None else round(certified.timestamp()) * NS_PER_S,
        calibrations_ns=_passed(material),
        maximum_potential=plan.maximum_potential,
        closed=material.closed,
        now_ns=material.now_ns,
    )


def _passed(material: Material) -> tuple[int, ...]:
    """Instants of the tests that passed: rules look back to the last one before a gap."""
    tests = (test for each in material.analysers for test in each.tests)
    return tuple(sorted({test.at_ns for test in tests if test.passed}))
