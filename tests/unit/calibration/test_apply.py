import math

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.apply import Results, apply
from calibration.basis import NS_PER_YEAR, InstrumentCalibration, Share
from calibration.errors import UnitMismatchError
from calibration.function import CalibrationFunction, Floats
from calibration.stacked import Applied, stack
from calibration.stacked_functions import Index
from calibration.uncertainty import Influence
from calibration.unit import conversion_factor
from tests.unit.calibration.examples import (
    CO2,
    ENERGY,
    START_NS,
    UNCORRECTED,
    calibrated,
    curve,
    piecewise,
    polynomial,
)

CHANNELS = 7
ENERGY_UNITS = ("kW.h", "MW.h", "GJ")
INTERVAL = (5.0, 60.0)
"""Of curves: arguments lie beyond both ends."""
RATE_OF = {"kW.h": "kW", "MW.h": "MW", "GJ": "GJ/h"}


def _random_function(rng: np.random.Generator, *, relative: bool) -> CalibrationFunction:
    size = int(rng.integers(2, 5))
    root = rng.normal(size=(size, size)) * 1e-3
    covariance = (root @ root.T).tolist()
    kind = rng.random()
    if size == 3 and kind < 0.7:
        return _random_curve(rng, covariance, relative=relative)
    if kind < 0.5:
        knots = np.sort(rng.uniform(1.0, 100.0, size)).tolist()
        values = rng.normal(scale=0.01, size=size) if relative else np.array(knots) * 1.01 + 0.2
        return piecewise(knots, values.tolist(), covariance)
    scale = 0.01 / 100.0 ** np.arange(size)
    terms = rng.normal(size=size) * scale
    if not relative:
        terms[1] += 1.0
    return polynomial(*terms.tolist(), covariance=covariance, centre=float(rng.uniform(0, 50)))


def _random_curve(
    rng: np.random.Generator, covariance: list[list[float]], *, relative: bool
) -> CalibrationFunction:
    bend = float(rng.uniform(-0.1, 0.1))
    if rng.random() < 0.5:
        b1 = 0.001 if relative else 1.01
        return curve("power", 0.002, b1, bend, covariance=covariance, interval=INTERVAL)
    b0, b1 = (0.001, 0.002) if relative else (-10.0, 10.0)
    return curve("exponential", b0, b1, bend, covariance=covariance, interval=INTERVAL)


def _random_channel(rng: np.random.Generator) -> Applied:
    if rng.random() < 0.15:
        return Applied(calibration=UNCORRECTED, unit="kW.h")
    relative = bool(rng.random() < 0.6)
    share = Share(
        influence=Influence(id="std:L/S"),
        relative=float(rng.normal(scale=1e-3)),
        per_ns=1e-3 / NS_PER_YEAR,
        absolute=0.01,
    )
    shares = (share,) * int(rng.integers(0, 2))
    function = _random_function(rng, relative=relative)
    if relative:
        units = (str(rng.choice(ENERGY_UNITS)), str(rng.choice(ENERGY_UNITS)))
        result = msgspec.structs.replace(ENERGY, argument_unit=RATE_OF[units[1]])
        return Applied(calibration=calibrated(function, result, shares=shares), unit=units[0])
    return Applied(calibration=calibrated(function, CO2, shares=shares), unit="%")


def _scalar(
    channel: Applied, indication: float, argument: float, at_ns: int
) -> tuple[float, dict[str, float]]:
    """Value and contributions of one reading, from the function's own methods."""
    calibration, unit = channel.calibration, channel.unit
    function, result = calibration.function, calibration.result
    if function is None or result is None:
        return indication, {}
    own = unit if result.argument == "indication" else RATE_OF[unit]
    x = argument * conversion_factor(own, result.argument_unit)
    found = float(function.value(np.array([x]))[0])
    if result.result == "relative_error":
        value = indication / (1.0 + found)
        scale = -indication / (1.0 + found) ** 2
    else:
        scale = conversion_factor(result.unit, unit)
        value = found * scale
    parts = {
        part.influence.id: part.contribution * scale
        for part in function.components(x, calibration.certificate)
    }
    age_ns = at_ns - calibration.calibrated_ns
    for share in calibration.shares:
        moved = value * (share.relative + share.per_ns * age_ns) + share.absolute
        parts[share.influence.id] = moved
    return value, parts


def _inputs(rng: np.random.Generator, n: int) -> tuple[Index, Floats, Floats, Index]:
    return (
        rng.integers(0, CHANNELS, n),
        rng.uniform(0.1, 99.0, n),
        rng.uniform(0.1, 99.0, n),
        START_NS + rng.integers(0, 10**17, n),
    )


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_one_pass_over_a_batch_equals_the_functions_reading_by_reading(seed: int) -> None:
    rng = np.random.default_rng(seed)
    channels = [_random_channel(rng) for _ in range(CHANNELS)]
    table = stack(channels)
    row, indication, argument, at_ns = _inputs(rng, 30)
    found = apply(table, row, indication, argument, at_ns)
    for n, channel in enumerate(row.tolist()):
        value, parts = _scalar(
            channels[channel], float(indication[n]), float(argument[n]), int(at_ns[n])
        )
        assert math.isclose(found.value[n], value, rel_tol=1e-12, abs_tol=1e-12)
        named = table.influences[channel]
        for influence, part in zip(named, found.contributions[n], strict=True):
            expected = 0.0 if influence is None else parts[influence.id]
            assert math.isclose(part, expected, rel_tol=1e-9, abs_tol=1e-12)


