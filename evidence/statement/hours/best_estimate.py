"""The best estimate of a gap with its uncertainty: unbiased, and apart from the rule (pure)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
import numpy as np

from calibration.distribution import Distribution
from calibration.increment import NS_PER_HOUR
from calibration.uncertainty import Influence, UncertaintyComponent, merge, scaled
from evidence.statement.hours.estimator import Floats, Plan, interpolation, same_hours
from evidence.statement.hours.finding import Finding, FindingKind
from evidence.statement.hours.gap import Gap, OperatingHours
from evidence.statement.hours.observed import ObservedHour
from evidence.statement.hours.punch import LEAST_PLACES, Punched, punch
from evidence.statement.hours.settings import Bridge, EstimatorName


class GapEstimate(msgspec.Struct, frozen=True, kw_only=True):
    """How a gap was estimated.

    Args:
        gap: its name; the influence `substitution:<gap>` is shared within it.
        start_ns, end_ns: in clock time; `hours` of operation.
        method: "interpolation", "nearest_hour", "same_hours"; "totaliser" or "invoice" where its
            amount is known and the method gives the profile; "none".
        standard_uncertainty: of the gap's mean, from the estimate alone; 0 where the amount is
            known; None where there is no estimate.
        hour_uncertainty: of a single hour, which is larger; None where too few places were found.
        places, apart: where the same gap was punched; those that do not overlap.
        bias, bias_uncertainty: mean error there; it is not corrected, and part of u.
    """

    gap: str
    start_ns: int
    end_ns: int
    hours: int
    method: str
    standard_uncertainty: float | None
    hour_uncertainty: float | None = None
    places: int = 0
    apart: int = 0
    bias: float | None = None
    bias_uncertainty: float | None = None


class Estimated(msgspec.Struct, frozen=True, kw_only=True):
    """The best estimate of an hour, and its components."""

    value: float
    components: tuple[UncertaintyComponent, ...]


@dataclass(frozen=True, kw_only=True)
class Material:
    """What estimates are made of.

    Attributes:
        hours: All hours of the series, standstill among them, without a break.
        ran: Those of operation.
        estimator: By name.
        findings: What a reader must know; grows.
    """

    hours: Sequence[ObservedHour]
    ran: OperatingHours
    estimator: EstimatorName
    findings: set[Finding] = field(default_factory=set)
    _punched: dict[tuple[bytes, ...], Punched | int] = field(default_factory=dict)

    def row(self) -> Sequence[ObservedHour]:
        """The hours by whose places the estimator counts."""
        return self.ran.hours if self.estimator == "interpolation" else self.hours

    def values(self) -> Floats:
        """Of that row; NaN where an hour was not measured."""
        return np.array(
            [each.value if each.is_measured else math.nan for each in self.row()], np.float64
        )

    def plan(self, gap: Gap, values: Floats) -> Plan | None:
        """For a gap."""
        if self.estimator == "interpolation":
            before = _measured(self.ran, range(gap.first - 1, -1, -1))
            after = _measured(self.ran, range(gap.last + 1, len(self.ran.hours)))
            return interpolation(gap.places, before, after)
        first_ns = self.hours[0].start_ns
        starts = (self.ran.hours[place].start_ns for place in gap.places)
        places = [(start_ns - first_ns) // NS_PER_HOUR for start_ns in starts]
        return same_hours(places, np.isfinite(values))

    def punched(self, plan: Plan, values: Floats) -> Punched | int:
        """Errors of a plan; those of one shape are looked for once."""
        first = int(plan.places[0])
        shape = (
            (plan.places - first).tobytes(),
            (plan.donors - first).tobytes(),
            plan.weights.tobytes(),
        )
        if shape not in self._punched:
            self._punched[shape] = punch(plan, values)
        return self._punched[shape]


def _measured(ran: OperatingHours, places: range) -> int | None:
    return next((place for place in places if ran.hours[place].is_measured), None)


def estimate_gap(
    gap: Gap, material: Material, values: Floats, bridge: Bridge | None = None
) -> tuple[GapEstimate, Mapping[int, Estimated]]:
    """How a gap is estimated, and its hours by start.

    Args:
        gap: of the series.
        material: what there is.
        values: of the material's row.
        bridge: its amount, where that is known.
    """
    plan = material.plan(gap, values)
    starts = [material.ran.hours[place].start_ns for place in gap.places]
    if plan is None and bridge is None:
        material.findings.add(Finding(kind=FindingKind.NO_ESTIMATE, gap=gap.name))
        return _told(gap, "none", None), {}
    profile = np.ones(gap.hours) if plan is None else plan.estimates(values)
    if bridge is not None:
        return _bridged(gap, profile, bridge, starts)
    assert plan is not None  # noqa: S101 - else there is a bridge
    found = material.punched(plan, values)
    told, described = _judged(gap, plan, profile, found, values)
    _note(told, material)
    own = UncertaintyComponent(influence=described, contribution=told.standard_uncertainty or 0.0)
    carried = [_carried(plan, index, material.row()) for index in range(gap.hours)]
    return told, {
        start: Estimated(value=float(value), components=merge(part, (own,)))
        for start, value, part in zip(starts, profile, carried, strict=True)
    }


def _told(gap: Gap, method: str, u: float | None, found: Punched | int = 0) -> GapEstimate:
    told = GapEstimate(
        gap=gap.name,
        start_ns=gap.start_ns,
        end_ns=gap.end_ns,
        hours=gap.hours,
        method=method,
        standard_uncertainty=u,
    )
    if isinstance(found, int):
        return msgspec.structs.replace(told, places=found)
    return msgspec.structs.replace(
        told,
        hour_uncertainty=found.hour_rms,
        places=found.places,
        apart=found.apart,
        bias=found.bias,
        bias_uncertainty=found.bias_uncertainty,
    )


def _judged(
    gap: Gap, plan: Plan, profile: Floats, found: Punched | int, values: Floats
) -> tuple[GapEstimate, Influence]:
    """The gap with its u, and the influence that its hours share."""
    if isinstance(found, Punched):
        u = found.rms
        described = Influence(
            id=f"substitution:{gap.name}",
            evaluation="A",
            degrees_of_freedom=float(max(found.apart - 1, 1)),
            dof_source=f"punched:{gap.name.rpartition('.')[0]}/{gap.hours}h",
        )
    else:
        u = _conservative(float(profile.mean()), values)
        described = Influence(id=f"substitution:{gap.name}", distribution=Distribution.RECTANGULAR)
    return _told(gap, plan.method, u, found), described


def _conservative(estimate: float, values: Floats) -> float:
    """The gap's mean lies within the range of the measured hours, rectangular."""
    known = values[np.isfinite(values)]
    reach = max(float(known.max()) - estimate, estimate - float(known.min()))
    return reach / math.sqrt(3.0)


