"""Valid hours: both sides of each scheme's bound, and what an hour is that is not valid."""

from collections.abc import Mapping, Sequence

import pytest

from calibration.uncertainty import Influence, UncertaintyComponent
from evidence.statement.hours.averaging import averaged, gathered
from evidence.statement.hours.errors import HoursOptionError, RecordError, RecordOrderError
from evidence.statement.hours.load import rule_pack
from evidence.statement.hours.observed import ObservedHour
from evidence.statement.hours.point import HourlyRecord, Point, PointState
from evidence.statement.standing.standing import Standing
from tests.unit.evidence.hours.series import START

NS_PER_S = 1_000_000_000
VALID, STOPPED, CALIBRATING = PointState.VALID, PointState.STOPPED, PointState.CALIBRATING
MINUTES = range(60)


def point(slot: int, state: PointState = VALID, value: float = 10.0, interval_s: int = 60) -> Point:
    known = value if state in (VALID, PointState.MANUAL) else None
    return Point(at_ns=START + slot * interval_s * NS_PER_S, value=known, state=state)


def hour(
    rules: str,
    states: Mapping[int, PointState],
    interval_s: int = 60,
    standing: Standing | None = None,
) -> ObservedHour:
    points = [point(slot, state, interval_s=interval_s) for slot, state in states.items()]
    slots = gathered(points, interval_s).get(START, {})
    return averaged(START, slots, rule_pack(rules).pack.valid_hour, interval_s, standing)


def whole(but: Mapping[int, PointState] | None = None) -> dict[int, PointState]:
    return dict.fromkeys(MINUTES, VALID) | dict(but or {})


@pytest.mark.parametrize(("minutes", "state"), [(44, "missing"), (45, "measured")])
def test_hj75_needs_45_valid_minutes(minutes: int, state: str) -> None:
    assert hour("hj75", dict.fromkeys(range(minutes), VALID)).state == state


@pytest.mark.parametrize(("points", "state"), [(539, "missing"), (540, "measured")])
def test_45_minutes_are_540_points_of_5_s(points: int, state: str) -> None:
    assert hour("hj75", dict.fromkeys(range(points), VALID), 5).state == state


@pytest.mark.parametrize(("minutes", "state"), [(47, "invalid"), (48, "measured")])
def test_the_mrr_needs_80_percent_of_the_points(minutes: int, state: str) -> None:
    states = whole(dict.fromkeys(range(minutes, 60), PointState.FAULT))
    assert hour("mrr", states).state == state


def test_79_9_percent_of_the_points_are_too_few_for_the_mrr() -> None:
    kinds = [hour("mrr", dict.fromkeys(range(n), VALID), 4).state for n in (719, 720)]
    assert kinds == ["missing", "measured"]  # of 900


@pytest.mark.parametrize(("valid", "state"), [(23, "invalid"), (24, "measured")])
def test_points_of_standstill_are_not_possible_ones(valid: int, state: str) -> None:
    states = dict.fromkeys(range(30), STOPPED) | dict.fromkeys(range(30, 60), PointState.FAULT)
    states |= dict.fromkeys(range(30, 30 + valid), VALID)
    found = hour("mrr", states)
    assert (found.state, found.operating_share) == (state, 0.5)


@pytest.mark.parametrize(("minutes", "state"), [(39, "missing"), (40, "measured")])
def test_meters_need_two_thirds(minutes: int, state: str) -> None:
    assert hour("meters", dict.fromkeys(range(minutes), VALID)).state == state


@pytest.mark.parametrize(
    ("slots", "state"),
    [
        ((0, 15, 30, 45), "measured"),
        ((14, 29, 44, 59), "measured"),
        ((0, 15, 30), "missing"),
        ((0, 15, 30, 44), "missing"),
    ],
)
def test_part_75_needs_a_point_in_each_quarter_of_the_hour(
    slots: Sequence[int], state: str
) -> None:
    assert hour("part75", dict.fromkeys(slots, VALID)).state == state


@pytest.mark.parametrize(
    ("slots", "state"),
    [
        ((0, 15), "measured"),
        ((14, 28), "invalid"),
        ((14, 29), "measured"),
        ((0, 14), "invalid"),
        ((0,), "invalid"),
    ],
)
def test_two_quarters_15_minutes_apart_will_do_in_an_hour_of_maintenance(
    slots: Sequence[int], state: str
) -> None:
    states = dict.fromkeys(MINUTES, CALIBRATING) | dict.fromkeys(slots, VALID)
    assert hour("part75", states).state == state


