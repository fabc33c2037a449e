"""Until when zero and span checks behind a period bear on it (pure).

One that failed puts hours before it in doubt, and where a plan corrects by checks it is one of the
two that correct them. Neither may depend on where the period that was asked for ends.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from calibration.gas_check.span import pairs_of
from calibration.increment import NS_PER_HOUR
from calibration.monitoring.plan import MonitoringPlan
from evidence.statement.monitoring.analyser import TestedAnalyser
from evidence.statement.monitoring.spans import Span
from evidence.statement.standing.qa_test import QaTest, as_known

FARTHEST_NS: Final = 100 * 24 * NS_PER_HOUR
"""Behind a period in which the next check is looked for: a quarter of a year, and some days."""
_NEAR_NS: Final = 2 * 24 * NS_PER_HOUR
"""Before its end: a check may have begun there, and one gas of two may have been led there."""


def searched(end_ns: int, limit_ns: int) -> Span:
    """The time in which the next checks of a period that ends are looked for, UTC ns."""
    return max(0, end_ns - _NEAR_NS), max(end_ns, min(limit_ns, end_ns + FARTHEST_NS))


def checked_until(
    plan: MonitoringPlan,
    analysers: Sequence[TestedAnalyser],
    within: Span,
    known_at_ns: int | None,
) -> int:
    """End of the checks behind a period that bear on it, at a full hour; its own without any.

    Args:
        plan: Of the period.
        analysers: With the checks that are found in what was `searched`.
        within: [end of the period, limit) in UTC ns. A check counts once the hour behind it is
            over too: before that it may still run.
        known_at_ns: Only tests recorded by then count; None for all.
    """
    end_ns, limit_ns = within
    ends = (
        -(-at_ns // NS_PER_HOUR) * NS_PER_HOUR + NS_PER_HOUR
        for each in analysers
        for at_ns in _bearing(plan, each, end_ns, known_at_ns)
    )
    return max((each for each in ends if each <= limit_ns), default=end_ns)


def _bearing(
    plan: MonitoringPlan, analyser: TestedAnalyser, end_ns: int, known_at_ns: int | None
) -> Iterator[int]:
    """When the checks ended that bear on hours before an instant, UTC ns."""
    checks = (each.check for each in analyser.checks)
    yield from (each.end_ns for each in checks if each.start_ns < end_ns < each.end_ns)
    yield from _failed(analyser, end_ns, known_at_ns)
    if analyser.planned.corrected and analyser.planned.channel == plan.plan:
        yield from _correcting(analyser, end_ns)


def _failed(analyser: TestedAnalyser, end_ns: int, known_at_ns: int | None) -> Iterator[int]:
    """Of each range the next check, if it failed."""
    told = analyser.planned.checks
    behind = [
        each
        for each in as_known(analyser.tests, known_at_ns)
        if told is not None and each.kind == told.kind
        if each.at_ns >= end_ns and each.outcome != "aborted"
    ]
    behind.sort(key=lambda each: (each.measuring_range, each.at_ns, not each.passed))
    for _, some in groupby(behind, key=_range_of):
        first = next(some)
        if not first.passed:
            yield first.at_ns


def _range_of(test: QaTest) -> str:
    return test.measuring_range


def _correcting(analyser: TestedAnalyser, end_ns: int) -> Iterator[int]:
    """Of each range the next pair of checks."""
    checks = [each.check for each in analyser.checks]
    for name in {each.measuring_range for each in checks}:
        behind = (each for each in pairs_of(checks, name) if each.at_ns >= end_ns)
        pair = next(behind, None)
        if pair is not None:
            yield max(pair.zero.end_ns, pair.span.end_ns)