def _single(
    calibration: InstrumentCalibration,
    indication: float,
    argument: float | None = None,
    at_ns: int = START_NS,
    unit: str = "kW.h",
) -> Results:
    table = stack([Applied(calibration=calibration, unit=unit)])
    load = indication if argument is None else argument
    return apply(table, np.array([0]), np.array([indication]), np.array([load]), np.array([at_ns]))


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), relative=st.booleans(), x=st.floats(3.0, 90.0))
def test_the_sensitivity_is_the_derivative_of_the_value(
    seed: int, *, relative: bool, x: float
) -> None:
    function = _random_function(np.random.default_rng(seed), relative=relative)
    if any(abs(x - end) < 0.1 for end in (*function.knots, *INTERVAL)):
        return
    calibration = calibrated(function, ENERGY if relative else CO2)
    unit, h = ("kW.h", "%")[not relative], 1e-4
    ahead, behind = (_single(calibration, x + d, unit=unit).value[0] for d in (h, -h))
    derivative = (ahead - behind) / (2.0 * h)
    assert _single(calibration, x, unit=unit).sensitivity[0] == pytest.approx(derivative, rel=1e-6)


def test_without_a_function_an_increment_stays_as_it_is_whatever_the_load() -> None:
    found = _single(UNCORRECTED, 25.0, argument=100.0)
    assert found.value.tolist() == [25.0]
    assert found.sensitivity.tolist() == [1.0]
    assert found.inside.all()


def test_a_meter_that_shows_too_much_is_corrected_downwards() -> None:
    found = _single(calibrated(polynomial(0.02)), 102.0, argument=50.0)
    assert found.value[0] == pytest.approx(100.0, rel=1e-15)


def test_the_load_is_converted_to_the_certificates_unit() -> None:
    calibration = calibrated(piecewise([0.0, 100.0], [0.0, 0.01]))
    assert _single(calibration, 1.0, 0.05, unit="MW.h").value[0] == pytest.approx(1.0 / 1.005)


def test_drift_is_proportional_to_the_value_and_the_age() -> None:
    per_ns = 0.01 / NS_PER_YEAR
    share = Share(influence=Influence(id="inst:A-1/drift"), per_ns=per_ns)
    calibration = calibrated(polynomial(0.0), shares=(share,))
    year = round(NS_PER_YEAR)
    parts = [
        _single(calibration, value, 50.0, START_NS + years * year).contributions[0, -1]
        for value, years in ((100.0, 0), (100.0, 1), (100.0, 2), (50.0, 2))
    ]
    assert parts == pytest.approx([0.0, 1.0, 2.0, 1.0], rel=1e-12)


def test_an_argument_outside_the_measuring_interval_is_told() -> None:
    calibration = calibrated(polynomial(0.0, interval=(5.0, 100.0)))
    inside = [bool(_single(calibration, 1.0, load).inside[0]) for load in (4.9, 5.0, 100.0, 101.0)]
    assert inside == [False, True, True, False]


def test_a_certificate_in_another_quantity_is_never_applied() -> None:
    with pytest.raises(UnitMismatchError):
        stack([Applied(calibration=calibrated(polynomial(0.0)), unit="kV.A{reactive}.h")])
    with pytest.raises(UnitMismatchError):
        stack([Applied(calibration=calibrated(polynomial(0.0), CO2), unit="kW.h")])


def test_repeatability_is_given_in_the_channels_unit() -> None:
    calibration = calibrated(polynomial(0.25), repeatability=5.0)
    table = stack([Applied(calibration=calibration, unit="MW.h")])
    assert table.repeatability.tolist() == [0.005]
    found = _single(calibration, 1.0, 0.05, unit="MW.h")
    assert found.fresh.tolist() == pytest.approx([0.005 / 1.25])


def test_a_neighbour_with_many_knots_does_not_disturb_a_large_reading() -> None:
    knots = [float(k) for k in range(60)]
    line = calibrated(polynomial(0.0, 1.0, interval=(0.0, 1e8)), CO2)
    many = calibrated(piecewise(knots, knots), CO2)
    table = stack([Applied(calibration=each, unit="%") for each in (line, many)])
    x = np.array([1e7, 30.5])
    found = apply(table, np.array([0, 1]), x, x, np.array([START_NS, START_NS]))
    assert found.value.tolist() == [1e7, 30.5]


def test_no_channels_make_an_empty_table() -> None:
    empty: Floats = np.zeros(0)
    nothing = np.zeros(0, dtype=np.int64)
    found = apply(stack([]), nothing, empty, empty, nothing)
    assert found.value.shape == (0,)


@pytest.mark.parametrize("size", [2, 16_384, 16_385, 40_000])
def test_large_batches_of_one_channel_give_what_small_ones_give(size: int) -> None:
    """To the last digit: neither blocks nor neighbours change how a reading is added up."""
    covariance = [[4e-4, 1e-7, 0.0], [1e-7, 2.5e-5, 0.0], [0.0, 0.0, 1e-8]]
    curve = polynomial(10.0, 1.001, 0.001, covariance=covariance, centre=10.0)
    table = stack([Applied(calibration=calibrated(curve, CO2), unit="%")] * 2)
    x = np.random.default_rng(3).uniform(0.0, 20.0, size)
    at_ns, one = np.full(size, START_NS), np.zeros(size, dtype=np.int64)
    whole = apply(table, one, x, x, at_ns)
    mixed = one.copy()
    mixed[::2] = 1  # two channels with the same function: each reading is looked up
    for name in ("value", "sensitivity", "contributions", "fresh"):
        ours, theirs = getattr(whole, name), getattr(apply(table, mixed, x, x, at_ns), name)
        assert ours.shape == theirs.shape
        assert np.array_equal(ours, theirs)
    assert whole.inside.all()
