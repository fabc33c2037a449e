"""What each slot of an hour was: by half of its polls, by most of its misses, of all inputs."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.flow import FlowChannel, FlowRows, flow_window
from calibration.flow_fold import FlowFold, feed_flow, hour_of
from calibration.hourly import ChannelClock
from calibration.increment import NS_PER_HOUR, Missed
from calibration.indication import MissReason, Quality
from calibration.measurand import Accumulation
from calibration.slots import (
    GRAVEST_FIRST,
    OF_REASON,
    SlotState,
    slots_of,
    states_of,
    together,
)
from tests.unit.calibration.examples import CLOCK, MINUTE_NS, START_NS
from tests.unit.calibration.test_flow import CHANNEL, GROUNDS, INTERVAL, POWER

NOTHING = np.zeros(0, dtype=np.int64)
REASONS = sorted(OF_REASON)
Poll = tuple[int, str | None]
"""Instant since the start, ns; the reason of a miss, None of a reading."""


def rows_of(polls: Sequence[Poll]) -> FlowRows:
    at_ns = np.array([START_NS + at for at, reason in polls if reason is None], dtype=np.int64)
    value = np.ones(len(at_ns))
    return FlowRows(
        at_ns=at_ns,
        indication=value,
        value=value,
        contributions={},
        fresh=0.0 * value,
        qualities=(Quality.GOOD,) * len(at_ns),
        grounds=GROUNDS,
    )


def missed_of(polls: Sequence[Poll]) -> list[Missed]:
    return [Missed(at_ns=START_NS + at, reason=reason) for at, reason in polls if reason]


def polled(period_ns: int, accumulation: Accumulation = Accumulation.RATE) -> FlowChannel:
    measurand = INTERVAL if accumulation == Accumulation.INTERVAL else POWER
    clock = ChannelClock(agent="gw-1", period_ns=period_ns)
    return msgspec.structs.replace(CHANNEL, clock=clock, measurand=measurand)


def states(channel: FlowChannel, polls: Sequence[Poll]) -> str:
    window = flow_window(channel, START_NS, [rows_of(polls)], missed_of(polls))
    return window.tally.states


def of_slot(expected: int, present: int, *reasons: str) -> str:
    """The state of the first of an hour's slots."""
    shown, gone = (np.zeros(n, dtype=np.int64) for n in (present, len(reasons)))
    return states_of(expected, shown, gone, reasons)[0]


def test_every_reason_of_a_miss_is_a_state() -> None:
    assert set(OF_REASON) == {*MissReason, Quality.CLOCK_SUSPECT}
    assert SlotState.VALID not in OF_REASON.values()
    assert {*GRAVEST_FIRST, SlotState.VALID} == set(SlotState)


@pytest.mark.parametrize(
    ("state", "reasons"),
    [
        ("c", ["calibrating"]),
        ("b", ["blow_back"]),
        ("s", ["standby"]),
        ("m", ["maintenance"]),
        ("f", ["device_fault", "sentinel", "other_device", "other_setting"]),
        ("o", ["out_of_range"]),
        ("l", ["timeout", "unreachable", "exception", "short_reply", "foreign_reply"]),
        ("l", ["garbage", "checksum", "not_polled", "clock_suspect"]),
        ("u", ["of a reason that nobody knows"]),
    ],
)
def test_a_slot_is_what_its_miss_was(state: str, reasons: list[str]) -> None:
    assert [of_slot(60, 0, each) for each in reasons] == [state] * len(reasons)


@pytest.mark.parametrize(("expected", "slots"), [(0, 0), (1, 1), (4, 4), (59, 59), (60, 60)])
def test_an_hour_has_as_many_slots_as_polls_are_due_in_it(expected: int, slots: int) -> None:
    assert slots_of(expected) == len(states_of(expected, NOTHING, NOTHING, [])) == slots


@pytest.mark.parametrize("expected", [61, 90, 360, 3600, 36_000])
def test_an_hour_of_more_than_60_polls_has_60_slots(expected: int) -> None:
    assert slots_of(expected) == len(states_of(expected, NOTHING, NOTHING, [])) == 60


@pytest.mark.parametrize(
    ("expected", "present", "state"),
    [(60, 1, "v"), (60, 0, "l"), (3600, 30, "v"), (3600, 29, "l"), (540, 5, "v"), (540, 4, "l")],
)
def test_a_slot_is_valid_from_half_of_its_polls_on(expected: int, present: int, state: str) -> None:
    assert of_slot(expected, present, "timeout") == state


def test_as_many_polls_are_due_in_a_slot_as_lie_in_it() -> None:
    """Polls every 7 s: 9 begin in each of the first two minutes, 8 in the third."""
    four = np.repeat(np.arange(3), 4)
    assert states_of(514, four, NOTHING, [])[:3] == "uuv"


def test_a_slot_is_what_most_of_its_misses_were_and_in_doubt_the_most_serious() -> None:
    assert of_slot(3600, 29, *["standby"] * 16, *["device_fault"] * 15) == "s"
    assert of_slot(3600, 29, *["standby"] * 15, *["device_fault"] * 15) == "f"
    assert of_slot(3600, 0, *["timeout", "checksum"] * 10, *["calibrating"] * 19) == "l"


def test_a_slot_that_nobody_told_of_is_unknown_though_it_has_a_few_readings() -> None:
    assert of_slot(3600, 29) == "u"
    assert states_of(4, np.array([0, 3]), NOTHING, []) == "vuuv"


