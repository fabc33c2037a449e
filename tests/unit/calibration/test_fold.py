import math
from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.basis import Share
from calibration.errors import CertificateError
from calibration.fold import RegisterChannel, RegisterFold, feed_register
from calibration.increment import (
    NS_PER_HOUR,
    Exchange,
    FindingKind,
    Missed,
    RegisterReading,
    RegisterTraits,
)
from calibration.timeline import timeline
from calibration.uncertainty import Influence, combine
from calibration.window import RegisterWindow, components_of, merge_register
from tests.unit.calibration.examples import (
    CLOCK,
    CO2,
    MINUTE_NS,
    START_NS,
    UNCORRECTED,
    always,
    calibrated,
    polynomial,
    reading,
)

U = 0.1 / math.sqrt(12.0)
TRAITS = RegisterTraits(resolution=0.1, rollover=10_000.0, rated_rate=600.0)
CHANNEL = RegisterChannel(channel="m", timeline=always(UNCORRECTED), clock=CLOCK, traits=TRAITS)
EXCHANGE = Exchange(
    at_ns=START_NS + round(130.5 * MINUTE_NS),
    closing_value=9400.0,
    opening_value=5.0,
    old_serial="A-1",
    new_serial="B-2",
)


def _fed(
    readings: list[RegisterReading],
    channel: RegisterChannel = CHANNEL,
    missed: tuple[Missed, ...] = (),
) -> list[RegisterWindow]:
    return feed_register(RegisterFold(), channel, readings, missed)[1]


def _rising(
    minutes: int, rate: float = 2.0, start: float = 100.0, u: float = U
) -> list[RegisterReading]:
    return [reading(minute, start + rate * minute, u) for minute in range(minutes + 1)]


def test_an_hour_is_complete_when_a_reading_stands_at_its_end() -> None:
    fold, windows = feed_register(RegisterFold(), CHANNEL, _rising(59))
    assert windows == []
    _, windows = feed_register(fold, CHANNEL, [reading(60, 220.0, U)])
    assert [(window.start_ns, window.value) for window in windows] == [(START_NS, 120.0)]


def test_a_gap_costs_completeness_of_its_hours_and_nothing_of_the_total() -> None:
    readings = [each for k, each in enumerate(_rising(360)) if not 30 < k < 290]
    missed = tuple(
        Missed(at_ns=START_NS + minute * MINUTE_NS, reason="timeout") for minute in range(31, 290)
    )
    windows = _fed(readings, missed=missed)
    assert [window.tally.present for window in windows] == [30, 0, 0, 0, 11, 60]
    assert [window.tally.missed.get("timeout", 0) for window in windows] == [30, 60, 60, 60, 49, 0]
    total = merge_register(windows)
    assert total.value == pytest.approx(720.0, rel=1e-14)
    # the interpolated edges are wide in the hours and cancel in the total
    hours = [combine(components_of(window)) for window in windows]
    assert hours[1] > 100.0
    assert combine(components_of(total)) == pytest.approx(math.sqrt(2.0) * U, rel=1e-9)


def test_a_month_of_hours_is_uncertain_by_the_two_outer_readings_only() -> None:
    readings = [reading(15 * k, 30.0 * k, U) for k in range(720 * 4 + 1)]
    total = merge_register(_fed(readings))
    assert total.value == pytest.approx(86_400.0, rel=1e-14)
    assert combine(components_of(total)) == pytest.approx(0.1 / math.sqrt(6.0), rel=1e-14)
    assert total.fresh_variance == 0.0


@pytest.mark.parametrize("hours", [1, 24, 240])
def test_how_many_hours_lie_between_two_readings_does_not_matter(hours: int) -> None:
    readings = [reading(15 * k, 30.0 * k, U) for k in range(hours * 4 + 1)]
    total = merge_register(_fed(readings))
    assert combine(components_of(total)) == pytest.approx(0.1 / math.sqrt(6.0), rel=1e-14)


def test_a_new_certificate_in_mid_month_adds_no_step_of_the_register() -> None:
    change_ns = START_NS + 300 * NS_PER_HOUR
    gains = (0.01, -0.005)
    calibrations = [
        calibrated(polynomial(error), certificate=f"C-{k}") for k, error in enumerate(gains)
    ]
    changes = timeline("kW.h", [(0, calibrations[0]), (change_ns, calibrations[1])])
    channel = msgspec.structs.replace(
        CHANNEL, timeline=changes, traits=RegisterTraits(resolution=0.1, rated_rate=600.0)
    )
    start = 1_234_567.0 - 300 * 120.0
    readings = [reading(15 * k, start + 30.0 * k, U) for k in range(720 * 4 + 1)]
    assert readings[300 * 4].value == 1_234_567.0
    windows = _fed(readings, channel)
    total = merge_register(windows)
    before, after = 300 * 120.0 / 1.01, 420 * 120.0 / 0.995
    assert total.value == pytest.approx(before + after, rel=1e-14)
    hours = [window.value for window in windows]
    assert max(hours) == pytest.approx(120.0 / 0.995)
    assert min(hours) == pytest.approx(120.0 / 1.01)
    assert abs(total.value - total.uncorrected) < 200.0  # register x change of gain were 18,400
    assert total.grounds.certificates == ("C-0", "C-1")
    gain = [1.0 / 1.01, 1.0 / 0.995]
    u = U * math.hypot(gain[0], gain[1], gain[1] - gain[0])
    assert combine(components_of(total)) == pytest.approx(u, rel=1e-12)


