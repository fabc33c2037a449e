"""Local times without a zone, and what they cover."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_profiles.hj212.times import (
    CHINA,
    data_time,
    is_request_number,
    next_request_number,
    request_number,
    span,
    utc,
)
from device_profiles.wire_errors import WireValueError

HOUR = timedelta(hours=1)


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2198, 1, 1)),  # noqa: DTZ001
    st.integers(-23, 23),
)
def test_an_instant_comes_back_in_any_offset(naive: datetime, hours: int) -> None:
    instant = naive.replace(tzinfo=UTC, microsecond=0)
    zone = timezone(timedelta(hours=hours))
    assert utc(data_time(instant, zone), zone) == instant


def test_the_hour_from_eight_to_nine_carries_080000() -> None:
    hour = span("2061", "20160801080000", CHINA, interval_min=10)
    assert hour.begin == datetime(2016, 8, 1, 0, tzinfo=UTC)
    assert hour.end == hour.begin + HOUR


@pytest.mark.parametrize(
    ("command", "minutes"),
    [
        ("2011", 0),
        ("2021", 0),
        ("2051", 10),
        ("2061", 60),
        ("2031", 1440),
        ("2041", 1440),
        ("9999", 0),
    ],
)
def test_interval_data_are_stamped_with_their_start(command: str, minutes: int) -> None:
    covered = span(command, "20160801080000", CHINA, interval_min=10)
    assert covered.begin == utc("20160801080000", CHINA)
    assert covered.end - covered.begin == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "text",
    [
        *("", "2016080108000", "20160230000000", "20160801240000", "20160801085960"),
        *("00010101000000", "99991231235959", "19691231235959"),
        *("2016-08-01 08:0", "２０１６０８０１０８００００"),
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(WireValueError) as caught:
        utc(text, CHINA)
    assert caught.value.facts["key"] == "DataTime"
    assert not is_request_number(f"{text}000")


def test_a_request_number_counts_milliseconds() -> None:
    instant = datetime(2026, 1, 15, 0, 30, 1, 999_999, tzinfo=UTC)
    assert request_number(instant, CHINA) == "20260115083001999"
    assert next_request_number("20261231235959999") == "20270101000000000"
    assert next_request_number("20160801085857534") == "20160801085857535"
    assert is_request_number("20160801085857534")
    assert not is_request_number("2016080108585753")
