"""Which time is shown, and how finely."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.increment import NS_PER_HOUR
from collector.api.refusal import RangeLimitError, RangeOrderError
from collector.web.instrument.asked import (
    LENGTHS,
    MOST_DAYS,
    MOST_HOURS,
    MOST_READINGS,
    NS_PER_DAY,
    Period,
    Step,
    field_of,
    page_of,
    period_of,
    step_of,
)
from evidence.clock import parse_utc
from evidence.errors import TimestampError

SHANGHAI = ZoneInfo("Asia/Shanghai")
LAST_NS = parse_utc("2026-04-03T10:17:00Z")


def asked(start: str = "", end: str = "", period_ms: int = 900_000) -> Period:
    query = {"start": start, "end": end}
    return period_of(query, SHANGHAI, LAST_NS, period_ms, has_readings=True)


def test_without_a_question_the_day_that_ends_with_the_last_reading_is_shown() -> None:
    found = asked()
    assert found.end_ns == parse_utc("2026-04-03T11:00:00Z")
    assert found.end_ns - found.start_ns == NS_PER_DAY
    assert found.step == Step.READING


def test_days_and_minutes_are_of_the_clock_on_the_wall() -> None:
    found = asked("2026-04-01", "2026-04-01T12:30")
    assert found.start_ns == parse_utc("2026-03-31T16:00:00Z")
    assert found.end_ns == parse_utc("2026-04-01T04:30:00Z")
    assert asked("2026-04-01T00:00:00Z").start_ns == parse_utc("2026-04-01T00:00:00Z")


def test_one_end_alone_asks_for_a_day() -> None:
    assert asked(start="2026-03-30").end_ns == parse_utc("2026-03-30T16:00:00Z")
    assert asked(end="2026-03-30").start_ns == parse_utc("2026-03-28T16:00:00Z")


@pytest.mark.parametrize(
    ("start", "end", "error"),
    [
        ("2026-04-02", "2026-04-01", RangeOrderError),
        ("2026-02-30", "", TimestampError),
        ("2026-02-30T00:00", "", TimestampError),
        ("tomorrow", "", TimestampError),
        ("1969-01-01", "", RangeLimitError),
        ("0001-01-01T00:00", "", TimestampError),
        ("2001-01-01", "2026-01-01", RangeLimitError),
    ],
)
def test_a_time_that_cannot_be_is_refused(start: str, end: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        asked(start, end)


@given(length_s=st.integers(1, 10 * 366 * 86_400), period_ms=st.integers(1, 86_400_000))
def test_there_are_never_more_points_than_can_be_seen(length_s: int, period_ms: int) -> None:
    length_ns = length_s * 10**9
    step = step_of(length_ns, period_ms, has_readings=True)
    count = {
        Step.READING: length_ns / (period_ms * 1e6),
        Step.HOUR: length_ns / NS_PER_HOUR,
        Step.DAY: length_ns / NS_PER_DAY,
        Step.MONTH: length_ns / (28 * NS_PER_DAY),
    }[step]
    assert count <= max(MOST_READINGS, MOST_HOURS, MOST_DAYS)
    assert step_of(length_ns, period_ms, has_readings=False) != Step.READING


def test_hours_are_shown_whole() -> None:
    found = asked("2026-03-01T00:20", "2026-03-20T00:40", period_ms=1_000)
    assert found.step == Step.HOUR
    assert found.start_ns == parse_utc("2026-02-28T16:00:00Z")
    assert found.end_ns == parse_utc("2026-03-19T17:00:00Z")


def test_one_goes_on_and_back_by_as_much_as_is_shown() -> None:
    found = asked("2026-04-01", "2026-04-02")
    assert found.before == (found.start_ns - NS_PER_DAY, found.start_ns)
    assert found.after == (found.end_ns, found.end_ns + NS_PER_DAY)
    for length in LENGTHS.values():
        start, end = found.lasting(length)
        assert (end, end - start) == (found.end_ns, length)
    first = Period(start_ns=0, end_ns=NS_PER_HOUR, step=Step.READING)
    assert first.before[0] == 0


@given(st.integers(0, 4_000_000_000))
def test_a_field_of_a_form_says_the_same_instant_when_it_comes_back(at_s: int) -> None:
    text = field_of(at_s * 10**9, SHANGHAI)
    back = dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
    assert abs(back.timestamp() - at_s) in (0, 3600)  # the second of two equal hours is lost


def test_a_page_that_is_no_number_is_the_first() -> None:
    assert page_of({"page": "7"}) == 7
    for text in ("", "0", "-1", "x", "9" * 30, "٣"):
        assert page_of({"page": text}) == 1
