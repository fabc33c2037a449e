"""A period under its monitoring plans in the short form that a statement carries (pure)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
from msgspec.structs import replace

from calibration.errors import CalibrationError
from calibration.increment import NS_PER_HOUR
from calibration.register import CalibrationRegister
from calibration.unit import amount_of
from evidence.clock import utc_text
from evidence.errors import CodedError, PeriodError, Words
from evidence.judging.kept import HoursTold
from evidence.statement.datum import ActivityData, digest_of
from evidence.statement.hourly import require_utc_hours
from evidence.statement.hours.hour import HourState
from evidence.statement.monitoring.amounts import amount_under, amounts_together, estimated
from evidence.statement.monitoring.errors import NoAmountError, NoPlanError
from evidence.statement.monitoring.monitored import Monitored
from evidence.statement.monitoring.period import Asked, ToldPeriod, told_under
from evidence.statement.monitoring.spans import PlannedSpan, Span, planned_spans
from evidence.statement.under_plan import (
    PlanHours,
    PlanPart,
    PlanRefused,
    PlanRules,
    PlanTold,
    UnderPlan,
)

MOST_PARTS: Final = 100
"""Each looks back over the years before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A span of a period as it was told.

    Attributes:
        planned: The span and its plan.
        told: None where `refused` says why not.
    """

    planned: PlannedSpan
    told: ToldPeriod | None = None
    refused: CodedError | CalibrationError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedPeriod:
    """What a statement says of a period under its plans, and the determinations behind it.

    Attributes:
        short: As it is stated.
        monitored: Of the parts that are told, in order of time.
    """

    short: UnderPlan
    monitored: tuple[Monitored, ...]


def under_plan(
    kept: HoursTold, register: CalibrationRegister, channel: str, span: Span, now_ns: int
) -> StatedPeriod | None:
    """A period under the plans of a channel; None of a channel for which nobody logged a plan.

    Args:
        kept: The hours, and what was shown in checks.
        register: What the agents of the channel's site logged.
        channel: Its name.
        span: [start, end) in UTC ns, at full hours.
        now_ns: UTC; of a part that is not over, substitutes may still change.

    Raises:
        PeriodError: plans change more than 99 times in it, or it does not lie at full hours.
    """
    if all(each.plan != channel for each in register.plans):
        return None
    parts = parts_of(kept, register, channel, span, now_ns)
    told = tuple(each.told.monitored for each in parts if each.told is not None)
    return StatedPeriod(short=short_of(channel, parts), monitored=told)


def stated_under_plan(datum: ActivityData, found: StatedPeriod | None) -> ActivityData:
    """A statement with what its period comes to under the plan; the same one without any."""
    if found is None:
        return datum
    whole = replace(datum, under_plan=found.short)
    return replace(whole, digest=digest_of(whole))


def parts_of(
    kept: HoursTold, register: CalibrationRegister, channel: str, span: Span, now_ns: int
) -> list[Part]:
    """The spans of a period, each told by the plan that holds, or why it cannot be.

    Raises:
        PeriodError: there are more than 100 of them, or the period does not lie at full hours.
    """
    require_utc_hours(span, channel)
    spans = planned_spans(register, channel, span)
    if len(spans) > MOST_PARTS:
        what = Words(f"plans change {len(spans) - 1} times in it", f"计划变更 {len(spans) - 1} 次")
        raise PeriodError(channel, what=what, limit=str(MOST_PARTS))
    return [_part(kept, register, each, now_ns) for each in spans]


def _part(
    kept: HoursTold, register: CalibrationRegister, planned: PlannedSpan, now_ns: int
) -> Part:
    if planned.plan is None:
        return Part(planned=planned, refused=planned.conflict)
    asked = Asked(
        lookup=kept, register=register, span=planned.span, now_ns=now_ns, known_at_ns=None
    )
    try:
        told = told_under(planned.plan, asked)
        _require_amount(told.monitored)
    except (CodedError, CalibrationError) as wrong:
        return Part(planned=planned, refused=wrong)
    return Part(planned=planned, told=told)


def _require_amount(told: Monitored) -> None:
    if told.determination.kind != "rate":
        raise NoAmountError(told.channel, found=told.determination.kind)
    amount_of(told.determination.unit)


def short_of(channel: str, parts: Sequence[Part]) -> UnderPlan:
    """The short form of parts in order of time, without a break."""
    shorts = tuple(map(_short, parts))
    told = [each.told for each in parts if each.told is not None]
    stated = [each.told for each in shorts if each.told is not None]
    refused, hours = _refused(channel, parts, stated), _counted([each.hours for each in stated])
    whole = refused is None
    return UnderPlan(
        unit=stated[0].unit if whole else None,
        compliance=amounts_together([each.compliance for each in stated], hours.ran_hours)
        if whole
        else None,
        best_estimate=estimated([each.monitored for each in told]) if whole else None,
        hours=hours,
        hours_without_plan=sum(map(_hours_without, shorts)),
        provisional=any(each.provisional for each in stated),
        unconfirmed=any(each.rules.unconfirmed for each in stated),
        parts=shorts,
        refused=refused,
    )


def _hours_without(part: PlanPart) -> int:
    return part.hours if part.told is None and part.refused is None else 0


def _refused(channel: str, parts: Sequence[Part], stated: Sequence[PlanTold]) -> PlanRefused | None:
    """Why there is no amount of the whole; None where there is one."""
    for each in parts:
        if each.refused is not None:
            return _said(each.refused)
        if each.planned.plan is None:
            return _said(NoPlanError(channel, at=utc_text(each.planned.span[0])))
    units = sorted({each.unit for each in stated})
    return None if len(units) == 1 else _said(NoAmountError(channel, found=", ".join(units)))


def _said(wrong: CodedError | CalibrationError) -> PlanRefused:
    return PlanRefused(code=wrong.code, en=wrong.say("en"), zh=wrong.say("zh"))


def _short(part: Part) -> PlanPart:
    start_ns, end_ns = part.planned.span
    plan = part.planned.plan
    return PlanPart(
        start=utc_text(start_ns),
        end=utc_text(end_ns),
        hours=(end_ns - start_ns) // NS_PER_HOUR,
        plan_effective_from=None if plan is None else plan.effective_from.isoformat(),
        told=None if part.told is None else told_of(part.told),
        refused=None if part.refused is None else _said(part.refused),
    )


def told_of(told: ToldPeriod) -> PlanTold:
    """The short form of a span that was told."""
    own, whole = told.monitored.determination, told.monitored
    unit, hourly = amount_of(own.unit)
    totals = own.totals
    return PlanTold(
        rules=PlanRules(
            id=own.rules.id,
            version=own.rules.version,
            sha256=own.rules.sha256,
            unconfirmed=own.rules.unconfirmed,
        ),
        quantity=own.quantity,
        unit=unit,
        compliance=amount_under(totals.compliance, hourly),
        best_estimate=estimated([whole]),
        hours=_hours(whole),
        provisional=own.provisional,
        looks_back_to=utc_text(told.since_ns),
        monitored_sha256=whole.digest,
        looks_ahead_to=msgspec.UNSET if told.until_ns is None else utc_text(told.until_ns),
    )


def _hours(told: Monitored) -> PlanHours:
    totals = told.determination.totals
    states = {name: count for name, count in totals.by_state.items() if count}
    return _of_states(states, totals.by_method)


def _of_states(states: Mapping[str, int], methods: Mapping[str, int]) -> PlanHours:
    hours = sum(states.values())
    ran = hours - states.get(HourState.SHUTDOWN, 0)
    filled = ran - states.get(HourState.MEASURED, 0)
    return PlanHours(
        hours=hours,
        by_state=dict(sorted(states.items())),
        by_method=dict(sorted(methods.items())),
        ran_hours=ran,
        substituted_hours=filled,
        substituted_share=filled / ran if ran else 0.0,
    )


def _counted(found: Sequence[PlanHours]) -> PlanHours:
    """Hours of several parts."""
    states, methods = Counter[str](), Counter[str]()
    for each in found:
        states.update(each.by_state)
        methods.update(each.by_method)
    return _of_states(states, methods)
