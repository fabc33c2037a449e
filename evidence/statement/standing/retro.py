"""Hours that a failed test throws doubt on, back to the last good one, and what that may change.

Nothing is deleted (ISO 10012, 8.3.3; ISO/IEC 17025, 7.10): the doubt is stated beside the amount,
with the correction between the two tests and its uncertainty. The arithmetic is that of shifts
between certificates (`calibration.history`), by hours instead of days.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from calibration.history.bridge import Bridged, bridged_between
from calibration.history.suspect import Effect, effect_of
from evidence.clock import utc_text
from evidence.statement.doubt import COVERAGE_FACTOR, Doubt
from evidence.statement.standing.course import Rules
from evidence.statement.standing.operation import NS_PER_HOUR
from evidence.statement.standing.qa_test import QaTest

_OF_CALIBRATION: Final = frozenset({"calibration", "verification", "intermediate_check"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectSpan:
    """The time between a test that was good and the next one, which failed.

    Attributes:
        good: The last test of that kind and range that passed; None: there was none, and all
            earlier hours are in doubt.
        failed: The first that did not.
    """

    good: QaTest | None
    failed: QaTest

    def covers(self, hour: int) -> bool:
        """Whether an hour lies in the span, in part at least."""
        begins = None if self.good is None else self.good.at_ns
        return hour < self.failed.at_ns and (begins is None or hour + NS_PER_HOUR > begins)

    def share(self, at_ns: int) -> float:
        """How much of the span has passed at an instant, 0 to 1; 1 where it has no begin."""
        if self.good is None or self.failed.at_ns == self.good.at_ns:
            return 1.0
        whole = self.failed.at_ns - self.good.at_ns
        return min(max((at_ns - self.good.at_ns) / whole, 0.0), 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class HourAmount:
    """An hour's amount, as it was stated.

    Attributes:
        start_ns: Of the hour.
        value: In the unit of the quantity.
    """

    start_ns: int
    value: float


def suspect_spans(tests: Iterable[QaTest], rules: Rules) -> tuple[SuspectSpan, ...]:
    """The spans in doubt, in order of the tests that failed.

    Args:
        tests: As known, of one analyser; those that the scheme does not know are passed over.
        rules: A test that was broken off throws doubt on nothing.
    """
    known = {each.kind for each in rules.scheme.validity}
    own = [each for each in tests if each.kind in known and each.outcome != "aborted"]
    own.sort(key=lambda each: (*_family(each), each.at_ns, not each.passed))
    alike = groupby(own, key=_family)
    found = [span for _, some in alike for span in _spans(some)]
    return tuple(sorted(found, key=lambda each: each.failed.at_ns))


def _family(test: QaTest) -> tuple[str, str]:
    """What a test can be compared with: an intermediate check speaks for a calibration."""
    kind = "calibration" if test.kind in _OF_CALIBRATION else test.kind
    return kind, test.measuring_range


def _spans(tests: Iterable[QaTest]) -> list[SuspectSpan]:
    found: list[SuspectSpan] = []
    last: QaTest | None = None
    for each in tests:
        if not each.passed and (last is None or last.passed):
            found.append(SuspectSpan(good=last, failed=each))
        last = each
    return found


def effect_on(span: SuspectSpan, amounts: Sequence[HourAmount]) -> Effect | None:
    """What the error that was found does to the amount of some hours.

    Args:
        span: With relative errors of both tests; a good one that states none counts as 0 with no u.
        amounts: Hours in the span, in order of time, stated as if the error were the good test's.

    Returns:
        Correction and its standard uncertainty in the unit of the amounts; None where the failed
        test states no error, or there is no good one: then the doubt has no size.
    """
    good, failed = span.good, span.failed
    if good is None or failed.relative_error is None or not amounts:
        return None
    before = good.relative_error or 0.0
    return effect_of(sum(each.value for each in amounts), before, _moved(span, amounts))


def _moved(span: SuspectSpan, amounts: Sequence[HourAmount]) -> Bridged:
    """How far the analyser stood from the good test on the mean of the hours."""
    shares = span.share(amounts[0].start_ns), span.share(amounts[-1].start_ns + NS_PER_HOUR)
    good, failed = span.good, span.failed
    before = 0.0 if good is None else good.relative_error or 0.0
    u = [0.0 if each is None else each.standard_uncertainty or 0.0 for each in (good, failed)]
    shift = (failed.relative_error or 0.0) - before
    return bridged_between(shift, (u[0] ** 2 + u[1] ** 2) ** 0.5, *shares)


def doubts_of(spans: Iterable[SuspectSpan], amounts: Sequence[HourAmount]) -> tuple[Doubt, ...]:
    """What the spans put in doubt of an analyser's hours, as a statement tells it.

    Args:
        spans: Of the analyser.
        amounts: Its hours, in order of time.
    """
    pairs = ((span, [each for each in amounts if span.covers(each.start_ns)]) for span in spans)
    return tuple(_doubt(span, inside) for span, inside in pairs if inside)


def _doubt(span: SuspectSpan, inside: Sequence[HourAmount]) -> Doubt:
    found = effect_on(span, inside)
    u = None if found is None else found.standard_uncertainty
    return Doubt(
        serial=span.failed.analyser,
        because="intermediate_check",
        start=utc_text(inside[0].start_ns),
        end=utc_text(inside[-1].start_ns + NS_PER_HOUR),
        value=sum(each.value for each in inside),
        before=None if span.good is None else span.good.record,
        after=span.failed.record,
        checks=(utc_text(span.failed.at_ns),),
        correction=None if found is None else found.correction,
        standard_uncertainty=u,
        expanded_uncertainty=None if u is None else COVERAGE_FACTOR * u,
    )
