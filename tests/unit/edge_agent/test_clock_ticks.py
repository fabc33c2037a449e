"""Ticks under a clock that is set: none is asked twice for one instant, none is invented."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.cycle import PolledDevice
from edge_agent.service import carried, ticks_due, ticks_gone
from tests.unit.edge_agent.site import START_NS, S, device, installed

MINUTE_NS = 60 * S
Shown = tuple[int, int]


@pytest.fixture(scope="module")
def minutely(tmp_path_factory: pytest.TempPathFactory) -> PolledDevice:
    """A device that is polled every minute."""
    (found,) = installed(tmp_path_factory.mktemp("minutely"), device()).devices.values()
    return found


def ticks(one: PolledDevice, clock: Sequence[Shown]) -> tuple[list[int], list[int]]:
    """What a line that looks at the clock so often polls, and what it names as missed."""
    shown = clock[0]
    last_ns = shown[0]
    polled: list[int] = []
    missed: list[int] = []
    for now in clock[1:]:
        last_ns, shown = carried(last_ns, shown, now), now
        due = ticks_due([one], last_ns, now[0])
        if due:
            missed += ticks_gone(one, last_ns, now[0])
            polled += due.values()
            last_ns = now[0]
    return polled, missed


def running(seconds: Sequence[tuple[float, float]]) -> list[Shown]:
    """Wall and monotonic readings from pieces of (wall, monotonic) seconds."""
    wall_ns, mono_ns = START_NS, 0
    found = [(wall_ns, mono_ns)]
    for wall_s, mono_s in seconds:
        wall_ns, mono_ns = wall_ns + round(wall_s * S), mono_ns + round(mono_s * S)
        found.append((wall_ns, mono_ns))
    return found


def test_a_minute_of_61_seconds_is_one_interval_if_posix_repeats_a_second(
    minutely: PolledDevice,
) -> None:
    seconds = [(1.0, 1.0)] * 119 + [(0.0, 1.0)] + [(1.0, 1.0)] * 120
    polled, missed = ticks(minutely, running(seconds))
    assert polled == [START_NS + n * MINUTE_NS for n in range(1, 4)]
    assert missed == []


def test_a_second_that_is_repeated_over_a_full_minute_is_polled_once(
    minutely: PolledDevice,
) -> None:
    seconds = [(1.0, 1.0)] * 120 + [(-1.0, 0.0)] + [(1.0, 1.0)] * 120
    polled, missed = ticks(minutely, running(seconds))
    assert polled == [START_NS + n * MINUTE_NS for n in range(1, 4)]
    assert missed == []


def test_a_minute_of_61_seconds_is_one_interval_if_the_clock_is_slewed(
    minutely: PolledDevice,
) -> None:
    """chrony slows both clocks of the machine down: 61 true seconds are 60 of each."""
    polled, missed = ticks(minutely, running([(60 / 61, 60 / 61)] * (61 * 4 + 1)))
    assert polled == [START_NS + n * MINUTE_NS for n in range(1, 5)]
    assert missed == []


def test_a_day_that_the_clock_is_set_over_was_missed_by_nobody(minutely: PolledDevice) -> None:
    day = 86_400.0
    polled, missed = ticks(minutely, running([(1.0, 1.0)] * 90 + [(day, 0.0), *[(1.0, 1.0)] * 60]))
    assert polled == [START_NS + MINUTE_NS, START_NS + round(day * S) + 2 * MINUTE_NS]
    assert missed == []


def test_an_hour_that_the_clock_is_set_back_over_is_polled_again(minutely: PolledDevice) -> None:
    seconds = [(1.0, 1.0)] * 90 + [(-3600.0, 0.0)] + [(1.0, 1.0)] * 60
    polled, missed = ticks(minutely, running(seconds))
    assert polled == [START_NS + MINUTE_NS, START_NS + 2 * MINUTE_NS - 3600 * S]
    assert missed == []


def test_a_machine_that_slept_missed_its_ticks(minutely: PolledDevice) -> None:
    polled, missed = ticks(minutely, running([(1.0, 1.0), (300.0, 300.0)]))
    assert polled == [START_NS + 5 * MINUTE_NS]
    assert missed == [START_NS + n * MINUTE_NS for n in range(1, 5)]


@given(
    st.lists(
        st.tuples(st.integers(1, 200), st.sampled_from([0, -3600, 86_400, 5, -5, 10**9])),
        max_size=20,
    )
)
def test_as_many_minutes_are_polled_or_missed_as_passed(
    minutely: PolledDevice, runs: list[tuple[int, int]]
) -> None:
    """Whatever the clock is set by: one more or less for each time that it is."""
    pieces: list[tuple[float, float]] = []
    for seconds, step in runs:
        pieces += [(1.0, 1.0)] * seconds + [(float(step), 0.0)]
    polled, missed = ticks(minutely, running(pieces))
    minutes = sum(seconds for seconds, _ in runs) / 60
    assert abs(len(polled) + len(missed) - minutes) <= 1 + len(runs)
    assert missed == []


def test_a_small_step_is_carried_by_nothing() -> None:
    assert carried(7, (0, 0), (S, 0)) == 7
    assert carried(7, (0, 0), (2 * S, 0)) == 7 + 2 * S
    assert carried(7, (0, 0), (-2 * S, 0)) == 7 - 2 * S
