"""Days, months and years begin where the calendar of a zone has them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.increment import NS_PER_HOUR
from collector.api.paging import Mark, cursor_of, from_cursor
from collector.api.period import By, instant, periods, require_order, zone_of
from collector.api.refusal import CursorError, RangeLimitError, TimeZoneError
from evidence.clock import parse_utc, utc_text

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


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Australia/Adelaide", "Asia/Kathmandu"])
def test_zones_whose_days_begin_within_an_hour_are_refused(zone: str) -> None:
    with pytest.raises(TimeZoneError):
        starts("2026-03-27T00:00:00Z", "2026-03-30T00:00:00Z", By.DAY, zone)
    assert len(starts("2026-03-27T00:00:00Z", "2026-03-27T05:00:00Z", By.HOUR, zone)) == 5


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
