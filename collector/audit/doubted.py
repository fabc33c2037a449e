"""Hours that tests under a plan put in doubt or out of control, by tests after the period too."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Final

from calibration.increment import NS_PER_HOUR
from calibration.register import CalibrationRegister
from collector.audit.seen import Seen, hours_of
from collector.doubt.looking import Doubting, InDoubt
from evidence.audit.failed import FailedTest
from evidence.clock import parse_utc
from evidence.statement.doubt import Doubt
from evidence.statement.monitoring.period import monitored_period
from evidence.statement.monitoring.spans import planned_spans

AFTER_NS: Final = 92 * 24 * NS_PER_HOUR
"""So long after a period a test that failed is looked for: a quarter."""
Span = tuple[int, int]


def doubts_by_tests(
    seen: Seen, register: CalibrationRegister, channel: str, span: Span
) -> tuple[Doubt, ...]:
    """What tests that are known now put in doubt of a period; a doubt may go beyond its ends.

    Args:
        seen: Where it comes from.
        register: Of the site.
        channel: That has a plan.
        span: [start, end) in UTC ns, at full hours.

    Raises:
        EvidenceError, CalibrationError: a plan that holds could not be applied.
    """
    found = (
        doubt
        for part in _parts(seen, register, channel, span)
        for doubt in monitored_period(seen.lookup, register, channel, part, seen.now_ns).doubts
    )
    return tuple(
        each for each in found if parse_utc(each.start) < span[1] and span[0] < parse_utc(each.end)
    )


def failed_tests(seen: Seen, channel: str, span: Span) -> tuple[FailedTest, ...]:
    """The tests under plans that failed, with the measured hours of a channel that rest on them.

    Args:
        seen: Where it comes from.
        channel: With a plan, or computed from one that has.
        span: [start, end) in UTC ns, at full hours.
    """
    found = Doubting(seen.lookup, seen.ledger, seen.sites, seen.now_ns).of(channel, span)
    hours = hours_of(seen.lookup, channel, span) if found else ()
    measured = {each.start_ns for each in hours if each.tally.present}
    told = (_failed(each, measured) for each in found)
    return tuple(each for each in told if each.hours)


def _failed(doubt: InDoubt, measured: AbstractSet[int]) -> FailedTest:
    good, passed = doubt.failure.good, doubt.failure.passed
    return FailedTest(
        serial=doubt.serial,
        failed_ns=doubt.failure.failed.at_ns,
        good_ns=None if good is None else good.at_ns,
        passed_ns=None if passed is None else passed.at_ns,
        before=tuple(sorted(doubt.before & measured)),
        after=tuple(sorted(doubt.after & measured)),
    )


def _parts(seen: Seen, register: CalibrationRegister, channel: str, span: Span) -> Iterator[Span]:
    """The period by the plans that hold in it, the last one's part as far as tests are known."""
    known_ns = -(-seen.now_ns // NS_PER_HOUR) * NS_PER_HOUR
    until_ns = max(span[1], min(known_ns, span[1] + AFTER_NS))
    for each in planned_spans(register, channel, (span[0], until_ns)):
        if each.plan is not None and each.span[0] < span[1]:
            yield each.span
