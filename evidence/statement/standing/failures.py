"""Tests that an analyser failed, with the good ones before and after: what rests on them (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass

from evidence.statement.standing.course import Rules
from evidence.statement.standing.operation import NS_PER_HOUR
from evidence.statement.standing.qa_test import QaTest, as_known, order_of
from evidence.statement.standing.retro import SuspectSpan, suspect_spans


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A test that failed.

    Attributes:
        good: The last one before that passed; None: there was none, and all before is in doubt.
        failed: The first that did not.
        passed: The first one of its kind after that which did; None: none yet.
    """

    good: QaTest | None
    failed: QaTest
    passed: QaTest | None

    def is_after(self, hour: int) -> bool:
        """Whether an hour (its start, UTC ns) lies behind the failure, in part at least.

        Until a test passes the analyser is out of control.
        """
        ended = self.passed is not None and hour >= self.passed.at_ns
        return hour + NS_PER_HOUR > self.failed.at_ns and not ended

    def is_before(self, hour: int) -> bool:
        """Whether an hour lies between the good test and the failure, and is in doubt since."""
        span = SuspectSpan(good=self.good, failed=self.failed)
        return span.covers(hour) and not self.is_after(hour)


def failures(tests: Iterable[QaTest], rules: Rules) -> tuple[Failure, ...]:
    """The tests that failed, in order of time; of several in a row the first.

    Args:
        tests: Of one analyser, all versions of all records.
        rules: By which hours are judged.

    Raises:
        RecordConflictError: a record has two contents.
    """
    known = as_known(tests, None)
    return tuple(
        Failure(good=each.good, failed=each.failed, passed=_passed(known, each.failed))
        for each in suspect_spans(known, rules)
    )


def _passed(tests: Iterable[QaTest], failed: QaTest) -> QaTest | None:
    """The first test after a failure that puts it right: of its kind, for its range."""
    ranges = {"", failed.measuring_range}
    later = (
        each
        for each in tests
        if each.passed and each.kind == failed.kind and each.measuring_range in ranges
    )
    return next((each for each in later if order_of(each) > order_of(failed)), None)
