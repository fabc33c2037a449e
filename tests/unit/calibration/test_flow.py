import math
from dataclasses import replace
from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from calibration.basis import UncertaintyBasis
from calibration.errors import UnitMismatchError
from calibration.flow import FlowChannel, FlowRows, amount_unit, flow_window, weight
from calibration.flow_fold import FlowFold, feed_flow
from calibration.function import Floats
from calibration.hourly import ChannelClock
from calibration.increment import NS_PER_HOUR, Missed
from calibration.indication import Quality
from calibration.measurand import Accumulation, KindOfQuantity, Measurand
from calibration.uncertainty import Influence, combine
from calibration.window import FlowWindow, Grounds, components_of, merge_flow
from tests.unit.calibration.examples import CLOCK, MINUTE_NS, START_NS

POWER = Measurand(
    kind_of_quantity=KindOfQuantity.ACTIVE_POWER,
    unit="kW",
    subject="line 1",
    accumulation=Accumulation.RATE,
)
INTERVAL = Measurand(
    kind_of_quantity=KindOfQuantity.ACTIVE_ENERGY,
    unit="kW.h",
    subject="line 1",
    accumulation=Accumulation.INTERVAL,
)
CHANNEL = FlowChannel(channel="p", measurand=POWER, clock=CLOCK)
GROUNDS = Grounds(basis=UncertaintyBasis.CALIBRATION, serials=("A-1",), certificates=("C-1",))
CLASS = Influence(id="inst:A-1/class")


def _rows(value: Floats, first_minute: float = 0.0, fresh: float = 0.0) -> FlowRows:
    n = len(value)
    return FlowRows(
        at_ns=START_NS + ((first_minute + np.arange(n)) * MINUTE_NS).astype(np.int64),
        indication=value,
        value=value,
        contributions={CLASS: 0.01 * value},
        fresh=np.full(n, fresh),
        qualities=(Quality.GOOD,) * n,
        grounds=GROUNDS,
    )


def _window(value: Floats, fresh: float = 0.0, resolution: float = 0.0) -> FlowWindow:
    channel = msgspec.structs.replace(CHANNEL, resolution=resolution)
    return flow_window(channel, START_NS, [_rows(value, fresh=fresh)], [])


def test_a_rate_integrates_to_an_amount_over_the_time_its_readings_stand_for() -> None:
    window = _window(np.full(60, 30.0))
    assert window.unit == "kW.h"
    assert window.value == pytest.approx(30.0)
    assert amount_unit(POWER) == "kW.h"
    assert weight(POWER, CLOCK) == pytest.approx(1.0 / 60.0)


def test_a_rate_per_second_integrates_by_the_second() -> None:
    flow = msgspec.structs.replace(POWER, kind_of_quantity=KindOfQuantity.MASS_FLOW, unit="kg/s")
    assert weight(flow, CLOCK) == pytest.approx(60.0)


def test_a_temperature_does_not_integrate() -> None:
    temperature = msgspec.structs.replace(
        POWER, kind_of_quantity=KindOfQuantity.TEMPERATURE, unit="Cel"
    )
    with pytest.raises(UnitMismatchError):
        amount_unit(temperature)


def test_interval_amounts_add_up_as_they_are() -> None:
    channel = msgspec.structs.replace(CHANNEL, measurand=INTERVAL)
    window = flow_window(channel, START_NS, [_rows(np.array([1.0, 2.5]))], [])
    assert (window.unit, window.value, window.sampling_variance) == ("kW.h", 3.5, 0.0)


def test_what_is_shared_adds_linearly_and_what_is_new_in_quadrature() -> None:
    window = _window(np.full(60, 30.0), fresh=0.6)
    by_id = {part.influence.id: part.contribution for part in components_of(window)}
    assert by_id["inst:A-1/class"] == pytest.approx(0.3)
    assert by_id["fresh:p"] == pytest.approx(0.6 / math.sqrt(60.0))


