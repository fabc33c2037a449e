import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.clock import (
    NS_PER_S,
    Clock,
    ScaledClock,
    SteppedClock,
    SystemClock,
    clock_of,
    clock_step,
    parse_utc,
    start_scaled_clock,
    utc_text,
)
from evidence.errors import ClockError, TimestampError

YEAR_1_NS = -62_135_596_800 * NS_PER_S
YEAR_9999_NS = 253_402_300_800 * NS_PER_S - 1
NEW_YEAR_2026_NS = 1_767_225_600 * NS_PER_S
instants = st.integers(YEAR_1_NS, YEAR_9999_NS)


def test_only_the_system_clock_is_not_simulated() -> None:
    clocks: list[Clock] = [SystemClock(), start_scaled_clock(0, 60), SteppedClock(0)]
    assert [clock.simulated for clock in clocks] == [False, True, True]


def test_the_system_clock_shows_this_century_and_its_monotonic_side_never_goes_back() -> None:
    clock = SystemClock()
    assert parse_utc("2020-01-01T00:00:00Z") < clock.now_ns() < parse_utc("2100-01-01T00:00:00Z")
    first = clock.monotonic_ns()
    assert clock.monotonic_ns() >= first


def test_the_system_clock_waits_as_long_as_the_instant_is_away() -> None:
    clock = SystemClock()
    assert 99 < clock.real_seconds_until(clock.now_ns() + 100 * NS_PER_S) <= 100
    assert clock.real_seconds_until(clock.now_ns() - NS_PER_S) == 0


def test_an_hour_of_scaled_time_at_3600_is_a_second_of_real_waiting() -> None:
    clock = start_scaled_clock(NEW_YEAR_2026_NS, 3600)
    hour_ns = 3600 * NS_PER_S
    assert NEW_YEAR_2026_NS <= clock.now_ns() < NEW_YEAR_2026_NS + hour_ns
    assert 0.5 < clock.real_seconds_until(NEW_YEAR_2026_NS + hour_ns) <= 1
    assert clock.real_seconds_until(NEW_YEAR_2026_NS - 1) == 0


def test_scaled_time_passes_factor_times_as_fast_on_both_sides() -> None:
    real, scaled = SystemClock(), start_scaled_clock(0, 1000)
    real_before, wall, mono = real.monotonic_ns(), scaled.now_ns(), scaled.monotonic_ns()
    while real.monotonic_ns() - real_before < 2_000_000:
        pass
    assert scaled.now_ns() - wall >= 1_000 * 1_500_000
    assert scaled.monotonic_ns() - mono >= 1_000 * 1_500_000


def test_two_processes_share_one_scaled_time_through_its_text() -> None:
    mine = ScaledClock(start_real_ns=-5, start_virtual_ns=NEW_YEAR_2026_NS, factor=0.1)
    assert clock_of(mine.to_text()) == mine
    before, theirs, after = mine.now_ns(), clock_of(mine.to_text()).now_ns(), mine.now_ns()
    assert before <= theirs <= after


def test_without_a_text_the_clock_is_the_machines_own() -> None:
    assert isinstance(clock_of(None), SystemClock)


@pytest.mark.parametrize("factor", [0.0, -1.0, float("nan"), float("inf")])
def test_a_factor_that_stops_or_turns_time_is_refused(factor: float) -> None:
    with pytest.raises(ClockError, match="factor"):
        start_scaled_clock(0, factor)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "scaled:0:0",
        "scaled:0:0:fast",
        "scaled:0:0:nan",
        "scaled:1.5:0:1",
        "scaled:１:0:1",
        "[]",
    ],
)
def test_a_text_that_is_no_clock_is_refused(text: str) -> None:
    with pytest.raises(ClockError, match="START_REAL_NS"):
        clock_of(text)


def test_a_stepped_clock_stands_still_until_moved_and_never_makes_one_wait() -> None:
    clock = SteppedClock(NEW_YEAR_2026_NS)
    assert (clock.now_ns(), clock.monotonic_ns()) == (NEW_YEAR_2026_NS, 0)
    assert clock.real_seconds_until(NEW_YEAR_2026_NS + NS_PER_S) == 0
    clock.advance(7)
    clock.set_to(NEW_YEAR_2026_NS + 10)
    assert (clock.now_ns(), clock.monotonic_ns()) == (NEW_YEAR_2026_NS + 10, 10)


