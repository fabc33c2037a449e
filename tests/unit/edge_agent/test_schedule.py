"""Polls stand on a grid of UTC instants; dead devices are tried ever more rarely."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.schedule import (
    ANSWERING,
    BackOff,
    Health,
    after_failure,
    is_due,
    missed_polls,
    next_poll,
    pause_ns,
    turns,
)

S = 1_000_000_000
instants = st.integers(0, 4_000_000_000 * S)
periods = st.integers(1, 90_000 * S)
phases = st.integers(-100_000 * S, 100_000 * S)


@given(instants, periods, phases)
def test_the_next_poll_is_the_first_grid_instant_strictly_after(
    after_ns: int, period_ns: int, phase_ns: int
) -> None:
    at_ns = next_poll(after_ns, period_ns, phase_ns)
    assert (at_ns - phase_ns) % period_ns == 0
    assert after_ns < at_ns <= after_ns + period_ns


def test_a_quarter_hourly_poll_stands_on_quarters_of_utc_hours() -> None:
    after_ns = 1_774_972_799 * S  # 2026-03-31T15:59:59Z
    assert next_poll(after_ns, 900 * S) == 1_774_972_800 * S
    assert next_poll(after_ns + S, 900 * S) == 1_774_973_700 * S
    assert next_poll(after_ns, 900 * S, 7 * S) == 1_774_972_807 * S


@given(instants, st.integers(1, 10 * S), phases, st.lists(st.integers(0, 100 * S), max_size=20))
def test_every_tick_is_polled_or_missed_and_none_is_both(
    start_ns: int, period_ns: int, phase_ns: int, durations_ns: list[int]
) -> None:
    tick = next_poll(start_ns, period_ns, phase_ns)
    polled, missed = [tick], []
    for duration_ns in durations_ns:
        now_ns = tick + duration_ns
        gone = missed_polls(tick, now_ns, period_ns, phase_ns)
        missed += [gone[0], gone[-1]] if len(gone) > 1 else list(gone)
        assert list(gone[:2]) == [tick + period_ns, tick + 2 * period_ns][: len(gone)]
        following = next_poll(now_ns, period_ns, phase_ns)
        assert following == tick + (len(gone) + 1) * period_ns
        tick = following
        polled.append(tick)
    assert set(polled).isdisjoint(missed)
    assert len(set(polled)) == len(polled)


def test_a_clock_that_was_set_back_makes_no_missed_polls() -> None:
    assert len(missed_polls(100 * S, 40 * S, 10 * S)) == 0


def test_a_year_of_missed_seconds_is_named_without_being_listed() -> None:
    gone = missed_polls(0, 365 * 86_400 * S, S)
    assert len(gone) == 365 * 86_400
    assert (gone[0], gone[-1]) == (S, 365 * 86_400 * S)


@pytest.mark.parametrize("period_ns", [0, -1])
def test_a_period_that_is_not_positive_is_refused(period_ns: int) -> None:
    with pytest.raises(ValueError, match="must be > 0"):
        next_poll(0, period_ns)


def test_the_pause_doubles_after_the_tolerated_failures_and_is_bounded() -> None:
    rule = BackOff(tolerated=2, first_ns=5 * S, longest_ns=60 * S)
    pauses = [pause_ns(failures, rule) // S for failures in range(9)]
    assert pauses == [0, 0, 0, 5, 10, 20, 40, 60, 60]
    assert pause_ns(10**6, rule) == 60 * S


@given(st.integers(0, 200), instants)
def test_a_dead_device_is_always_tried_again_in_bounded_time(failures: int, now_ns: int) -> None:
    rule = BackOff()
    health = after_failure(Health(failures=failures), now_ns, rule)
    assert health.failures == failures + 1
    assert is_due(health, now_ns + rule.longest_ns)


def test_devices_that_failed_are_asked_last_and_the_longest_waiting_first() -> None:
    healths = {
        "a": Health(failures=1, next_probe_ns=30),
        "b": ANSWERING,
        "c": Health(failures=9, next_probe_ns=101),
        "d": Health(failures=3, next_probe_ns=20),
        "e": ANSWERING,
    }
    order = turns(healths, 100)
    assert order.answering == ("b", "e")
    assert order.suspects == ("d", "a")
    assert order.resting == ("c",)
