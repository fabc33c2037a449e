"""Hours of the collector's windows: the same as those of points on the same minutes."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.basis import UncertaintyBasis
from calibration.flow import FlowChannel, FlowRows, flow_window
from calibration.hourly import ChannelClock
from calibration.increment import NS_PER_HOUR, Missed
from calibration.indication import Quality
from calibration.mean import MeanWindow, mean_window
from calibration.measurand import Accumulation, KindOfQuantity, Measurand
from calibration.slots import OF_REASON, SlotState
from calibration.uncertainty import Influence, UncertaintyComponent
from calibration.window import FlowWindow, Grounds, Tally, merge_flow
from evidence.statement.hours.averaging import averaged
from evidence.statement.hours.errors import HoursOptionError, RecordOrderError
from evidence.statement.hours.load import PACKS, rule_pack
from evidence.statement.hours.observed import ObservedHour
from evidence.statement.hours.of_windows import POINT_STATE, observed_hour, observed_hours
from evidence.statement.hours.pack import ValidHour
from evidence.statement.hours.point import Point, PointState
from evidence.statement.standing.standing import Standing
from tests.unit.evidence.hours.series import START, at

CLASS = Influence(id="inst:A-1/class")
HOUR_MIN = range(60)


def channel(unit: str, period_s: int = 60) -> FlowChannel:
    kind = KindOfQuantity.MASS_FLOW if unit == "t/h" else KindOfQuantity.TEMPERATURE
    measurand = Measurand(
        kind_of_quantity=kind, unit=unit, subject="stack", accumulation=Accumulation.RATE
    )
    clock = ChannelClock(agent="gw-1", period_ns=period_s * 1_000_000_000)
    return FlowChannel(channel="works/x", measurand=measurand, clock=clock)


def rows(polls: Mapping[int, float], period_ns: int, hour: int) -> FlowRows:
    value = np.array(list(polls.values()), dtype=np.float64)
    return FlowRows(
        at_ns=at(hour) + np.array(list(polls), dtype=np.int64) * period_ns,
        indication=value,
        value=value,
        contributions={CLASS: 0.01 * value},
        fresh=np.full(len(value), 0.2),
        qualities=(Quality.GOOD,) * len(value),
        grounds=Grounds(basis=UncertaintyBasis.CALIBRATION),
    )


def window(
    polls: Mapping[int, float],
    misses: Mapping[int, str] | None = None,
    unit: str = "t/h",
    *,
    hour: int = 0,
    period_s: int = 60,
) -> FlowWindow | MeanWindow:
    """The window that the collector makes of these polls."""
    one, period_ns = channel(unit, period_s), period_s * 1_000_000_000
    missed = [
        Missed(at_ns=at(hour) + n * period_ns, reason=reason)
        for n, reason in (misses or {}).items()
    ]
    closing = flow_window if unit == "t/h" else mean_window
    return closing(one, at(hour), [rows(polls, period_ns, hour)], missed)


def rule(name: str) -> ValidHour:
    return rule_pack(name).pack.valid_hour


def steady(minutes: Sequence[int], value: float = 10.0) -> dict[int, float]:
    return dict.fromkeys(minutes, value)


def judged(rules: str, valid: Sequence[int], reason: str, unit: str = "t/h") -> ObservedHour:
    misses = {minute: reason for minute in HOUR_MIN if minute not in valid}
    return observed_hour(window(steady(valid), misses, unit), rule(rules))


@pytest.mark.parametrize(("minutes", "state"), [(44, "invalid"), (45, "measured")])
def test_hj75_needs_45_valid_minutes_of_a_window(minutes: int, state: str) -> None:
    found = judged("hj75", range(minutes), "device_fault")
    assert (found.state, found.because) == (state, None if state == "measured" else "fault")


@pytest.mark.parametrize(
    ("slots", "reason", "state"),
    [
        ((0, 15, 30, 45), "timeout", "measured"),
        ((0, 15, 30, 44), "timeout", "missing"),
        ((0, 15), "timeout", "missing"),
        ((0, 15), "calibrating", "measured"),
        ((0, 15), "blow_back", "measured"),
        ((0, 15), "standby", "measured"),
        ((14, 28), "calibrating", "invalid"),
        ((0,), "calibrating", "invalid"),
    ],
)
def test_part_75_finds_the_quarters_of_an_hour_in_a_window(
    slots: Sequence[int], reason: str, state: str
) -> None:
    assert judged("part75", slots, reason).state == state


@pytest.mark.parametrize(("period_s", "state"), [(900, "measured"), (1800, "missing")])
def test_two_polls_an_hour_are_no_point_in_each_quarter_of_it(period_s: int, state: str) -> None:
    polls = steady(range(3600 // period_s))
    assert observed_hour(window(polls, period_s=period_s), rule("part75")).state == state


def test_three_quarters_of_an_hour_of_a_rate_give_the_rate_of_the_hour() -> None:
    found = judged("hj75", range(45), "timeout")
    assert found.value == pytest.approx(10.0, rel=1e-14)
    assert found.lost == tuple(range(45, 60))
    assert found.counts == {"valid": 45, "communication": 15}
    parts = {each.influence.id: each.contribution for each in found.components}
    assert parts["inst:A-1/class"] == pytest.approx(0.1, rel=1e-13)
    assert parts["fresh:works/x"] == pytest.approx(0.2 / 45**0.5, rel=1e-13)


def test_the_mean_of_a_window_is_the_value_with_its_components() -> None:
    made = window(steady(range(50), 150.0), {50: "timeout"}, "Cel")
    assert isinstance(made, MeanWindow)
    found = observed_hour(made, rule("hj75"))
    assert (found.value, found.components) == (made.value, made.components)
    assert found.counts == {"valid": 50, "communication": 1, "no_record": 9}


def test_what_is_shown_in_an_hour_that_is_not_valid_is_no_value() -> None:
    found = judged("hj75", range(44), "out_of_range")
    assert (found.value, found.components, found.lost) == (None, (), ())


@pytest.mark.parametrize(
    ("reason", "state", "because"),
    [
        ("calibrating", "invalid", "calibrating"),
        ("blow_back", "invalid", "calibrating"),
        ("standby", "invalid", "maintenance"),
        ("device_fault", "invalid", "fault"),
        ("out_of_range", "invalid", "over_range"),
        ("timeout", "missing", "communication"),
        ("of no vocabulary", "missing", "no_record"),
    ],
)
@pytest.mark.parametrize("unit", ["t/h", "Cel"])
def test_an_hour_without_readings_is_what_its_misses_were(
    unit: str, reason: str, state: str, because: str
) -> None:
    found = judged("hj75", (), reason, unit)
    assert (found.state, found.because, found.value) == (state, because, None)


def test_every_state_of_a_slot_is_one_of_a_point_but_the_unknown() -> None:
    assert set(SlotState) - set(POINT_STATE) == {SlotState.UNKNOWN}


def test_an_hour_of_standstill_is_shutdown_whatever_the_window_says() -> None:
    whole = window(steady(HOUR_MIN))
    found = observed_hour(whole, rule("hj75"), Standing.OUT_OF_CONTROL, stopped=True)
    assert (found.state, found.value, found.operating_share) == ("shutdown", None, 0.0)
    assert found.counts == {"stopped": 60}


@pytest.mark.parametrize("standing", [Standing.OUT_OF_CONTROL, Standing.OVERDUE])
def test_a_window_of_an_analyser_out_of_control_measures_nothing(standing: Standing) -> None:
    found = observed_hour(window(steady(HOUR_MIN)), rule("hj75"), standing)
    assert (found.state, found.because, found.value) == ("invalid", "out_of_control", None)


def test_hours_whose_slots_are_alike_are_told_apart() -> None:
    first, second = (window(steady(HOUR_MIN), hour=each) for each in (0, 1))
    found = [
        observed_hour(first, rule("hj75")),
        observed_hour(second, rule("hj75"), Standing.OUT_OF_CONTROL),
        observed_hour(second, rule("hj75")),
    ]
    assert [each.start_ns for each in found] == [at(0), at(1), at(1)]
    assert [each.state for each in found] == ["measured", "invalid", "measured"]
    assert [each.value is None for each in found] == [False, True, False]


def without_states(made: FlowWindow | MeanWindow) -> FlowWindow | MeanWindow:
    return msgspec.structs.replace(made, tally=msgspec.structs.replace(made.tally, states=""))


@pytest.mark.parametrize(("minutes", "state"), [(44, "missing"), (45, "measured")])
def test_of_a_window_without_states_the_counts_decide(minutes: int, state: str) -> None:
    made = window(steady(range(60 - minutes, 60)), {3: "device_fault"})
    found = observed_hour(without_states(made), rule("hj75"))
    assert (found.state, found.counts["valid"]) == (state, minutes)
    assert found.counts["no_record"] == 60 - minutes


def test_a_window_without_states_has_a_point_in_each_quarter_if_nearly_all_are_there() -> None:
    kinds = [
        observed_hour(without_states(window(steady(range(n)))), rule("part75")).state
        for n in (45, 46)
    ]
    assert kinds == ["missing", "measured"]


def test_a_window_that_says_valid_and_has_no_readings_is_not_measured() -> None:
    made = window(steady(HOUR_MIN))
    empty = Tally(expected=60, present=0, states="v" * 60)
    found = observed_hour(msgspec.structs.replace(made, tally=empty), rule("hj75"))
    assert (found.state, found.value, found.because) == ("missing", None, "no_record")
    undue = msgspec.structs.replace(made, tally=Tally(expected=0, present=0))
    assert observed_hour(undue, rule("part75")).state == "missing"


def test_a_window_over_two_hours_is_refused() -> None:
    both = [window(steady(HOUR_MIN), hour=hour) for hour in (0, 1)]
    day = merge_flow([each for each in both if isinstance(each, FlowWindow)])
    with pytest.raises(HoursOptionError, match="one hour"):
        observed_hour(day, rule("hj75"))


def test_hours_stand_in_a_row_and_those_without_a_window_are_missing() -> None:
    windows = [window(steady(HOUR_MIN), hour=hour) for hour in (5, 0, 2)]
    standing = {at(1): Standing.OUT_OF_CONTROL, at(5): Standing.OVERDUE}
    found = observed_hours(windows, rule("hj75"), standing, stopped=(at(2), at(3), at(9)))
    assert [each.start_ns for each in found] == [at(hour) for hour in range(6)]
    states = ["measured", "invalid", "shutdown", "shutdown", "missing", "invalid"]
    assert [each.state for each in found] == states
    assert found[4].counts == {"no_record": 1}
    assert found[3].operating_share == 0.0
    span = observed_hours(windows, rule("hj75"), span_ns=(at(-1), at(7)))
    assert [each.state for each in span][::7] == ["missing", "missing"]


def test_two_windows_of_one_hour_and_none_at_all_are_refused() -> None:
    with pytest.raises(RecordOrderError):
        observed_hours([window(steady(HOUR_MIN))] * 2, rule("hj75"))
    with pytest.raises(HoursOptionError):
        observed_hours([], rule("hj75"))


REASONS = st.sampled_from([None, None, None, *sorted(OF_REASON), ""])


@settings(max_examples=150, deadline=None)
@given(
    told=st.lists(REASONS, min_size=60, max_size=60),
    share=st.sampled_from([1, 8, 30]),
    rules=st.sampled_from(PACKS),
    unit=st.sampled_from(["t/h", "Cel"]),
    standing=st.sampled_from([None, *Standing]),
    seed=st.integers(0, 2**32 - 1),
)
def test_an_hour_of_a_window_is_that_of_points_on_the_same_minutes(
    told: list[str | None],
    share: int,
    rules: str,
    unit: str,
    standing: Standing | None,
    seed: int,
) -> None:
    """Each minute is a reading, a miss, or ("") nothing; some hours have few misses."""
    thinned = [reason if n % share == 0 else None for n, reason in enumerate(told)]
    values = np.random.default_rng(seed).uniform(1.0, 50.0, 60).tolist()
    shown = {n: values[n] for n, reason in enumerate(thinned) if reason is None}
    misses = {n: reason for n, reason in enumerate(thinned) if reason}
    found = observed_hour(window(shown, misses, unit), rule(rules), standing)
    points = {n: point(n, value=value) for n, value in shown.items()}
    points |= {n: point(n, POINT_STATE[OF_REASON[each]]) for n, each in misses.items()}
    expected = averaged(START, points, rule(rules), 60, standing)
    if expected.value is not None:
        assert found.value == pytest.approx(expected.value, rel=1e-12)
        assert of_class(found) == pytest.approx(of_class(expected), rel=1e-12)
    assert bare(found) == bare(expected)


def point(slot: int, state: PointState = PointState.VALID, value: float | None = None) -> Point:
    parts = (
        [] if value is None else [UncertaintyComponent(influence=CLASS, contribution=0.01 * value)]
    )
    at_ns = START + slot * NS_PER_HOUR // 60
    return Point(at_ns=at_ns, value=value, state=state, components=parts)


def of_class(hour: ObservedHour) -> float:
    (part,) = (each for each in hour.components if each.influence == CLASS)
    return part.contribution


def bare(hour: ObservedHour) -> ObservedHour:
    """An hour without its numbers, which are equal to rounding only."""
    return msgspec.structs.replace(hour, value=None, components=())
