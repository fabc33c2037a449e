import math
from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.basis import UncertaintyBasis
from calibration.errors import WindowMergeError
from calibration.hourly import corrected, cut, register_window
from calibration.increment import NS_PER_HOUR, RegisterReading, Step
from calibration.uncertainty import Influence, UncertaintyComponent, combine
from calibration.window import (
    FlowWindow,
    Grounds,
    RegisterWindow,
    Tally,
    components_of,
    merge_flow,
    merge_grounds,
    merge_register,
    merge_tallies,
)
from tests.unit.calibration.examples import CLOCK, START_NS, always, calibrated, piecewise, reading

U = 0.1 / math.sqrt(12.0)
CURVE = piecewise(
    [5.0, 50.0, 100.0],
    [0.01, 0.002, -0.004],
    [[4e-6, 1e-6, 0.0], [1e-6, 1e-6, 5e-7], [0.0, 5e-7, 1e-6]],
)
TIMELINE = always(calibrated(CURVE))


def _readings(seed: int, hours: int) -> list[RegisterReading]:
    rng = np.random.default_rng(seed)
    grown = np.concatenate(([0.0], np.cumsum(rng.uniform(2.0, 25.0, 4 * hours))))
    return [reading(15 * k, round(float(value), 1), U) for k, value in enumerate(grown)]


def _window(readings: list[RegisterReading]) -> RegisterWindow:
    pieces = [
        piece
        for k in range(len(readings) - 1)
        for piece in cut(
            Step(
                opening=readings[k],
                closing=readings[k + 1],
                increment=readings[k + 1].value - readings[k].value,
            ),
            CLOCK,
        )
    ]
    return register_window("m", corrected(pieces, TIMELINE), CLOCK)


def _hours(seed: int, hours: int) -> list[RegisterWindow]:
    readings = _readings(seed, hours)
    return [_window(readings[4 * h : 4 * h + 5]) for h in range(hours)]


def _same(one: FlowWindow | RegisterWindow, other: FlowWindow | RegisterWindow) -> bool:
    close = (one.value, one.uncorrected, one.fresh_variance) == pytest.approx(
        (other.value, other.uncorrected, other.fresh_variance), rel=1e-12, abs=1e-18
    )
    parts = [
        {part.influence: part.contribution for part in each.components} for each in (one, other)
    ]
    rest = {"value": 0.0, "uncorrected": 0.0, "fresh_variance": 0.0, "components": ()}
    return bool(
        close
        and parts[0] == pytest.approx(parts[1], rel=1e-12, abs=1e-12)
        and msgspec.structs.replace(one, **rest) == msgspec.structs.replace(other, **rest)
    )


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), order=st.permutations(range(5)))
def test_register_windows_merge_in_any_order(seed: int, order: list[int]) -> None:
    windows = _hours(seed, 5)
    assert merge_register([windows[k] for k in order]) == merge_register(windows)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), cut_at=st.integers(1, 5))
def test_register_windows_merge_in_any_grouping(seed: int, cut_at: int) -> None:
    windows = _hours(seed, 6)
    grouped = [merge_register(windows[:cut_at]), merge_register(windows[cut_at:])]
    assert _same(merge_register(grouped), merge_register(windows))


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_merged_hours_equal_one_window_over_all_their_readings(seed: int) -> None:
    hours, whole = merge_register(_hours(seed, 5)), _window(_readings(seed, 5))
    assert hours.value == pytest.approx(whole.value, rel=1e-12)
    assert hours.fresh_variance == pytest.approx(whole.fresh_variance, rel=1e-9)
    assert combine(components_of(hours)) == pytest.approx(combine(components_of(whole)), rel=1e-12)
    assert {part.influence for part in hours.components} == {
        part.influence for part in whole.components
    }


def test_what_inner_readings_leave_is_tiny_and_accounted_for() -> None:
    windows = _hours(3, 24)
    total = merge_register(windows)
    gains = []
    for window in windows:
        by_id = {part.influence.id: part.contribution for part in window.components}
        opens, closes = (f"read:m/{end.key}" for end in (window.opening, window.closing))
        gains.append((-by_id[opens], by_id[closes]))
    left = math.fsum((before[1] - after[0]) ** 2 for before, after in pairwise(gains))
    inside = math.fsum(window.fresh_variance for window in windows)
    assert total.fresh_variance == pytest.approx(inside + left, rel=1e-12)
    assert 0.0 < math.sqrt(total.fresh_variance) < U


def test_windows_whose_readings_do_not_meet_are_refused() -> None:
    first, _, third = _hours(1, 3)
    with pytest.raises(WindowMergeError, match="s60 closes the one, s120 opens the next"):
        merge_register([first, third])


def test_a_window_after_a_break_joins_without_meeting_readings() -> None:
    first, _, third = _hours(1, 3)
    broken = msgspec.structs.replace(third, follows_break=True)
    total = merge_register([first, broken])
    assert total.value == pytest.approx(first.value + third.value)
    ends = [part for part in total.components if part.influence.id.startswith("read:")]
    assert len(ends) == 4


