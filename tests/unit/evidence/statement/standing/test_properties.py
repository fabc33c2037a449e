"""What holds for every history: one state an hour, passing tests never harm, order is no matter."""

import random
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.monitoring.record import TestKind
from evidence.statement.standing.by_hour import Use, standing_by_hour
from evidence.statement.standing.operation import NS_PER_HOUR, Operation, operation_of
from evidence.statement.standing.qa_test import QaTest
from evidence.statement.standing.scheme import Policy, Scheme
from evidence.statement.standing.standing import Standing
from tests.unit.evidence.statement.standing.history import EN14181, HJ75, ISO10012, PART75, ns

KINDS: tuple[TestKind, ...] = ("daily_check", "linearity", "rata")
USE = Use(kinds=frozenset[TestKind](KINDS))
START = ns("2026-01-01T00:00")
SPAN_H = 24 * 400
SCHEMES = st.sampled_from([PART75, HJ75, EN14181, ISO10012])
POLICIES = st.sampled_from(["from_test_hour", "from_detection", "retro_to_last_good", "expiry"])


@st.composite
def qa_tests(draw: st.DrawFn) -> QaTest:
    at = START + draw(st.integers(0, SPAN_H * 60)) * 60_000_000_000
    return QaTest(
        analyser="A",
        kind=draw(st.sampled_from(KINDS)),
        at_ns=at,
        outcome=draw(st.sampled_from(["passed", "failed", "aborted"])),
        recorded_ns=at + draw(st.integers(0, 90 * 24)) * NS_PER_HOUR,
        record=f"{draw(st.integers(0, 2**60)):x}",
        detected_ns=draw(st.none() | st.integers(at, at + 100 * NS_PER_HOUR)),
    )


STOPS = st.lists(st.tuples(st.integers(0, SPAN_H), st.integers(1, 3000)), max_size=4)
"""Hours at which the stack stopped, and for how many."""


def rank(standing: Standing) -> int:
    """Good, in a grace, or neither; "no_test" that becomes "overdue" is not worse."""
    return {Standing.IN_CONTROL: 0, Standing.GRACE: 1}.get(standing, 2)


def plant(stops: list[tuple[int, int]]) -> Operation:
    idle = {hour for begin, length in stops for hour in range(begin, begin + length)}
    ran = [START + k * NS_PER_HOUR for k in range(SPAN_H) if k not in idle]
    return operation_of(ran, START, START + SPAN_H * NS_PER_HOUR)


HISTORIES = st.lists(qa_tests(), max_size=12, unique_by=lambda each: each.record)
HOURS = st.lists(st.integers(-48, SPAN_H + 48), max_size=25, unique=True).map(
    lambda some: [START + k * NS_PER_HOUR for k in sorted(some)]
)


@given(HISTORIES, HOURS, SCHEMES, POLICIES, STOPS, st.integers(0, SPAN_H))
@settings(max_examples=80, deadline=None)
def test_every_hour_has_exactly_one_state_whatever_the_order_of_the_tests(
    tests: list[QaTest],
    asked: list[int],
    scheme: Scheme,
    policy: Policy,
    stops: list[tuple[int, int]],
    known_h: int,
) -> None:
    known, operating = START + known_h * NS_PER_HOUR, plant(stops)
    found = standing_by_hour(tests, asked, scheme, policy, operating, known, USE)
    assert list(found) == asked
    for hour, each in found.items():
        assert isinstance(each.standing, Standing)
        assert each.test is None or each.test.recorded_ns <= known
        assert each.since_ns is None or each.since_ns < hour + NS_PER_HOUR
    shuffled = random.Random(1).sample(tests, len(tests))
    assert standing_by_hour(shuffled, asked, scheme, policy, operating, known, USE) == found


@given(HISTORIES, HOURS, qa_tests(), STOPS, st.sampled_from([PART75, HJ75]))
@settings(max_examples=120, deadline=None)
def test_another_test_that_passed_never_makes_an_hour_worse(
    tests: list[QaTest],
    asked: list[int],
    more: QaTest,
    stops: list[tuple[int, int]],
    scheme: Scheme,
) -> None:
    operating = plant(stops)
    passed = QaTest(
        analyser="A",
        kind=more.kind,
        at_ns=more.at_ns,
        outcome="passed",
        recorded_ns=more.recorded_ns,
        record="more",
    )
    before = standing_by_hour(tests, asked, scheme, "from_test_hour", operating, use=USE)
    after = standing_by_hour([*tests, passed], asked, scheme, "from_test_hour", operating, use=USE)
    failing = any(each.outcome in {"failed", "aborted"} for each in tests)
    for hour in asked:
        one, other = before[hour], after[hour]
        assert rank(other.standing) <= rank(one.standing)
        # where two things were wrong, the one that is left is named now; none is made up
        assert failing or other.because not in {"failed", "aborted"}


@given(HISTORIES, HOURS, STOPS)
@settings(max_examples=60, deadline=None)
def test_what_is_recorded_later_changes_nothing_of_what_was_known(
    tests: list[QaTest], asked: list[int], stops: list[tuple[int, int]]
) -> None:
    known, operating = START + 100 * 24 * NS_PER_HOUR, plant(stops)
    early = [each for each in tests if each.recorded_ns <= known]
    whole = standing_by_hour(tests, asked, PART75, None, operating, known, USE)
    assert standing_by_hour(early, asked, PART75, None, operating, known, USE) == whole
    assert standing_by_hour(early, asked, PART75, None, operating, None, USE) == whole


@given(HOURS, STOPS)
@settings(max_examples=40, deadline=None)
def test_hours_of_operation_add_up(hours: list[int], stops: list[tuple[int, int]]) -> None:
    operating = plant(stops)
    for one, other in pairwise(hours):
        span = (other - one) // NS_PER_HOUR
        ran = sum(operating.operates(one + k * NS_PER_HOUR) for k in range(min(span, 500)))
        last = one + min(span, 500) * NS_PER_HOUR
        assert operating.count(one, last) == ran
