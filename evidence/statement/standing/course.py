"""One kind of test over many hours (pure)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evidence.statement.standing.hour import Because, HourStanding
from evidence.statement.standing.operation import NS_PER_HOUR, Operation
from evidence.statement.standing.qa_test import QaTest, order_of
from evidence.statement.standing.scheme import Policy, Scheme, Validity
from evidence.statement.standing.standing import Standing
from evidence.statement.standing.validity import aged, expires_ns


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """By what hours are judged.

    Attributes:
        scheme: The file of validity times.
        policy: From when a failed test counts.
        operation: When the stack ran, and its clock.
    """

    scheme: Scheme
    policy: Policy
    operation: Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ruling:
    """A test, since when it decides, until when it holds if it passed; the last one's place."""

    test: QaTest
    since_ns: int
    order: tuple[int, bool, str]
    expiry_ns: int | None = None


def course(
    tests: Sequence[QaTest], hours: Sequence[int], validity: Validity, rules: Rules
) -> Iterator[HourStanding]:
    """The state of each hour by one kind of test.

    Args:
        tests: Of that kind, as known.
        hours: Starts, ascending.
        validity: Of that kind.
        rules: Scheme, policy and operation.
    """
    counting = [each for each in tests if is_counted(each, rules)]
    waiting = sorted(
        (effective_ns(each, validity, rules), order_of(each), each) for each in counting
    )
    ruling: _Ruling | None = None
    place = 0
    for hour in hours:
        while place < len(waiting) and waiting[place][0] < hour + NS_PER_HOUR:
            since, _, test = waiting[place]
            ruling = _next(ruling, test, since, validity, rules)
            place += 1
        yield _hour(ruling, hour, validity, rules)


def effective_ns(test: QaTest, validity: Validity, rules: Rules) -> int:
    """The instant from which a test counts: a later one for a failure that nobody knew of yet."""
    if not test.passed:
        known = test.detected_ns if rules.policy == "from_detection" else None
        return test.at_ns if known is None else known
    counts, plant = validity.counts, rules.operation
    if counts is not None and plant.minute_of(test.at_ns) >= counts.before_minute:
        return plant.hour_of(test.at_ns) + NS_PER_HOUR
    return test.at_ns


def is_counted(test: QaTest, rules: Rules) -> bool:
    """Whether a test decides anything: one that was broken off does where the scheme says so."""
    return test.outcome != "aborted" or rules.scheme.aborted.counts_as == "failed"


def _next(
    ruling: _Ruling | None, test: QaTest, since_ns: int, validity: Validity, rules: Rules
) -> _Ruling:
    """What rules once a test counts: it, unless a later one does already.

    Of several failures in a row the first says since when, and because of which test.
    """
    order = order_of(test)
    if ruling is not None and order < ruling.order:
        return ruling
    if test.passed:
        ends = expires_ns(test, validity, rules.operation)
        return _Ruling(test=test, since_ns=since_ns, order=order, expiry_ns=ends)
    if ruling is not None and not ruling.test.passed:
        return _Ruling(test=ruling.test, since_ns=ruling.since_ns, order=order)
    whole = rules.policy == "from_test_hour"
    begins = rules.operation.hour_of(since_ns) if whole else since_ns
    return _Ruling(test=test, since_ns=begins, order=order)


def _hour(ruling: _Ruling | None, hour: int, validity: Validity, rules: Rules) -> HourStanding:
    if ruling is None:
        return _told(Standing.NO_TEST, "no_test", validity, rules, None, None)
    test = ruling.test
    if not test.passed:
        because: Because = "aborted" if test.outcome == "aborted" else "failed"
        return _told(Standing.OUT_OF_CONTROL, because, validity, rules, ruling.since_ns, test)
    found, why, since = aged(test, ruling.expiry_ns, hour, validity, rules.operation)
    if found is Standing.OVERDUE:
        found = Standing(rules.scheme.overdue.counts_as)
    return _told(found, why, validity, rules, ruling.since_ns if since is None else since, test)


def _told(
    standing: Standing,
    because: Because,
    validity: Validity,
    rules: Rules,
    since_ns: int | None,
    test: QaTest | None,
) -> HourStanding:
    return HourStanding(
        standing=standing,
        because=because,
        policy=rules.policy,
        kind=validity.kind,
        since_ns=since_ns,
        test=test,
    )