def test_a_stepped_clock_goes_back_only_when_step_back_is_asked_for() -> None:
    clock = SteppedClock(1_000)
    with pytest.raises(ClockError):
        clock.set_to(999)
    with pytest.raises(ClockError):
        clock.advance(-1)
    with pytest.raises(ClockError):
        clock.step_back(-1)
    with pytest.raises(ClockError):
        clock.step_forward(-1)
    assert (clock.now_ns(), clock.monotonic_ns()) == (1_000, 0)
    clock.step_back(400)
    assert (clock.now_ns(), clock.monotonic_ns()) == (600, 0)


@given(
    st.lists(
        st.tuples(st.sampled_from(["advance", "step_back", "step_forward"]), st.integers(0, 10**18))
    )
)
def test_a_clock_step_is_what_was_set_and_not_what_passed(moves: list[tuple[str, int]]) -> None:
    clock = SteppedClock(NEW_YEAR_2026_NS)
    wall, mono = clock.now_ns(), clock.monotonic_ns()
    expected_ns = 0
    for name, by_ns in moves:
        getattr(clock, name)(by_ns)
        expected_ns += {"advance": 0, "step_back": -by_ns, "step_forward": by_ns}[name]
    assert clock_step(wall, mono, clock.now_ns(), clock.monotonic_ns()) == expected_ns


@pytest.mark.parametrize(
    ("at_ns", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (-1, "1969-12-31T23:59:59.999999999Z"),
        (1, "1970-01-01T00:00:00.000000001Z"),
        (NEW_YEAR_2026_NS + 500_000_000, "2026-01-01T00:00:00.5Z"),
        (2**31 * NS_PER_S, "2038-01-19T03:14:08Z"),
        (YEAR_1_NS, "0001-01-01T00:00:00Z"),
        (YEAR_9999_NS, "9999-12-31T23:59:59.999999999Z"),
    ],
)
def test_an_instant_is_written_in_rfc_3339_with_decimals_trimmed(at_ns: int, text: str) -> None:
    assert utc_text(at_ns) == text
    assert parse_utc(text) == at_ns


@given(instants)
def test_every_instant_survives_its_text(at_ns: int) -> None:
    assert parse_utc(utc_text(at_ns)) == at_ns


@pytest.mark.parametrize("at_ns", [YEAR_1_NS - 1, YEAR_9999_NS + 1, 10**30])
def test_an_instant_outside_the_calendar_is_refused(at_ns: int) -> None:
    with pytest.raises(TimestampError, match="E_TIME_TEXT"):
        utc_text(at_ns)


@pytest.mark.parametrize(
    "text", ["2026-01-01T08:00:00+08:00", "2025-12-31T19:00:00.000-05:00", "2026-01-01T00:00:00Z"]
)
def test_an_offset_is_carried_over_to_utc(text: str) -> None:
    assert parse_utc(text) == NEW_YEAR_2026_NS


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-01T00:00:00",
        "2026-01-01 00:00:00Z",
        "2026-02-30T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-12-31T23:59:60Z",
        "2026-01-01T00:00Z",
        "2026-01-01T00:00:00.1234567890Z",
        "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00+08:60",
        "2026-01-01T00:00:00+0800",
        "2026-01-01T00:00:00Z\n",
        "２０26-01-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "2026-01-01",
        "1767225600",
        "",
        "x" * 100_000,
    ],
)
def test_a_text_that_names_no_one_instant_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(TimestampError) as refused:
        parse_utc(text, "agent.toml [poll] start")
    assert str(refused.value).startswith("E_TIME_TEXT agent.toml [poll] start: ")
    assert len(str(refused.value)) < 400


@given(st.text(max_size=40))
def test_no_text_raises_anything_but_a_coded_error(text: str) -> None:
    try:
        at_ns = parse_utc(text)
    except TimestampError:
        return
    assert YEAR_1_NS - 86_400 * NS_PER_S <= at_ns <= YEAR_9999_NS + 86_400 * NS_PER_S
