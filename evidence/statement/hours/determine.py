"""A period of a series, hour by hour, under a rule pack: the whole path (pure)."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from calibration.increment import NS_PER_HOUR
from evidence.clock import utc_text
from evidence.statement.hours.availability import QuarterCapture, quarters
from evidence.statement.hours.basis import Basis
from evidence.statement.hours.best_estimate import Estimated, GapEstimate, Material, estimate_gap
from evidence.statement.hours.calendar import months
from evidence.statement.hours.determination import Determination, RulesUsed, digest_of
from evidence.statement.hours.errors import HoursOptionError
from evidence.statement.hours.finding import Finding, FindingKind
from evidence.statement.hours.gap import Gap, gaps_of, operating_hours
from evidence.statement.hours.hour import Hour
from evidence.statement.hours.lookback import lookback_of
from evidence.statement.hours.lost_points import LostPointsOfHours
from evidence.statement.hours.observed import ObservedHour, without_manual
from evidence.statement.hours.pack import LoadedPack
from evidence.statement.hours.policies import bridge_of, told_by_policy
from evidence.statement.hours.settings import Bridge, Settings
from evidence.statement.hours.teller import Teller
from evidence.statement.hours.to_come import hour_to_come, over_and_to_come
from evidence.statement.hours.totals import totals


def determine(
    hours: Sequence[ObservedHour],
    loaded: LoadedPack,
    settings: Settings,
    lost_points: LostPointsOfHours | None = None,
) -> Determination:
    """The hours of a period under the rules of a scheme.

    Args:
        hours: in order of time, without a break, history included; see `in_a_row`.
        loaded: the rules.
        settings: what is asked.
        lost_points: of each hour's mean; see `with_lost_points` and `with_lost_parts`.

    Raises:
        RuleMissingError: the scheme has no rule for the quantity or for a gap.
        HoursOptionError: no hour lies in the period.
    """
    pack = loaded.pack
    quantity = pack.quantity(settings.quantity)
    hours, to_come = over_and_to_come(hours, settings.now_ns)
    if pack.manual is None:
        hours = without_manual(hours)
    ran = operating_hours(hours, pack)
    gaps = gaps_of(ran, settings.series)
    material = Material(hours=hours, ran=ran, estimator=settings.estimator)
    bridges = _bridges(gaps, hours, settings, material)
    told_gaps, estimates = _estimates(gaps, material, bridges)
    basis = Basis(
        hours=hours,
        ran=ran,
        lookback=lookback_of(ran, quantity),
        quantity=quantity,
        pack=pack,
        settings=settings,
        told=told_by_policy(gaps, material, bridges, estimates, settings),
        findings=material.findings,
    )
    teller = Teller(
        basis=basis,
        gaps=gaps,
        estimates=estimates,
        lost_points=() if lost_points is None else lost_points.components,
    )
    if lost_points is not None:
        basis.findings.update(_not_punched(lost_points))
    told = tuple(_told(hours, teller, settings)) + tuple(
        hour_to_come(each, pack) for each in to_come if settings.tells(each.start_ns)
    )
    if not told:
        limit = f"<= {utc_text(hours[-1].start_ns)}"
        raise HoursOptionError(settings.series, name="from", found=settings.from_ns, limit=limit)
    return _issued(told, told_gaps, basis, loaded)


def _told(hours: Sequence[ObservedHour], teller: Teller, settings: Settings) -> Iterator[Hour]:
    """The hours that are asked for."""
    for index, each in enumerate(hours):
        if settings.tells(each.start_ns):
            yield teller.hour(index, each)


def _not_punched(lost_points: LostPointsOfHours) -> Iterator[Finding]:
    """In how many hours the part of the lost points is conservative, or missing."""
    counted = {
        FindingKind.FEW_WHOLE_HOURS: lost_points.unpunched,
        FindingKind.NO_WHOLE_HOUR: lost_points.unknown,
    }
    for kind, hours in counted.items():
        if hours:
            yield Finding(kind=kind, found=str(hours))


def _bridges(
    gaps: Sequence[Gap], hours: Sequence[ObservedHour], settings: Settings, material: Material
) -> dict[str, Bridge]:
    by_start = {each.start_ns: each for each in hours}
    found = {gap.name: bridge_of(gap, by_start, settings, material.findings) for gap in gaps}
    return {name: each for name, each in found.items() if each is not None}


def _estimates(
    gaps: Sequence[Gap], material: Material, bridges: Mapping[str, Bridge]
) -> tuple[tuple[GapEstimate, ...], dict[int, Estimated]]:
    told: list[GapEstimate] = []
    estimates: dict[int, Estimated] = {}
    values = material.values()
    for gap in gaps:
        one, by_start = estimate_gap(gap, material, values, bridges.get(gap.name))
        told.append(one)
        estimates.update(by_start)
    return tuple(told), estimates


def _issued(
    told: tuple[Hour, ...], gaps: tuple[GapEstimate, ...], basis: Basis, loaded: LoadedPack
) -> Determination:
    pack, settings = basis.pack, basis.settings
    start_ns, end_ns = told[0].start_ns, told[-1].start_ns + NS_PER_HOUR
    provisional = any(each.provisional for each in told)
    _note(basis, end_ns, provisional=provisional)
    kept = tuple(each for each in gaps if each.start_ns < end_ns and each.end_ns > start_ns)
    names = {each.gap for each in kept} | {""}
    observed = [each for each in basis.hours if start_ns <= each.start_ns < end_ns]
    found = Determination(
        series=settings.series,
        quantity=settings.quantity,
        unit=settings.unit,
        kind=settings.kind,
        rules=RulesUsed(
            id=pack.id,
            version=pack.version,
            sha256=loaded.sha256,
            unconfirmed=pack.unconfirmed(basis.quantity),
        ),
        start=utc_text(start_ns),
        end=utc_text(end_ns),
        issue=settings.issue,
        provisional=provisional,
        supersedes=settings.supersedes,
        totals=totals(told, settings.kind),
        availability=_availability(basis),
        quarters=_quarters(basis),
        months=months(observed, pack.valid_period, settings.offset_s) if pack.valid_period else (),
        gaps=kept,
        findings=tuple(sorted(each for each in basis.findings if each.gap in names)),
        hours=told,
    )
    return msgspec.structs.replace(found, digest=digest_of(found))


def _note(basis: Basis, end_ns: int, *, provisional: bool) -> None:
    """What a reader must know of the whole."""
    unconfirmed, settings = basis.pack.unconfirmed(basis.quantity), basis.settings
    began_ns = settings.certified_ns
    unknown = began_ns is None or began_ns < basis.hours[0].start_ns
    kinds = {
        FindingKind.PROVISIONAL: provisional,
        FindingKind.HISTORY_ASSUMED: basis.pack.initial and unknown,
        FindingKind.LOAD_BINS: basis.pack.initial and settings.quantity == "flow",
        FindingKind.UNCERTAINTY_UNSTATED: _is_unstated(
            [each for each in basis.hours if each.start_ns < end_ns]
        ),
    }
    basis.findings.update(Finding(kind=kind) for kind, holds in kinds.items() if holds)
    if unconfirmed:
        found = ", ".join(unconfirmed)
        basis.findings.add(Finding(kind=FindingKind.RECALLED_RULES, found=found))


def _is_unstated(hours: Sequence[ObservedHour]) -> bool:
    return any(each.value is not None and not each.components for each in hours)


def _availability(basis: Basis) -> float | None:
    rule = basis.pack.availability
    if rule is None or rule.kind != "operating_hours" or not basis.ran.hours:
        return None
    return float(basis.monitor.at(len(basis.ran.hours) - 1))


def _quarters(basis: Basis) -> tuple[QuarterCapture, ...]:
    rule = basis.pack.availability
    if rule is None or rule.kind != "quarter":
        return ()
    return quarters(basis.hours, basis.settings.offset_s)
