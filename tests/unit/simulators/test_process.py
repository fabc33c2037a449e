import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from simulators.errors import SimulationRangeError
from simulators.process import (
    DAY_NS,
    HOUR_NS,
    WEEK_NS,
    ConstantProcess,
    DailyPattern,
    Harmonic,
    Process,
    RepeatedProcess,
    ScaledProcess,
    replayed_process,
    seeded_process,
)

QUARTER_NS = HOUR_NS // 4
MONDAY_NS = 1_767_571_200_000_000_000  # 2026-01-05T00:00:00Z
FACTORY = DailyPattern(
    base=30.0,
    daily_amplitude=10.0,
    slow_amplitude=8.0,
    peak_hour=15.0,
    weekend_share=0.3,
    utc_offset_h=8.0,
)
instants = st.integers(min_value=MONDAY_NS - WEEK_NS, max_value=MONDAY_NS + 2 * WEEK_NS)
processes: list[Process] = [
    ConstantProcess(value=3.5),
    Harmonic(amplitude=2.0, period_ns=DAY_NS, peak_ns=7 * HOUR_NS),
    seeded_process(FACTORY, np.random.default_rng(1)),
    replayed_process(MONDAY_NS, QUARTER_NS, [1.0, 2.5, 0.0, 4.25]),
    RepeatedProcess(
        recorded=replayed_process(0, QUARTER_NS, [1.0, 2.5, 0.0, 4.25]), begins_at_ns=MONDAY_NS
    ),
    ScaledProcess(process=ConstantProcess(value=3.5), factor=-2.0),
]


@pytest.mark.parametrize("process", processes, ids=lambda process: type(process).__name__)
@given(first=instants, second=instants, third=instants)
def test_amounts_of_adjoining_intervals_add_up(
    process: Process, first: int, second: int, third: int
) -> None:
    parts = process.amount(first, second) + process.amount(second, third)
    assert parts == pytest.approx(process.amount(first, third), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("process", processes, ids=lambda process: type(process).__name__)
@given(at=instants)
def test_the_amount_of_a_short_interval_is_the_rate_times_its_hours(
    process: Process, at: int
) -> None:
    middle = at // QUARTER_NS * QUARTER_NS + QUARTER_NS // 2  # away from the steps of a recording
    length_ns = 1_000_000
    amount = process.amount(middle - length_ns, middle + length_ns)
    hours = 2 * length_ns / HOUR_NS
    assert amount == pytest.approx(process.rate(middle) * hours, rel=1e-9, abs=1e-15)


def test_a_seeded_amount_equals_an_independent_quadrature() -> None:
    process = seeded_process(FACTORY, np.random.default_rng(5))
    friday_ns = MONDAY_NS + 4 * DAY_NS
    hours = 12.0
    found, _ = quad(lambda h: process.rate(friday_ns + round(h * HOUR_NS)), 0.0, hours, limit=200)
    assert process.amount(friday_ns, friday_ns + 12 * HOUR_NS) == pytest.approx(found, rel=1e-7)


def test_the_weekend_share_begins_on_saturday_midnight_local_standard_time() -> None:
    steady = seeded_process(
        DailyPattern(base=10.0, weekend_share=0.2, utc_offset_h=8.0), np.random.default_rng(0)
    )
    saturday_ns = MONDAY_NS + 5 * DAY_NS - 8 * HOUR_NS
    assert steady.rate(saturday_ns - 1) == 10.0
    assert steady.rate(saturday_ns) == 2.0
    assert steady.rate(saturday_ns + 2 * DAY_NS - 1) == 2.0
    assert steady.rate(saturday_ns + 2 * DAY_NS) == 10.0
    week_amount = steady.amount(MONDAY_NS, MONDAY_NS + WEEK_NS)
    assert week_amount == pytest.approx(10.0 * (5 + 2 * 0.2) * 24, rel=1e-12)


@given(seed=st.integers(0, 1000), at=instants)
def test_a_seeded_rate_is_never_negative(seed: int, at: int) -> None:
    pattern = DailyPattern(base=10.0, daily_amplitude=4.0, slow_amplitude=6.0)
    assert seeded_process(pattern, np.random.default_rng(seed)).rate(at) >= -1e-12


def test_a_seed_decides_the_whole_process() -> None:
    one = seeded_process(FACTORY, np.random.default_rng(3))
    assert one == seeded_process(FACTORY, np.random.default_rng(3))
    assert one != seeded_process(FACTORY, np.random.default_rng(4))


@pytest.mark.parametrize(
    "pattern",
    [
        DailyPattern(base=1.0, daily_amplitude=0.7, slow_amplitude=0.7),
        DailyPattern(base=1.0, daily_amplitude=-0.1),
        DailyPattern(base=1.0, weekend_share=1.5),
    ],
)
def test_a_pattern_whose_rate_could_be_negative_is_refused(pattern: DailyPattern) -> None:
    with pytest.raises(SimulationRangeError, match="E_SIM_RANGE"):
        seeded_process(pattern, np.random.default_rng(0))


def test_a_recording_flows_at_a_constant_rate_within_an_interval_and_not_outside() -> None:
    recorded = replayed_process(MONDAY_NS, QUARTER_NS, [1.0, 3.0])
    assert recorded.rate(MONDAY_NS - 1) == 0.0
    assert recorded.rate(MONDAY_NS) == 4.0
    assert recorded.rate(MONDAY_NS + QUARTER_NS) == 12.0
    assert recorded.rate(recorded.closing_ns) == 0.0
    third_ns = QUARTER_NS // 3
    assert recorded.amount(0, MONDAY_NS + third_ns) == pytest.approx(1 / 3)
    assert recorded.amount(MONDAY_NS - 1, recorded.closing_ns + 1) == 4.0


def test_a_repeated_recording_brings_its_total_in_every_turn() -> None:
    recorded = replayed_process(0, QUARTER_NS, [1.0, 3.0, 0.5])
    repeated = RepeatedProcess(recorded=recorded, begins_at_ns=MONDAY_NS)
    turn_ns = 3 * QUARTER_NS
    assert repeated.amount(MONDAY_NS, MONDAY_NS + 100 * turn_ns) == pytest.approx(450.0)
    assert repeated.rate(MONDAY_NS - turn_ns) == repeated.rate(MONDAY_NS) == 4.0


def test_a_recording_needs_an_interval_and_an_amount() -> None:
    with pytest.raises(SimulationRangeError):
        replayed_process(0, 0, [1.0])
    with pytest.raises(SimulationRangeError):
        replayed_process(0, QUARTER_NS, [])


def test_a_harmonic_peaks_where_it_says() -> None:
    harmonic = Harmonic(amplitude=2.0, period_ns=DAY_NS, peak_ns=7 * HOUR_NS)
    assert harmonic.rate(MONDAY_NS + 7 * HOUR_NS) == 2.0
    assert harmonic.rate(MONDAY_NS + 19 * HOUR_NS) == pytest.approx(-2.0)
    half_ns = DAY_NS // 4
    around = harmonic.amount(7 * HOUR_NS - half_ns, 7 * HOUR_NS + half_ns)
    assert around == pytest.approx(2.0 * 24 / math.pi)
