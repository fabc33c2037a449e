"""Budgets in the form of EA-4/02: against printed examples, and against what is applied."""

import math

import msgspec
import numpy as np
import pytest

from calibration.apply import apply
from calibration.basis import NS_PER_YEAR, InstrumentCalibration, Share, UncertaintyBasis
from calibration.distribution import Distribution, from_half_width
from calibration.function import CalibrationFunction
from calibration.inputs import (
    RELATIVE,
    InputKind,
    InputQuantity,
    InputUnit,
    of_function,
    of_shares,
    unstated,
    variance_of,
)
from calibration.reading_inputs import Read, inputs_of_reading
from calibration.stacked import Applied, stack
from calibration.uncertainty import Influence
from tests.unit.calibration.examples import (
    CO2,
    START_NS,
    UNCORRECTED,
    calibrated,
    curve,
    piecewise,
    polynomial,
)

replace = msgspec.structs.replace
# GUM H.3: b(t) = y1 + y2(t - 20), from eleven points.
H_3 = polynomial(
    -0.17120379013,
    0.00218269774,
    covariance=((0.0028776**2, -1.788340749e-6), (-1.788340749e-6, 0.00066794**2)),
    interval=(20.0, 30.0),
    centre=20.0,
    nu=9.0,
)


def test_gum_h_3_the_coefficients_their_correlation_and_u_of_the_correction_at_30() -> None:
    first, second, together = of_function(H_3, "H3", 30.0, ("Cel", "Cel"))
    assert (first.estimate, first.standard_uncertainty, first.sensitivity) == pytest.approx(
        (-0.1712, 0.0029, 1.0), rel=0.01
    )
    assert (second.estimate, second.standard_uncertainty, second.sensitivity) == pytest.approx(
        (0.00218, 0.00067, 10.0), rel=0.01
    )
    assert (first.contribution, second.contribution) == pytest.approx((0.0029, 0.0067), rel=0.01)
    assert second.unit == InputUnit(of="Cel", per="Cel", power=1)
    assert (first.evaluation, first.degrees_of_freedom) == ("A", 9.0)
    assert together.kind == InputKind.CORRELATIONS
    assert (together.variance or 0.0) < 0.0
    assert math.sqrt(variance_of([first, second, together])) == pytest.approx(0.0041386, rel=1e-4)
    assert math.sqrt(variance_of([first, second])) == pytest.approx(0.0072729, rel=1e-4)  # wrong


def test_gum_h_3_6_an_offset_that_all_points_share_enters_with_1() -> None:
    offset = Share(influence=Influence(id="factor:offset"), absolute=0.005)
    (row,) = of_shares([offset], -0.1712, "Cel")
    assert (row.estimate, row.sensitivity, row.contribution) == (0.0, 1.0, 0.005)
    at_20 = of_function(H_3, "H3", 20.0, ("Cel", "Cel"))
    assert [each.subject for each in at_20] == ["0"]  # y2 has no part where t is 20
    assert math.sqrt(variance_of([*at_20, row])) == pytest.approx(0.00576893138, rel=1e-4)


def test_ea_4_02_s_9_three_corrections_of_a_voltmeter() -> None:
    rectangular = Distribution.RECTANGULAR
    shares = [
        Share(
            influence=Influence(id="factor:resolution", distribution=rectangular),
            absolute=from_half_width(0.05, rectangular),
        ),
        Share(influence=Influence(id="std:lab/VS"), absolute=0.001),
        Share(
            influence=Influence(id="factor:dVS", distribution=rectangular),
            absolute=from_half_width(0.011, rectangular),
        ),
    ]
    rows = of_shares(shares, 0.1, "V")
    parts = [each.contribution for each in rows]
    assert parts == pytest.approx([0.0289, 0.001, 0.0064], rel=0.01)  # prints 30 mV, 1.0 mV, 6.4 mV
    assert math.sqrt(variance_of(rows)) == pytest.approx(0.029574764, rel=1e-8)
    assert [each.distribution for each in rows] == ["rectangular", "normal", "rectangular"]


def test_what_two_declared_numbers_do_has_no_single_sensitivity() -> None:
    both = Share(influence=Influence(id="factor:ct"), relative=0.001, absolute=0.5)
    (row,) = of_shares([both], 100.0, "kW")
    assert (row.estimate, row.standard_uncertainty, row.sensitivity) == (None, None, None)
    assert row.contribution == pytest.approx(0.6)


