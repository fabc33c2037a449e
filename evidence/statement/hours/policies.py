"""What registers, other meters, balances and invoices say of the hours of a gap (pure)."""

from collections.abc import Mapping, Sequence

import numpy as np

from calibration.increment import NS_PER_HOUR
from evidence.statement.hours.best_estimate import Estimated, Material
from evidence.statement.hours.estimator import same_hours
from evidence.statement.hours.finding import Finding, FindingKind
from evidence.statement.hours.gap import Gap
from evidence.statement.hours.observed import ObservedHour
from evidence.statement.hours.settings import Alternative, Bridge, Settings


def bridge_of(
    gap: Gap, hours: Mapping[int, ObservedHour], settings: Settings, findings: set[Finding]
) -> Bridge | None:
    """The amount of a gap, where a bridge is stated or a register tells it.

    Args:
        gap: of the series; its amounts are of hours.
        hours: of the series by start.
        settings: with bridges and the register's readings.
        findings: what a reader must know; grows.
    """
    if settings.kind != "amount":
        return None
    for each in settings.bridges:
        if (each.start_ns, each.end_ns) == (gap.start_ns, gap.end_ns):
            return each
    return _by_register(gap, hours, settings, findings)


def _by_register(
    gap: Gap, hours: Mapping[int, ObservedHour], settings: Settings, findings: set[Finding]
) -> Bridge | None:
    """Growth of the register from the end of the hour before to the end of the hour after.

    The hour after is measured, and taken off.
    """
    opening = settings.registers.get(gap.start_ns - NS_PER_HOUR)
    closing = settings.registers.get(gap.end_ns)
    after = hours.get(gap.end_ns)
    if opening is None or closing is None or after is None or after.value is None:
        return None
    total = closing - after.value - opening
    if total < 0.0:
        found = Finding(kind=FindingKind.BRIDGE_REFUSED, gap=gap.name, found=f"{-total:.6g}")
        findings.add(found)
        return None
    return Bridge(statistic="totaliser", start_ns=gap.start_ns, end_ns=gap.end_ns, total=total)


def alternatives(settings: Settings) -> Mapping[str, Mapping[int, Alternative]]:
    """Other meters and balances, by policy, the preferred one first."""
    return {"check_meter": settings.check_meter, "balance": settings.balance}


def instead(settings: Settings, start_ns: int, estimated: Estimated | None) -> Estimated | None:
    """What another meter or a balance says of an hour; else what was estimated."""
    for known in alternatives(settings).values():
        if start_ns in known:
            other = known[start_ns]
            return Estimated(value=other.value, components=other.components)
    return estimated


def told_by_policy(
    gaps: Sequence[Gap],
    material: Material,
    bridges: Mapping[str, Bridge],
    estimates: Mapping[int, Estimated],
    settings: Settings,
) -> dict[str, dict[int, float]]:
    """Values of the hours of all gaps, by policy and by the hour's start.

    Args:
        gaps: of the series.
        material: what estimates are made of.
        bridges: by gap.
        estimates: of all hours in gaps.
        settings: with other meters and balances.
    """
    found: dict[str, dict[int, float]] = {
        policy: {start: each.value for start, each in known.items()}
        for policy, known in alternatives(settings).items()
    }
    for gap in gaps:
        starts = [material.ran.hours[place].start_ns for place in gap.places]
        if gap.name in bridges:
            known = found.setdefault(bridges[gap.name].statistic, {})
            known.update({start: estimates[start].value for start in starts})
        found.setdefault("same_hours", {}).update(_same_hours(starts, material))
    return found


def _same_hours(starts: Sequence[int], material: Material) -> dict[int, float]:
    hours = material.hours
    values = np.array([each.value if each.is_measured else np.nan for each in hours], np.float64)
    places = [(start - hours[0].start_ns) // NS_PER_HOUR for start in starts]
    plan = same_hours(places, np.isfinite(values))
    if plan is None:
        return {}
    return dict(zip(starts, map(float, plan.estimates(values)), strict=True))
