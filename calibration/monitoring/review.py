"""What can be said of a site's monitoring plans, and of the gases that they name (pure)."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final, get_args

import msgspec

from calibration.certificate import CalibrationCertificate
from calibration.gas_check.gas import GasPoint
from calibration.history.chain import certificate_by_id
from calibration.monitoring.connected import Span, connection, gaps
from calibration.monitoring.outcome import PlanOutcome
from calibration.monitoring.plan import ConnectedGas, GasChecks, MonitoringPlan, PlannedAnalyser
from calibration.register import CalibrationRegister
from calibration.unit import unit

_INSTANT: Final = dt.timedelta(microseconds=1)


class _Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A plan that holds for a time, and what is known besides."""

    plan: MonitoringPlan
    held: Span
    register: CalibrationRegister
    on: dt.date | None


def plan_outcomes(
    plans: Iterable[MonitoringPlan], register: CalibrationRegister, on: dt.date | None = None
) -> tuple[PlanOutcome, ...]:
    """What is to be said of plans, by channel, in order of their begin.

    Args:
        plans: All versions, in any order.
        register: With the certificates of their gases, and withdrawals.
        on: Day, UTC, as of which cylinders that are still connected are judged; None: they are
            not.
    """
    own: dict[str, list[MonitoringPlan]] = {}
    for each in sorted(plans, key=_order):
        own.setdefault(each.plan, []).append(each)
    return tuple(
        outcome for _, some in sorted(own.items()) for outcome in _of_channel(some, register, on)
    )


def _order(plan: MonitoringPlan) -> tuple[dt.datetime, dt.datetime]:
    return plan.effective_from, plan.recorded_at


def _of_channel(
    plans: Sequence[MonitoringPlan], register: CalibrationRegister, on: dt.date | None
) -> Iterator[PlanOutcome]:
    """Of one channel's plans, in order of their begin and of recording."""
    holding = {each.effective_from: each for each in plans}
    begins = [*sorted(holding), None]
    for one, other in pairwise(plans):
        yield from _turn(one, other)
    for since, until in pairwise(begins):
        if since is not None:
            held = Span(since=since, until=until)
            asked = _Asked(plan=holding[since], held=held, register=register, on=on)
            yield from _alone(asked)


def _turn(one: MonitoringPlan, other: MonitoringPlan) -> Iterator[PlanOutcome]:
    """Two that follow each other."""
    if one.effective_from != other.effective_from:
        yield _about("superseded", one, other.effective_from.isoformat())
    elif one.recorded_at != other.recorded_at:
        yield _about("corrected", one, other.recorded_at.isoformat())
    elif one != other:
        yield _about("contradiction", one, other.recorded_at.isoformat())


def _alone(asked: _Asked) -> Iterator[PlanOutcome]:
    """Of a plan while it holds."""
    plan = asked.plan
    if plan.recorded_at > plan.effective_from:
        yield _about("recorded_late", plan, plan.recorded_at.isoformat())
    for analyser in plan.analysers:
        if analyser.checks is None:
            outcome = _about("analyser_without_checks", plan)
            yield msgspec.structs.replace(outcome, analyser=analyser.channel)
            continue
        yield from _untold(plan, analyser, analyser.checks)
        for gas in analyser.checks.gases:
            yield from _of_gas(asked, analyser, analyser.checks, gas)
        yield from _gaps(asked, analyser, analyser.checks)


def _untold(
    plan: MonitoringPlan, analyser: PlannedAnalyser, checks: GasChecks
) -> Iterator[PlanOutcome]:
    """Of ranges with names, while nothing tells which of them is used."""
    names = sorted({*checks.full_scale} - {""})
    if names and analyser.ranges is None:
        outcome = _about("ranges_untold", plan, ", ".join(names))
        yield msgspec.structs.replace(outcome, analyser=analyser.channel)


def _of_gas(
    asked: _Asked, analyser: PlannedAnalyser, checks: GasChecks, gas: ConnectedGas
) -> Iterator[PlanOutcome]:
    """Of a gas while it is connected and the plan holds."""
    used = connection(gas).within(asked.held)
    if used.is_empty:
        return
    certificate = certificate_by_id(asked.register, gas.certificate)
    for code, what in _gas_findings(asked, checks, gas, certificate, used):
        yield PlanOutcome(
            code=code,
            plan=asked.plan.plan,
            since=used.since,
            what=what,
            analyser=_named(analyser, gas.measuring_range),
            certificate=gas.certificate,
            point=gas.point,
        )


def _gas_findings(
    asked: _Asked,
    checks: GasChecks,
    gas: ConnectedGas,
    certificate: CalibrationCertificate | None,
    used: Span,
) -> Iterator[tuple[str, str]]:
    """Codes of what is wrong with a gas, and what each is about."""
    if certificate is None:
        yield "gas_unknown", ""
        return
    if certificate.id in asked.register.withdrawn:
        yield "gas_withdrawn", ""
    found = [each for each in certificate.certified if each.name == gas.property]
    if len(found) != 1:
        yield "gas_property_unknown", gas.property
    elif unit(found[0].unit).dimension != unit(checks.unit).dimension:
        yield "gas_unit", found[0].unit
    last, valid_until = _last_day(used, asked.on), certificate.valid_until
    if last is not None and valid_until is not None and last > valid_until:
        yield "gas_expired", valid_until.isoformat()


def _last_day(used: Span, on: dt.date | None) -> dt.date | None:
    """The last day, UTC, that a gas was connected; of one that still is, the day of the look."""
    return on if used.until is None else (used.until - _INSTANT).astimezone(dt.UTC).date()


def _gaps(asked: _Asked, analyser: PlannedAnalyser, checks: GasChecks) -> Iterator[PlanOutcome]:
    for measuring_range in sorted(checks.full_scale):
        for point in get_args(GasPoint):
            for each in gaps(checks, point, measuring_range, asked.held):
                yield PlanOutcome(
                    code="gas_gap",
                    plan=asked.plan.plan,
                    since=each.since,
                    what="-" if each.until is None else each.until.isoformat(),
                    analyser=_named(analyser, measuring_range),
                    point=point,
                )


def _named(analyser: PlannedAnalyser, measuring_range: str) -> str:
    return f"{analyser.channel} ({measuring_range})" if measuring_range else analyser.channel


def _about(code: str, plan: MonitoringPlan, what: str = "") -> PlanOutcome:
    return PlanOutcome(code=code, plan=plan.plan, since=plan.effective_from, what=what)