def test_readings_that_do_not_scatter_by_half_a_digit_share_their_resolution() -> None:
    rng = np.random.default_rng(11)
    u = 1.0 / math.sqrt(12.0) / 60.0
    still = _window(np.full(60, 30.0), resolution=1.0)
    assert math.sqrt(still.fresh_variance) == pytest.approx(60 * u)
    lively = _window(np.round(30.0 + rng.normal(0.0, 2.0, 60)), resolution=1.0)
    assert math.sqrt(lively.fresh_variance) == pytest.approx(math.sqrt(60) * u)
    single = _window(np.array([30.0]), resolution=1.0)
    assert math.sqrt(single.fresh_variance) == pytest.approx(u)


def _chi_squared_bounds(nu: int) -> tuple[float, float]:
    """Between these lies a variance estimate of nu degrees of freedom, 998 times in 1,000."""
    low, high = (float(stats.chi2.ppf(p, nu)) / nu for p in (0.001, 0.999))
    return low, high


def _white(seed: int, hours: int) -> list[FlowWindow]:
    rng = np.random.default_rng(seed)
    return [_window(100.0 + rng.normal(0.0, 6.0, 60)) for _ in range(hours)]


def test_the_sampling_estimate_is_the_variance_of_white_scatter() -> None:
    hours = 400
    total = math.fsum(window.sampling_variance for window in _white(5, hours))
    truth, nu = 60 * (6.0 / 60.0) ** 2, 30 * hours
    low, high = _chi_squared_bounds(nu)
    assert low < total / hours / truth < high


def test_the_sampling_estimate_covers_the_integrals_deviation() -> None:
    hours = 400
    squares = [
        (window.value - 100.0) ** 2 / window.sampling_variance for window in _white(9, hours)
    ]
    low, high = _chi_squared_bounds(hours)
    expected = 30.0 / 28.0  # mean of F(1, 30)
    assert low * expected < math.fsum(squares) / hours < high * expected * 1.05


def test_the_sampling_estimate_ignores_the_slow_course_of_the_rate() -> None:
    ramp = _window(np.linspace(0.0, 60.0, 60))
    assert math.sqrt(ramp.sampling_variance) < 0.005 * ramp.value


def test_merged_hours_keep_the_degrees_of_freedom_of_the_sampling_estimate() -> None:
    windows = [
        msgspec.structs.replace(
            window, start_ns=START_NS + k * NS_PER_HOUR, end_ns=START_NS + (k + 1) * NS_PER_HOUR
        )
        for k, window in enumerate(_white(3, 24))
    ]
    parts = {part.influence.id: part for part in components_of(merge_flow(windows))}
    nu = parts["sampling:p"].influence.degrees_of_freedom
    assert nu is not None
    assert 24 * 30 * 0.75 < nu <= 24 * 30


def _fed(
    portions: list[tuple[FlowRows, list[Missed]]], channel: FlowChannel = CHANNEL
) -> list[FlowWindow]:
    fold, windows = FlowFold(), []
    for rows, missed in portions:
        fold, more = feed_flow(fold, channel, rows, missed)
        windows += more
    return windows


@settings(max_examples=50, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    cuts=st.lists(st.integers(0, 300), max_size=10),
    accumulation=st.sampled_from([POWER, INTERVAL]),
)
def test_feeding_in_any_portions_gives_the_same_windows(
    seed: int, cuts: list[int], accumulation: Measurand
) -> None:
    rng = np.random.default_rng(seed)
    channel = msgspec.structs.replace(CHANNEL, measurand=accumulation, resolution=0.5)
    value, there = rng.uniform(20.0, 40.0, 300), rng.random(300) < 0.9
    rows = _rows(value, fresh=0.1)
    edges = [0, *sorted(cuts), 300]
    portions = []
    for start, end in ((0, 300), *pairwise(edges)):
        inside = (np.arange(300) >= start) & (np.arange(300) < end)
        missed = [
            Missed(at_ns=int(at_ns), reason="timeout") for at_ns in rows.at_ns[inside & ~there]
        ]
        portions.append((rows.taken(inside & there), missed))
    in_portions, whole = _fed(portions[1:], channel), _fed(portions[:1], channel)
    for one, other in zip(in_portions, whole, strict=True):
        assert combine(one.components) == pytest.approx(combine(other.components), rel=1e-12)
        bare = [msgspec.structs.replace(window, components=()) for window in (one, other)]
        assert bare[0] == bare[1]


