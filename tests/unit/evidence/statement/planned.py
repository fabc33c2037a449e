"""What a statement says of its period under a plan: of a month whose plan covers all of it."""

from typing import Final

from evidence.statement.under_plan import (
    PlanAmount,
    PlanEstimate,
    PlanHours,
    PlanPart,
    PlanRules,
    PlanTold,
    UnderPlan,
)

RULES: Final = PlanRules(id="hj75", version="1", sha256="e" * 64, unconfirmed=("hj75-75",))
COMPLIANCE: Final = PlanAmount(
    value=7_452.5, hours_without=4, substituted=120.25, substituted_share=120.25 / 7_452.5
)
BEST: Final = PlanEstimate(
    value=7_430.0, standard_uncertainty=61.5, expanded_uncertainty=120.5, hours_without=0
)
HOURS: Final = PlanHours(
    hours=744,
    by_state={"measured": 728, "missing": 4, "substituted": 12},
    by_method={"max-2160": 12, "measured": 728, "none": 4},
    ran_hours=744,
    substituted_hours=16,
    substituted_share=16 / 744,
)
TOLD: Final = PlanTold(
    rules=RULES,
    quantity="mass",
    unit="t",
    compliance=COMPLIANCE,
    best_estimate=BEST,
    hours=HOURS,
    provisional=False,
    looks_back_to="2025-11-03T00:00:00Z",
    monitored_sha256="d" * 64,
)
PART: Final = PlanPart(
    start="2026-03-01T00:00:00Z",
    end="2026-04-01T00:00:00Z",
    hours=744,
    plan_effective_from="2026-01-01T00:00:00+08:00",
    told=TOLD,
    refused=None,
)
UNDER_PLAN: Final = UnderPlan(
    unit="t",
    compliance=COMPLIANCE,
    best_estimate=BEST,
    hours=HOURS,
    hours_without_plan=0,
    provisional=False,
    unconfirmed=True,
    parts=(PART,),
    refused=None,
)
