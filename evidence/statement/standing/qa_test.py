"""A dated test of an analyser, and which version of its record was known when."""

import math
from collections.abc import Iterable

import msgspec

from calibration.monitoring.record import TestKind, TestOutcome
from evidence.clock import utc_text
from evidence.errors import Words
from evidence.statement.standing.errors import QaTestError, RecordConflictError

_FINITE = Words("finite, and u >= 0", "有限数值，且 u >= 0")
_LATER = Words("at or after the test", "不早于试验时刻")


class QaTest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A test of an analyser.

    Args:
        analyser: its id.
        kind: of the test. "daily_check" is the automatic zero and span check, "rata" any
            comparison with a reference method (校验).
        at_ns: instant at which it was completed, or broken off; POSIX ns.
        outcome: "aborted" for one that was broken off.
        recorded_ns: when this house learnt of it, or of this version of the record.
        detail: in words.
        record: id of its record; a later version of it stands in its place.
        measuring_range: of a dual-range analyser; "" for a test that holds for all.
        detected_ns: when it was known that it failed; None: at once.
        valid_until_ns: the first instant at which it does not hold any more, where it says so
            itself; it goes before the scheme's time.
        quarters: calendar quarters that it holds for, where its outcome decides that.
        relative_error, standard_uncertainty: (indication - reference)/reference as found, and u
            of it; None where the test does not state it.
    """

    analyser: str
    kind: TestKind
    at_ns: int
    outcome: TestOutcome
    recorded_ns: int
    record: str
    detail: str = ""
    measuring_range: str = ""
    detected_ns: int | None = None
    valid_until_ns: int | None = None
    quarters: int | None = None
    relative_error: float | None = None
    standard_uncertainty: float | None = None

    def __post_init__(self) -> None:
        for name in ("detected_ns", "valid_until_ns"):
            instant = getattr(self, name)
            if instant is not None and instant < self.at_ns:
                raise QaTestError(self.record, what=f"{name} = {instant}", limit=_LATER)
        if self.quarters is not None and not 1 <= self.quarters <= 100:
            what, limit = f"quarters = {self.quarters}", "1 .. 100"
            raise QaTestError(self.record, what=what, limit=limit)
        e, u = self.relative_error or 0.0, self.standard_uncertainty or 0.0
        if not (math.isfinite(e) and math.isfinite(u) and u >= 0.0 and e > -1.0):
            raise QaTestError(self.record, what=f"e = {e}, u = {u}", limit=_FINITE)

    @property
    def passed(self) -> bool:
        """Whether it was completed and met its limits."""
        return self.outcome == "passed"


def as_known(tests: Iterable[QaTest], as_known_at_ns: int | None) -> tuple[QaTest, ...]:
    """The tests that were recorded by an instant, each in its latest version, in order of time.

    Args:
        tests: all versions of all records.
        as_known_at_ns: None for all that is known now.

    Raises:
        RecordConflictError: a record has two contents of one instant of recording.
    """
    latest: dict[str, QaTest] = {}
    for each in tests:
        if as_known_at_ns is not None and each.recorded_ns > as_known_at_ns:
            continue
        held = latest.get(each.record)
        if held is not None and held.recorded_ns == each.recorded_ns and held != each:
            at = utc_text(each.recorded_ns)
            raise RecordConflictError(each.record, record=each.record, at=at)
        if held is None or each.recorded_ns > held.recorded_ns:
            latest[each.record] = each
    return tuple(sorted(latest.values(), key=order_of))


def order_of(test: QaTest) -> tuple[int, bool, str]:
    """Tests in order of time; of several at one instant those that did not pass come last."""
    return test.at_ns, not test.passed, test.record