def test_near_an_edge_a_reading_stands_for_the_slot_that_begins_there() -> None:
    near = CLOCK.near_ns
    for early, expected in ((near, "uv"), (near + 1, "vu")):
        assert states(CHANNEL, [(MINUTE_NS - early, None)])[:2] == expected
    assert states(CHANNEL, [(-near, None)])[:2] == "vu"


def test_an_interval_amount_stands_for_the_slot_that_ends_there() -> None:
    channel, near = polled(MINUTE_NS, Accumulation.INTERVAL), CLOCK.near_ns
    for late, expected in ((0, "vu"), (near, "vu"), (near + 1, "uv")):
        assert states(channel, [(MINUTE_NS + late, None)])[:2] == expected
    assert states(channel, [(NS_PER_HOUR + near, None)])[-2:] == "uv"


def test_slots_of_a_slow_channel_are_as_long_as_its_period() -> None:
    quarters = [(n * 15 * MINUTE_NS + 1_000_000, None) for n in (0, 2)]
    assert states(polled(15 * MINUTE_NS), [*quarters, (15 * MINUTE_NS, "standby")]) == "vsvu"


PERIODS = st.sampled_from([1, 2, 5, 10, 20, 30, 40, 45, 60, 90, 120, 300, 900, 1800])


@settings(max_examples=60, deadline=None)
@given(period_s=PERIODS, seed=st.integers(0, 2**32 - 1), lost=st.floats(0.0, 1.0))
def test_the_slots_of_an_hour_are_what_counting_its_polls_one_by_one_says(
    period_s: int, seed: int, lost: float
) -> None:
    rng = np.random.default_rng(seed)
    picked = [REASONS[n] for n in rng.integers(0, len(REASONS), 3600 // period_s)]
    gone = rng.random(len(picked)) < lost
    told = rng.random(len(picked)) < 0.9
    polls: list[Poll] = [
        (n * period_s * 1_000_000_000, reason if gone[n] else None)
        for n, reason in enumerate(picked)
        if told[n] or not gone[n]
    ]
    found = states(polled(period_s * 1_000_000_000), polls)
    assert found == _naive(period_s, polls)


def _naive(period_s: int, polls: Sequence[Poll]) -> str:
    """Each poll put into its slot, and the slots looked at one after the other."""
    length_s = max(60, period_s)
    letters = []
    for slot in range(3600 // length_s):
        low, high = slot * length_s, (slot + 1) * length_s
        due = sum(low <= at < high for at in range(0, 3600, period_s))
        inside = [reason for at, reason in polls if low <= at // 1_000_000_000 < high]
        counted = Counter(OF_REASON[reason] for reason in inside if reason)
        if 2 * inside.count(None) >= due:
            letters.append("v")
        elif not counted:
            letters.append("u")
        else:
            most = max(counted.values())
            tied = [state for state, n in counted.items() if n == most]
            letters.append(min(tied, key=GRAVEST_FIRST.index).value)
    return "".join(letters)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    cuts=st.lists(st.integers(0, 400), max_size=12),
    accumulation=st.sampled_from([Accumulation.RATE, Accumulation.INTERVAL]),
)
def test_the_states_do_not_depend_on_how_polls_came_in_chunks(
    seed: int, cuts: list[int], accumulation: Accumulation
) -> None:
    rng = np.random.default_rng(seed)
    channel = polled(30_000_000_000, accumulation)
    late = rng.uniform(-0.03, 0.3, 400) * 30e9
    polls: list[Poll] = [
        (int(n * 30e9 + late[n]), None if rng.random() < 0.6 else str(rng.choice(REASONS)))
        for n in range(400)
    ]
    whole = _fed(channel, [polls])
    edges = [0, *sorted(cuts), 400]
    portions = [polls[low:high] for low, high in pairwise(edges)]
    assert _fed(channel, portions) == whole
    for start_ns, letters in whole.items():
        own = [poll for poll in polls if hour_of(START_NS + poll[0], channel) == start_ns]
        window = flow_window(channel, start_ns, [rows_of(own)], missed_of(own))
        assert window.tally.states == letters


def _fed(channel: FlowChannel, portions: Sequence[Sequence[Poll]]) -> dict[int, str]:
    fold, found = FlowFold(), dict[int, str]()
    for portion in portions:
        fold, windows = feed_flow(fold, channel, rows_of(portion), missed_of(portion))
        found |= {each.start_ns: each.tally.states for each in windows}
    return found


def test_a_slot_of_several_inputs_is_valid_only_if_it_is_so_of_all() -> None:
    assert together(["vvcc", "vcvc"]) == "vccc"
    assert together(["vvvv"]) == "vvvv"


def test_what_several_inputs_were_is_the_most_serious_of_it() -> None:
    order = "".join(GRAVEST_FIRST)
    assert order == "folusmbc"
    assert together([order, "c" * 8, "v" * 8]) == order
    assert together([order, order[::-1]]) == "foluulof"


def test_inputs_with_different_numbers_of_slots_are_brought_to_the_coarser_one() -> None:
    minutes = "v" * 8 + "f" * 7 + "v" * 7 + "f" * 8 + "c" * 15 + "v" * 15
    assert together([minutes, "vvvv"]) == together(["vvvv", minutes]) == "vfcv"
    assert together([minutes, "vvvs"]) == "vfcs"
    # of six, the third and the last slot begin in a quarter of their own
    assert together(["vvvvcv", "vvvv"]) == together(["cvvvvv", "vvvv"]) == "vvvv"
    assert together(["vvvvvc", "vvvv"]) == "vvvc"
    assert together(["uoovvv", "vvvv"]) == "oovv"


def test_where_an_input_has_no_states_nobody_knows_those_of_the_result() -> None:
    assert together(["vv", ""]) == together([]) == ""
