"""A period of a channel under its plan: the compliance value beside the best estimate (pure)."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from calibration.increment import NS_PER_HOUR
from calibration.mean import MeanWindow
from calibration.monitoring.plan import MonitoringPlan
from calibration.unit import rate_of
from calibration.window import FlowWindow
from evidence.clock import NS_PER_S, utc_text
from evidence.statement.doubt import Doubt
from evidence.statement.hours.determination import Determination
from evidence.statement.hours.determine import determine
from evidence.statement.hours.hour import Hour, HourState
from evidence.statement.hours.lost_parts import with_lost_parts
from evidence.statement.hours.of_windows import observed_hours
from evidence.statement.hours.pack import LoadedPack
from evidence.statement.hours.settings import Settings
from evidence.statement.monitoring.analyser import (
    AnalyserQuality,
    TestedAnalyser,
    quality_of,
    standings_of,
)
from evidence.statement.standing.course import Rules
from evidence.statement.standing.hour import WORST_LAST, HourStanding, Standings
from evidence.statement.standing.operation import ALWAYS, Operation, operation_of
from evidence.statement.standing.qa_test import as_known
from evidence.statement.standing.retro import HourAmount, doubts_of, suspect_spans
from evidence.statement.standing.scheme import Scheme
from evidence.statement.standing.standing import Standing


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
        closed: Whether the period is over, so that substitutes are final.
    """

    windows: Sequence[FlowWindow] | Sequence[MeanWindow]
    signs: Sequence[MeanWindow]
    analysers: Sequence[TestedAnalyser]
    pack: LoadedPack
    as_known_at_ns: int | None = None
    closed: bool = False


class Monitored(msgspec.Struct, frozen=True, kw_only=True):
    """A period of a channel under its monitoring plan.

    Args:
        plan_effective_from: of the plan that was applied, RFC 3339.
        determination: hours with one method code each, and the totals: compliance value and best
            estimate, which are never mixed.
        analysers: quality assurance of each.
        doubts: hours between a good test and the one that failed, with their effect on the
            amount; neither value contains it.
        known_at: only tests recorded by then were counted, RFC 3339; None for all.
        digest: SHA-256 of canonical JSON of all this without the digest.
    """

    channel: str
    plan_effective_from: str
    determination: Determination
    analysers: tuple[AnalyserQuality, ...]
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
    first, last = material.windows[0].start_ns, material.windows[-1].start_ns
    hours = range(min(first, span[0]), max(last + NS_PER_HOUR, span[1]), NS_PER_HOUR)
    operation = operation_in(plan, material.signs)
    known_at_ns = material.as_known_at_ns
    found = [standings_of(each, hours, operation, known_at_ns) for each in material.analysers]
    observed = observed_hours(
        material.windows,
        material.pack.pack.valid_hour,
        combined(material.analysers, found),
        {hour for hour in hours if not operation.operates(hour)},
        (hours[0], span[1]),
    )
    lost = with_lost_parts(observed, material.windows, plan.plan, span[0])
    told = determine(observed, material.pack, _settings(plan, material, span), lost)
    whole = Monitored(
        channel=plan.plan,
        plan_effective_from=plan.effective_from.isoformat(),
        determination=told,
        analysers=tuple(
            quality_of(each, one, span) for each, one in zip(material.analysers, found, strict=True)
        ),
        doubts=_doubts(material, operation, told.hours),
        known_at=None if known_at_ns is None else utc_text(known_at_ns),
    )
    return msgspec.structs.replace(whole, digest=digest_of(whole))


def digest_of(told: Monitored) -> str:
    """SHA-256 of a monitored period's canonical JSON without `digest`."""
    bare = {key: each for key, each in msgspec.structs.asdict(told).items() if key != "digest"}
    return hashlib.sha256(msgspec.json.encode(bare, order="sorted")).hexdigest()


def operation_in(plan: MonitoringPlan, signs: Iterable[MeanWindow]) -> Operation:
    """When the plant ran, by the sign that the plan names.

    An hour in which the sign has no value counts as running: nobody knows that it did not.
    """
    known = [each for each in signs if each.value is not None]
    if plan.operation is None or not known:
        return ALWAYS if not plan.utc_offset_s else Operation(utc_offset_s=plan.utc_offset_s)
    first, end = known[0].start_ns, known[-1].start_ns + NS_PER_HOUR
    above = plan.operation.above
    still = {each.start_ns for each in known if each.value is not None and each.value <= above}
    running = (hour for hour in range(first, end, NS_PER_HOUR) if hour not in still)
    return operation_of(running, first, end, plan.utc_offset_s)


def combined(
    analysers: Sequence[TestedAnalyser], found: Sequence[Standings]
) -> Mapping[int, Standing]:
    """What each hour counts as by all analysers: the worst; empty without analysers."""
    counted = [
        {hour: counts_as(each, one.scheme[0]) for hour, each in other.by_hour.items()}
        for one, other in zip(analysers, found, strict=True)
    ]
    hours = counted[0] if counted else {}
    return {hour: max((each[hour] for each in counted), key=WORST_LAST.index) for hour in hours}


def counts_as(found: HourStanding, scheme: Scheme) -> Standing:
    """What an hour without any test counts as is the scheme's decision."""
    if found.standing is Standing.NO_TEST and scheme.untested is not None:
        return Standing(scheme.untested.counts_as)
    return found.standing


def _settings(plan: MonitoringPlan, material: Material, span: tuple[int, int]) -> Settings:
    certified, first = plan.certified_from, material.windows[0]
    is_mean = isinstance(first, MeanWindow)
    return Settings(
        series=plan.plan,
        quantity=plan.quantity,
        unit=first.unit if is_mean else rate_of(first.unit),
        kind="concentration" if is_mean else "rate",
        offset_s=plan.utc_offset_s,
        from_ns=span[0],
        certified_ns=None if certified is None else round(certified.timestamp()) * NS_PER_S,
        calibrations_ns=_passed(material),
        maximum_potential=plan.maximum_potential,
        closed=material.closed,
    )


def _passed(material: Material) -> tuple[int, ...]:
    """Instants of the tests that passed: rules look back to the last one before a gap."""
    tests = (test for each in material.analysers for test in each.tests)
    return tuple(sorted({test.at_ns for test in tests if test.passed}))


def _doubts(material: Material, operation: Operation, hours: Sequence[Hour]) -> tuple[Doubt, ...]:
    """What failed tests throw doubt on; without a size where no amount is proportional."""
    is_mean = isinstance(material.windows[0], MeanWindow)
    amounts = [
        HourAmount(start_ns=each.start_ns, value=each.best_estimate * each.operating_share)
        for each in hours
        if each.state == HourState.MEASURED and each.best_estimate is not None
    ]
    found: list[Doubt] = []
    for each in material.analysers:
        scheme = each.scheme[0]
        policy = each.planned.policy or scheme.failed.policy
        rules = Rules(scheme=scheme, policy=policy, operation=operation)
        known = as_known(each.tests, material.as_known_at_ns)
        sized = each.planned.proportional and not is_mean
        for doubt in doubts_of(suspect_spans(known, rules), amounts):
            own = msgspec.structs.replace(doubt, serial=each.serial or doubt.serial)
            found.append(own if sized else _unsized(own))
    return tuple(found)


def _unsized(doubt: Doubt) -> Doubt:
    return msgspec.structs.replace(
        doubt, correction=None, standard_uncertainty=None, expanded_uncertainty=None
    )
