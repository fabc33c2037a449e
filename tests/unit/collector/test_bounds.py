"""Between which instants the stamps of a batch can lie."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.indication import MissReason, Quality
from evidence.clock import NS_PER_S
from evidence.clock_standing import ClockStanding
from evidence.judging.bounds import ALL_TIME, FIRST_BATCH_s, placed, stamp_bounds
from evidence.log.batch import ClockState, Miss

RECEIVED_NS = 1_774_800_000 * NS_PER_S
KNOWN = ClockState(standard_uncertainty_s=0.5, opened_after_s=1_774_799_990, last_receipt_s=0)
MS = 1_000_000


def test_a_stamp_lies_between_the_receipt_before_it_and_its_own() -> None:
    bounds = stamp_bounds(KNOWN, RECEIVED_NS)
    assert bounds.latest_ns == RECEIVED_NS + round(2.5 * NS_PER_S)
    assert bounds.earliest_ns == 1_774_799_990 * NS_PER_S - round(2.5 * NS_PER_S)
    for at_ns, quality in (
        (bounds.earliest_ns, Quality.GOOD),
        (bounds.earliest_ns - 1, Quality.CLOCK_SUSPECT),
        (bounds.latest_ns, Quality.GOOD),
        (bounds.latest_ns + 1, Quality.CLOCK_SUSPECT),
    ):
        assert bounds.quality(Quality.GOOD, at_ns) is quality


def test_a_batch_of_an_agent_that_does_not_name_that_receipt_has_an_hours_grace() -> None:
    clock = ClockState(standard_uncertainty_s=0.0, last_receipt_s=1_774_799_990)
    bounds = stamp_bounds(clock, RECEIVED_NS)
    assert bounds.earliest_ns == (1_774_799_990 - 3600 - 1) * NS_PER_S


def test_without_any_receipt_no_agent_read_anything_before_there_were_agents() -> None:
    bounds = stamp_bounds(ClockState(standard_uncertainty_s=0.0), RECEIVED_NS)
    assert bounds.earliest_ns == (FIRST_BATCH_s - 1) * NS_PER_S
    assert bounds.quality(Quality.GOOD, 1000 * NS_PER_S) is Quality.CLOCK_SUSPECT


def test_a_replay_may_show_years_before_there_were_agents() -> None:
    clock = ClockState(standard_uncertainty_s=0.0, simulated=True)
    assert stamp_bounds(clock, RECEIVED_NS).quality(Quality.GOOD, 0) is Quality.GOOD


def test_a_claim_that_no_clock_can_hold_makes_every_stamp_suspect_and_nothing_else() -> None:
    clock = msgspec.structs.replace(KNOWN, opened_after_s=2**63 - 1)
    bounds = stamp_bounds(clock, RECEIVED_NS)
    assert bounds.quality(Quality.GOOD, RECEIVED_NS) is Quality.CLOCK_SUSPECT
    assert "2262" in bounds.said.en


@pytest.mark.parametrize(
    ("bound_s", "quality"),
    [(None, "good"), (0.1, "good"), (72.0, "good"), (72.1, "clock_unsynchronised")],
)
def test_a_clock_that_may_be_off_by_more_than_2_percent_of_an_hour_marks_its_readings(
    bound_s: float | None, quality: str
) -> None:
    clock = msgspec.structs.replace(KNOWN, bound_s=bound_s, standing=ClockStanding.HOLDOVER)
    bounds = stamp_bounds(clock, RECEIVED_NS)
    assert bounds.quality(Quality.GOOD, RECEIVED_NS) == quality
    assert bounds.quality(Quality.OVERDUE, RECEIVED_NS) is Quality.OVERDUE


def test_a_miss_may_be_told_late_but_not_ahead_of_time_nor_by_a_suspect_clock() -> None:
    bounds = stamp_bounds(KNOWN, RECEIVED_NS)
    miss = Miss(sequence=1, at_ms=bounds.earliest_ns // MS - 10**6, reason=MissReason.TIMEOUT)
    assert bounds.holds(miss)
    assert not bounds.holds(msgspec.structs.replace(miss, at_ms=RECEIVED_NS // MS + 10**6))
    assert not bounds.holds(msgspec.structs.replace(miss, quality=Quality.CLOCK_SUSPECT))


def test_nothing_lies_outside_of_all_time() -> None:
    assert ALL_TIME.change_nothing(0, 2**62)


def test_suspect_polls_are_spread_evenly_between_those_that_are_known() -> None:
    waiting, found = placed(0, 100, [200, None, None, None, 600])
    assert (waiting, [each.at_ns for each in found]) == (0, [300, 400, 500])
    assert {each.reason for each in found} == {"clock_suspect"}


def test_suspect_polls_wait_for_the_next_one_that_is_known() -> None:
    assert placed(0, 100, [None, None]) == (2, ())
    assert [each.at_ns for each in placed(2, 100, [None, 500])[1]] == [200, 300, 400]


def test_suspect_polls_before_the_first_that_is_known_have_no_place() -> None:
    assert placed(0, 0, [None, 500]) == (0, ())


@given(st.integers(0, 9), st.integers(1, 50), st.lists(st.none() | st.integers(1, 100)))
def test_every_suspect_poll_waits_or_has_a_place_between_two_known_ones(
    waiting: int, last_ns: int, polls: list[int | None]
) -> None:
    left, found = placed(waiting, last_ns, polls)
    assert left + len(found) == waiting + polls.count(None)
    known = [last_ns, *(at_ns for at_ns in polls if at_ns is not None)]
    assert all(last_ns <= each.at_ns <= max(known) for each in found)
