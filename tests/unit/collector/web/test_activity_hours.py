"""Hours of a month: how much of each is there, where nothing came, and why."""

from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from calibration.basis import UncertaintyBasis
from calibration.increment import NS_PER_HOUR
from calibration.window import FlowWindow, Grounds, Tally
from collector.web.activity.hours import (
    BEFORE,
    FULL,
    LATER,
    LITTLE,
    NONE,
    PARTLY,
    Hour,
    days,
    gaps,
    hours_of,
    longest_first,
    together,
)
from evidence.clock import parse_utc
from evidence.statement.day import completeness_of, days_of

START = parse_utc("2026-03-29T16:00:00Z")
NOW = START + 10**9 * 86_400 * 30
SHANGHAI = ZoneInfo("Asia/Shanghai")


def window(hour: int, present: int, **missed: int) -> FlowWindow:
    start = START + hour * NS_PER_HOUR
    return FlowWindow(
        channel="a/b/c",
        start_ns=start,
        end_ns=start + NS_PER_HOUR,
        unit="m3",
        uncorrected=1.0,
        value=1.0,
        components=(),
        fresh_variance=0.0,
        tally=Tally(expected=60, present=present, missed=missed),
        grounds=Grounds(basis=UncertaintyBasis.UNKNOWN),
    )


def span(hours: int) -> tuple[int, int]:
    return START, START + hours * NS_PER_HOUR


def test_an_hour_is_full_has_the_greater_part_less_or_nothing() -> None:
    windows = [window(0, 60), window(1, 48, timeout=12), window(2, 47, timeout=13)]
    found = hours_of(windows, span(4), 60, NOW)
    assert [each.state for each in found] == [FULL, PARTLY, LITTLE, NONE]
    assert [each.percent for each in found] == [100, 80, 78, 0]
    assert found[3].missing == {"not_received": 60}


def test_99_and_a_half_percent_is_not_100() -> None:
    (found,) = together([hours_of([window(0, 59, garbage=1)], span(1), 60, NOW)] * 9)
    assert (found.percent, found.missing) == (98, {"garbage": 9})
    assert Hour(start_ns=0, expected=400, present=399, missing={}, state=PARTLY).percent == 99


def test_what_has_not_passed_lacks_nothing_yet() -> None:
    found = hours_of([window(0, 30, timeout=2)], span(3), 60, START + NS_PER_HOUR // 2)
    assert [each.state for each in found] == [LITTLE, LATER, LATER]
    assert gaps("a/b/c", found)[0].polls == 30  # two that timed out, and 28 that nobody explains


def test_before_the_log_began_nobody_was_to_receive_anything() -> None:
    began = (START + 2 * NS_PER_HOUR, 60_000)
    found = hours_of([window(2, 60)], span(4), 60, NOW, began)
    assert [each.state for each in found] == [BEFORE, BEFORE, FULL, NONE]
    other = hours_of([window(1, 60), window(2, 60)], span(4), 60, NOW, (START, 60_000))
    assert [each.state for each in together([found, other])] == [NONE, LITTLE, FULL, NONE]


def test_a_gap_has_its_reasons_and_another_reason_is_another_gap() -> None:
    windows = [
        window(0, 60),
        window(1, 0, timeout=60),
        window(2, 30, timeout=30),
        window(3, 20, timeout=10, checksum=30),
        window(4, 60),
    ]
    found = gaps("a/b/c", hours_of(windows, span(6), 60, NOW))
    told = [((each.start_ns - START) // NS_PER_HOUR, each.length_s, each.missing) for each in found]
    assert told == [
        (1, 7200.0, {"timeout": 90}),
        (3, 3600.0, {"checksum": 30, "timeout": 10}),
        (5, 3600.0, {"not_received": 60}),
    ]
    assert [each.polls for each in longest_first(found)] == [90, 60, 40]


def test_hours_stand_under_the_clock_of_the_plant() -> None:
    found = days(hours_of([], span(48), 60, NOW), SHANGHAI)
    assert [len(each.hours) for each in found] == [24, 24]
    assert all(each is not None for day in found for each in day.hours)
    shifted = days(
        hours_of([], (START + 5 * NS_PER_HOUR, START + 7 * NS_PER_HOUR), 60, NOW), SHANGHAI
    )
    assert [n for n, each in enumerate(shifted[0].hours) if each is not None] == [5, 6]


def test_an_hour_that_a_clock_shows_twice_is_one_with_both() -> None:
    start = parse_utc("2026-10-24T22:00:00Z")
    found = days(
        hours_of([], (start, start + 25 * NS_PER_HOUR), 60, NOW + 10**9 * 86_400 * 300),
        ZoneInfo("Europe/Berlin"),
    )
    assert len(found) == 1
    assert [each.expected for each in found[0].hours if each is not None][:4] == [60, 60, 120, 60]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=30))
def test_hours_add_up_to_the_completeness_that_is_stated(polls: list[tuple[int, int]]) -> None:
    windows = [
        window(n, present, timeout=min(missed, 60 - present))
        for n, (present, missed) in enumerate(polls)
        if present + missed
    ]
    whole = completeness_of(days_of(windows), span(len(polls)))
    found = hours_of(windows, span(len(polls)), 60, NOW)
    if not windows:
        return  # then nothing is stated
    assert sum(each.expected for each in found) == whole.expected
    assert sum(each.present for each in found) == whole.present
    assert sum(each.state == FULL for each in found) == whole.full_hours
    assert sum(each.polls for each in gaps("a/b/c", found)) == sum(whole.missing.values())
