"""How an analyser was checked with zero and span gas, and how it drifted against its limits."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final, Literal

from calibration.errors import CalibrationError
from calibration.gas_check.check import GasCheck
from calibration.monitoring.plan import MonitoringPlan, PlannedAnalyser
from calibration.performance.criterion import Judged
from collector.api.pool import Sources
from collector.documented import libraries_of
from collector.site_register import site_register
from collector.tested import BACK_NS, plans_begun
from evidence.errors import CodedError
from evidence.judging.planned import plans_of
from evidence.statement.monitoring.analyser import TestedAnalyser
from evidence.statement.monitoring.seen import tested_in
from evidence.statement.standing.qa_test import QaTest, as_known

MOST_CHECKS: Final = 40
MOST_TESTS: Final = 20
OUTCOMES: Final[Mapping[str, str]] = {
    "pass": "good",
    "adjust": "warn",
    "fail": "bad",
    "out_of_control": "bad",
    "not_valid": "none",
    "not_judged": "none",
}
"""Outcomes of checks, with the class of the mark of each in `style.css`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A limit of a chart: what is met within it, and where it stands."""

    outcome: str
    at_most: float
    clause: str
    status: Literal["S", "K"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlChart:
    """The checks of one gas and range over time.

    Attributes:
        point: "zero" or "span".
        measuring_range: Of a dual-range analyser; "" where it has one.
        of_full_scale: Whether figures and limits are percent of full scale, not deviations.
        unit: Of the figures; "%" of full scale, or the unit of the deviation, which may be "%" too.
        figures: Checks with the figure that limits are for, in order of time.
        limits: The narrowest first.
    """

    point: str
    measuring_range: str
    of_full_scale: bool
    unit: str
    figures: Sequence[tuple[GasCheck, float]]
    limits: Sequence[Limit]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The quality assurance of an analyser.

    Attributes:
        plan: Channel whose plan names it.
        scheme, limits: By which its tests count, and its checks are judged; "" for none.
        charts: One for each gas and range.
        checks: The latest first; `more_checks` are not shown.
        tests: Others than these, also of their kind, the latest first.
        wrong: What keeps it from being told, an error; None for nothing.
    """

    plan: str
    scheme: str
    limits: str
    charts: Sequence[ControlChart] = ()
    checks: Sequence[GasCheck] = ()
    more_checks: int = 0
    tests: Sequence[QaTest] = ()
    wrong: CodedError | CalibrationError | None = None


def checked(sources: Sources, sites: Mapping[str, str], channel: str, now_ns: int) -> list[Checked]:
    """How an analyser is checked, for each plan that names it; nothing of any other instrument.

    Args:
        sources: Ledger and derived data.
        sites: agent -> site.
        channel: That it shows.
        now_ns: Until when checks are looked for, UTC.

    Raises:
        LedgerError: a leaf that the store names cannot be read.
    """
    libraries = libraries_of(sources.store.lookup, sources.ledger, ("plan",))
    found = list(_naming(plans_of(libraries, sites), channel, now_ns))
    if not found:
        return []
    site = channel.partition("/")[0]
    register = site_register(sources.store.lookup, sources.ledger, sites, site)
    made: list[Checked] = []
    for plan, planned in found:
        limits = "" if planned.checks is None else planned.checks.limits
        span = (max(0, now_ns - BACK_NS), now_ns + 1)
        try:
            tested = tested_in(sources.store.lookup, register, plan, planned, span)
        except (CalibrationError, CodedError) as wrong:
            made.append(Checked(plan=plan.plan, scheme=planned.scheme, limits=limits, wrong=wrong))
        else:
            recorded = {each.id for each in register.tests}
            made.append(_told(plan, planned, tested, recorded))
    return made


def told_to(check: GasCheck) -> float | None:
    """U (k = 2) of a check's deviation, in its unit: of what was shown and of the gas together.

    None where neither is known: the deviation has no digits to go by then.
    """
    settled = None if check.settled is None else check.settled.standard_uncertainty
    u = math.hypot(settled or 0.0, check.reference_standard_uncertainty or 0.0)
    return 2.0 * u or None


def told_percent_to(check: GasCheck) -> float | None:
    """The same in percent of full scale; None where no deviation says how large that is."""
    expanded = told_to(check)
    if expanded is None or not check.deviation or check.percent_of_span is None:
        return None
    return abs(expanded * check.percent_of_span / check.deviation)


def _naming(
    plans: Iterable[MonitoringPlan], channel: str, now_ns: int
) -> Iterator[tuple[MonitoringPlan, PlannedAnalyser]]:
    """Of each channel the plan that began last, if it names the analyser."""
    for plan in plans_begun(plans, now_ns):
        for planned in plan.analysers:
            if planned.channel == channel:
                yield plan, planned


def _told(
    plan: MonitoringPlan,
    planned: PlannedAnalyser,
    tested: TestedAnalyser,
    recorded: AbstractSet[str],
) -> Checked:
    """The tests beside the charted checks: those too of the same kind that somebody recorded."""
    checks = [each.check for each in tested.checks]
    kind = None if planned.checks is None else planned.checks.kind
    known = as_known(tested.tests, None)
    others = [each for each in known if each.kind != kind or each.record in recorded]
    return Checked(
        plan=plan.plan,
        scheme=planned.scheme,
        limits="" if planned.checks is None else planned.checks.limits,
        charts=charts(checks),
        checks=checks[::-1][:MOST_CHECKS],
        more_checks=max(0, len(checks) - MOST_CHECKS),
        tests=others[::-1][:MOST_TESTS],
    )


def charts(checks: Sequence[GasCheck]) -> list[ControlChart]:
    """A chart for each gas and range, zero before span.

    Args:
        checks: Of one analyser, in order of time.
    """
    keys = dict.fromkeys((each.measuring_range, each.point) for each in checks)
    made = [
        _chart(checks, *key) for key in sorted(keys, key=lambda key: (key[0], key[1] != "zero"))
    ]
    return [each for each in made if each.figures]


def _chart(checks: Sequence[GasCheck], measuring_range: str, point: str) -> ControlChart:
    own = [
        each for each in checks if (each.measuring_range, each.point) == (measuring_range, point)
    ]
    criteria = next((each.criteria for each in reversed(own) if each.criteria), ())
    of_full_scale = not criteria or criteria[0].measure == "full_scale_deviation"
    figures = [
        (each, figure)
        for each in own
        for figure in [each.percent_of_span if of_full_scale else each.deviation]
        if figure is not None
    ]
    return ControlChart(
        point=point,
        measuring_range=measuring_range,
        of_full_scale=of_full_scale,
        unit="%" if of_full_scale or not own else own[0].unit,
        figures=figures,
        limits=_limits(criteria),
    )


def _limits(criteria: Sequence[Judged]) -> list[Limit]:
    """The limits of one measure."""
    own = [each for each in criteria if each.measure == criteria[0].measure]
    found = [
        Limit(outcome=each.outcome, at_most=each.at_most, clause=each.clause, status=each.status)
        for each in own
    ]
    return sorted(found, key=lambda each: each.at_most)
