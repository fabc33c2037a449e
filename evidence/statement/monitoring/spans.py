"""A period divided into spans through which one monitoring plan holds, or none (pure)."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from calibration.increment import NS_PER_HOUR
from calibration.monitoring.errors import PlanConflictError
from calibration.monitoring.plan import MonitoringPlan, plan_in_force
from calibration.register import CalibrationRegister

Span = tuple[int, int]
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSpan:
    """A span of a period, and the plan that holds at the start of each of its hours.

    Attributes:
        span: [start, end) in UTC ns, at full hours.
        plan: None where none holds.
        conflict: Where two do.
    """

    span: Span
    plan: MonitoringPlan | None = None
    conflict: PlanConflictError | None = None


def planned_spans(register: CalibrationRegister, channel: str, span: Span) -> list[PlannedSpan]:
    """The spans of a period, in order of time, without a break.

    An hour in which a plan begins is told by the one before it: no hour is told by two. Where the
    channel is told by its inputs, a span ends also where an input's plan begins, or it is computed
    otherwise.

    Args:
        register: With the plans and derivations that are known.
        channel: Of the plans.
        span: [start, end) in UTC ns, at full hours.
    """
    cuts = {full_hour(at) for at in _changes(register, channel)}
    edges = sorted({*span, *(at for at in cuts if span[0] < at < span[1])})
    return [_planned(register, channel, each) for each in pairwise(edges)]


def _planned(register: CalibrationRegister, channel: str, span: Span) -> PlannedSpan:
    try:
        plan = plan_in_force(register.plans, channel, instant_of(span[0]))
    except PlanConflictError as conflict:
        return PlannedSpan(span=span, conflict=conflict)
    return PlannedSpan(span=span, plan=plan)


def _changes(register: CalibrationRegister, channel: str) -> Iterator[dt.datetime]:
    """When anything begins by which a channel's hours are told."""
    own = [each for each in register.plans if each.plan == channel]
    yield from (each.effective_from for each in own)
    if all(each.quantity is not None for each in own):
        return
    computed = [each for each in register.derivations if each.derivation == channel]
    yield from (each.effective_from for each in computed)
    inputs = {name for each in computed for name in each.inputs.values()}
    yield from (each.effective_from for each in register.plans if each.plan in inputs)


def full_hour(at: dt.datetime) -> int:
    """The first full hour at an instant or after it, UTC ns."""
    at_us = (at - _EPOCH) // dt.timedelta(microseconds=1)
    return -(-at_us * 1000 // NS_PER_HOUR) * NS_PER_HOUR


def instant_of(at_ns: int) -> dt.datetime:
    """Whole microseconds of an instant: a double would round the last one of a period up."""
    return _EPOCH + dt.timedelta(microseconds=at_ns // 1000)


def ruled_span(register: CalibrationRegister, channel: str, span: Span) -> Span:
    """From the first to behind the last hour of a period under a plan; all of it without any.

    Args:
        register: What the agents of the channel's site logged.
        channel: Its name.
        span: [start, end) in UTC ns, at full hours.
    """
    parts = [each.span for each in planned_spans(register, channel, span) if each.plan is not None]
    return (parts[0][0], parts[-1][1]) if parts else span


def first_plan(register: CalibrationRegister, channel: str, span: Span) -> MonitoringPlan | None:
    """The first plan that holds in a period; None where none does. As `ruled_span`."""
    plans = (each.plan for each in planned_spans(register, channel, span))
    return next((each for each in plans if each is not None), None)
