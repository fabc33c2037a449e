import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simulators.errors import SimulationRangeError
from simulators.instrument import (
    YEAR_NS,
    InstrumentSpec,
    InstrumentTruth,
    RegisterState,
    advance,
    draw_instrument,
    indicated_rate,
    indicated_total,
    noise_at,
    relative_error_at,
)
from simulators.process import DAY_NS, HOUR_NS, ConstantProcess, replayed_process

IDEAL = InstrumentTruth(
    relative_error=(0.0, 0.0),
    load_centre=0.0,
    offset=0.0,
    drift_per_year=0.0,
    calibrated_at_ns=0,
    temperature_coefficient_per_K=0.0,
    reference_Cel=23.0,
    temperature=ConstantProcess(value=23.0),
    noise=0.0,
    noise_seed=9,
    gain=1.0,
    register_resolution=0.0,
    rate_resolution=0.0,
    rollover_modulus=0.0,
)
START = RegisterState(at_ns=0, total=0.0)
MINUTE_NS = 60_000_000_000


def total_after(truth: InstrumentTruth, load: float, to_ns: int, step_ns: int) -> float:
    return advance(START, truth, ConstantProcess(value=load), to_ns, step_ns).total


def test_an_ideal_register_counts_the_amount() -> None:
    assert total_after(IDEAL, 12.0, DAY_NS, HOUR_NS) == pytest.approx(288.0, rel=1e-14)


def test_the_error_of_the_load_is_a_polynomial_about_its_centre() -> None:
    truth = replace(IDEAL, relative_error=(0.001, 2e-5, -1e-7), load_centre=40.0)
    expected = 50.0 * 24 * (1 + 0.001 + 2e-5 * 10 - 1e-7 * 100)
    assert total_after(truth, 50.0, DAY_NS, HOUR_NS) == pytest.approx(expected, rel=1e-13)


def test_drift_adds_half_of_its_final_value_to_the_total_of_the_time() -> None:
    truth = replace(IDEAL, drift_per_year=0.004, calibrated_at_ns=0)
    hours = YEAR_NS / HOUR_NS
    expected = 10.0 * hours * (1 + 0.004 / 2)
    assert total_after(truth, 10.0, YEAR_NS, DAY_NS) == pytest.approx(expected, rel=1e-12)
    assert relative_error_at(truth, 10.0, 2 * YEAR_NS, 23.0) == pytest.approx(0.008)


def test_temperature_acts_on_its_difference_from_the_reference() -> None:
    truth = replace(
        IDEAL, temperature_coefficient_per_K=1e-4, temperature=ConstantProcess(value=28.0)
    )
    assert total_after(truth, 10.0, HOUR_NS, MINUTE_NS) == pytest.approx(10.0 * (1 + 5e-4))
    rate = indicated_rate(truth, ConstantProcess(value=10.0), HOUR_NS)
    assert rate == pytest.approx(10.0 * (1 + 5e-4))


def test_a_gain_multiplies_what_is_counted() -> None:
    assert total_after(replace(IDEAL, gain=2.0), 10.0, HOUR_NS, MINUTE_NS) == pytest.approx(20.0)


def test_a_recording_of_a_year_is_counted_to_its_sum_within_the_resolution() -> None:
    amounts = np.random.default_rng(3).uniform(0.0, 40.0, 35_040).round(2)
    quarter_ns = HOUR_NS // 4
    recorded = replayed_process(0, quarter_ns, amounts.tolist())
    truth = replace(IDEAL, register_resolution=0.01)
    end = advance(START, truth, recorded, 365 * DAY_NS, quarter_ns)
    shown = indicated_total(truth, end.total)
    assert abs(shown - math.fsum(amounts)) < 0.01 + 1e-6


@given(cuts=st.lists(st.integers(0, DAY_NS), max_size=5))
def test_whole_steps_do_not_depend_on_when_the_register_was_read(cuts: list[int]) -> None:
    truth = replace(IDEAL, relative_error=(0.0, 1e-3))
    recorded = replayed_process(0, HOUR_NS, [float(hour) for hour in range(24)])
    direct = advance(START, truth, recorded, DAY_NS, HOUR_NS)
    state = START
    for cut in sorted(cuts):
        whole_ns = cut // HOUR_NS * HOUR_NS
        state = advance(state, truth, recorded, whole_ns, HOUR_NS)
    assert advance(state, truth, recorded, DAY_NS, HOUR_NS) == direct


