"""Periods of channels under their monitoring plans, from hours that are kept (pure)."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from calibration.increment import NS_PER_HOUR
from calibration.mean import MeanWindow
from calibration.monitoring.plan import MonitoringPlan, plan_in_force
from calibration.register import CalibrationRegister
from calibration.window import FlowWindow
from evidence.clock import utc_text
from evidence.judging.kept import HoursTold
from evidence.statement.hourly import require_utc_hours
from evidence.statement.hours.pack import LoadedPack
from evidence.statement.monitoring.ahead import Ahead, ahead_of, closes_at, open_gaps
from evidence.statement.monitoring.analyser import TestedAnalyser
from evidence.statement.monitoring.behind import checked_until, searched
from evidence.statement.monitoring.computed import (
    Computing,
    as_taken,
    derivation_of,
    measured_hours,
)
from evidence.statement.monitoring.counted import operation_in
from evidence.statement.monitoring.errors import (
    NoHoursError,
    NoPlanError,
    NoPlannedInputError,
    PlanChangesError,
)
from evidence.statement.monitoring.load import pack_named
from evidence.statement.monitoring.monitored import Material, Monitored, monitored
from evidence.statement.monitoring.seen import tested_in
from evidence.statement.monitoring.spans import Span, instant_of
from evidence.statement.monitoring.through import Inputs, through_inputs

HISTORY_NS: Final = 3 * 366 * 24 * NS_PER_HOUR
"""How far rules look back at most: 40 CFR 75.32 takes 3 years."""


def plan_of(plans: Iterable[MonitoringPlan], channel: str, span: Span) -> MonitoringPlan:
    """The plan that holds for the whole of a period.

    Args:
        plans: That are known.
        channel: Of the plan.
        span: [start, end) in UTC ns.

    Raises:
        NoPlanError: none holds at its start.
        PlanChangesError: another one begins within it.
        PlanConflictError: two hold.
    """
    known = list(plans)
    plan = plan_in_force(known, channel, instant_of(span[0]))
    if plan is None:
        raise NoPlanError(channel, at=utc_text(span[0]))
    last = plan_in_force(known, channel, instant_of(span[1] - 1))
    if last is not None and last != plan:
        raise PlanChangesError(channel, at=last.effective_from.isoformat())
    return plan


def monitored_period(
    lookup: HoursTold,
    register: CalibrationRegister,
    channel: str,
    span: Span,
    now_ns: int,
    known_at_ns: int | None = None,
) -> Monitored:
    """What a period of a channel comes to under its plan.

    Args:
        lookup: Of the hours.
        register: What the agents of the channel's site logged, as known at an instant.
        channel: With a plan that holds for the whole period.
        span: [start, end) in UTC ns, at full hours.
        now_ns: UTC; a period that is not over has substitutes that may still change.
        known_at_ns: Only checks that were received by then count; None for all.

    Raises:
        PeriodError: the period does not lie at full hours.
        NoPlanError, PlanChangesError: no plan holds, or not one for the whole.
        NoHoursError: no hour was received.
        NoDerivationError, NoPlannedInputError: it is told by inputs that nothing speaks of.
        EvidenceError, CalibrationError: the plan's rules, or what they need, are not there.
    """
    require_utc_hours(span, channel)
    plan = plan_of(register.plans, channel, span)
    asked = Asked(
        lookup=lookup, register=register, span=span, now_ns=now_ns, known_at_ns=known_at_ns
    )
    return told_under(plan, asked).monitored


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldPeriod:
    """A period under its plan.

    Attributes:
        monitored: What it comes to.
        since_ns: Start of the first hour that was looked at, UTC: rules look back.
        until_ns: End of what was looked at, UTC, where rules look behind the period; None where
            they do not.
        analysers: With all tests that were looked at.
    """

    monitored: Monitored
    since_ns: int
    until_ns: int | None = None
    analysers: tuple[TestedAnalyser, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of all channels of one answer; see `monitored_period`."""

    lookup: HoursTold
    register: CalibrationRegister
    span: Span
    now_ns: int
    known_at_ns: int | None


def told_under(plan: MonitoringPlan, asked: Asked) -> ToldPeriod:
    """What a period comes to under a plan that holds for all of it.

    Raises:
        NoHoursError: no hour was received.
        NoDerivationError, NoPlannedInputError, NoPlanError, PlanChangesError: it is told by inputs
            of which nothing, or more than one thing, is known.
        EvidenceError, CalibrationError: the plan's rules, or what they need, are not there.
    """
    if plan.quantity is None:
        return _through_inputs(plan, asked)
    return _told(plan, asked)