def test_an_exchange_joins_the_old_meters_growth_to_the_new_ones() -> None:
    channel = msgspec.structs.replace(CHANNEL, exchanges=(EXCHANGE,))
    old = [reading(minute, 9139.0 + 2.0 * minute, U) for minute in range(131)]
    new = [reading(minute, 5.0 + 2.0 * (minute - 130.5), U) for minute in range(131, 241)]
    windows = _fed([*old, *new], channel)
    assert [window.value for window in windows] == pytest.approx([120.0] * 4)
    kinds = [[each.kind for each in window.findings] for window in windows]
    assert kinds == [[], [], [FindingKind.EXCHANGE], []]
    total = merge_register(windows)
    assert total.value == pytest.approx(480.0)
    assert combine(components_of(total)) == pytest.approx(2.0 * U)  # two readings a meter


def test_a_reset_between_two_hours_is_a_break_and_not_energy() -> None:
    old = [reading(minute, 500.0 + 2.0 * minute, U) for minute in range(61)]
    new = [reading(minute, 2.0 * (minute - 61), U) for minute in range(61, 181)]
    windows = _fed([*old, *new])
    assert [window.follows_break for window in windows] == [True, True, False]
    assert merge_register(windows).value == pytest.approx(120.0 + 118.0 + 120.0)


@pytest.mark.parametrize(
    ("calibration", "what"),
    [
        (calibrated(polynomial(0.0, 1.0), CO2), "states a value against the indication"),
        (
            calibrated(
                polynomial(0.0),
                shares=(Share(influence=Influence(id="factor:cable"), absolute=0.5),),
            ),
            "in the register's unit",
        ),
    ],
)
def test_what_cannot_act_on_increments_is_refused(calibration: object, what: str) -> None:
    with pytest.raises(CertificateError, match=what):
        msgspec.structs.replace(CHANNEL, timeline=always(calibration))  # type: ignore[arg-type]


def _eventful(seed: int) -> tuple[list[RegisterReading], tuple[Missed, ...]]:
    """Five hours of a meter with gaps, a spike, a rollover, an exchange and a reset."""
    rng = np.random.default_rng(seed)
    value, offset = 9150.0, float(rng.choice([0.0, 0.2, 0.5]))
    reset_at, spike_at = (int(each) for each in rng.integers(140, 290, 2))
    lost = set(rng.integers(0, 300, 40).tolist()) | set(range(70, 70 + int(rng.integers(1, 90))))
    readings, missed = [], []
    for minute in range(300):
        value += float(rng.uniform(0.0, 9.0))
        at_ns = START_NS + round((minute + offset) * MINUTE_NS)
        if at_ns >= EXCHANGE.at_ns > at_ns - MINUTE_NS:
            value = 5.0 + float(rng.uniform(0.0, 4.0))
        if minute == reset_at:
            value = 0.0
        if minute in lost:
            missed.append(Missed(at_ns=at_ns, reason="timeout"))
            continue
        shown = 5555.0 if minute == spike_at else value % 10_000.0
        readings.append(reading(minute + offset, round(shown, 1), U))
    return readings, tuple(missed)


def _in_portions(
    readings: list[RegisterReading],
    missed: tuple[Missed, ...],
    channel: RegisterChannel,
    cuts: list[int],
) -> tuple[RegisterFold, list[RegisterWindow]]:
    fold, windows = RegisterFold(), []
    edges = [0, *sorted(cuts), 300]
    for start, end in pairwise(edges):
        low, high = START_NS + start * MINUTE_NS, START_NS + end * MINUTE_NS
        fold, more = feed_register(
            fold,
            channel,
            [each for each in readings if low <= each.at_ns < high],
            [each for each in missed if low <= each.at_ns < high],
        )
        windows += more
    return fold, windows


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    cuts=st.lists(st.integers(0, 300), max_size=12),
)
def test_feeding_in_any_portions_gives_the_same_windows(seed: int, cuts: list[int]) -> None:
    readings, missed = _eventful(seed)
    channel = msgspec.structs.replace(
        CHANNEL,
        timeline=always(calibrated(polynomial(0.004, covariance=[[1e-6]]))),
        exchanges=(EXCHANGE,),
    )
    whole = _in_portions(readings, missed, channel, [])
    assert _in_portions(readings, missed, channel, cuts) == whole


def test_a_meter_that_is_silent_for_days_is_counted_by_the_hour_and_not_by_the_poll() -> None:
    silent = range(121, 121 + 3 * 24 * 60)
    fold, windows = feed_register(RegisterFold(), CHANNEL, _rising(120))
    for minute in silent:
        missed = Missed(at_ns=START_NS + minute * MINUTE_NS, reason="timeout")
        fold, more = feed_register(fold, CHANNEL, [], [missed])
        assert not more
    assert len(fold.missed) == 3 * 24
    back = silent.stop
    fold, more = feed_register(fold, CHANNEL, [reading(back, 100.0 + 2.0 * back, U)])
    windows += more
    assert fold.missed == ()
    assert sum(window.tally.missed.get("timeout", 0) for window in windows) == len(silent)
    assert windows[5].tally.missed == {"timeout": 60}


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_windows_of_an_eventful_day_always_join(seed: int) -> None:
    readings, _ = _eventful(seed)
    channel = msgspec.structs.replace(CHANNEL, exchanges=(EXCHANGE,))
    windows = _fed(readings, channel)
    total = merge_register(windows)
    assert total.value == pytest.approx(math.fsum(window.value for window in windows))
    assert total.value <= 300 * 9.0 + 0.2 * 300
