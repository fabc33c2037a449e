"""The states of Part 75 against the procedure of the authority's check engine, hour by hour.

US-EPA-CAMD/check-engine, commit 28bd5e98, goes through a quarter in one pass and keeps counters:
DailyCalibrationSupplementalValues and DCSTAT3 for daily checks, LINSTAT4 and RATSTAT for tests by
the quarter. The same procedure stands here in that form; the product looks back from each hour.
"""

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.monitoring.record import TestKind, TestOutcome
from evidence.statement.standing.by_hour import Use, standing_by_hour
from evidence.statement.standing.load import read_scheme
from evidence.statement.standing.operation import NS_PER_HOUR, Operation, operation_of
from evidence.statement.standing.qa_test import QaTest

PART75 = read_scheme("part75-2011")[0]
START = int(dt.datetime(2026, 1, 1, tzinfo=dt.UTC).timestamp()) * 10**9
SPELLS = st.lists(st.tuples(st.booleans(), st.integers(1, 60)), min_size=1, max_size=12)
OUTCOMES = st.sampled_from(["passed", "passed", "passed", "failed", "aborted"])


def plant(running: list[bool]) -> Operation:
    ran = [START + k * NS_PER_HOUR for k, runs in enumerate(running) if runs]
    return operation_of(ran, START, START + len(running) * NS_PER_HOUR)


def qa_test(kind: TestKind, hour: int, minute: int, outcome: TestOutcome) -> QaTest:
    at = START + hour * NS_PER_HOUR + minute * 60 * 10**9
    record = f"{hour}:{minute}"
    return QaTest(analyser="A", kind=kind, at_ns=at, outcome=outcome, recorded_ns=at, record=record)


def ours(tests: list[QaTest], running: list[bool], kind: TestKind) -> list[str]:
    asked = [START + k * NS_PER_HOUR for k in range(len(running))]
    use = Use(kinds=frozenset({kind}))
    found = standing_by_hour(tests, asked, PART75, operating=plant(running), use=use)
    return [each.standing.value for each in found.values()]


def daily_states(running: list[bool], tests: dict[int, TestOutcome]) -> list[str]:
    """One pass over the hours with the engine's three counters."""
    states: list[str] = []
    at: int | None = None
    outcome, covered, restart = "", -1, -1
    for hour, runs in enumerate(running):
        if hour in tests:
            at, outcome, covered, restart = hour, tests[hour], -1, -1
        if at is None:
            states.append("no_test")
            continue
        if runs and covered >= 0 and restart < 0:
            restart = hour
        if not runs and hour - at + 1 <= 27:
            covered, restart = hour, -1
        in_grace = covered >= 0 and (restart < 0 or hour - restart < 8)
        late = "grace" if in_grace else "overdue"
        passed = "in_control" if hour - at < 26 else late
        states.append(passed if outcome == "passed" else "out_of_control")
    return states


@given(SPELLS, st.dictionaries(st.integers(0, 300), OUTCOMES, max_size=8), st.integers(0, 59))
@settings(max_examples=300, deadline=None)
def test_daily_checks_are_judged_as_the_check_engine_does(
    spells: list[tuple[bool, int]], outcomes: dict[int, TestOutcome], minute: int
) -> None:
    running = [runs for runs, length in spells for _ in range(length)]
    made = [qa_test("daily_check", hour, minute, each) for hour, each in outcomes.items()]
    assert ours(made, running, "daily_check") == daily_states(running, outcomes)


def quarter(hour: int) -> int:
    day = dt.datetime(2026, 1, 1) + dt.timedelta(hours=hour)  # noqa: DTZ001 - UTC throughout
    return 4 * day.year + (day.month - 1) // 3


def quarterly_states(
    running: list[bool], wanted: int, most: int, grace: int, tested: int
) -> list[str]:
    """One pass with the hours of each quarter, extensions, and the hours of grace that are used."""
    ran: dict[int, int] = {}
    for hour, runs in enumerate(running):
        ran[quarter(hour)] = ran.get(quarter(hour), 0) + runs
    own = quarter(tested)
    states: list[str] = []
    used = 0
    for hour, runs in enumerate(running):
        if hour < tested:
            states.append("no_test")
            continue
        due, now = own + wanted, quarter(hour)
        for passed in range(own + 1, now):  # quarters that are over by this hour
            if passed <= due < own + most and ran[passed] < 168:
                due += 1
        if now <= due:
            states.append("in_control")
            continue
        used += runs
        states.append("overdue" if used > grace else "grace")
    return states


@st.composite
def years(draw: st.DrawFn) -> list[bool]:
    """Two years and a half in which quarters run whole, for some hours, or not at all."""
    hours = 24 * 912
    quarters = sorted({quarter(hour) for hour in range(hours)})
    lasts = {q: draw(st.sampled_from([0, 100, 167, 168, 169, 3000])) for q in quarters}
    seen: dict[int, int] = {}
    running = []
    for hour in range(hours):
        q = quarter(hour)
        seen[q] = seen.get(q, 0) + 1
        running.append(seen[q] <= lasts[q])
    return running


@given(years(), st.integers(0, 4000), st.sampled_from(["linearity", "rata"]))
@settings(max_examples=12, deadline=None)
def test_tests_by_the_quarter_are_judged_as_the_check_engine_does(
    running: list[bool], tested: int, kind: TestKind
) -> None:
    """In hours of operation; the engine asks of no others."""
    wanted, most, grace = {"linearity": (1, 4, 168), "rata": (2, 8, 720)}[kind]
    expected = quarterly_states(running, wanted, most, grace, tested)
    found = ours([qa_test(kind, tested, 10, "passed")], running, kind)
    pairs = zip(running, found, expected, strict=True)
    assert all(one == other for runs, one, other in pairs if runs)
