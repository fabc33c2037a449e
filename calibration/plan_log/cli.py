"""`carbonmeter calibration plans`: every plan on record, which holds, what does not fit."""

import argparse
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final

from calibration.load import read_sources, register_of
from calibration.monitoring.errors import PlanConflictError
from calibration.monitoring.plan import MonitoringPlan, plan_in_force
from calibration.monitoring.review import plan_outcomes
from calibration.reviewed_cli import Reviewed, tell

COLUMNS: Final = ("plan", "rules", "quantity", "from", "recorded", "by", "why", "analysers")


def tell_plans(arguments: argparse.Namespace) -> int:
    """Exit code of `plans`: 0 nothing speaks against them, 1 something does.

    Raises:
        CalibrationError: a file cannot be read.
    """
    register = register_of(read_sources(arguments.paths)).as_known(arguments.known_at)
    listed = [each for each in register.plans if arguments.channel in (None, each.plan)]
    listed.sort(key=lambda each: (each.plan, each.effective_from, each.recorded_at))
    outcomes = plan_outcomes(listed, register, arguments.as_of)
    holding = _holding(listed, arguments.at)
    reviewed = Reviewed(listed=listed, outcomes=outcomes, holding=holding)
    return tell(reviewed, "plans", COLUMNS, _row, arguments)


def _holding(plans: Sequence[MonitoringPlan], at: dt.datetime | None) -> Mapping[str, str] | None:
    """From when the plan is that holds, by channel; None where no instant is asked."""
    if at is None:
        return None
    named = {channel: _named(plans, channel, at) for channel in sorted({e.plan for e in plans})}
    return {channel: found for channel, found in named.items() if found is not None}


def _named(plans: Sequence[MonitoringPlan], channel: str, at: dt.datetime) -> str | None:
    """The begin of the plan that holds, or the code of why none does; None before the first."""
    try:
        found = plan_in_force(plans, channel, at)
    except PlanConflictError as wrong:
        return wrong.code
    return None if found is None else found.effective_from.isoformat()


def _row(plan: MonitoringPlan) -> tuple[str, ...]:
    return (
        plan.plan,
        plan.rules,
        plan.quantity or "-",
        plan.effective_from.isoformat(),
        plan.recorded_at.isoformat(),
        plan.decided_by,
        plan.reason,
        str(len(plan.analysers)),
    )
