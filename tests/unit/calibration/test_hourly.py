import math
from itertools import pairwise

import numpy as np
import pytest

from calibration.hourly import ChannelClock, Piece, corrected, cut, register_window
from calibration.increment import NS_PER_HOUR, RegisterReading, Step
from calibration.indication import Quality
from calibration.uncertainty import combine
from calibration.window import components_of
from tests.unit.calibration.examples import (
    CLOCK,
    START_NS,
    UNCORRECTED,
    always,
    calibrated,
    piecewise,
    polynomial,
    reading,
)

U = 0.1 / math.sqrt(12.0)


def _step(opening: RegisterReading, closing: RegisterReading) -> Step:
    return Step(opening=opening, closing=closing, increment=closing.value - opening.value)


def _pieces(readings: list[RegisterReading]) -> list[Piece]:
    steps = [_step(a, b) for a, b in pairwise(readings)]
    return [piece for step in steps for piece in cut(step, CLOCK)]


def test_a_step_within_an_hour_is_one_piece() -> None:
    (piece,) = cut(_step(reading(1, 0.0), reading(2, 3.0)), CLOCK)
    assert (piece.hour_ns, piece.increment, piece.rate) == (START_NS, 3.0, 180.0)


def test_a_step_over_an_edge_is_cut_in_proportion_to_time() -> None:
    before, after = cut(_step(reading(59.5, 100.0), reading(61.5, 104.0)), CLOCK)
    assert (before.increment, after.increment) == (1.0, 3.0)
    assert before.closing == after.opening
    assert before.closing.quality == Quality.INTERPOLATED
    assert not before.closing.polled
    assert before.closing.value == 101.0
    assert before.rate == after.rate == 120.0


@pytest.mark.parametrize(
    ("minutes", "apart"),
    [((59.5, 61.5), 0.5), ((50.0, 61.0), -1.0), ((59.9, 70.0), 0.1)],
)
def test_near_an_interpolated_edge_the_rate_lies_between_none_and_twice_the_mean(
    minutes: tuple[float, float], apart: float
) -> None:
    opening, closing = (reading(minute, 4.0 * k, U) for k, minute in enumerate(minutes))
    edge = cut(_step(opening, closing), CLOCK)[0].closing
    rng = np.random.default_rng(7)
    mean_rate = 4.0 / (minutes[1] - minutes[0])
    truth = (opening.value, closing.value)[apart < 0.0] + apart * mean_rate * rng.uniform(
        0.0, 2.0, 200_000
    )
    ends = rng.normal(0.0, U, (2, 200_000))
    share = (60.0 - minutes[0]) / (minutes[1] - minutes[0])
    shown = edge.value + (1.0 - share) * ends[0] + share * ends[1]
    scatter = float(np.sqrt(np.mean((shown - truth) ** 2)))
    assert edge.standard_uncertainty == pytest.approx(scatter, rel=0.01)


def test_a_reading_a_moment_off_the_hour_stands_for_the_edge() -> None:
    pieces = _pieces([reading(30, 0.0), reading(60.01, 5.0), reading(90, 9.0)])
    assert [(piece.hour_ns, piece.increment) for piece in pieces] == [
        (START_NS, 5.0),
        (START_NS + NS_PER_HOUR, 4.0),
    ]


def test_a_gap_of_hours_keeps_its_total_and_has_a_piece_in_every_hour() -> None:
    pieces = _pieces([reading(30, 100.0), reading(330, 400.0)])
    hours = [START_NS + k * NS_PER_HOUR for k in range(6)]
    assert [piece.hour_ns for piece in pieces] == hours
    assert math.fsum(piece.increment for piece in pieces) == pytest.approx(300.0, rel=1e-14)
    assert [piece.closing.polled for piece in pieces] == [False] * 5 + [True]


