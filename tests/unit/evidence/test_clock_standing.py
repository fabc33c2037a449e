"""What is known of a clock: kept, left alone, set, vouched for."""

import math
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.clock import NS_PER_S, ScaledClock, SteppedClock, SystemClock
from evidence.clock_kernel import Discipline, discipline_of, read_kernel
from evidence.clock_standing import (
    STEP_NS,
    ClockKnowledge,
    ClockStanding,
    Heard,
    MAX_BOUND_s,
    first_look,
    looked,
    standard_uncertainty_s,
    vouched,
)

DAY_S = 86_400
KEPT = Discipline(synchronised=True, bound_s=0.02)
ALONE = Discipline(synchronised=False, bound_s=16.0)
START_NS = 1_767_225_600 * NS_PER_S
PPM = 50.0


def after(known: ClockKnowledge, seconds: float, seen: Discipline | None) -> ClockKnowledge:
    by_ns = round(seconds * NS_PER_S)
    return looked(known, seen, known.wall_ns + by_ns, known.mono_ns + by_ns)


def kept() -> ClockKnowledge:
    return first_look(KEPT, START_NS, 0)


def test_a_kept_clock_is_within_what_its_keeper_says() -> None:
    known = kept()
    assert known.standing(0, PPM) is ClockStanding.SYNCHRONISED
    assert known.bound_s(0, PPM) == 0.02
    assert not known.suspect


def test_a_clock_that_is_left_alone_drifts_by_4_3_s_a_day() -> None:
    known = after(kept(), DAY_S, ALONE)
    assert known.standing(known.mono_ns, PPM) is ClockStanding.HOLDOVER
    assert known.bound_s(known.mono_ns, PPM) == pytest.approx(0.02 + 4.32)


def test_after_sixteen_and_two_thirds_days_it_may_be_off_by_2_percent_of_an_hour() -> None:
    days = (MAX_BOUND_s - 0.02) / 4.32
    before, beyond = (after(kept(), (days + more) * DAY_S, ALONE) for more in (-0.001, 0.001))
    assert before.standing(before.mono_ns, PPM) is ClockStanding.HOLDOVER
    assert beyond.standing(beyond.mono_ns, PPM) is ClockStanding.UNSYNCHRONISED
    assert MAX_BOUND_s == 0.02 * 3600


def test_the_kernels_own_ageing_is_no_word_of_its_keeper() -> None:
    """The kernel adds 500 ppm while it hears nothing: only 50 ppm of that are believed."""
    known = kept()
    for second in range(1, 3601):
        aged = Discipline(synchronised=True, bound_s=0.02 + round(second) * 500e-6)
        known = after(known, 1.0, aged)
    assert known.standing(known.mono_ns, PPM) is ClockStanding.SYNCHRONISED
    assert known.bound_s(known.mono_ns, PPM) == pytest.approx(0.02 + 0.18)


@pytest.mark.parametrize("bound_s", [0.001, 0.021, 0.5])
def test_an_update_is_heard_whether_the_bound_falls_or_grows(bound_s: float) -> None:
    known = after(kept(), 64.0, Discipline(synchronised=True, bound_s=bound_s))
    assert known.heard == Heard(
        mono_ns=64 * NS_PER_S, wall_ns=START_NS + 64 * NS_PER_S, bound_s=bound_s
    )


def test_a_clock_of_which_nobody_ever_said_anything_is_unknown() -> None:
    known = first_look(None, START_NS, 0)
    assert known.standing(10**18, PPM) is ClockStanding.UNKNOWN
    assert known.bound_s(10**18, PPM) is None


def test_a_clock_that_was_never_kept_is_not_synchronised_and_has_no_bound() -> None:
    known = first_look(ALONE, START_NS, 0)
    assert known.standing(0, PPM) is ClockStanding.UNSYNCHRONISED
    assert known.bound_s(0, PPM) is None


def test_a_clock_that_is_set_is_suspect_until_it_is_set_back() -> None:
    known = looked(kept(), ALONE, START_NS - 3600 * NS_PER_S, 0)
    assert known.suspect
    assert not looked(known, ALONE, START_NS + 5, 5).suspect


def test_small_steps_add_up() -> None:
    known = looked(kept(), ALONE, START_NS + STEP_NS * 6 // 10, 0)
    assert not known.suspect
    assert looked(known, ALONE, START_NS + STEP_NS * 12 // 10, 0).suspect


def test_a_leap_second_makes_nothing_suspect() -> None:
    assert not looked(kept(), KEPT, START_NS - NS_PER_S, 0).suspect


def test_the_keepers_word_makes_a_set_clock_right() -> None:
    known = looked(first_look(ALONE, 0, 0), KEPT, START_NS, 0)
    assert not known.suspect
    assert known.standing(0, PPM) is ClockStanding.SYNCHRONISED


def test_another_clocks_word_makes_it_right_and_bounds_it() -> None:
    known = vouched(looked(first_look(None, 0, 0), None, START_NS, 0), 11.0)
    assert not known.suspect
    assert known.standing(0, PPM) is ClockStanding.HOLDOVER
    assert known.bound_s(100 * NS_PER_S, PPM) == pytest.approx(11.005)


def test_a_clock_that_shows_less_than_was_stamped_before_is_suspect_from_the_start() -> None:
    stamp_ms = START_NS // 1_000_000
    assert first_look(None, START_NS - 2 * NS_PER_S, 0, stamp_ms).suspect
    assert not first_look(None, START_NS - NS_PER_S // 2, 0, stamp_ms).suspect
    assert not first_look(None, START_NS + 10**18, 0, stamp_ms).suspect


@given(st.floats(0, 1e6), st.floats(0, 10))
def test_the_standard_uncertainty_is_that_of_a_rectangle_and_never_below_what_is_stated(
    bound_s: float, least_s: float
) -> None:
    u_s = standard_uncertainty_s(bound_s, least_s)
    assert u_s >= least_s
    assert u_s == pytest.approx(bound_s / math.sqrt(3)) or u_s == least_s
    assert standard_uncertainty_s(None, least_s) == least_s


@given(st.lists(st.tuples(st.floats(0.01, 1e4), st.booleans(), st.floats(0, 16)), max_size=20))
def test_a_bound_never_falls_without_news(looks: list[tuple[float, bool, float]]) -> None:
    known = kept()
    for seconds, synchronised, bound_s in looks:
        heard, before_s = known.heard, known.bound_s(known.mono_ns, PPM)
        known = after(known, seconds, Discipline(synchronised=synchronised, bound_s=bound_s))
        now_s = known.bound_s(known.mono_ns, PPM)
        assert before_s is not None
        assert now_s is not None
        assert known.heard != heard or now_s >= before_s


@pytest.mark.skipif(sys.platform != "linux", reason="adjtimex is Linux'")
def test_linux_says_of_its_clock_whether_it_is_kept() -> None:
    found = read_kernel()
    assert found is not None
    assert 0 <= found.bound_s <= 3600
    assert (discipline_of(SystemClock()) is None) is False


def test_a_clock_that_runs_in_a_simulation_is_kept_by_nobody_unless_it_is_told() -> None:
    clock = SteppedClock(START_NS)
    scaled = ScaledClock(start_real_ns=0, start_virtual_ns=0, factor=2.0)
    assert discipline_of(clock) is None
    assert discipline_of(scaled) is None
    clock.disciplined(KEPT)
    assert discipline_of(clock) == KEPT
