"""Days, months and years begin where the calendar of a zone has them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.increment import NS_PER_HOUR
from collector.api.paging import Mark, cursor_of, from_cursor
from collector.api.period import (
    By,
    hours_around,
    hours_begun,
    instant,
    periods,
    require_order,
    zone_of,
)
from collector.api.refusal import CursorError, RangeLimitError, TimeZoneError
from evidence.clock import parse_utc, utc_text
from evidence.errors import PeriodError

HOURS = st.integers(min_value=0, max_value=2_000_000)


def starts(start: str, end: str, by: By, zone: str) -> list[str]:
    spans = periods(parse_utc(start), parse_utc(end), by, zone_of(zone), 100)
    return [utc_text(span[0]) for span in spans]


def test_the_quarters_of_a_year_in_shanghai_begin_at_16_utc_of_the_day_before() -> None:
    found = starts("2025-12-31T16:00:00Z", "2026-12-31T16:00:00Z", By.QUARTER, "Asia/Shanghai")
    assert found == [
        "2025-12-31T16:00:00Z",
        "2026-03-31T16:00:00Z",
        "2026-06-30T16:00:00Z",
        "2026-09-30T16:00:00Z",
    ]


def test_a_day_has_23_or_25_hours_where_clocks_are_changed() -> None:
    found = starts("2026-03-27T23:00:00Z", "2026-03-30T22:00:00Z", By.DAY, "Europe/Berlin")
    assert found == ["2026-03-27T23:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"]


def test_years_are_cut_where_the_range_is() -> None:
    found = starts("2025-06-30T16:00:00Z", "2027-01-31T16:00:00Z", By.YEAR, "Asia/Shanghai")
    assert found == ["2025-06-30T16:00:00Z", "2025-12-31T16:00:00Z", "2026-12-31T16:00:00Z"]


def test_a_day_without_a_time_begins_in_the_zone() -> None:
    assert utc_text(instant("2026-04-01", "start", zone_of("Asia/Shanghai"))) == (
        "2026-03-31T16:00:00Z"
    )


@pytest.mark.parametrize(
    ("zone", "begins"),
    [("Asia/Kolkata", "18:30"), ("Asia/Kathmandu", "18:15"), ("Australia/Darwin", "14:30")],
)
def test_days_that_begin_within_an_hour_of_utc_are_made_of_their_own_hours(
    zone: str, begins: str
) -> None:
    days = [f"2026-03-{day}T{begins}:00Z" for day in (27, 28, 29)]
    first, last = days[0], days[-1]
    assert starts(first, last, By.DAY, zone) == days[:2]
    assert starts(first, last, By.TOTAL, zone) == days[:1]
    hours = starts(first, last, By.HOUR, zone)
    assert (len(hours), hours[:2]) == (48, [first, utc_text(parse_utc(first) + NS_PER_HOUR)])
    # between other instants than these a day would be cut within an hour
    with pytest.raises(TimeZoneError) as caught:
        starts("2026-03-27T00:00:00Z", "2026-03-30T00:00:00Z", By.DAY, zone)
    assert f"2026-03-27T{begins}:00Z" in str(caught.value)
    assert len(starts("2026-03-27T00:00:00Z", "2026-03-27T05:00:00Z", By.HOUR, zone)) == 5


def test_a_day_on_which_clocks_are_set_by_half_an_hour_is_refused_and_those_around_it_told() -> (
    None
):
    days = ["2026-04-02T13:00:00Z", "2026-04-03T13:00:00Z", "2026-04-04T13:00:00Z"]
    zone = "Australia/Lord_Howe"
    assert starts(days[0], days[2], By.DAY, zone) == days[:2]
    later = ["2026-04-05T13:30:00Z", "2026-04-06T13:30:00Z"]
    assert starts(later[0], later[1], By.DAY, zone) == later[:1]
    with pytest.raises(PeriodError):
        starts(days[2], later[0], By.DAY, zone)
    with pytest.raises(TimeZoneError):
        starts(days[1], "2026-04-06T13:00:00Z", By.DAY, zone)


def test_kept_hours_that_a_period_touches_and_such_as_begin_in_it() -> None:
    day = parse_utc("2026-03-27T18:30:00Z"), parse_utc("2026-03-28T18:30:00Z")
    around, begun = hours_around(day), hours_begun(day)
    assert [utc_text(each) for each in around] == ["2026-03-27T18:00:00Z", "2026-03-28T19:00:00Z"]
    assert [utc_text(each) for each in begun] == ["2026-03-27T19:00:00Z", "2026-03-28T19:00:00Z"]
    full = (around[0], around[1])
    assert hours_around(full) == hours_begun(full) == full


def test_ten_years_are_the_most() -> None:
    first = parse_utc("2010-01-01T00:00:00Z")
    require_order(first, parse_utc("2020-01-01T00:00:00Z"), "", "")
    with pytest.raises(RangeLimitError):
        require_order(first, parse_utc("2021-01-01T00:00:00Z"), "", "")


@given(HOURS, st.integers(min_value=1, max_value=400), st.sampled_from(list(By)))
def test_periods_join_and_cover_the_range(first: int, length: int, by: By) -> None:
    start, end = first * NS_PER_HOUR, (first + length) * NS_PER_HOUR
    spans = periods(start, end, by, zone_of("Asia/Shanghai"), 500)
    assert (spans[0][0], spans[-1][1]) == (start, end)
    assert all(before[1] == after[0] for before, after in pairwise(spans))
    assert all(before < after for before, after in spans)


@given(
    st.integers(min_value=0, max_value=2**63 - 1),
    st.text(max_size=40),
    st.integers(min_value=0, max_value=2**63 - 1),
)
def test_a_cursor_leads_back_to_its_place(first_ms: int, agent: str, taken: int) -> None:
    mark = Mark(
        question="0" * 16, first_ms=first_ms, agent=agent, epoch="e", sequence=1, taken=taken
    )
    assert from_cursor(cursor_of(mark), "0" * 16) == mark
    with pytest.raises(CursorError):
        from_cursor(cursor_of(mark), "1" * 16)


@given(st.text(max_size=60))
def test_a_text_that_is_no_cursor_is_refused_and_nothing_else_happens(text: str) -> None:
    with pytest.raises(CursorError):
        from_cursor(text, "0" * 16)