@pytest.mark.parametrize("change", [{"channel": "other"}, {"unit": "MW.h"}])
def test_windows_of_different_channels_or_units_are_refused(change: dict[str, str]) -> None:
    first, second = _hours(1, 2)
    with pytest.raises(WindowMergeError):
        merge_register([first, msgspec.structs.replace(second, **change)])


def test_windows_that_overlap_are_refused() -> None:
    first, second = _hours(1, 2)
    with pytest.raises(WindowMergeError, match="overlap"):
        merge_register([first, second, second])


INFLUENCES = tuple(Influence(id=name) for name in ("cert:C-1/0", "cert:C-1/1", "inst:A-1/class"))


def _flow(hour: int, rng: np.random.Generator) -> FlowWindow:
    return FlowWindow(
        channel="p",
        start_ns=START_NS + hour * NS_PER_HOUR,
        end_ns=START_NS + (hour + 1) * NS_PER_HOUR,
        unit="kW.h",
        uncorrected=float(rng.uniform(0, 100)),
        value=float(rng.uniform(0, 100)),
        components=tuple(
            UncertaintyComponent(influence=influence, contribution=float(rng.normal()))
            for influence in INFLUENCES
        ),
        fresh_variance=float(rng.uniform(0, 1)),
        sampling_variance=float(rng.uniform(0, 1)),
        sampling_spread=float(rng.uniform(0, 0.1)),
        tally=Tally(expected=60, present=int(rng.integers(0, 61)), missed={"timeout": 1}),
        grounds=Grounds(basis=UncertaintyBasis.CALIBRATION, serials=("A-1",)),
    )


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), order=st.permutations(range(5)), cut_at=st.integers(1, 4))
def test_flow_windows_merge_in_any_order_and_grouping(
    seed: int, order: list[int], cut_at: int
) -> None:
    rng = np.random.default_rng(seed)
    windows = [_flow(hour, rng) for hour in range(5)]
    whole = merge_flow(windows)
    assert merge_flow([windows[k] for k in order]) == whole
    grouped = merge_flow([merge_flow(windows[:cut_at]), merge_flow(windows[cut_at:])])
    rest = {"sampling_variance": 0.0, "sampling_spread": 0.0}
    assert _same(msgspec.structs.replace(grouped, **rest), msgspec.structs.replace(whole, **rest))
    assert grouped.sampling_variance == pytest.approx(whole.sampling_variance, rel=1e-12)
    assert grouped.sampling_spread == pytest.approx(whole.sampling_spread, rel=1e-12)


def test_flow_windows_need_not_touch() -> None:
    rng = np.random.default_rng(1)
    early, late = _flow(0, rng), _flow(9, rng)
    merged = merge_flow([late, early])
    assert (merged.start_ns, merged.end_ns) == (early.start_ns, late.end_ns)
    assert merged.tally.expected == 120


def test_a_window_states_what_is_new_and_what_sampling_adds() -> None:
    window = msgspec.structs.replace(
        _flow(0, np.random.default_rng(2)),
        components=(),
        fresh_variance=9.0,
        sampling_variance=16.0,
        sampling_spread=16.0**2 / 30.0,
    )
    fresh, sampling = components_of(window)
    assert (fresh.influence.id, fresh.contribution) == ("fresh:p", 3.0)
    assert (sampling.influence.id, sampling.contribution) == ("sampling:p", 4.0)
    assert sampling.influence.degrees_of_freedom == pytest.approx(30.0)
    assert combine(components_of(window)) == 5.0


def test_a_merged_window_rests_on_the_weakest_of_its_grounds() -> None:
    strong = Grounds(basis=UncertaintyBasis.CALIBRATION, serials=("A",), certificates=("C-1",))
    weak = Grounds(basis=UncertaintyBasis.NAMEPLATE, serials=("B",))
    unknown = Grounds(basis=UncertaintyBasis.UNKNOWN, serials=("A",))
    merged = merge_grounds([strong, weak])
    assert merged == Grounds(
        basis=UncertaintyBasis.NAMEPLATE, serials=("A", "B"), certificates=("C-1",)
    )
    assert merge_grounds([merged, unknown]).basis == UncertaintyBasis.UNKNOWN


def test_tallies_add_up_reason_by_reason() -> None:
    one = Tally(expected=60, present=58, missed={"timeout": 2}, qualities={"good": 58})
    other = Tally(expected=60, present=50, missed={"timeout": 1, "garbage": 9})
    assert merge_tallies([one, other]) == Tally(
        expected=120, present=108, missed={"timeout": 3, "garbage": 9}, qualities={"good": 58}
    )


def test_states_of_slots_stay_with_one_hour_and_go_with_two() -> None:
    one = Tally(expected=4, present=3, missed={"standby": 1}, states="vvsv")
    assert merge_tallies([one]) == one
    assert merge_tallies([one, one]).states == ""


def test_a_window_survives_storage() -> None:
    for window in (_hours(5, 1)[0], _flow(0, np.random.default_rng(5))):
        stored = msgspec.json.encode(window)
        assert msgspec.json.decode(stored, type=type(window)) == window
