"""What the page of amounts is asked for: boundary, range, division, and the ranges beside it."""

from zoneinfo import ZoneInfo

import pytest

from calibration.increment import NS_PER_HOUR
from collector.api.period import By
from collector.api.summed import MAX_TERMS
from collector.web.activity.asked import Chosen, chosen_of
from collector.web.activity.labels import is_cut, label, short
from collector.web.activity.spans import calendars, finer, range_of, written
from evidence.clock import parse_utc
from evidence.errors import CodedError

SHANGHAI = ZoneInfo("Asia/Shanghai")
HELD = (parse_utc("2026-01-10T03:00:00Z"), parse_utc("2026-03-30T20:00:00Z"))


def test_a_boundary_has_each_channel_once_and_only_its_own_are_subtracted() -> None:
    chosen = chosen_of({"channels": "a/b/c,d/e/f,a/b/c,,x y", "less": "d/e/f,g/h/i"})
    assert chosen.channels == ("a/b/c", "d/e/f")
    assert (chosen.factor("a/b/c"), chosen.factor("d/e/f")) == (1.0, -1.0)
    assert chosen.turned("a/b/c") == "a/b/c,d/e/f"
    assert chosen.turned("d/e/f") == ""
    assert chosen.has(["g/h/i", "a/b/c"]) == "a/b/c,d/e/f,g/h/i"
    assert chosen.without("a/b/c") == "d/e/f"


@pytest.mark.parametrize(
    "query",
    [
        {"by": "week", "page": "-1", "channels": "\x00", "hours": "x" * 99},
        {"page": "9" * 30, "q": "w" * 9_000, "start": "2" * 9_000, "less": ","},
        {"page": "²", "by": ""},
    ],
)
def test_what_is_not_usable_asks_for_nothing(query: dict[str, str]) -> None:
    chosen = chosen_of(query)
    assert (chosen.channels, chosen.by, chosen.page) == ((), None, 1)
    assert len(chosen.start) <= 64


def test_a_boundary_has_a_limit() -> None:
    names = ",".join(f"a/b/{n}" for n in range(MAX_TERMS + 20))
    assert len(chosen_of({"channels": names}).channels) == MAX_TERMS


def test_without_a_range_the_last_31_days_of_what_there_is_are_looked_at() -> None:
    found = range_of(Chosen(), HELD, SHANGHAI)
    assert [written(at, SHANGHAI) for at in found.span] == ["2026-03-01", "2026-04-01"]
    assert (found.by, len(found.parts)) == (By.DAY, 31)
    early = (HELD[0], parse_utc("2026-01-11T20:00:00Z"))
    assert written(range_of(Chosen(), early, SHANGHAI).start_ns, SHANGHAI) == "2026-01-10"


def test_a_division_that_does_not_fit_on_a_page_is_not_taken() -> None:
    year = chosen_of({"start": "2026-01-01", "end": "2027-01-01", "by": "hour"})
    found = range_of(year, HELD, SHANGHAI)
    assert found.by == By.MONTH
    assert found.possible == [By.MONTH, By.QUARTER, By.YEAR, By.TOTAL]
    assert len(found.parts) == 12


@pytest.mark.parametrize(
    ("start", "end"),
    [("2026-02-30", ""), ("x", ""), ("2026-04-02", "2026-04-01"), ("2026-01-01T00:30:00Z", "")],
)
def test_a_range_that_cannot_be_is_refused_with_a_code(start: str, end: str) -> None:
    with pytest.raises(CodedError):
        range_of(chosen_of({"start": start, "end": end}), HELD, SHANGHAI)


def test_ten_years_are_divided_into_years() -> None:
    found = range_of(chosen_of({"start": "2016-01-01", "end": "2026-01-01"}), HELD, SHANGHAI)
    assert (found.by, len(found.parts)) == (By.YEAR, 10)


def test_one_looks_from_a_quarter_into_months_days_and_hours() -> None:
    hours = {2160: By.MONTH, 744: By.DAY, 672: By.DAY, 24: By.HOUR, 25: By.HOUR}
    for count, into in hours.items():
        assert finer((0, count * NS_PER_HOUR)) == into


def test_calendars_are_those_of_the_last_day_and_the_ones_before() -> None:
    found = {
        (each.by, each.before): (each.start, each.end)
        for each in calendars(parse_utc("2026-01-15T16:00:00Z"), SHANGHAI)
    }
    assert found[By.MONTH, False] == ("2026-01-01", "2026-02-01")
    assert found[By.MONTH, True] == ("2025-12-01", "2026-01-01")
    assert found[By.QUARTER, True] == ("2025-10-01", "2026-01-01")
    assert found[By.YEAR, False] == ("2026-01-01", "2027-01-01")


def test_a_part_is_called_by_its_clock_and_says_that_it_is_cut() -> None:
    march = parse_utc("2026-02-28T16:00:00Z"), parse_utc("2026-03-31T16:00:00Z")
    assert label(march, By.MONTH, SHANGHAI) == "2026-03"
    assert label(march, By.QUARTER, SHANGHAI) == "2026 Q1"
    assert not is_cut(march, By.MONTH, SHANGHAI)
    assert is_cut(march, By.QUARTER, SHANGHAI)
    hour = march[0] + 8 * NS_PER_HOUR, march[0] + 9 * NS_PER_HOUR
    assert label(hour, By.HOUR, SHANGHAI) == "2026-03-01 08:00"
    assert short(hour, By.HOUR, SHANGHAI) == "08:00"
    assert is_cut(hour, By.DAY, SHANGHAI)


def test_a_day_without_summer_time_has_its_own_length() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    found = range_of(
        chosen_of({"start": "2026-03-29", "end": "2026-03-30", "by": "hour"}), HELD, berlin
    )
    assert len(found.parts) == 23
