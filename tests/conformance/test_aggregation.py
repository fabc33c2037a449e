"""Sums of results under one certificate: S = sum of w*f(x; c), u^2 = g'Vg + fresh variance.

GUM 5.2.2 and F.1.2.3: what comes from one calibration is common to all its results. The
line is that of ISO/TS 28037:2010, EX 7; the closed forms were checked with two other
programs and a Monte Carlo simulation of 400,000 trials.
"""

import math
from collections.abc import Mapping

import msgspec
import numpy as np
import pytest

from calibration.apply import apply
from calibration.basis import InstrumentCalibration, UncertaintyBasis
from calibration.certificate import CalibrationResult
from calibration.flow import FlowChannel, FlowRows, flow_window
from calibration.function import CalibrationFunction, Floats
from calibration.hourly import ChannelClock
from calibration.increment import NS_PER_HOUR
from calibration.indication import Quality
from calibration.measurand import Accumulation, KindOfQuantity, Measurand
from calibration.stacked import Applied, stack
from calibration.uncertainty import Influence, combine
from calibration.window import FlowWindow, Grounds, components_of, merge_flow

START_NS = 1_767_225_600 * 1_000_000_000
CHANNEL = FlowChannel(
    channel="site/meter/energy",
    measurand=Measurand(
        kind_of_quantity=KindOfQuantity.ACTIVE_ENERGY,
        unit="kW.h",
        subject="feeder",
        accumulation=Accumulation.INTERVAL,
    ),
    clock=ChannelClock(agent="gw-1", period_ns=NS_PER_HOUR // 4),
)
EX_7 = CalibrationFunction(
    form="polynomial",
    coefficients=(0.5788221221495, 2.1596565673993),
    covariance=(
        (0.47642062962178**2, -0.05771693909851),
        (-0.05771693909851, 0.13554792746751**2),
    ),
    measuring_interval=(1.2, 5.9),
)
X = np.array([2.10, 2.35, 3.05, 4.40, 5.10, 3.75, 2.80, 4.95])
GROUNDS = Grounds(basis=UncertaintyBasis.CALIBRATION)


def _results(
    function: CalibrationFunction, x: Floats
) -> tuple[Floats, Floats, dict[Influence, Floats]]:
    """Value, sensitivity and contributions of interval amounts x, as an agent finds them."""
    result = CalibrationResult(
        kind_of_quantity=KindOfQuantity.ACTIVE_ENERGY,
        unit="kW.h",
        result="value",
        argument="indication",
        argument_unit="kW.h",
        measuring_interval=function.measuring_interval,
        function=function,
    )
    calibration = InstrumentCalibration(
        basis=UncertaintyBasis.CALIBRATION,
        serial="A-1",
        certificate="C-1",
        function=function,
        result=result,
    )
    table = stack([Applied(calibration=calibration, unit="kW.h")])
    row = np.zeros(len(x), dtype=np.int64)
    found = apply(table, row, x, x, row)
    contributions = {
        influence: found.contributions[:, k]
        for k, influence in enumerate(table.influences[0])
        if influence is not None
    }
    return found.value, found.sensitivity, contributions


def _window(
    value: Floats, contributions: Mapping[Influence, Floats], fresh: Floats, hour: int = 0
) -> FlowWindow:
    n = len(value)
    rows = FlowRows(
        at_ns=START_NS + hour * NS_PER_HOUR + np.arange(1, n + 1),
        indication=value,
        value=value,
        contributions=contributions,
        fresh=fresh,
        qualities=(Quality.GOOD,) * n,
        grounds=GROUNDS,
    )
    return flow_window(CHANNEL, START_NS + hour * NS_PER_HOUR, [rows], [])


def _per_reading(contributions: Mapping[Influence, Floats], fresh: Floats) -> Floats:
    common = np.sum([column**2 for column in contributions.values()], axis=0)
    return np.asarray(np.sqrt(common + fresh**2))


# Agg-A: eight readings, each with its own u(x) = 0.05.


def test_agg_a_the_sum_of_eight_readings_keeps_what_the_line_has_in_common() -> None:
    value, sensitivity, contributions = _results(EX_7, X)
    window = _window(value, contributions, sensitivity * 0.05)
    assert window.value == pytest.approx(66.18078915, rel=1e-9)
    assert combine(window.components) == pytest.approx(1.769532121, rel=1e-6)
    assert math.sqrt(window.fresh_variance) == pytest.approx(0.3054215608, rel=1e-9)
    u = combine(components_of(window))
    assert u == pytest.approx(1.795696594, rel=1e-6)
    assert 2.0 * u == pytest.approx(3.591393187, rel=1e-6)
    assert (window.value / 8.0, u / 8.0) == pytest.approx((8.272598644, 0.2244620742), rel=1e-6)


def test_agg_a_two_windows_merged_equal_one() -> None:
    value, sensitivity, contributions = _results(EX_7, X)
    halves = [
        _window(
            value[part],
            {key: column[part] for key, column in contributions.items()},
            sensitivity[part] * 0.05,
            hour,
        )
        for hour, part in enumerate((slice(0, 3), slice(3, 8)))
    ]
    merged = merge_flow(halves)
    assert merged.value == pytest.approx(66.18078915, rel=1e-9)
    assert combine(components_of(merged)) == pytest.approx(1.795696594, rel=1e-6)


def test_agg_a_neither_quadrature_nor_the_plain_sum_of_each_readings_u_is_right() -> None:
    value, sensitivity, contributions = _results(EX_7, X)
    each = _per_reading(contributions, sensitivity * 0.05)
    first_four = (0.277942, 0.26236142, 0.23975123, 0.29399623)
    expected = (*first_four, 0.35750821, 0.25324605, 0.24386114, 0.34267994)
    assert each == pytest.approx(expected, rel=2e-6)
    quadrature, plain = math.sqrt(math.fsum(each**2)), math.fsum(each)
    assert (quadrature, plain) == pytest.approx((0.8116915518, 2.2713462043), rel=1e-6)
    u = combine(components_of(_window(value, contributions, sensitivity * 0.05)))
    assert quadrature < 0.5 * u < u < 0.8 * plain


# Agg-A2: a million readings of 3.5; the mean's u does not sink below the line's 0.219.


def test_agg_a2_a_million_readings_do_not_average_the_calibration_down() -> None:
    n, hours = 1000, 1000
    value, sensitivity, contributions = _results(EX_7, np.full(n, 3.5))
    fresh = sensitivity * 0.05
    first = _window(value, contributions, fresh)
    merged = merge_flow(
        [
            msgspec.structs.replace(
                first,
                start_ns=first.start_ns + hour * NS_PER_HOUR,
                end_ns=first.end_ns + hour * NS_PER_HOUR,
            )
            for hour in range(hours)
        ]
    )
    million = float(n * hours)
    assert merged.value / million == pytest.approx(8.137620108, rel=1e-9)
    assert combine(merged.components) / million == pytest.approx(0.21915802629, rel=1e-6)
    assert math.sqrt(merged.fresh_variance) / million == pytest.approx(1.0798e-4, rel=5e-5)
    naive = float(_per_reading(contributions, fresh)[0]) / math.sqrt(million)
    assert naive == pytest.approx(2.443e-4, rel=3e-4)
    assert combine(components_of(merged)) / million > 850.0 * naive


# Agg-C: mass = sum of q*(a + b*x); q with 1 % new in each reading and 1.5 % in common.


Q = np.array([120.0, 118.0, 125.0, 131.0, 128.0, 122.0, 119.0, 127.0])


def test_agg_c_a_mass_flow_keeps_line_meter_and_noise_apart() -> None:
    concentration, sensitivity, contributions = _results(EX_7, X)
    mass = Q * concentration
    common = Influence(id="inst:Q-1/class")
    of_line = {influence: Q * column for influence, column in contributions.items()}
    from_x, from_q = Q * sensitivity * 0.05, 0.01 * mass
    window = _window(mass, {**of_line, common: 0.015 * mass}, np.hypot(from_x, from_q))
    assert window.value == pytest.approx(8259.46759, rel=1e-9)
    by_id = {part.influence.id: part.contribution for part in window.components}
    line = math.hypot(*(part for name, part in by_id.items() if name.startswith("cert:")))
    assert line == pytest.approx(220.1473476, rel=1e-6)
    assert by_id["inst:Q-1/class"] == pytest.approx(123.8920138, rel=1e-9)
    fresh = [math.sqrt(_window(mass, {}, part).fresh_variance) for part in (from_x, from_q)]
    assert fresh == pytest.approx([37.81989693, 30.59559312], rel=1e-9)
    u = combine(components_of(window))
    assert u == pytest.approx(257.2557496, rel=1e-6)
    each = _per_reading({**of_line, common: 0.015 * mass}, np.hypot(from_x, from_q))
    assert math.sqrt(math.fsum(each**2)) < 0.5 * u


# A month of a quarter-hour meter: 2,880 intervals of 28,740/2,880 kWh under y = a + b*x,
# u(a) = 0.02 kWh, u(b) = 0.005, 0.05 kWh new in each. u = 154.837 kWh; from (value, u) of
# each reading alone one would get 3.940 kWh, 39 times too small.


IDENTITY = CalibrationFunction(
    form="polynomial",
    coefficients=(0.0, 1.0),
    covariance=((0.02**2, 0.0), (0.0, 0.005**2)),
    measuring_interval=(0.0, 100.0),
)
MONTH = np.full(2880, 28_740.0 / 2880.0)


def test_a_month_of_intervals_is_uncertain_by_154_837_kwh() -> None:
    value, _, contributions = _results(IDENTITY, MONTH)
    window = _window(value, contributions, np.full(2880, 0.05))
    assert window.value == pytest.approx(28_740.0, rel=1e-12)
    u = combine(components_of(window))
    assert u == pytest.approx(154.837, abs=5e-4)
    assert u == pytest.approx(
        math.sqrt((2880 * 0.02) ** 2 + (28_740 * 0.005) ** 2 + 2880 * 0.05**2)
    )


def test_a_month_of_collapsed_readings_would_be_39_times_too_certain() -> None:
    _, _, contributions = _results(IDENTITY, MONTH)
    each = _per_reading(contributions, np.full(2880, 0.05))
    collapsed = math.sqrt(math.fsum(each**2))
    assert collapsed == pytest.approx(3.940, abs=5e-4)
    assert 154.837 / collapsed == pytest.approx(39.3, abs=0.05)


def test_720_hours_merged_equal_the_month() -> None:
    hours = []
    for hour in range(720):
        value, _, contributions = _results(IDENTITY, MONTH[4 * hour : 4 * hour + 4])
        hours.append(_window(value, contributions, np.full(4, 0.05), hour))
    days = [merge_flow(hours[24 * day : 24 * day + 24]) for day in range(30)]
    for merged in (merge_flow(hours), merge_flow(days)):
        assert merged.value == pytest.approx(28_740.0, rel=1e-12)
        assert combine(components_of(merged)) == pytest.approx(154.837, abs=5e-4)
    apart = math.sqrt(math.fsum(combine(components_of(hour)) ** 2 for hour in hours))
    assert apart == pytest.approx(6.363, abs=5e-4)  # hours collapsed to (value, u)