def _told(plan: MonitoringPlan, asked: Asked) -> ToldPeriod:
    """A period by its own channel's hours, and by those behind it that bear on it."""
    pack, end_ns = pack_named(plan.rules, plan.plan), asked.span[1]
    ahead = ahead_of(plan, asked.register, pack.pack, asked.span, asked.now_ns)
    since_ns = max(0, asked.span[0] - HISTORY_NS)
    windows = _hours(asked.lookup, plan.plan, (since_ns, ahead.limit_ns))
    if not windows or windows[0].start_ns >= end_ns:
        raise NoHoursError(plan.plan, at=utc_text(end_ns))
    looking = _Looking(plan=plan, asked=asked, pack=pack, windows=windows, ahead=ahead)
    until_ns, told, analysers = looking.far_enough()
    return ToldPeriod(
        monitored=told,
        since_ns=windows[0].start_ns,
        until_ns=until_ns if until_ns > end_ns else None,
        analysers=tuple(analysers),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looking:
    """A period that is told from hours until an instant: farther and farther, where need be."""

    plan: MonitoringPlan
    asked: Asked
    pack: LoadedPack
    windows: Sequence[FlowWindow] | Sequence[MeanWindow]
    ahead: Ahead

    def far_enough(self) -> tuple[int, Monitored, Sequence[TestedAnalyser]]:
        """End of what bears on the period, UTC ns; what it comes to; analysers with tests."""
        end_ns = self.asked.span[1]
        told, analysers = self._at(end_ns)
        until_ns = max(self.ahead.until(told.determination.hours), self._checked())
        if until_ns > end_ns:
            told, analysers = self._at(until_ns)
        closed_ns = self._closing(told, until_ns)
        if closed_ns > until_ns:
            until_ns = closed_ns
            told, analysers = self._at(until_ns)
        return until_ns, told, analysers

    def _checked(self) -> int:
        """Until when checks behind the period bear on it, UTC ns."""
        asked, ahead = self.asked, self.ahead
        analysers = [each for each in self.plan.analysers if each.checks is not None]
        if ahead.limit_ns == ahead.end_ns or not analysers:
            return ahead.end_ns
        within = searched(ahead.end_ns, ahead.limit_ns)
        found = [
            tested_in(asked.lookup, asked.register, self.plan, each, within) for each in analysers
        ]
        known_at_ns = asked.known_at_ns
        return checked_until(self.plan, found, (ahead.end_ns, ahead.limit_ns), known_at_ns)

    def _closing(self, told: Monitored, until_ns: int) -> int:
        """When the gap closes in which the last substituted hour lies, UTC ns."""
        gap = next((each.gap for each in reversed(told.determination.hours) if each.gap), None)
        if gap is None or gap not in open_gaps(told) or until_ns == self.ahead.limit_ns:
            return until_ns
        span = self.asked.span[0], self.ahead.limit_ns
        whole, _ = self._at(self.ahead.limit_ns, span)
        return closes_at(whole.determination.hours, gap) or self.ahead.limit_ns

    def _at(
        self, until_ns: int, span: Span | None = None
    ) -> tuple[Monitored, Sequence[TestedAnalyser]]:
        material = _material(self.plan, self.asked, self.pack, self.windows, until_ns)
        closed = replace(material, closed=self.ahead.is_closed, now_ns=self.asked.now_ns)
        return monitored(self.plan, closed, span or self.asked.span), material.analysers


def _material(
    plan: MonitoringPlan,
    asked: Asked,
    pack: LoadedPack,
    windows: Sequence[FlowWindow] | Sequence[MeanWindow],
    until_ns: int,
) -> Material:
    lookup = asked.lookup
    whole = (windows[0].start_ns, until_ns)
    return Material(
        windows=_before(until_ns, windows),
        signs=_signs(lookup, plan, whole),
        analysers=[tested_in(lookup, asked.register, plan, each, whole) for each in plan.analysers],
        pack=pack,
        as_known_at_ns=asked.known_at_ns,
        until_ns=until_ns,
    )


def _before(
    until_ns: int, windows: Sequence[FlowWindow] | Sequence[MeanWindow]
) -> Sequence[FlowWindow] | Sequence[MeanWindow]:
    return windows[: bisect_left(windows, until_ns, key=lambda each: each.start_ns)]


def _signs(lookup: HoursTold, plan: MonitoringPlan, whole: Span) -> list[MeanWindow]:
    return [] if plan.operation is None else lookup.means(plan.operation.channel, *whole)


def _through_inputs(plan: MonitoringPlan, asked: Asked) -> ToldPeriod:
    """A computed channel by its inputs: those with plans under these, the others as measured."""
    lookup, span = asked.lookup, asked.span
    derivation = derivation_of(asked.register, plan.plan, span)
    planned = {each.plan for each in asked.register.plans}
    ruled = {name: one for name, one in derivation.inputs.items() if one in planned}
    if not ruled:
        found = ", ".join(sorted(derivation.inputs.values()))
        raise NoPlannedInputError(plan.plan, found=found)
    plans = {name: plan_of(asked.register.plans, one, span) for name, one in ruled.items()}
    periods = {name: _told(each, asked) for name, each in plans.items()}
    told = {name: each.monitored for name, each in periods.items()}
    computing = Computing(derivation=derivation, register=asked.register)
    inputs = Inputs(
        told=told,
        conditions={name: as_taken(lookup, ruled[name], each) for name, each in told.items()},
        measured={
            name: measured_hours(lookup, one, span, computing.taken_in(name))
            for name, one in derivation.inputs.items()
            if name not in ruled
        },
        compute=computing.compute(),
        unit=computing.unit,
        analysers=[each for period in periods.values() for each in period.analysers],
        operation=operation_in(plan, _signs(lookup, plan, span)),
    )
    return ToldPeriod(
        monitored=through_inputs(plan, pack_named(plan.rules, plan.plan), inputs, span),
        since_ns=min(each.since_ns for each in periods.values()),
        until_ns=max(each.until_ns or 0 for each in periods.values()) or None,
        analysers=tuple(inputs.analysers),
    )


def _hours(lookup: HoursTold, channel: str, whole: Span) -> list[FlowWindow] | list[MeanWindow]:
    """Hours of a channel: amounts, or means of one that has no amount."""
    found = [each for each in lookup.windows(channel, *whole) if isinstance(each, FlowWindow)]
    return found or lookup.means(channel, *whole)


def without_hours(told: Monitored) -> Monitored:
    """The same without its hours; both digests are those of the whole."""
    short = msgspec.structs.replace(told.determination, hours=())
    return msgspec.structs.replace(told, determination=short)
