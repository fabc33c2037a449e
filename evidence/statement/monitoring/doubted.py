"""What failed tests of analysers throw doubt on, as far as it can be told in the amount (pure)."""

from collections.abc import Sequence

from msgspec.structs import replace

from evidence.statement.doubt import Doubt
from evidence.statement.hours.hour import Hour, HourState
from evidence.statement.monitoring.analyser import TestedAnalyser
from evidence.statement.standing.course import Rules
from evidence.statement.standing.operation import Operation
from evidence.statement.standing.qa_test import as_known
from evidence.statement.standing.retro import (
    HourAmount,
    SuspectSpan,
    doubts_of,
    suspect_spans,
)


def doubts_in(
    analysers: Sequence[TestedAnalyser],
    operation: Operation,
    hours: Sequence[Hour],
    as_known_at_ns: int | None = None,
) -> tuple[Doubt, ...]:
    """The measured hours between a good test and the one after it that failed.

    The effect on the amount is told where it is proportional to what the analyser shows.

    Args:
        analysers: With their tests.
        operation: When the plant ran.
        hours: Of an amount.
        as_known_at_ns: Only tests recorded by then count; None for all.
    """
    amounts = [
        HourAmount(start_ns=each.start_ns, value=each.best_estimate * each.operating_share)
        for each in hours
        if each.state == HourState.MEASURED and each.best_estimate is not None
    ]
    return tuple(
        doubt for each in analysers for doubt in _of_one(each, operation, amounts, as_known_at_ns)
    )


def _of_one(
    analyser: TestedAnalyser,
    operation: Operation,
    amounts: Sequence[HourAmount],
    as_known_at_ns: int | None,
) -> list[Doubt]:
    scheme, planned = analyser.scheme[0], analyser.planned
    policy = planned.policy or scheme.failed.policy
    rules = Rules(scheme=scheme, policy=policy, operation=operation)
    spans = suspect_spans(as_known(analyser.tests, as_known_at_ns), rules)
    doubts = (
        doubt for span in spans for doubt in doubts_of([span], _of_range(analyser, span, amounts))
    )
    found = (replace(each, serial=analyser.serial or each.serial) for each in doubts)
    return [each if planned.proportional else unsized(each) for each in found]


def _of_range(
    analyser: TestedAnalyser, span: SuspectSpan, amounts: Sequence[HourAmount]
) -> list[HourAmount]:
    """The hours that a failed test speaks of: those of its range, if it has one."""
    name = span.failed.measuring_range
    return [each for each in amounts if not name or name in analyser.ranges_of(each.start_ns)]


def unsized(doubt: Doubt) -> Doubt:
    """The same without an effect."""
    return replace(doubt, correction=None, standard_uncertainty=None, expanded_uncertainty=None)