def test_drift_and_temperature_have_the_rates_that_papers_state() -> None:
    drift = Share(influence=Influence(id="inst:A-1/drift"), per_ns=0.002 / NS_PER_YEAR)
    warm = Share(influence=Influence(id="inst:A-1/temperature"), relative=-0.0005 * 12.0)
    rows = of_shares([drift, warm], 50.0, "kW", age_ns=round(NS_PER_YEAR / 2), span_K=-12.0)
    assert [each.kind for each in rows] == [InputKind.DRIFT, InputKind.TEMPERATURE]
    assert [each.standard_uncertainty for each in rows] == pytest.approx([0.002, 0.0005])
    assert [each.sensitivity for each in rows] == pytest.approx([25.0, -600.0])
    assert rows[1].unit == InputUnit(of=RELATIVE, per="K")


def test_a_standard_without_a_share_is_named_and_adds_nothing() -> None:
    rows = unstated(["std:NIM/B", "std:NIM/A", "std:NIM/A"])
    assert [each.subject for each in rows] == ["std:NIM/A", "std:NIM/B"]
    assert {each.sensitivity for each in rows} == {each.variance for each in rows} == {None}


SHARES = (
    Share(influence=Influence(id="std:NIM/REF-7"), relative=0.0003),
    Share(influence=Influence(id="inst:A-1/drift"), per_ns=0.001 / NS_PER_YEAR),
    Share(influence=Influence(id="inst:A-1/temperature"), relative=0.0004),
    Share(influence=Influence(id="factor:ct"), relative=0.001, absolute=0.02),
)
LINE = polynomial(0.004, 2e-5, covariance=((4e-6, -1e-8), (-1e-8, 1e-10)), centre=10.0)
JOINED = piecewise(
    (5.0, 50.0, 100.0), (0.002, 0.003, 0.005), (np.outer([1, 2, 3], [1, 2, 3]) * 1e-7).tolist()
)
COVARIANCE = ((1e-4, 1e-6, 0.0), (1e-6, 1e-6, 0.0), (0.0, 0.0, 1e-8))
APPLIED: list[tuple[InstrumentCalibration, str, float, float]] = [
    (calibrated(LINE, shares=SHARES, repeatability=0.01), "kW.h", 42.0, 63.0),
    (calibrated(LINE, shares=SHARES), "MW.h", 0.042, 0.063),
    (calibrated(JOINED, shares=SHARES), "kW.h", 42.0, 63.0),
    (calibrated(curve("power", 0.1, 1.01, 0.002, covariance=COVARIANCE), CO2), "%", 9.0, 9.0),
    (
        calibrated(polynomial(0.1, 1.01, covariance=LINE.covariance), CO2, repeatability=0.02),
        "[ppm]",
        90_000.0,
        90_000.0,
    ),
    (
        replace(UNCORRECTED, shares=(SHARES[0],), basis=UncertaintyBasis.NAMEPLATE),
        "kW.h",
        42.0,
        63.0,
    ),
]


@pytest.mark.parametrize(("calibration", "unit", "indication", "argument"), APPLIED)
def test_a_budget_has_the_value_and_the_variance_of_what_is_applied(
    calibration: InstrumentCalibration, unit: str, indication: float, argument: float
) -> None:
    at_ns = START_NS + round(0.7 * NS_PER_YEAR)
    table = stack([Applied(calibration=calibration, unit=unit)])
    found = apply(
        table, np.array([0]), np.array([indication]), np.array([argument]), np.array([at_ns])
    )
    variance = float(np.sum(found.contributions[0] ** 2) + found.fresh[0] ** 2)
    read = Read(channel="s/d/c", unit=unit, indication=indication, argument=argument, at_ns=at_ns)
    value, rows = inputs_of_reading(calibration, read)
    assert value == pytest.approx(float(found.value[0]), rel=1e-12)
    assert variance_of(rows) == pytest.approx(variance, rel=1e-9)
    assert all(_is_product(each) for each in rows if each.sensitivity is not None)


def _is_product(row: InputQuantity) -> bool:
    u, sensitivity = row.standard_uncertainty or 0.0, row.sensitivity or 0.0
    return math.isclose(row.contribution or 0.0, u * sensitivity, rel_tol=1e-12)


def test_half_a_digit_enters_with_1() -> None:
    read = Read(
        channel="s/d/c", unit="kW", indication=42.0, argument=42.0, at_ns=START_NS, resolution=0.1
    )
    value, (row,) = inputs_of_reading(UNCORRECTED, read)
    assert (value, row.kind, row.estimate) == (42.0, InputKind.RESOLUTION, 42.0)
    assert (row.sensitivity, row.distribution) == (1.0, "rectangular")
    assert row.standard_uncertainty == pytest.approx(0.1 / math.sqrt(12))


def test_each_coefficient_but_the_first_of_a_curve_has_no_unit_that_could_be_written() -> None:
    bent: CalibrationFunction = curve("exponential", 0.1, 1.0, 0.01, covariance=COVARIANCE)
    rows = of_function(bent, "C-1", 9.0, ("%", "%"))
    assert [each.unit for each in rows[:3]] == [InputUnit(of="%"), None, None]
