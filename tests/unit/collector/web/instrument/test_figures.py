"""The figures of an instrument: what is drawn, and where."""

import json
import re
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from calibration.increment import NS_PER_HOUR
from collector.web.instrument.asked import NS_PER_DAY, Period, Step
from collector.web.instrument.chart import Words, chart, step_of_ticks, ticks, told_as
from collector.web.instrument.course import Point
from collector.web.instrument.series import series_text
from collector.web.instrument.spells import Spell
from evidence.clock import parse_utc

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
MINUTE = 60 * 10**9
START = parse_utc("2026-03-29T16:00:00Z")
HOUR = Period(start_ns=START, end_ns=START + NS_PER_HOUR, step=Step.READING)
WORDS = Words(name="n", description="d", unit="kW", cause=lambda spell: spell.code)


def point(minute: int, value: float | None, U95: float | None = 0.5) -> Point:
    at = START + minute * MINUTE
    return Point(start_ns=at, end_ns=at, value=value, U95=U95, uncorrected=value)


def drawn(*points: Point, spells: tuple[Spell, ...] = ()) -> str:
    return str(chart(points, spells, HOUR, SHANGHAI, round(1.5 * MINUTE), WORDS))


def test_a_line_is_broken_where_something_lacks() -> None:
    whole = drawn(*(point(each, 1.0) for each in range(6)))
    apart = drawn(*(point(each, 1.0) for each in (0, 1, 2, 5, 6)))
    missed = drawn(*(point(each, None if each == 2 else 1.0) for each in range(6)))
    counts = [text.count('class="line"') for text in (whole, apart, missed)]
    assert counts == [1, 2, 2]


def test_no_band_is_drawn_where_no_uncertainty_is_known() -> None:
    assert "polygon" not in drawn(point(0, 1.0, None), point(1, 1.0, None))
    assert "polygon" in drawn(point(0, 1.0), point(1, 1.0))


def test_what_lacks_is_shaded_with_its_cause() -> None:
    lost = Spell(kind="missing", code="checksum", start_ns=START, end_ns=START + MINUTE, polls=1)
    text = drawn(point(2, 1.0), spells=(lost,))
    assert "<title>checksum</title>" in text
    assert 'class="gap"' in text


def test_the_uncorrected_is_drawn_only_where_a_correction_changes_something() -> None:
    moved = Point(start_ns=START, end_ns=START, value=1.0, uncorrected=1.1)
    assert "line2" in drawn(moved, point(1, 1.0))
    assert "line2" not in drawn(point(0, 1.0), point(1, 1.0))


def test_the_series_for_the_script_says_what_the_points_say_and_breaks_where_they_lack() -> None:
    points = [point(0, 2.0), point(1, 3.0, None), point(5, 4.0)]
    told = json.loads(series_text(points, HOUR, round(1.5 * MINUTE)))
    assert told["v"] == [2.0, 3.0, None, 4.0]
    assert told["low"] == [1.5, None, None, 3.5]
    assert told["high"] == [2.5, None, None, 4.5]
    assert told["t"] == sorted(told["t"])


def test_hours_are_told_once_and_with_as_many_digits_as_are_shown() -> None:
    hours = [
        Point(
            start_ns=START + number * NS_PER_HOUR,
            end_ns=START + (number + 1) * NS_PER_HOUR,
            value=1 / 3 + number,
            U95=0.1,
            uncorrected=100 / 3,
        )
        for number in range(3)
    ]
    text = series_text(hours, HOUR, NS_PER_HOUR // 2)
    told = json.loads(text)
    assert told["d"] == [3600, 3600, 3600]
    assert told["v"] == [0.333333333, 1.33333333, 2.33333333]
    assert told["raw"] == [33.3333333] * 3
    assert ".0," not in text


def test_hours_thinner_than_a_line_are_drawn_in_their_middle_and_one_alone_still_shows() -> None:
    def hour(number: int) -> Point:
        start = START + number * NS_PER_HOUR
        return Point(start_ns=start, end_ns=start + NS_PER_HOUR, value=1.0, uncorrected=1.0)

    year = Period(start_ns=START, end_ns=START + 365 * NS_PER_DAY, step=Step.HOUR)
    points = [*map(hour, range(200)), hour(400)]
    found = str(chart(points, (), year, SHANGHAI, NS_PER_HOUR // 2, WORDS))
    lines = re.findall(r'<polyline points="([^"]*)" class="line">', found)
    assert [len(each.split()) for each in lines] == [200, 2]


def test_ticks_of_days_stand_at_midnight_of_the_clock_on_the_wall_in_summer_too() -> None:
    first = parse_utc("2026-03-27T00:00:00Z")
    week = Period(start_ns=first, end_ns=first + 7 * NS_PER_DAY, step=Step.HOUR)
    found = list(ticks(week, BERLIN, NS_PER_DAY))
    assert len(found) == 7
    assert {told_as(each, BERLIN, MINUTE) for each in found} == {"00:00"}


@given(st.integers(0, 4 * 10**18), st.integers(1, 4 * 10**17))
def test_ticks_are_few_and_lie_within(start_ns: int, length_ns: int) -> None:
    span = Period(start_ns=start_ns, end_ns=start_ns + length_ns, step=Step.HOUR)
    found = list(ticks(span, SHANGHAI, step_of_ticks(length_ns)))
    assert len(found) <= 14
    assert all(span.start_ns <= each <= span.end_ns for each in found)
    assert found == sorted(set(found))


def test_months_are_told_by_their_first_days() -> None:
    first = parse_utc("2025-01-01T00:00:00Z")
    span = Period(start_ns=first, end_ns=first + 5 * 366 * NS_PER_DAY, step=Step.MONTH)
    found = [told_as(each, SHANGHAI, NS_PER_DAY) for each in ticks(span, SHANGHAI, 31 * NS_PER_DAY)]
    assert len(found) == 60
    assert all(re.fullmatch(r"\d\d-01", each) for each in found)
