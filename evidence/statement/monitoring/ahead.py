"""How far rules look behind a period: until nothing can change what stands in it (pure).

What stands for an hour must not depend on the period that was asked for, or days would not add up
to their month. So all is looked at that a rule may rest on: the quarter or the year of the hour,
and its gap until that closes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from calibration.increment import NS_PER_HOUR
from calibration.monitoring.plan import MonitoringPlan
from calibration.register import CalibrationRegister
from evidence.statement.hours.finding import FindingKind
from evidence.statement.hours.hour import Hour
from evidence.statement.hours.pack import RulePack
from evidence.statement.hours.reach import reach_ns
from evidence.statement.monitoring.monitored import Monitored
from evidence.statement.monitoring.spans import Span, full_hour

AHEAD_NS: Final = 2 * 366 * 24 * NS_PER_HOUR
"""How far rules look behind a period at most: a year, and a gap at its end that is as long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What rules look at behind a period.

    Attributes:
        plan: That holds for the period.
        rules: That it names.
        end_ns: Of the period, UTC.
        limit_ns: Nothing behind it is looked at, UTC; not before the end of the period.
        is_closed: Whether nothing can come any more: another plan begins there, and has begun.
    """

    plan: MonitoringPlan
    rules: RulePack
    end_ns: int
    limit_ns: int
    is_closed: bool

    def until(self, hours: Sequence[Hour]) -> int:
        """End of what the rules rest on, but for gaps that are open then; UTC ns.

        Args:
            hours: Of the period. Where none of them is substituted, nothing behind it counts: else
                what is stated would change with each hour that comes.
        """
        offset_s = self.plan.utc_offset_s
        ends = [reach_ns(self.rules, each.start_ns, offset_s) for each in hours if each.gap]
        return min(self.limit_ns, max(self.end_ns, *ends)) if ends else self.end_ns


def ahead_of(
    plan: MonitoringPlan, register: CalibrationRegister, rules: RulePack, span: Span, now_ns: int
) -> Ahead:
    """What rules look at behind a period: as far as the same plan holds, until now.

    Args:
        plan: That holds for the period.
        register: With all plans.
        rules: That the plan names.
        span: [start, end) in UTC ns, at full hours.
        now_ns: UTC; hours that are not over by then are not looked at.
    """
    end_ns = span[1]
    changes = (full_hour(each.effective_from) for each in register.plans if each.plan == plan.plan)
    farthest_ns = end_ns + AHEAD_NS
    cut_ns = min((at for at in changes if at >= end_ns), default=farthest_ns)
    over_ns = now_ns // NS_PER_HOUR * NS_PER_HOUR
    return Ahead(
        plan=plan,
        rules=rules,
        end_ns=end_ns,
        limit_ns=max(end_ns, min(cut_ns, over_ns, farthest_ns)),
        is_closed=cut_ns < farthest_ns and cut_ns <= now_ns,
    )


def closes_at(hours: Sequence[Hour], gap: str) -> int | None:
    """End of the first measured hour behind a gap, UTC ns; None where it is open.

    Args:
        hours: In order of time, until the limit of what is looked at.
        gap: Its name.
    """
    last_ns = max((each.start_ns for each in hours if each.gap == gap), default=0)
    behind = (each for each in hours if each.start_ns > last_ns and each.gap is None)
    valid = (each for each in behind if each.compliance is not None)
    return next((each.start_ns + NS_PER_HOUR for each in valid), None)


def open_gaps(told: Monitored) -> set[str]:
    """Names of the gaps behind which no valid hour was looked at."""
    found = told.determination.findings
    late = (each for each in found if (each.kind, each.found) == (FindingKind.OPEN_GAP, "late"))
    return {each.gap for each in late}