def _note(told: GapEstimate, material: Material) -> None:
    if told.bias is None or told.bias_uncertainty is None:
        found = Finding(
            kind=FindingKind.FEW_PLACES,
            gap=told.gap,
            found=str(told.places),
            limit=str(LEAST_PLACES),
        )
        material.findings.add(found)
    elif abs(told.bias) > 2.0 * told.bias_uncertainty:
        found = Finding(kind=FindingKind.BIAS, gap=told.gap, found=f"{told.bias:.6g}")
        material.findings.add(found)


def _carried(
    plan: Plan, index: int, row: Sequence[ObservedHour]
) -> tuple[UncertaintyComponent, ...]:
    """What the donors' values share with others, by their weights.

    What is new in each donor is part of what punching found, and is not counted twice.
    """
    parts = (
        scaled(_shared(row[donor].components), float(weight))
        for donor, weight in zip(plan.donors, plan.weights[index], strict=True)
        if weight
    )
    return merge(*parts)


def _shared(components: Sequence[UncertaintyComponent]) -> list[UncertaintyComponent]:
    return [each for each in components if each.influence.shared]


def _bridged(
    gap: Gap, profile: Floats, bridge: Bridge, starts: Sequence[int]
) -> tuple[GapEstimate, Mapping[int, Estimated]]:
    """The known amount, spread over the hours as the estimates are spread."""
    whole = float(profile.sum())
    even = whole <= 0.0 or bool((profile < 0.0).any())
    share = np.full(gap.hours, 1.0 / gap.hours) if even else profile / whole
    told = _told(gap, bridge.statistic, 0.0)
    return told, {
        start: Estimated(
            value=float(part) * bridge.total, components=scaled(bridge.components, float(part))
        )
        for start, part in zip(starts, share, strict=True)
    }