def test_a_register_is_never_counted_backwards() -> None:
    with pytest.raises(SimulationRangeError, match="E_SIM_RANGE"):
        advance(RegisterState(at_ns=5, total=0.0), IDEAL, ConstantProcess(value=1.0), 4, 1)
    with pytest.raises(SimulationRangeError):
        advance(START, IDEAL, ConstantProcess(value=1.0), 4, 0)


def test_a_register_is_truncated_and_rolls_over() -> None:
    truth = replace(IDEAL, register_resolution=0.1, rollover_modulus=1000.0)
    assert indicated_total(truth, 12.39) == pytest.approx(12.3)
    assert indicated_total(truth, 999.99) == pytest.approx(999.9)
    assert indicated_total(truth, 1000.05) == pytest.approx(0.0)
    assert indicated_total(replace(IDEAL, rollover_modulus=100.0), 250.5) == pytest.approx(50.5)
    assert indicated_total(IDEAL, 250.55) == 250.55


def test_a_rate_is_rounded_and_has_an_offset() -> None:
    truth = replace(IDEAL, rate_resolution=0.5, offset=0.2)
    assert indicated_rate(truth, ConstantProcess(value=3.1), 0) == 3.5
    assert indicated_rate(truth, ConstantProcess(value=3.0), 0) == 3.0


@given(at=st.integers(0, 2**62))
def test_noise_is_the_same_when_it_is_read_twice(at: int) -> None:
    truth = replace(IDEAL, noise=0.3)
    assert noise_at(truth, at) == noise_at(truth, at)
    assert noise_at(truth, at) != noise_at(truth, at + 1)
    assert noise_at(truth, at) != noise_at(replace(truth, noise_seed=10), at)


def test_noise_of_successive_instants_is_normal_and_uncorrelated() -> None:
    truth = replace(IDEAL, noise=0.3)
    noise = np.array([noise_at(truth, at * 1_000_000_000) for at in range(4000)])
    assert stats.kstest(noise / 0.3, "norm").pvalue > 1e-4
    assert abs(np.corrcoef(noise[:-1], noise[1:])[0, 1]) < 4 / math.sqrt(4000)


def test_instruments_are_drawn_with_the_stated_standard_deviations() -> None:
    spec = InstrumentSpec(
        bias_standard_deviation=0.002,
        slope_standard_deviation=1e-5,
        offset_standard_deviation=0.7,
        drift_standard_deviation_per_year=3e-4,
        temperature_standard_deviation_per_K=1e-5,
    )
    rng = np.random.default_rng(11)
    drawn = [draw_instrument(spec, 0, ConstantProcess(value=23.0), rng) for _ in range(2000)]
    for name, deviation in (
        ("bias", 0.002),
        ("slope", 1e-5),
        ("offset", 0.7),
        ("drift", 3e-4),
        ("kelvin", 1e-5),
    ):
        values = np.array([numbers(one)[name] for one in drawn])
        chi_squared = float((values**2).sum() / deviation**2)
        assert 1e-4 < stats.chi2(2000).cdf(chi_squared) < 1 - 1e-4, name


def numbers(truth: InstrumentTruth) -> dict[str, float]:
    return {
        "bias": truth.relative_error[0],
        "slope": truth.relative_error[1],
        "offset": truth.offset,
        "drift": truth.drift_per_year,
        "kelvin": truth.temperature_coefficient_per_K,
    }


@pytest.mark.parametrize(
    "spec",
    [
        InstrumentSpec(noise=-1.0),
        InstrumentSpec(bias_standard_deviation=math.nan),
        InstrumentSpec(load_centre=math.inf),
        InstrumentSpec(register_resolution=1.0, rollover_modulus=1.0),
    ],
)
def test_a_specification_out_of_range_is_refused(spec: InstrumentSpec) -> None:
    with pytest.raises(SimulationRangeError):
        draw_instrument(spec, 0, ConstantProcess(value=23.0), np.random.default_rng(0))
