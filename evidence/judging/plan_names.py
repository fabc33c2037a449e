"""Whether the names in a monitoring plan are of things that come with this software (pure)."""

from collections.abc import Iterator

from calibration.monitoring.errors import PlanUnknownError
from calibration.monitoring.plan import MonitoringPlan
from calibration.performance.load import known_limits
from evidence.statement.hours.load import PACKS, rule_pack
from evidence.statement.standing.load import known_schemes


def require_known(plan: MonitoringPlan, where: str) -> None:
    """Refuses a plan that rests on rules, a quantity, a scheme or limits that are not here.

    A name that somebody else logged never becomes the path of a file.

    Raises:
        PlanUnknownError: naming the first.
    """
    for name, found, known in _names(plan):
        if found not in known:
            raise PlanUnknownError(where, name=name, found=found, limit=", ".join(known))


def _names(plan: MonitoringPlan) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    yield "rules", plan.rules, PACKS
    if plan.quantity is not None:
        yield "quantity", plan.quantity, tuple(rule_pack(plan.rules).pack.quantities)
    for each in plan.analysers:
        yield "scheme", each.scheme, known_schemes()
        if each.checks is not None:
            yield "limits", each.checks.limits, known_limits()