@pytest.mark.parametrize(
    ("minutes", "state"), [(10, "measured"), (15, "measured"), (20, "missing"), (30, "missing")]
)
def test_a_point_longer_than_a_quarter_is_none_in_each_that_it_runs_through(
    minutes: int, state: str
) -> None:
    whole_hour = dict.fromkeys(range(60 // minutes), VALID)
    assert hour("part75", whole_hour, minutes * 60).state == state


def test_part_75_asks_only_for_quarters_in_which_the_unit_ran() -> None:
    states = dict.fromkeys(range(45), STOPPED) | {50: VALID}
    assert hour("part75", states).state == "measured"


def test_an_hour_of_standstill_is_shutdown_whatever_the_tests_say() -> None:
    found = hour("hj75", dict.fromkeys(MINUTES, STOPPED), standing=Standing.OUT_OF_CONTROL)
    assert (found.state, found.value, found.operating_share) == ("shutdown", None, 0.0)


def test_half_an_hour_of_standstill_and_half_of_nothing_is_missing() -> None:
    found = hour("hj75", dict.fromkeys(range(30), STOPPED))
    assert (found.state, found.because, found.operating_share) == ("missing", "no_record", 0.5)


@pytest.mark.parametrize("standing", [Standing.OUT_OF_CONTROL, Standing.OVERDUE])
def test_an_analyser_out_of_control_measures_nothing(standing: Standing) -> None:
    found = hour("hj75", whole(), standing=standing)
    assert (found.state, found.because, found.value) == ("invalid", "out_of_control", None)


@pytest.mark.parametrize("standing", [Standing.IN_CONTROL, Standing.GRACE, Standing.NO_TEST])
def test_other_standings_leave_an_hour_measured(standing: Standing) -> None:
    assert hour("hj75", whole(), standing=standing).state == "measured"


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (CALIBRATING, "invalid"),
        (PointState.MAINTENANCE, "invalid"),
        (PointState.FAULT, "invalid"),
        (PointState.OVER_RANGE, "invalid"),
        (PointState.COMMUNICATION, "missing"),
        (PointState.MANUAL, "manual"),
    ],
)
def test_what_most_of_the_other_points_were_says_what_an_hour_is(
    state: PointState, expected: str
) -> None:
    found = hour("hj75", whole(dict.fromkeys(range(30), state)))
    assert (found.state, found.because) == (expected, state.value)
    assert found.counts[state.value] == 30


def test_the_letters_of_data_loggers_mean_these_states() -> None:
    flags = rule_pack("hj75").pack.flags
    assert flags is not None
    assert flags.status == "K"
    assert {name: state.value for name, state in flags.letters.items()} == {
        "N": "valid",
        "F": "stopped",
        "M": "maintenance",
        "S": "manual",
        "D": "fault",
        "C": "calibrating",
        "T": "over_range",
        "B": "communication",
    }


def test_the_mean_is_of_the_valid_points_and_names_the_lost_slots() -> None:
    points = [point(slot, value=float(slot)) for slot in range(50)]
    points += [point(slot, PointState.FAULT) for slot in range(50, 60)]
    slots = gathered(points)[START]
    found = averaged(START, slots, rule_pack("hj75").pack.valid_hour)
    assert found.value == pytest.approx(24.5, rel=1e-15)
    assert found.lost == tuple(range(50, 60))


def test_common_components_stay_and_new_ones_average_out() -> None:
    common = UncertaintyComponent(influence=Influence(id="inst:1/class"), contribution=0.3)
    fresh = UncertaintyComponent(influence=Influence(id="fresh:s", shared=False), contribution=0.3)
    points = [
        Point(at_ns=START + k * 60 * NS_PER_S, value=10.0, components=(common, fresh))
        for k in MINUTES
    ]
    found = averaged(START, gathered(points)[START], rule_pack("hj75").pack.valid_hour)
    by_id = {each.influence.id: each.contribution for each in found.components}
    assert by_id["inst:1/class"] == pytest.approx(0.3, rel=1e-14)
    assert by_id["fresh:s"] == pytest.approx(0.3 / 60**0.5, rel=1e-14)


def test_two_points_of_one_slot_are_refused() -> None:
    with pytest.raises(RecordOrderError, match="E_HOURS_ORDER"):
        gathered([point(3), point(3)])


@pytest.mark.parametrize("interval_s", [0, -60, 7, 3601])
def test_an_interval_divides_an_hour(interval_s: int) -> None:
    with pytest.raises(HoursOptionError, match="3600"):
        gathered([], interval_s)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), None])
def test_a_valid_point_has_a_finite_value(value: float | None) -> None:
    with pytest.raises(RecordError, match="value"):
        Point(at_ns=START, value=value)


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_an_operating_share_lies_between_0_and_1(share: float) -> None:
    with pytest.raises(RecordError, match="operating"):
        HourlyRecord(at_ns=START, value=1.0, operating_share=share)


def test_an_hour_begins_at_a_full_hour() -> None:
    with pytest.raises(RecordError, match="full hour"):
        HourlyRecord(at_ns=START + 1, value=1.0)
