"""Tests that an analyser failed and nothing has put right: its hours are out of control (pure).

The tests are counted as `course` counts them, kind by kind and range by range.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby

from evidence.statement.standing.course import Rules, effective_ns, is_counted
from evidence.statement.standing.qa_test import QaTest, as_known, order_of
from evidence.statement.standing.retro import SuspectSpan
from evidence.statement.standing.scheme import Validity


def failing(tests: Iterable[QaTest], rules: Rules, at_ns: int) -> tuple[SuspectSpan, ...]:
    """The tests that failed and were not followed by one that passed, in order of time.

    Of several failures in a row it is the first; the last good one before it is told with it.

    Args:
        tests: Of one analyser, all versions of all records.
        rules: By which hours are judged.
        at_ns: Those that count from later on do not count; UTC.

    Raises:
        RecordConflictError: a record has two contents.
    """
    known = [each for each in as_known(tests, None) if is_counted(each, rules)]
    known.sort(key=lambda each: (each.kind, order_of(each)))
    found: list[SuspectSpan] = []
    for kind, some in groupby(known, key=lambda each: each.kind):
        validity = rules.scheme.of(kind)
        if validity is not None:
            found += _of_kind([each for each in some if _begun(each, validity, rules) <= at_ns])
    return tuple(sorted(found, key=lambda each: order_of(each.failed)))


def _begun(test: QaTest, validity: Validity, rules: Rules) -> int:
    """From when on a test counts; one that passed from the very instant: then nothing is wrong."""
    return test.at_ns if test.passed else effective_ns(test, validity, rules)


def _of_kind(tests: Sequence[QaTest]) -> list[SuspectSpan]:
    """A span for each range; a test that names none holds for all of them."""
    ranges = sorted({each.measuring_range for each in tests} - {""}) or [""]
    spans = (
        _last([each for each in tests if each.measuring_range in {"", name}]) for name in ranges
    )
    return list(dict.fromkeys(each for each in spans if each is not None))


def _last(tests: Iterable[QaTest]) -> SuspectSpan | None:
    good: QaTest | None = None
    failed: QaTest | None = None
    for each in tests:
        if each.passed:
            good, failed = each, None
        elif failed is None:
            failed = each
    return None if failed is None else SuspectSpan(good=good, failed=failed)