def test_an_hour_that_comes_row_by_row_is_a_few_chunks_and_the_very_same_window() -> None:
    value = np.random.default_rng(12).normal(100.0, 6.0, 1_000)
    clock = msgspec.structs.replace(CLOCK, period_ns=NS_PER_HOUR // 900)
    channel = msgspec.structs.replace(CHANNEL, clock=clock)
    whole = _rows(value)
    rows = replace(whole, at_ns=START_NS + np.arange(1_000, dtype=np.int64) * clock.period_ns)
    fold, windows = FlowFold(), list[FlowWindow]()
    for n in range(1_000):
        picked = np.arange(1_000) == n
        fold, made = feed_flow(fold, channel, rows.taken(picked))
        windows += made
        assert len(fold.chunks) <= 11
    at_once, expected = feed_flow(FlowFold(), channel, rows)
    assert windows == expected
    assert sum(len(chunk.at_ns) for chunk in fold.chunks) == len(at_once.chunks[0].at_ns) == 100


def test_rows_that_rest_on_another_certificate_are_not_joined_to_those_before() -> None:
    other = msgspec.structs.replace(GROUNDS, certificates=("C-2",))
    fold, _ = feed_flow(FlowFold(), CHANNEL, _rows(np.array([1.0])))
    later = replace(_rows(np.array([1.0]), first_minute=1.0), grounds=other)
    fold, _ = feed_flow(fold, CHANNEL, later)
    assert [chunk.grounds for chunk in fold.chunks] == [GROUNDS, other]


def test_readings_that_come_again_are_not_counted_twice() -> None:
    first, second = _rows(np.full(60, 30.0)), _rows(np.full(61, 30.0))
    windows = _fed([(first, []), (first, []), (second, [])])
    assert [window.value for window in windows] == [pytest.approx(30.0)]


def test_an_hour_of_misses_is_a_window_that_says_so() -> None:
    first, after = _rows(np.full(60, 30.0)), _rows(np.full(60, 30.0), first_minute=120.0)
    missed = [
        Missed(at_ns=START_NS + minute * MINUTE_NS, reason="timeout") for minute in range(60, 120)
    ]
    windows = _fed([(first, []), (_rows(np.zeros(0)), missed), (after, [])])
    assert [window.tally.present for window in windows] == [60, 0]
    assert windows[1].tally.missed == {"timeout": 60}
    assert (windows[1].value, windows[1].grounds) == (0.0, GROUNDS)


def test_an_hour_rests_only_on_the_certificates_of_its_own_readings() -> None:
    renewed = Grounds(basis=UncertaintyBasis.VERIFICATION, serials=("A-1",), certificates=("V-2",))
    old, later = _rows(np.full(60, 30.0)), _rows(np.full(61, 30.0), first_minute=60.0)
    fold, windows = feed_flow(FlowFold(), CHANNEL, old)
    assert windows == []
    new = FlowRows(
        at_ns=later.at_ns,
        indication=later.indication,
        value=later.value,
        contributions=later.contributions,
        fresh=later.fresh,
        qualities=later.qualities,
        grounds=renewed,
    )
    _, windows = feed_flow(fold, CHANNEL, new)
    assert [window.grounds.certificates for window in windows] == [("C-1",), ("V-2",)]


def test_a_rates_reading_stands_for_the_time_after_it_and_an_amount_for_the_time_before() -> None:
    rows = _rows(np.arange(122.0))
    (first, _) = _fed([(rows, [])])
    assert first.uncorrected == pytest.approx(math.fsum(range(60)) / 60.0)
    amounts = msgspec.structs.replace(CHANNEL, measurand=INTERVAL)
    by_hour = [window.uncorrected for window in _fed([(rows, [])], amounts)]
    assert by_hour[-2:] == [math.fsum(range(1, 61)), math.fsum(range(61, 121))]


def test_a_window_of_a_slower_channel_expects_fewer_polls() -> None:
    clock = ChannelClock(agent="gw-1", period_ns=15 * MINUTE_NS)
    channel = msgspec.structs.replace(CHANNEL, clock=clock)
    window = flow_window(channel, START_NS, [_rows(np.full(4, 30.0))], [])
    assert (window.tally.expected, window.tally.present) == (4, 4)
    assert window.value == pytest.approx(30.0)
    assert combine(window.components) == pytest.approx(0.3)
