"""How far rules look behind a period: to the end of its quarter (pure)."""

from dataclasses import dataclass
from typing import Final

from calibration.increment import NS_PER_HOUR
from calibration.monitoring.plan import MonitoringPlan
from calibration.register import CalibrationRegister
from evidence.statement.hours.calendar import quarter_of, quarter_span_ns
from evidence.statement.hours.hour import Hour
from evidence.statement.hours.pack import RulePack
from evidence.statement.monitoring.spans import Span, full_hour

AHEAD_NS: Final = 93 * 24 * NS_PER_HOUR
"""How far rules look behind a period at most: a quarter has 92 days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What rules look at behind a period.

    Attributes:
        quarter_ns: Start of the quarter in which the period ends, UTC; None where rules do not go
            by quarters.
        limit_ns: What substitutes rest on is over then, UTC: the quarter, or the period.
    """

    quarter_ns: int | None
    limit_ns: int

    def until(self, span: Span, last_ns: int, now_ns: int) -> int:
        """End of what is looked at, UTC ns.

        While the quarter runs: of the hours that were received. What may still come is not
        missing.

        Args:
            span: [start, end) in UTC ns.
            last_ns: Start of the last hour that was received before the limit.
            now_ns: UTC; hours that are not over by then are not looked at.
        """
        if now_ns >= self.limit_ns:
            return self.limit_ns
        over_ns = now_ns // NS_PER_HOUR * NS_PER_HOUR
        return max(span[1], min(last_ns + NS_PER_HOUR, over_ns))

    def bears_on(self, hour: Hour) -> bool:
        """Whether what lies behind the period bears on an hour of it."""
        return self.quarter_ns is not None and hour.gap is not None and self._is_in(hour)

    def _is_in(self, hour: Hour) -> bool:
        return self.quarter_ns is not None and hour.start_ns >= self.quarter_ns


def ahead_of(
    plan: MonitoringPlan, register: CalibrationRegister, rules: RulePack, span: Span
) -> Ahead:
    """What rules look at behind a period: its quarter, as far as the same plan holds.

    Args:
        plan: That holds for the period.
        register: With all plans.
        rules: That the plan names.
        span: [start, end) in UTC ns, at full hours.
    """
    if not rules.is_by_quarter:
        return Ahead(quarter_ns=None, limit_ns=span[1])
    quarter = quarter_of(span[1] - 1, plan.utc_offset_s)
    start_ns, end_ns = quarter_span_ns(quarter, plan.utc_offset_s)
    changes = (full_hour(each.effective_from) for each in register.plans if each.plan == plan.plan)
    later = (at for at in changes if at >= span[1])
    # hours are hours of UTC, also where the plant's clock is not a full hour away
    limit_ns = min([-(-end_ns // NS_PER_HOUR) * NS_PER_HOUR, *later])
    return Ahead(quarter_ns=start_ns, limit_ns=max(span[1], limit_ns))