def test_an_hours_energy_is_the_sum_of_increments_over_one_plus_error_at_their_load() -> None:
    curve = piecewise([5.0, 100.0], [0.02, 0.001])
    readings = [reading(m, v) for m, v in ((0, 0.0), (30, 10.0), (45, 30.0), (60, 31.0))]
    window = register_window("m", corrected(_pieces(readings), always(calibrated(curve))), CLOCK)
    loads, growths = [20.0, 80.0, 4.0], [10.0, 20.0, 1.0]
    errors = curve.value(np.array(loads))
    expected = math.fsum(g / (1.0 + e) for g, e in zip(growths, errors, strict=True))
    assert window.value == pytest.approx(expected, rel=1e-14)
    assert window.uncorrected == 31.0


def test_without_a_certificate_the_energy_is_the_registers_growth() -> None:
    readings = [reading(m, v) for m, v in ((0, 0.0), (30, 10.0), (45, 30.0), (60, 31.0))]
    window = register_window("m", corrected(_pieces(readings), always(UNCORRECTED)), CLOCK)
    assert window.value == window.uncorrected == 31.0


def test_inner_readings_cancel_and_the_ends_keep_their_signs() -> None:
    readings = [reading(m, 2.0 * m, U) for m in range(61)]
    window = register_window("m", corrected(_pieces(readings), always(UNCORRECTED)), CLOCK)
    parts = {part.influence.id: part.contribution for part in window.components}
    assert parts == {"read:m/s0": -U, "read:m/s60": U}
    assert window.fresh_variance == 0.0


def test_a_load_dependent_gain_leaves_a_little_of_every_inner_reading() -> None:
    curve = piecewise([0.0, 100.0], [0.0, 0.02])
    readings = [reading(m, v, U) for m, v in ((0, 0.0), (30, 10.0), (60, 50.0))]
    window = register_window("m", corrected(_pieces(readings), always(calibrated(curve))), CLOCK)
    slope = 0.02 / 100.0
    gains = [1 / (1 + e) * (1 - load * slope / (1 + e)) for load, e in ((20, 0.004), (80, 0.016))]
    assert window.fresh_variance == pytest.approx(((gains[0] - gains[1]) * U) ** 2, rel=1e-9)
    parts = {part.influence.id: part.contribution for part in window.components}
    assert parts == pytest.approx({"read:m/s0": -gains[0] * U, "read:m/s60": gains[1] * U})


def test_a_broken_run_has_four_ends() -> None:
    first = _pieces([reading(0, 0.0, U), reading(20, 5.0, U)])
    second = _pieces([reading(40, 0.0, U), reading(60, 5.0, U)])
    window = register_window("m", corrected(first + second, always(UNCORRECTED)), CLOCK)
    assert combine(components_of(window)) == pytest.approx(2.0 * U)
    assert window.value == 10.0


def test_readings_outside_the_measuring_interval_are_counted_as_such() -> None:
    curve = polynomial(0.0, interval=(5.0, 100.0))
    readings = [reading(m, v) for m, v in ((0, 0.0), (30, 1.0), (60, 31.0))]
    window = register_window("m", corrected(_pieces(readings), always(calibrated(curve))), CLOCK)
    assert window.tally.qualities == {"outside_measuring_interval": 1, "good": 1}


def test_a_clock_moves_both_edges_so_only_the_change_of_load_counts() -> None:
    clock = ChannelClock(agent="gw-1", period_ns=CLOCK.period_ns, standard_uncertainty_s=9.0)
    readings = [reading(m, v) for m, v in ((0, 0.0), (30, 10.0), (60, 50.0))]
    window = register_window("m", corrected(_pieces(readings), always(UNCORRECTED)), clock)
    by_id = {part.influence.id: part.contribution for part in window.components}
    assert by_id["clock:gw-1"] == pytest.approx((80.0 - 20.0) * 9.0 / 3600.0)


def test_polls_present_and_expected_are_counted() -> None:
    readings = [reading(m, float(m)) for m in range(61) if m not in {7, 8}]
    window = register_window(
        "m", corrected(_pieces(readings), always(UNCORRECTED)), CLOCK, missed=["timeout", "timeout"]
    )
    assert window.tally.expected == 60
    assert window.tally.present == 58
    assert window.tally.missed == {"timeout": 2}
