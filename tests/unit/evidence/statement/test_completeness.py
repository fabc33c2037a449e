from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from calibration.window import Window
from evidence.statement.completeness import NOT_RECEIVED, UNEXPLAINED, Completeness
from evidence.statement.day import completeness_of, days_of
from tests.unit.evidence.statement.examples import flow, hours, register, tally


def completeness(windows: Sequence[Window], period: tuple[int, int]) -> Completeness:
    return completeness_of(days_of(windows), period)


def test_a_period_with_all_its_polls_is_complete() -> None:
    found = completeness([flow(0), flow(1)], hours(2))
    assert (found.expected, found.present, found.ratio) == (120, 120, 1.0)
    assert (found.hours, found.full_hours, found.missing) == (2, 2, {})


def test_hours_of_which_nothing_came_are_due_and_not_received() -> None:
    found = completeness([flow(3)], hours(24))
    assert (found.expected, found.present, found.ratio) == (1440, 60, 60 / 1440)
    assert (found.hours, found.full_hours) == (24, 1)
    assert found.missing == {NOT_RECEIVED: 23 * 60}


def test_misses_are_counted_by_their_reason() -> None:
    windows = [
        flow(0, counted=tally(50, {"timeout": 7, "sentinel": 3})),
        flow(1, counted=tally(58, {"timeout": 2})),
    ]
    found = completeness(windows, hours(2))
    assert found.missing == {"sentinel": 3, "timeout": 9}
    assert (found.present, found.full_hours) == (108, 0)


def test_what_no_record_accounts_for_is_unexplained() -> None:
    found = completeness([flow(0, counted=tally(50, {"timeout": 4}))], hours(1))
    assert found.missing == {"timeout": 4, UNEXPLAINED: 6}


def test_all_causes_stand_side_by_side() -> None:
    windows = [flow(0, counted=tally(59)), flow(1, counted=tally(0, {"not_polled": 60}))]
    found = completeness(windows, hours(3))
    assert found.missing == {"not_polled": 60, NOT_RECEIVED: 60, UNEXPLAINED: 1}
    assert (found.expected, found.present, found.full_hours) == (180, 59, 0)


def test_more_polls_than_due_do_not_make_up_for_another_hour() -> None:
    windows = [flow(0, counted=tally(70)), flow(1, counted=tally(50))]
    found = completeness(windows, hours(2))
    assert (found.present, found.expected, found.full_hours) == (110, 120, 1)
    assert found.missing == {UNEXPLAINED: 10}


def test_more_misses_than_polls_due_leave_nothing_unexplained() -> None:
    found = completeness([flow(0, counted=tally(55, {"timeout": 9}))], hours(1))
    assert found.missing == {"timeout": 9}


def test_hours_with_their_own_number_of_polls_count_as_stated() -> None:
    found = completeness([flow(0, counted=tally(4, expected=4))], hours(2))
    assert (found.expected, found.present) == (8, 4)
    assert found.missing == {NOT_RECEIVED: 4}


def test_where_nothing_was_due_nothing_is_claimed() -> None:
    found = completeness([], hours(2))
    assert (found.expected, found.ratio, found.missing) == (0, 0.0, {})


def test_registers_are_counted_like_rates() -> None:
    assert completeness([register(0)], hours(2)).ratio == 0.5


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 70), st.integers(0, 70)), min_size=1, max_size=10),
    st.integers(0, 5),
)
def test_ratio_and_causes_always_agree(polls: list[tuple[int, int]], absent: int) -> None:
    windows = [
        flow(hour, counted=tally(present, {"timeout": missed} if missed else None))
        for hour, (present, missed) in enumerate(polls)
    ]
    found = completeness(windows, hours(len(windows) + absent))
    assert 0.0 <= found.ratio <= 1.0
    assert found.present + sum(found.missing.values()) >= found.expected
    assert found.missing.get(NOT_RECEIVED, 0) == 60 * absent
    assert found.full_hours == sum(present >= 60 for present, _ in polls)


def test_the_period_is_counted_in_whole_hours() -> None:
    start, end = hours(2)
    assert completeness([], (start, end)).hours == 2
    assert completeness([], (start, end)).ratio == pytest.approx(0.0)


def polled(hour: int, expected: int) -> Window:
    return flow(hour, counted=tally(expected, expected=expected))


def test_what_was_due_where_nothing_came_is_told_by_the_hours_beside_it() -> None:
    """Other polls later say nothing of an hour that is past."""
    windows = [polled(2, 4), polled(5, 60), polled(7, 6)]
    found = completeness(windows, hours(10))
    before, after_4, after_60, after_6 = 2 * 4, 2 * 4, 60, 2 * 6
    assert found.missing == {NOT_RECEIVED: before + after_4 + after_60 + after_6}
    assert found.expected == 4 + 60 + 6 + before + after_4 + after_60 + after_6


@given(
    st.dictionaries(st.integers(0, 80), st.sampled_from([0, 4, 6, 60]), min_size=1),
    st.integers(0, 5),
)
def test_a_period_is_as_complete_however_its_days_are_summed(
    due: dict[int, int], after: int
) -> None:
    windows = [polled(hour, due[hour]) for hour in sorted(due)]
    end = max(due) + 1 + after
    last, absent = due[min(due)], 0
    for hour in range(end):
        absent += 0 if hour in due else last
        last = due.get(hour, last)
    assert completeness(windows, hours(end)).missing.get(NOT_RECEIVED, 0) == absent


def test_an_hour_of_a_seldom_read_register_of_which_nothing_is_known_is_none_that_is_covered() -> (
    None
):
    """Between two meters, say: it has all of its no polls."""
    known = flow(0, counted=tally(0, expected=0))
    bridged = replace(known, tally=replace(known.tally, qualities={"interpolated": 1}))
    unknown = flow(1, counted=replace(tally(0, expected=0), qualities={}))
    found = completeness([bridged, unknown], hours(2))
    assert (found.full_hours, found.ratio) == (1, 0.5)
